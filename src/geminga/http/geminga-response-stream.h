/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_RESPONSE_STREAM (geminga_response_stream_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaResponseStream,
                      geminga_response_stream,
                      GEMINGA,
                      RESPONSE_STREAM,
                      GOutputStream)

GEMINGA_AVAILABLE_IN_0_1
GemingaResponseStream *geminga_request_respond_stream (GemingaRequest *self,
                                                       guint status,
                                                       const char *content_type,
                                                       gint64 length) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_response_stream_set_buffer_size (GemingaResponseStream *self, gsize size);
GEMINGA_AVAILABLE_IN_0_1
gsize geminga_response_stream_get_buffer_size (GemingaResponseStream *self);
GEMINGA_AVAILABLE_IN_0_1
gsize geminga_response_stream_get_n_pending (GemingaResponseStream *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_response_stream_add_trailer (GemingaResponseStream *self,
                                              const char *name,
                                              const char *value,
                                              GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_response_stream_abort (GemingaResponseStream *self);

G_END_DECLS
