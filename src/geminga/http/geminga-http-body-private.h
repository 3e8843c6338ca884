/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-chunked-private.h"
#include "geminga-http-head-private.h"
#include "geminga-http-pipe-private.h"

G_BEGIN_DECLS

/* The body of one request as it comes: collected, or passed to a pipe. */
typedef struct _GemingaHttpBody GemingaHttpBody;

/* @pipe (nullable): where it goes; NULL: it is collected. */
GemingaHttpBody *
geminga_http_body_new (const GemingaHttpHead *head, guint64 max, GemingaHttpPipe *pipe);
void geminga_http_body_free (GemingaHttpBody *self);

/* Consumes from @data; no more than the pipe has room for. 0, or the status to refuse with. */
guint
geminga_http_body_feed (GemingaHttpBody *self, const guint8 *data, gsize size, gsize *consumed);
gboolean geminga_http_body_is_done (const GemingaHttpBody *self);
/* It will be done with these bytes. */
gboolean geminga_http_body_ends_within (const GemingaHttpBody *self, gsize size);
/* What was collected. */
GBytes *geminga_http_body_steal (GemingaHttpBody *self);

G_END_DECLS
