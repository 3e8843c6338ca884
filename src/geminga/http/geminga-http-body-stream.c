/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-body-stream-private.h"

struct _GemingaHttpBodyStream
{
  GInputStream parent_instance;

  GemingaHttpPipe *pipe;
};

static void pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GemingaHttpBodyStream,
                               geminga_http_body_stream,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      pollable_iface_init))

/* Helpers */

static gboolean
stay_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* GObject */

static void
geminga_http_body_stream_finalize (GObject *object)
{
  GemingaHttpBodyStream *self = GEMINGA_HTTP_BODY_STREAM (object);

  g_clear_pointer (&self->pipe, geminga_http_pipe_unref);

  G_OBJECT_CLASS (geminga_http_body_stream_parent_class)->finalize (object);
}

/* GInputStream */

/* The thread of the engine cannot wait for itself. */
static gssize
geminga_http_body_stream_read (GInputStream *stream,
                               void *buffer,
                               gsize size,
                               GCancellable *cancellable,
                               GError **error)
{
  GemingaHttpBodyStream *self = GEMINGA_HTTP_BODY_STREAM (stream);

  for (;;)
    {
      g_autoptr (GError) local = NULL;
      gssize n = geminga_http_pipe_read (self->pipe, buffer, size, &local);

      if (n >= 0)
        return n;
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
          geminga_http_pipe_is_in_engine (self->pipe))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return -1;
        }
      if (!geminga_http_pipe_wait (self->pipe, G_IO_IN, cancellable, error))
        return -1;
    }
}

/* Nobody reads on: unless it was read whole, the rest is refused. */
static gboolean
geminga_http_body_stream_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  GemingaHttpBodyStream *self = GEMINGA_HTTP_BODY_STREAM (stream);

  geminga_http_pipe_fail (
      self->pipe, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The stream is closed"));

  return TRUE;
}

static void
geminga_http_body_stream_close_async (GInputStream *stream,
                                      int io_priority,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, geminga_http_body_stream_close_async);
  g_task_set_priority (task, io_priority);
  g_task_return_boolean (task, geminga_http_body_stream_close (stream, NULL, NULL));
}

static gboolean
geminga_http_body_stream_close_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* GPollableInputStream */

static gboolean
geminga_http_body_stream_is_readable (GPollableInputStream *stream)
{
  GemingaHttpBodyStream *self = GEMINGA_HTTP_BODY_STREAM (stream);

  return geminga_http_pipe_get_size (self->pipe) > 0 || geminga_http_pipe_is_failed (self->pipe) ||
         geminga_http_pipe_is_drained (self->pipe);
}

static gssize
geminga_http_body_stream_read_nonblocking (GPollableInputStream *stream,
                                           void *buffer,
                                           gsize size,
                                           GError **error)
{
  return geminga_http_pipe_read (GEMINGA_HTTP_BODY_STREAM (stream)->pipe, buffer, size, error);
}

static GSource *
geminga_http_body_stream_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return geminga_http_pipe_create_pollable_source (GEMINGA_HTTP_BODY_STREAM (stream)->pipe,
                                                   G_OBJECT (stream), G_IO_IN, cancellable);
}

static void
pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = geminga_http_body_stream_is_readable;
  iface->read_nonblocking = geminga_http_body_stream_read_nonblocking;
  iface->create_source = geminga_http_body_stream_create_source;
}

static void
geminga_http_body_stream_class_init (GemingaHttpBodyStreamClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = geminga_http_body_stream_finalize;
  stream_class->read_fn = geminga_http_body_stream_read;
  stream_class->close_fn = geminga_http_body_stream_close;
  stream_class->close_async = geminga_http_body_stream_close_async;
  stream_class->close_finish = geminga_http_body_stream_close_finish;
}

static void
geminga_http_body_stream_init (GemingaHttpBodyStream *self)
{
}

/* Private API */

GInputStream *
geminga_http_body_stream_new (GemingaHttpPipe *pipe)
{
  GemingaHttpBodyStream *self = g_object_new (GEMINGA_TYPE_HTTP_BODY_STREAM, NULL);

  self->pipe = geminga_http_pipe_ref (pipe);

  return G_INPUT_STREAM (self);
}

GSource *
geminga_http_pipe_create_pollable_source (GemingaHttpPipe *pipe,
                                          GObject *stream,
                                          GIOCondition condition,
                                          GCancellable *cancellable)
{
  GSource *source = g_pollable_source_new_full (stream, NULL, cancellable);
  g_autoptr (GSource) ready = geminga_http_pipe_create_source (pipe, condition);

  g_source_set_callback (ready, stay_cb, NULL, NULL);
  g_source_add_child_source (source, ready);

  return source;
}
