/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_EVENT_STREAM (geminga_event_stream_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaEventStream, geminga_event_stream, GEMINGA, EVENT_STREAM, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaEventStream *geminga_request_respond_events (GemingaRequest *self) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_event_stream_get_last_event_id (GemingaEventStream *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_event_stream_set_heartbeat (GemingaEventStream *self, guint interval);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_event_stream_get_heartbeat (GemingaEventStream *self);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_event_stream_send (GemingaEventStream *self,
                                    const char *event,
                                    const char *data,
                                    const char *id,
                                    GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_event_stream_send_async (GemingaEventStream *self,
                                      const char *event,
                                      const char *data,
                                      const char *id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_event_stream_send_finish (GemingaEventStream *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_event_stream_send_retry (GemingaEventStream *self, guint milliseconds, GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_event_stream_send_comment (GemingaEventStream *self, const char *text, GError **error);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_event_stream_is_closed (GemingaEventStream *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_event_stream_close (GemingaEventStream *self);

G_END_DECLS
