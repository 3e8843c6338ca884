/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <sys/socket.h>

#include "geminga-http-connection-parts-private.h"

#define LINGER_TIME 2000        /* milliseconds */
#define CHUNK_SIZE  (64 * 1024) /* of a streamed response, at most */
#define COPY_SIZE   (16 * 1024) /* a shorter body is sent from where the head is */
#define BATCH_SIZE  (64 * 1024) /* of answers that are sent together */

/* Helpers: log */

/* The request takes the head away: what the log wants is kept aside, if there is a log. */
void
geminga_http_connection_begin_entry (GemingaHttpConnection *self)
{
  GemingaAccessLogEntry *entry = &self->entry;

  if (self->env->log == NULL)
    return;

  self->started = g_get_monotonic_time ();
  geminga_access_log_entry_clear (entry);
  entry->started = g_get_real_time ();
  entry->remote = geminga_http_address_to_string (self->remote);
  entry->method = g_strdup (self->head.method);
  entry->target = g_strdup (self->head.target);
  if (self->head.method != NULL)
    entry->protocol = self->head.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
  entry->referer = g_strdup (geminga_http_head_get_field (&self->head, "Referer"));
  entry->user_agent = g_strdup (geminga_http_head_get_field (&self->head, "User-Agent"));
}

void
geminga_http_connection_end_entry (GemingaHttpConnection *self)
{
  if (self->env->log == NULL || self->entry.remote == NULL)
    return;

  self->entry.duration = g_get_monotonic_time () - self->started;
  self->env->log (self->env->server, &self->entry);
  geminga_access_log_entry_clear (&self->entry);
}

/* Helpers: writing */

static void
finish_response (GemingaHttpConnection *self)
{
  if (self->body != NULL)
    geminga_http_connection_end_body (self);
  g_clear_pointer (&self->exchange, geminga_http_exchange_unref);
  geminga_http_connection_set_in_request (self, FALSE);
  geminga_http_connection_end_entry (self);

  if (self->state == GEMINGA_HTTP_STATE_CLOSED)
    return;

  if (self->keep_alive)
    {
      memset (&self->scan, 0, sizeof self->scan);
      self->had_empty_line = FALSE;
      self->is_head = FALSE;
      self->state = GEMINGA_HTTP_STATE_HEAD;
      self->idle_since = g_get_monotonic_time ();
      self->deadline = 0;
      if (self->env->limits.keep_alive != 0)
        {
          self->deadline = self->idle_since + (gint64) self->env->limits.keep_alive * 1000;
          self->env->deadline (self->env->server, self->deadline);
        }
      return;
    }

  if (!self->linger && geminga_http_connection_get_unread (self) == 0)
    {
      geminga_http_connection_close (self);
      return;
    }

  /* Bytes that nobody read would turn the close into a reset that overtakes the answer. */
  shutdown (self->fd, SHUT_WR);
  g_clear_pointer (&self->in, g_byte_array_unref);
  self->in_done = 0;
  geminga_http_connection_begin_phase (self);
  self->state = GEMINGA_HTTP_STATE_LINGER;
  geminga_http_connection_set_deadline (self, LINGER_TIME);
}

/* Sends what is left. A slow reader's time begins when it does not read: what the socket's buffer took is
 * no merit of it. */
GemingaHttpOutputResult
geminga_http_connection_send_output (GemingaHttpConnection *self)
{
  gsize sent = 0;
  GemingaHttpOutputResult result;

  if (geminga_http_output_is_empty (&self->output))
    return GEMINGA_HTTP_OUTPUT_SENT;

  result = geminga_http_output_flush (&self->output, self->fd, &sent);
  self->phase_size += sent;
  GEMINGA_HTTP_COUNT (self->env->counters, bytes_out, sent);
  if (result == GEMINGA_HTTP_OUTPUT_FAILED)
    geminga_http_connection_close (self);

  return result;
}

/* FALSE: the connection is closed. */
gboolean
geminga_http_connection_flush (GemingaHttpConnection *self)
{
  GemingaHttpOutputResult result = geminga_http_connection_send_output (self);

  if (result == GEMINGA_HTTP_OUTPUT_FAILED)
    return FALSE;
  if (result == GEMINGA_HTTP_OUTPUT_BLOCKED)
    {
      if (self->state != GEMINGA_HTTP_STATE_WRITE)
        geminga_http_connection_begin_phase (self);
      self->state = GEMINGA_HTTP_STATE_WRITE;
      geminga_http_connection_set_rate_deadline (self, self->env->limits.write_timeout);
      return TRUE;
    }

  finish_response (self);

  return self->state != GEMINGA_HTTP_STATE_CLOSED;
}

