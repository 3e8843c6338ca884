/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-response-stream.h"

#include "geminga-http-body-stream-private.h"
#include "geminga-http-error.h"
#include "geminga-request-private.h"

#define BUFFER_SIZE (64 * 1024)

/**
 * GemingaResponseStream:
 *
 * Writes the body of a response while it is made.
 *
 * It is a [class@Gio.OutputStream] that can be polled. A write is taken whole once less than the buffer's size waits for the
 * client: [method@Gio.OutputStream.write_bytes_async] ends when the next one can be made, and so never holds
 * more than the client takes. [method@Gio.OutputStream.flush_async] ends when nothing waits.
 * [method@Gio.OutputStream.splice_async] sends what another stream has.
 *
 * Closing the stream ends the response. A stream that is dropped without being closed, or that is
 * aborted, ends the connection, so that the client does not take what it has for all there is.
 *
 * Writing fails with %G_IO_ERROR_CONNECTION_CLOSED when the client has left and with %G_IO_ERROR_CLOSED when no body is
 * wanted, as for `HEAD`. A handler that waits for something else than the stream learns the same from the
 * request's [method@Geminga.Request.get_cancellable].
 *
 * A stream may be used in any thread, one at a time. The functions that block fail with
 * %G_IO_ERROR_WOULD_BLOCK in the thread of the request, and wait in others.
 *
 * Since: 0.1
 */
struct _GemingaResponseStream
{
  GOutputStream parent_instance;

  GemingaHttpPipe *pipe;
  gsize buffer_size;
  gint64 length; /* -1: not known */
  guint64 written;
  GString *trailers; /* (nullable) */
};

enum
{
  PROP_BUFFER_SIZE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GemingaResponseStream,
                               geminga_response_stream,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      pollable_iface_init))

/* Helpers */

static gssize
write_some (GemingaResponseStream *self, const void *data, gsize size, GError **error)
{
  size = MIN (size, G_MAXINT32);
  if (self->length >= 0 && size > (guint64) self->length - self->written)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
                   "The response was declared to have %" G_GINT64_FORMAT
                   " bytes: %" G_GUINT64_FORMAT " are too many",
                   self->length, self->written + size);
      return -1;
    }
  if (!geminga_http_pipe_write (self->pipe, data, size, error))
    return -1;

  self->written += size;

  return (gssize) size;
}

static gboolean
check_length (GemingaResponseStream *self, GError **error)
{
  if (self->length < 0 || self->written == (guint64) self->length ||
      geminga_http_pipe_is_failed (self->pipe))
    return TRUE;

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
               "The response was declared to have %" G_GINT64_FORMAT
               " bytes and got %" G_GUINT64_FORMAT ": it is aborted",
               self->length, self->written);

  return FALSE;
}

/* GObject */

static void
geminga_response_stream_dispose (GObject *object)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (object);

  /* The parent would close it, as if all had been written. */
  if (!g_output_stream_is_closed (G_OUTPUT_STREAM (self)))
    geminga_response_stream_abort (self);

  G_OBJECT_CLASS (geminga_response_stream_parent_class)->dispose (object);
}

static void
geminga_response_stream_finalize (GObject *object)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (object);

  g_clear_pointer (&self->pipe, geminga_http_pipe_unref);
  if (self->trailers != NULL)
    g_string_free (self->trailers, TRUE);

  G_OBJECT_CLASS (geminga_response_stream_parent_class)->finalize (object);
}

