/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-http-response-private.h"

G_BEGIN_DECLS

/* What joins a request to the engine that must answer it. It is answered at most once: by the handler,
 * from any thread, or by the engine when the handler took too long. Neither side needs the other to be
 * alive. */
typedef struct _GemingaHttpExchange GemingaHttpExchange;

/* Called once at most, in the main context of the exchange. */
typedef void (*GemingaHttpAnswerFunc) (GemingaHttpResponse *response, gpointer user_data);

GemingaHttpExchange *geminga_http_exchange_new (GMainContext *context,
                                                GemingaHttpAnswerFunc func,
                                                gpointer user_data,
                                                GDestroyNotify destroy);
GemingaHttpExchange *geminga_http_exchange_ref (GemingaHttpExchange *self);
void geminga_http_exchange_unref (GemingaHttpExchange *self);

/* Any thread. Takes @response in either case; FALSE: somebody answered before. */
gboolean geminga_http_exchange_answer (GemingaHttpExchange *self, GemingaHttpResponse *response);
gboolean geminga_http_exchange_is_answered (GemingaHttpExchange *self);
/* The engine gave up: answers that come now are nobody's fault and go nowhere. */
gboolean geminga_http_exchange_is_closed (GemingaHttpExchange *self);
GMainContext *geminga_http_exchange_get_context (GemingaHttpExchange *self);
GCancellable *geminga_http_exchange_get_cancellable (GemingaHttpExchange *self);

/* The engine's side, in its context. cancel(): the client is gone, an answer is still taken.
 * close(): nothing is taken any more; TRUE when it was open. */
void geminga_http_exchange_cancel (GemingaHttpExchange *self);
gboolean geminga_http_exchange_close (GemingaHttpExchange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpExchange, geminga_http_exchange_unref)

G_END_DECLS
