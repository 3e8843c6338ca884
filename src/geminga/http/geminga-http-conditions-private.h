/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-request.h"

G_BEGIN_DECLS

/* What a request says about the state it expects, in the order of RFC 9110, section 13.2.2. 0: go on; 304 or 412: that is the
 * answer. @etag is strong, with its quotes; @modified is in seconds since 1970. */
guint geminga_http_conditions_check (GemingaRequest *request, const char *etag, gint64 modified);
/* The Range field counts: If-Range is not there, or fits. */
gboolean
geminga_http_conditions_allow_range (GemingaRequest *request, const char *etag, gint64 modified);

/* Whether Accept-Encoding (NULL: not there) allows a content coding. */
gboolean geminga_http_conditions_accept_coding (const char *field, const char *coding);

G_END_DECLS