/* The next request is there already: the answers go together. */
static gboolean
can_wait (GemingaHttpConnection *self)
{
  return self->is_processing && self->keep_alive && geminga_http_connection_get_unread (self) > 0 &&
         !geminga_http_output_has_body (&self->output) && self->output.bytes->len < BATCH_SIZE;
}

static void
append_body (GemingaHttpConnection *self, GemingaHttpResponse *response)
{
  gsize size = 0;
  const char *data = NULL;

  if (self->is_head || !geminga_http_status_has_body (response->status))
    return;

  self->entry.body_size = MAX (geminga_http_response_get_length (response), 0);
  if (response->file != NULL)
    {
      geminga_http_output_set_body (&self->output, NULL, g_steal_pointer (&response->file));
      return;
    }

  if (response->body != NULL)
    data = g_bytes_get_data (response->body, &size);
  if (size > COPY_SIZE)
    geminga_http_output_set_body (&self->output, g_steal_pointer (&response->body), NULL);
  else if (size > 0)
    g_string_append_len (self->output.bytes, data, (gssize) size);
}

/* Helpers: streamed responses */

void
geminga_http_connection_end_stream (GemingaHttpConnection *self, GError *error)
{
  g_autoptr (GemingaHttpPipe) stream = g_steal_pointer (&self->stream);

  if (stream != NULL)
    geminga_http_pipe_set_engine (stream, NULL, NULL);
  if (stream != NULL && error != NULL)
    geminga_http_pipe_fail (stream, g_steal_pointer (&error));
  g_clear_error (&error);
}

/* What the handler wrote goes out as one chunk. FALSE: there is nothing. */
static gboolean
take_from_stream (GemingaHttpConnection *self)
{
  gboolean is_chunked = self->stream_length < 0 && !self->is_http10;
  GString *out = geminga_http_connection_get_out (self);
  gsize size = MIN (geminga_http_pipe_get_size (self->stream), CHUNK_SIZE);

  if (size == 0)
    return FALSE;

  if (is_chunked)
    g_string_append_printf (out, "%" G_GSIZE_MODIFIER "x\r\n", size);
  geminga_http_pipe_take (self->stream, out, size);
  if (is_chunked)
    g_string_append_len (out, "\r\n", 2);
  self->entry.body_size += size;

  return TRUE;
}

/* The end of it is what tells the client that the body is whole. */
static void
finish_stream (GemingaHttpConnection *self)
{
  g_autofree char *trailers = geminga_http_pipe_dup_tail (self->stream);

  if (self->stream_length < 0 && !self->is_http10)
    g_string_append_printf (geminga_http_connection_get_out (self), "0\r\n%s\r\n",
                            trailers != NULL ? trailers : "");
  geminga_http_connection_end_stream (self, NULL);
}

/* The client must not take what it has for all there is. */
void
geminga_http_connection_abort_stream (GemingaHttpConnection *self)
{
  struct linger now = { .l_onoff = 1 };

  if (self->stream_length < 0 && self->is_http10)
    setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  geminga_http_connection_close (self);
}

/* A client that ended its side may be gone: it is not waited for without end. */
void
geminga_http_connection_set_stream_deadline (GemingaHttpConnection *self, gboolean is_blocked)
{
  if (is_blocked)
    {
      if (self->deadline == 0)
        geminga_http_connection_begin_phase (self);
      geminga_http_connection_set_rate_deadline (self, self->env->limits.write_timeout);
    }
  else
    geminga_http_connection_set_deadline (self,
                                          self->is_shut ? self->env->limits.write_timeout : 0);
}

void
geminga_http_connection_pump_stream (GemingaHttpConnection *self)
{
  while (self->state == GEMINGA_HTTP_STATE_STREAM)
    {
      GemingaHttpOutputResult result;
      gboolean is_full;
      gboolean is_done;

      if (geminga_http_pipe_is_failed (self->stream))
        {
          geminga_http_connection_abort_stream (self);
          return;
        }

      is_full = geminga_http_connection_get_out (self)->len >= CHUNK_SIZE;
      is_done = !is_full && !take_from_stream (self);
      if (geminga_http_pipe_is_drained (self->stream))
        {
          finish_stream (self);
          geminga_http_connection_flush (self);
          return;
        }

      result = geminga_http_connection_send_output (self);
      if (result == GEMINGA_HTTP_OUTPUT_FAILED)
        return;
      geminga_http_connection_set_stream_deadline (self, result == GEMINGA_HTTP_OUTPUT_BLOCKED);
      if (result == GEMINGA_HTTP_OUTPUT_BLOCKED || is_done)
        return;
    }
}

