/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of a streamed body on their way between a handler, in any thread, and the engine, in its main
 * context. It holds a bounded number of them: who writes has to wait when it is full, who reads when it
 * is empty, and either side may give up, which the other learns as an error. */
typedef struct _GemingaHttpPipe GemingaHttpPipe;

typedef void (*GemingaHttpPipeFunc) (gpointer engine);

GemingaHttpPipe *geminga_http_pipe_new (GMainContext *context, gsize limit);
GemingaHttpPipe *geminga_http_pipe_ref (GemingaHttpPipe *self);
void geminga_http_pipe_unref (GemingaHttpPipe *self);

/* The engine's side: @func is called in its context, at once when the other side acts there, when
 * that side wrote, read, ended or gave up. NULL: no more. */
void
geminga_http_pipe_set_engine (GemingaHttpPipe *self, GemingaHttpPipeFunc func, gpointer engine);
gboolean geminga_http_pipe_is_in_engine (GemingaHttpPipe *self);
void geminga_http_pipe_set_limit (GemingaHttpPipe *self, gsize limit);

/* Neither blocks: they fail with %G_IO_ERROR_WOULD_BLOCK. What is written is taken whole as soon as less than the limit is
 * held; 0 bytes are read at the end. */
gboolean
geminga_http_pipe_write (GemingaHttpPipe *self, gconstpointer data, gsize size, GError **error);
gssize geminga_http_pipe_read (GemingaHttpPipe *self, gpointer buffer, gsize size, GError **error);
/* Appends to @out at most @size of what is held. */
gsize geminga_http_pipe_take (GemingaHttpPipe *self, GString *out, gsize size);

/* Blocks until it can be written (%G_IO_OUT) or read (%G_IO_IN), is empty (%G_IO_PRI), ended or failed.
 * FALSE: cancelled. */
gboolean geminga_http_pipe_wait (GemingaHttpPipe *self,
                                 GIOCondition condition,
                                 GCancellable *cancellable,
                                 GError **error);
GSource *geminga_http_pipe_create_source (GemingaHttpPipe *self, GIOCondition condition);

/* Nothing more will be written; what is held can still be read. @tail (nullable) is for the reader. */
void geminga_http_pipe_end (GemingaHttpPipe *self, const char *tail);
/* What is held is dropped; either side fails with @error, which it takes. The first one stays. */
void geminga_http_pipe_fail (GemingaHttpPipe *self, GError *error);

gsize geminga_http_pipe_get_size (GemingaHttpPipe *self);
gboolean geminga_http_pipe_has_room (GemingaHttpPipe *self);
/* Somebody tried to read, or waits for it. */
gboolean geminga_http_pipe_is_wanted (GemingaHttpPipe *self);
/* Ended, and everything was read. */
gboolean geminga_http_pipe_is_drained (GemingaHttpPipe *self);
gboolean geminga_http_pipe_is_failed (GemingaHttpPipe *self);
char *geminga_http_pipe_dup_tail (GemingaHttpPipe *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpPipe, geminga_http_pipe_unref)

G_END_DECLS
