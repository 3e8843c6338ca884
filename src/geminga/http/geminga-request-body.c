/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-body-stream-private.h"
#include "geminga-request-private.h"

/* The body of a GemingaRequest, while it comes. */

#define READ_SIZE (64 * 1024)

/* Helpers */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GemingaRequest *self = g_task_get_source_object (task);
  GByteArray *collected = g_task_get_task_data (task);
  gsize size;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  size = g_bytes_get_size (bytes);
  if (size == 0)
    {
      g_clear_pointer (&self->body, g_bytes_unref);
      self->body = g_bytes_new (collected->data, collected->len);
      g_task_return_pointer (task, g_bytes_ref (self->body), (GDestroyNotify) g_bytes_unref);
      return;
    }

  g_byte_array_append (collected, g_bytes_get_data (bytes, NULL), (guint) size);
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read, g_object_ref (task));
}

/* Private API */

const GemingaHttpHead *
geminga_request_get_head (GemingaRequest *self)
{
  return &self->head;
}

guint64
geminga_request_get_max_body (GemingaRequest *self, guint64 fallback)
{
  return self->max_body != G_MAXUINT64 ? self->max_body : fallback;
}

gboolean
geminga_request_is_body_streamed (GemingaRequest *self)
{
  return self->is_body_streamed;
}

void
geminga_request_take_body (GemingaRequest *self, GBytes *body)
{
  self->is_body_begun = TRUE;
  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = body;
}

void
geminga_request_set_body_pipe (GemingaRequest *self, GemingaHttpPipe *pipe)
{
  self->is_body_begun = TRUE;
  self->pipe = geminga_http_pipe_ref (pipe);
}

/* Public API */

/**
 * geminga_request_set_body_streamed:
 * @self: a request whose body has not been read
 * @is_streamed: whether the handler reads the body itself
 *
 * Chooses that the handler of the request gets it at once, and reads the body from
 * [method@Geminga.Request.get_body_stream] while it comes.
 *
 * This is for the function of [method@Geminga.WebService.set_body_handler], before anything of the body is
 * read; later it is a programming error. A client that asked whether to send its body
 * (`Expect: 100-continue`) is told to when the handler reads for the first time.
 *
 * Since: 0.1
 */
void
geminga_request_set_body_streamed (GemingaRequest *self, gboolean is_streamed)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (!self->is_body_begun);

  self->is_body_streamed = is_streamed;
}

/**
 * geminga_request_set_max_body:
 * @self: a request whose body has not been read
 * @size: bytes
 *
 * Sets how large the body may be, in place of the setting `max-body`. A larger one is answered with status
 * 413; when it was not known to be larger, reading from the stream fails.
 *
 * This is for the function of [method@Geminga.WebService.set_body_handler], before anything of the body is
 * read; later it is a programming error.
 *
 * Since: 0.1
 */
void
geminga_request_set_max_body (GemingaRequest *self, guint64 size)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (!self->is_body_begun);

  self->max_body = MIN (size, G_MAXUINT64 - 1);
}

/**
 * geminga_request_get_body_stream:
 * @self: a request
 *
 * Gets a stream of the body, whether it is streamed or was read before.
 *
 * No more of a streamed body is taken from the client than is read, but for some 64 KiB. Reading fails with
 * %G_IO_ERROR_CONNECTION_CLOSED when the client leaves in the middle, with %G_IO_ERROR_INVALID_DATA when the
 * body is refused, as where it is too large, and with %G_IO_ERROR_CLOSED once the request is answered. The stream
 * may be read in one thread at a time. The functions that block fail with
 * %G_IO_ERROR_WOULD_BLOCK in the thread of the request, and wait in others.
 *
 * Returns: (transfer none): the stream
 *
 * Since: 0.1
 */
GInputStream *
geminga_request_get_body_stream (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->stream == NULL)
    {
      if (self->pipe != NULL)
        self->stream = geminga_http_body_stream_new (self->pipe);
      else
        self->stream = g_memory_input_stream_new_from_bytes (geminga_request_get_body (self));
    }

  return self->stream;
}

/**
 * geminga_request_read_body_async:
 * @self: a request
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when the body was read
 * @user_data: what to give to @callback
 *
 * Reads what is left of the body whole, in the thread of the request.
 *
 * After that [method@Geminga.Request.get_body] has it too. It fails as reading from
 * [method@Geminga.Request.get_body_stream] does, and with %G_IO_ERROR_CANCELLED, after which the rest
 * can still be read.
 *
 * Since: 0.1
 */
void
geminga_request_read_body_async (GemingaRequest *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_request_read_body_async);
  if (self->pipe == NULL)
    {
      g_task_return_pointer (task, g_bytes_ref (geminga_request_get_body (self)),
                             (GDestroyNotify) g_bytes_unref);
      return;
    }

  g_task_set_task_data (task, g_byte_array_new (), (GDestroyNotify) g_byte_array_unref);
  g_input_stream_read_bytes_async (geminga_request_get_body_stream (self), READ_SIZE,
                                   G_PRIORITY_DEFAULT, cancellable, on_read,
                                   g_steal_pointer (&task));
}

/**
 * geminga_request_read_body_finish:
 * @self: a request
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Geminga.Request.read_body_async].
 *
 * Returns: (transfer full): the body, or %NULL with @error set
 *
 * Since: 0.1
 */
GBytes *
geminga_request_read_body_finish (GemingaRequest *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_request_read_body_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