static void
geminga_response_stream_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (object);

  switch (prop_id)
    {
    case PROP_BUFFER_SIZE:
      g_value_set_ulong (value, self->buffer_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
geminga_response_stream_set_property (GObject *object,
                                      guint prop_id,
                                      const GValue *value,
                                      GParamSpec *pspec)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (object);

  switch (prop_id)
    {
    case PROP_BUFFER_SIZE:
      geminga_response_stream_set_buffer_size (self, g_value_get_ulong (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

/* GOutputStream */

static gssize
geminga_response_stream_write (GOutputStream *stream,
                               const void *data,
                               gsize size,
                               GCancellable *cancellable,
                               GError **error)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (stream);

  for (;;)
    {
      g_autoptr (GError) local = NULL;
      gssize n = write_some (self, data, size, &local);

      if (n >= 0)
        return n;
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
          geminga_http_pipe_is_in_engine (self->pipe))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return -1;
        }
      if (!geminga_http_pipe_wait (self->pipe, G_IO_OUT, cancellable, error))
        return -1;
    }
}

/* What is written is on its way: only the asynchronous function waits until it has gone. */
static gboolean
geminga_response_stream_flush (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static gboolean
is_flushed (GTask *task)
{
  GemingaResponseStream *self = g_task_get_source_object (task);

  if (geminga_http_pipe_get_size (self->pipe) > 0)
    return FALSE;

  g_task_return_boolean (task, TRUE);

  return TRUE;
}

static gboolean
on_room (GObject *stream, gpointer user_data)
{
  GTask *task = user_data;

  if (g_task_return_error_if_cancelled (task) || is_flushed (task))
    return G_SOURCE_REMOVE;

  return G_SOURCE_CONTINUE;
}

static void
geminga_response_stream_flush_async (GOutputStream *stream,
                                     int io_priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (stream);
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  g_autoptr (GSource) source = NULL;

  g_task_set_source_tag (task, geminga_response_stream_flush_async);
  g_task_set_priority (task, io_priority);
  if (g_output_stream_is_closing (stream))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (is_flushed (task))
    return;

  source = geminga_http_pipe_create_pollable_source (self->pipe, G_OBJECT (stream), G_IO_PRI,
                                                     cancellable);
  g_task_attach_source (task, source, G_SOURCE_FUNC (on_room));
}

static gboolean
geminga_response_stream_flush_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
geminga_response_stream_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (stream);

  if (!check_length (self, error))
    {
      geminga_response_stream_abort (self);
      return FALSE;
    }

  geminga_http_pipe_end (self->pipe, self->trailers != NULL ? self->trailers->str : NULL);

  return TRUE;
}

static void
geminga_response_stream_close_async (GOutputStream *stream,
                                     int io_priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, geminga_response_stream_close_async);
  g_task_set_priority (task, io_priority);
  if (geminga_response_stream_close (stream, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
geminga_response_stream_close_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* GPollableOutputStream */

static gboolean
geminga_response_stream_is_writable (GPollableOutputStream *stream)
{
  GemingaResponseStream *self = GEMINGA_RESPONSE_STREAM (stream);

  return geminga_http_pipe_has_room (self->pipe) || geminga_http_pipe_is_failed (self->pipe);
}

static gssize
geminga_response_stream_write_nonblocking (GPollableOutputStream *stream,
                                           const void *data,
                                           gsize size,
                                           GError **error)
{
  return write_some (GEMINGA_RESPONSE_STREAM (stream), data, size, error);
}

static GSource *
geminga_response_stream_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return geminga_http_pipe_create_pollable_source (GEMINGA_RESPONSE_STREAM (stream)->pipe,
                                                   G_OBJECT (stream), G_IO_OUT, cancellable);
}

static void
pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = geminga_response_stream_is_writable;
  iface->write_nonblocking = geminga_response_stream_write_nonblocking;
  iface->create_source = geminga_response_stream_create_source;
}

static void
geminga_response_stream_class_init (GemingaResponseStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  object_class->dispose = geminga_response_stream_dispose;
  object_class->finalize = geminga_response_stream_finalize;
  object_class->get_property = geminga_response_stream_get_property;
  object_class->set_property = geminga_response_stream_set_property;
  stream_class->write_fn = geminga_response_stream_write;
  stream_class->flush = geminga_response_stream_flush;
  stream_class->flush_async = geminga_response_stream_flush_async;
  stream_class->flush_finish = geminga_response_stream_flush_finish;
  stream_class->close_fn = geminga_response_stream_close;
  stream_class->close_async = geminga_response_stream_close_async;
  stream_class->close_finish = geminga_response_stream_close_finish;

  /**
   * GemingaResponseStream:buffer-size: (getter get_buffer_size) (setter set_buffer_size)
   *
   * How many bytes may wait for the client before a write has to wait; 65536 at first.
   *
   * Since: 0.1
   */
  props[PROP_BUFFER_SIZE] =
      g_param_spec_ulong ("buffer-size", NULL, NULL, 1, G_MAXINT32, BUFFER_SIZE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_response_stream_init (GemingaResponseStream *self)
{
  self->buffer_size = BUFFER_SIZE;
}

/* Public API */

/**
 * geminga_request_respond_stream:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @content_type: (nullable): the type of the body, or %NULL to send none
 * @length: how many bytes the body will have, or -1 when that is not known
 *
 * Answers with a body that is written piece by piece.
 *
 * A body of unknown length is sent in chunks; to a client of HTTP/1.0, it ends with the connection. When
 * fewer or more bytes are written than @length, that fails with %GEMINGA_HTTP_ERROR_INVALID_STATE.
 *
 * The time that a handler may take ends with this call: a stream may last as long as it
 * needs to, unless the client stops reading.
 *
 * Returns: (transfer full): a stream to write to and close
 *
 * Since: 0.1
 */
GemingaResponseStream *
geminga_request_respond_stream (GemingaRequest *self,
                                guint status,
                                const char *content_type,
                                gint64 length)
{
  GemingaResponseStream *stream = NULL;
  GemingaHttpResponse *response = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (status >= 200 && status <= 599, NULL);
  g_return_val_if_fail (content_type == NULL || geminga_http_is_field_value (content_type), NULL);
  g_return_val_if_fail (length >= -1, NULL);

  stream = g_object_new (GEMINGA_TYPE_RESPONSE_STREAM, NULL);
  stream->pipe =
      geminga_http_pipe_new (geminga_http_exchange_get_context (self->exchange), BUFFER_SIZE);
  stream->length = length;

  response = geminga_http_response_new (status, content_type, NULL);
  response->pipe = geminga_http_pipe_ref (stream->pipe);
  response->pipe_length = length;
  geminga_request_respond (self, response);

  return stream;
}

/**
 * geminga_response_stream_set_buffer_size: (set-property buffer-size)
 * @self: a response stream
 * @size: bytes, at least 1
 *
 * Sets how many bytes may wait for the client before a write has to wait.
 *
 * Since: 0.1
 */
void
geminga_response_stream_set_buffer_size (GemingaResponseStream *self, gsize size)
{
  g_return_if_fail (GEMINGA_IS_RESPONSE_STREAM (self));
  g_return_if_fail (size > 0);

  if (self->buffer_size == size)
    return;

  self->buffer_size = size;
  geminga_http_pipe_set_limit (self->pipe, size);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUFFER_SIZE]);
}

/**
 * geminga_response_stream_get_buffer_size: (get-property buffer-size)
 * @self: a response stream
 *
 * Gets how many bytes may wait for the client before a write has to wait.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
gsize
geminga_response_stream_get_buffer_size (GemingaResponseStream *self)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE_STREAM (self), 0);

  return self->buffer_size;
}

/**
 * geminga_response_stream_get_n_pending:
 * @self: a response stream
 *
 * Counts the bytes that were written and wait for the client.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
gsize
geminga_response_stream_get_n_pending (GemingaResponseStream *self)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE_STREAM (self), 0);

  return geminga_http_pipe_get_size (self->pipe);
}

/**
 * geminga_response_stream_add_trailer:
 * @self: a response stream
 * @name: the name of a field
 * @value: its value
 * @error: return location for an error
 *
 * Adds a field that is sent after the body, as a checksum of it.
 *
 * Trailers are sent where the body is sent in chunks, else they are left out. Many clients ignore them. It
 * fails with %GEMINGA_HTTP_ERROR_INVALID_HEADER as [method@Geminga.Request.set_response_header] does.
 *
 * Returns: %TRUE if the field will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_response_stream_add_trailer (GemingaResponseStream *self,
                                     const char *name,
                                     const char *value,
                                     GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE_STREAM (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (!geminga_http_check_field (name, value, error))
    return FALSE;

  if (self->trailers == NULL)
    self->trailers = g_string_new (NULL);
  g_string_append_printf (self->trailers, "%s: %s\r\n", name, value);

  return TRUE;
}

/**
 * geminga_response_stream_abort:
 * @self: a response stream
 *
 * Ends the response in the middle, and the connection with it.
 *
 * Since: 0.1
 */
void
geminga_response_stream_abort (GemingaResponseStream *self)
{
  g_return_if_fail (GEMINGA_IS_RESPONSE_STREAM (self));

  if (self->pipe != NULL)
    geminga_http_pipe_fail (self->pipe, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                                             "The response was aborted"));
}