/* The handler wrote, ended or gave up. What it writes before it returns goes out together. */
static void
on_stream (gpointer engine)
{
  g_autoptr (GemingaHttpConnection) self = geminga_http_connection_ref (engine);

  if (self->state != GEMINGA_HTTP_STATE_STREAM ||
      (self->is_processing && geminga_http_pipe_has_room (self->stream)))
    return;

  geminga_http_connection_pump_stream (self);
  geminga_http_connection_process (self);
}

static void
begin_stream (GemingaHttpConnection *self, GemingaHttpResponse *response)
{
  self->stream = g_steal_pointer (&response->pipe);
  self->stream_length = response->pipe_length;
  self->state = GEMINGA_HTTP_STATE_STREAM;
  self->deadline = 0;

  if (self->is_head || !geminga_http_status_has_body (response->status))
    {
      geminga_http_connection_end_stream (
          self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                     "The answer to this request has no body"));
      geminga_http_connection_flush (self);
      return;
    }

  geminga_http_pipe_set_engine (self->stream, on_stream, self);
  if (!self->is_processing)
    geminga_http_connection_pump_stream (self);
}

/* Takes @response. FALSE: the connection is closed. */
gboolean
geminga_http_connection_write_response (GemingaHttpConnection *self, GemingaHttpResponse *response)
{
  g_autoptr (GemingaHttpResponse) owned = response;

  if (self->env->is_draining || self->env->limits.is_one_request_each)
    self->keep_alive = FALSE;
  if (response->pipe != NULL && response->pipe_length < 0 && self->is_http10)
    self->keep_alive = FALSE;
  if (self->body != NULL)
    {
      geminga_http_connection_skip_body (self);
      if (response->pipe == NULL)
        geminga_http_connection_end_body (self);
    }

  geminga_http_response_format_head (owned, geminga_http_connection_get_out (self),
                                     self->env->date (self->env->server), self->keep_alive,
                                     self->is_http10);
  self->entry.status = owned->status;
  self->entry.body_size = 0;
  GEMINGA_HTTP_COUNT (self->env->counters, requests, 1);
  GEMINGA_HTTP_COUNT (self->env->counters, by_class[MIN (owned->status / 100, 5)], 1);

  if (owned->pipe != NULL)
    {
      begin_stream (self, owned);
      return self->state != GEMINGA_HTTP_STATE_CLOSED;
    }

  append_body (self, owned);
  if (can_wait (self))
    finish_response (self);
  else
    geminga_http_connection_flush (self);

  return self->state != GEMINGA_HTTP_STATE_CLOSED;
}

/* Nobody shall answer any more. */
void
geminga_http_connection_drop_request (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpExchange) exchange = g_steal_pointer (&self->exchange);
  g_autoptr (GemingaRequest) request = g_steal_pointer (&self->request);

  if (exchange != NULL && !geminga_http_exchange_close (exchange))
    geminga_http_exchange_cancel (exchange);
}

/* Answers what is no request, or no acceptable one, and closes. */
void
geminga_http_connection_refuse (GemingaHttpConnection *self, guint status)
{
  geminga_http_connection_set_in_request (self, TRUE);
  if (self->entry.remote == NULL)
    geminga_http_connection_begin_entry (self);
  geminga_http_head_clear (&self->head);
  geminga_http_connection_end_upload (self,
                                      g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                                   "The body was refused with status %u", status));
  g_clear_pointer (&self->body, geminga_http_body_free);
  geminga_http_connection_drop_request (self);
  self->idle_since = 0;
  self->keep_alive = FALSE;
  self->linger = TRUE;

  geminga_http_connection_write_response (self, geminga_http_response_new_plain (status, NULL));
}

/* Answers that waited for others of the same turn. */
void
geminga_http_connection_send_batch (GemingaHttpConnection *self)
{
  if (self->state > GEMINGA_HTTP_STATE_STREAM || geminga_http_output_is_empty (&self->output) ||
      geminga_http_connection_send_output (self) != GEMINGA_HTTP_OUTPUT_BLOCKED ||
      self->state != GEMINGA_HTTP_STATE_HEAD)
    return;

  geminga_http_connection_begin_phase (self);
  self->state = GEMINGA_HTTP_STATE_WRITE;
  geminga_http_connection_set_rate_deadline (self, self->env->limits.write_timeout);
}
