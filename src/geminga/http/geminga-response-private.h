/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-response-private.h"
#include "geminga-response.h"

G_BEGIN_DECLS

/* Takes @response. */
GemingaResponse *geminga_response_new_take (GemingaHttpResponse *response);
GemingaHttpResponse *geminga_response_steal (GemingaResponse *self);

/* Whether a handler or a middleware may set that field to that value. */
gboolean geminga_response_check_field (const char *name, const char *value, GError **error);

G_END_DECLS
