/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-pipe-private.h"

G_BEGIN_DECLS

/* The reading side of a pipe, as streams are read. */
#define GEMINGA_TYPE_HTTP_BODY_STREAM (geminga_http_body_stream_get_type ())
G_DECLARE_FINAL_TYPE (GemingaHttpBodyStream,
                      geminga_http_body_stream,
                      GEMINGA,
                      HTTP_BODY_STREAM,
                      GInputStream)

GInputStream *geminga_http_body_stream_new (GemingaHttpPipe *pipe);

/* A source for a stream that can be polled: @condition on the pipe, or @cancellable. */
GSource *geminga_http_pipe_create_pollable_source (GemingaHttpPipe *pipe,
                                                   GObject *stream,
                                                   GIOCondition condition,
                                                   GCancellable *cancellable);

G_END_DECLS
