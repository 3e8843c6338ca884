/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-connection-parts-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define READ_SIZE          (16 * 1024)
#define MIN_RATE           4096 /* bytes a second that earn a slow client more time */
#define LINGER_SIZE        (1024 * 1024)
#define STATUS_CLIENT_GONE 499         /* for the log only */
#define BATCH_SIZE         (64 * 1024) /* of answers that are sent together */

/* Helpers */

void
geminga_http_connection_set_deadline (GemingaHttpConnection *self, guint milliseconds)
{
  if (milliseconds == 0)
    {
      self->deadline = 0;
      return;
    }

  self->deadline = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  self->env->deadline (self->env->server, self->deadline);
}

void
geminga_http_connection_set_rate_deadline (GemingaHttpConnection *self, guint milliseconds)
{
  gint64 earned = (gint64) (self->phase_size / MIN_RATE) * G_USEC_PER_SEC;

  if (milliseconds == 0)
    {
      self->deadline = 0;
      return;
    }

  self->deadline = self->phase_started + (gint64) milliseconds * 1000 + earned;
  self->env->deadline (self->env->server, self->deadline);
}

void
geminga_http_connection_begin_phase (GemingaHttpConnection *self)
{
  self->phase_started = g_get_monotonic_time ();
  self->phase_size = 0;
}

void
geminga_http_connection_set_in_request (GemingaHttpConnection *self, gboolean in_request)
{
  if (self->in_request == in_request)
    return;

  self->in_request = in_request;
  if (in_request)
    GEMINGA_HTTP_COUNT (self->env->counters, busy, 1);
  else
    GEMINGA_HTTP_COUNT (self->env->counters, busy, -1);
}

gsize
geminga_http_connection_get_unread (GemingaHttpConnection *self)
{
  return self->in != NULL ? self->in->len - self->in_done : 0;
}

void
geminga_http_connection_consume (GemingaHttpConnection *self, gsize size)
{
  self->in_done += (guint) size;
  if (self->in_done == self->in->len)
    {
      self->in_done = 0;
      g_byte_array_set_size (self->in, 0);
    }
}

/* Connections that have nothing under way hold no buffers: one of each is passed round. */
static void
give_back (GemingaHttpConnection *self)
{
  if (self->in != NULL && self->in->len == 0)
    {
      if (self->env->spare_in == NULL)
        self->env->spare_in = g_steal_pointer (&self->in);
      g_clear_pointer (&self->in, g_byte_array_unref);
    }

  if (geminga_http_output_is_empty (&self->output) && self->output.bytes != NULL)
    {
      if (self->env->spare_out == NULL && self->output.bytes->allocated_len <= 2 * BATCH_SIZE)
        self->env->spare_out = g_steal_pointer (&self->output.bytes);
      geminga_http_output_clear (&self->output);
    }
}

GString *
geminga_http_connection_get_out (GemingaHttpConnection *self)
{
  if (self->output.bytes == NULL)
    self->output.bytes = g_steal_pointer (&self->env->spare_out);
  if (self->output.bytes == NULL)
    self->output.bytes = g_string_sized_new (1024);

  return self->output.bytes;
}

static guint32
get_wanted_events (GemingaHttpConnection *self)
{
  guint32 events = geminga_http_output_is_empty (&self->output) ? 0 : EPOLLOUT;

  switch (self->state)
    {
    case GEMINGA_HTTP_STATE_HANDLER:
    case GEMINGA_HTTP_STATE_STREAM:
      if (!self->is_shut)
        events |= EPOLLRDHUP;
      if (geminga_http_connection_wants_upload (self))
        events |= EPOLLIN;
      return events;
    case GEMINGA_HTTP_STATE_WRITE:
      return EPOLLOUT;
    default:
      return events | EPOLLIN;
    }
}

void
geminga_http_connection_watch (GemingaHttpConnection *self)
{
  guint32 events = get_wanted_events (self);

  if (self->state == GEMINGA_HTTP_STATE_CLOSED)
    return;

  if (!self->is_watched)
    {
      if (!geminga_http_poller_add (self->env->poller, self->fd, events, self))
        {
          geminga_http_connection_close (self);
          return;
        }
      self->is_watched = TRUE;
    }
  else if (self->events != events)
    geminga_http_poller_modify (self->env->poller, self->fd, events, self);

  self->events = events;
}

static void
unwatch (GemingaHttpConnection *self)
{
  if (self->is_watched)
    geminga_http_poller_remove (self->env->poller, self->fd);
  self->is_watched = FALSE;
}

/* How long the handler may take counts from the last byte it had to wait for. */
void
geminga_http_connection_set_handler_deadline (GemingaHttpConnection *self)
{
  if (self->state != GEMINGA_HTTP_STATE_HANDLER)
    return;

  if (geminga_http_connection_wants_upload (self))
    geminga_http_connection_set_rate_deadline (self, self->env->limits.body_timeout);
  else if (self->deadline == 0 || self->body != NULL)
    geminga_http_connection_set_deadline (self, self->env->limits.request_timeout);
}

/* Helpers: requests */

static void
answer_cb (GemingaHttpResponse *response, gpointer user_data)
{
  g_autoptr (GemingaHttpConnection) self = geminga_http_connection_ref (user_data);

  if (self->state != GEMINGA_HTTP_STATE_HANDLER && self->state != GEMINGA_HTTP_STATE_BODY)
    {
      geminga_http_response_free (response);
      return;
    }

  /* A streamed answer can still be cancelled. */
  if (response->pipe == NULL)
    g_clear_pointer (&self->exchange, geminga_http_exchange_unref);
  g_clear_object (&self->request);
  self->state = GEMINGA_HTTP_STATE_HANDLER;
  geminga_http_connection_write_response (self, response);
  geminga_http_connection_process (self);
}

static void
release_cb (gpointer user_data)
{
  geminga_http_connection_unref (user_data);
}

GemingaRequest *
geminga_http_connection_new_request (GemingaHttpConnection *self)
{
  GemingaRequest *request = NULL;

  self->exchange = geminga_http_exchange_new (self->env->context, answer_cb,
                                              geminga_http_connection_ref (self), release_cb);
  request = geminga_request_new_for_exchange (self->exchange, &self->head, NULL, self->remote,
                                              self->env->id_series, ++self->env->last_id);
  if (self->env->log != NULL)
    self->entry.request_id = g_strdup (geminga_request_get_id (request));

  return request;
}

void
geminga_http_connection_hand_over (GemingaHttpConnection *self, GemingaRequest *request)
{
  self->state = GEMINGA_HTTP_STATE_HANDLER;
  self->deadline = 0;
  self->env->handle (self->env->server, request);
}

/* The status to refuse a head with that can be read; 0: none. */
static guint
check_request (GemingaHttpConnection *self)
{
  if (strcmp (self->head.method, "CONNECT") == 0)
    return 501;
  if (strcmp (self->head.method, "TRACE") == 0)
    return 405;

  return 0;
}

/* An empty line before a request is forgiven once. */
static void
skip_empty_line (GemingaHttpConnection *self)
{
  if (self->had_empty_line || geminga_http_connection_get_unread (self) < 2 ||
      memcmp (self->in->data + self->in_done, "\r\n", 2) != 0)
    return;

  self->had_empty_line = TRUE;
  geminga_http_connection_consume (self, 2);
  memset (&self->scan, 0, sizeof self->scan);
}

static void
begin_head (GemingaHttpConnection *self)
{
  if (self->idle_since == 0)
    return;

  self->idle_since = 0;
  self->deadline = 0;
}

static guint
parse_head (GemingaHttpConnection *self, gsize size)
{
  guint status =
      geminga_http_head_parse (&self->head, (char *) self->in->data + self->in_done, size);

  geminga_http_connection_consume (self, size);
  self->is_head = self->head.method != NULL && strcmp (self->head.method, "HEAD") == 0;

  return status != 0 ? status : check_request (self);
}

/* TRUE: there may be more to do. */
static gboolean
take_head (GemingaHttpConnection *self)
{
  gsize end = 0;
  guint status;

  if (geminga_http_connection_get_unread (self) == 0)
    return FALSE;

  begin_head (self);
  skip_empty_line (self);
  status = geminga_http_head_find_end (&self->scan, (char *) self->in->data + self->in_done,
                                       geminga_http_connection_get_unread (self), &end);
  if (status == 0 && end == 0)
    {
      if (self->deadline == 0)
        geminga_http_connection_set_deadline (self, self->env->limits.head_timeout);
      return FALSE;
    }

  self->linger = FALSE;
  self->is_head = FALSE;
  if (status == 0)
    status = parse_head (self, end);
  geminga_http_connection_begin_entry (self);
  geminga_http_connection_set_in_request (self, TRUE);
  if (status != 0)
    {
      geminga_http_connection_refuse (self, status);
      return FALSE;
    }

  self->is_http10 = self->head.minor_version == 0;
  self->keep_alive = self->head.keep_alive;

  if (self->head.is_chunked || self->head.content_length > 0)
    geminga_http_connection_begin_body (self);
  else
    {
      g_autoptr (GemingaRequest) request = geminga_http_connection_new_request (self);

      geminga_http_connection_hand_over (self, request);
    }

  return TRUE;
}

/* Goes on as far as the bytes that are there lead; a handler that answers at once does not recurse.
 * FALSE: the connection is closed. */
gboolean
geminga_http_connection_process (GemingaHttpConnection *self)
{
  gboolean go_on = TRUE;

  if (self->is_processing)
    return TRUE;

  self->is_processing = TRUE;
  while (go_on)
    {
      if (self->state == GEMINGA_HTTP_STATE_HEAD)
        go_on = take_head (self);
      else if (self->state == GEMINGA_HTTP_STATE_BODY)
        go_on = geminga_http_connection_take_body (self);
      else if (self->state == GEMINGA_HTTP_STATE_STREAM)
        {
          geminga_http_connection_pump_stream (self);
          go_on = self->state != GEMINGA_HTTP_STATE_STREAM;
        }
      else
        go_on = FALSE;
    }
  self->is_processing = FALSE;

  geminga_http_connection_send_batch (self);
  if ((self->state == GEMINGA_HTTP_STATE_HANDLER || self->state == GEMINGA_HTTP_STATE_STREAM) &&
      geminga_http_connection_feed_upload (self))
    geminga_http_connection_set_handler_deadline (self);
  give_back (self);
  geminga_http_connection_watch (self);

  return self->state != GEMINGA_HTTP_STATE_CLOSED;
}

/* Helpers: events */

static GError *
new_gone_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The client has left");
}

static gssize
receive (GemingaHttpConnection *self, guint8 *buffer)
{
  gssize n;

  do
    n = recv (self->fd, buffer, READ_SIZE, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n == 0 || (n < 0 && errno != EAGAIN))
    geminga_http_connection_close (self);
  if (n > 0)
    GEMINGA_HTTP_COUNT (self->env->counters, bytes_in, n);

  return n;
}

/* TRUE: bytes came. */
static gboolean
read_some (GemingaHttpConnection *self)
{
  GByteArray *in = NULL;
  gssize n;
  guint len;

  if (self->in == NULL)
    self->in = g_steal_pointer (&self->env->spare_in);
  if (self->in == NULL)
    self->in = g_byte_array_new ();
  if (self->in_done > 0)
    g_byte_array_remove_range (self->in, 0, self->in_done);
  self->in_done = 0;

  /* Closing drops it. */
  in = g_byte_array_ref (self->in);
  len = in->len;
  g_byte_array_set_size (in, len + READ_SIZE);
  n = receive (self, in->data + len);
  g_byte_array_set_size (in, len + (guint) MAX (n, 0));
  g_byte_array_unref (in);

  return n > 0;
}

static void
skip_some (GemingaHttpConnection *self)
{
  guint8 buffer[READ_SIZE];
  gssize n = receive (self, buffer);

  if (n > 0)
    self->phase_size += (gsize) n;
  if (self->phase_size > LINGER_SIZE)
    geminga_http_connection_close (self);
}

/* The client closed its side: an answer may still be wanted, so the connection stays until it comes, or
 * until the client is seen to be gone altogether. */
static void
check_shut (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpExchange) exchange = NULL;

  self->is_shut = TRUE;
  if (self->state == GEMINGA_HTTP_STATE_STREAM)
    geminga_http_connection_set_stream_deadline (self,
                                                 !geminga_http_output_is_empty (&self->output));
  if (self->exchange == NULL || (self->body != NULL && !geminga_http_body_is_done (self->body)))
    return;

  exchange = geminga_http_exchange_ref (self->exchange);
  geminga_http_exchange_cancel (exchange);
}

/* Of an answer, or of answers that are finished but for that. */
static void
continue_writing (GemingaHttpConnection *self)
{
  if (self->in_request)
    {
      if (geminga_http_connection_flush (self))
        geminga_http_connection_process (self);
      return;
    }

  switch (geminga_http_connection_send_output (self))
    {
    case GEMINGA_HTTP_OUTPUT_SENT:
      self->state = GEMINGA_HTTP_STATE_HEAD;
      self->idle_since = g_get_monotonic_time ();
      geminga_http_connection_set_deadline (self, self->env->limits.keep_alive);
      geminga_http_connection_process (self);
      break;
    case GEMINGA_HTTP_OUTPUT_BLOCKED:
      geminga_http_connection_set_rate_deadline (self, self->env->limits.write_timeout);
      break;
    case GEMINGA_HTTP_OUTPUT_FAILED:
    default:
      break;
    }
}

static void
write_some (GemingaHttpConnection *self)
{
  if (self->state == GEMINGA_HTTP_STATE_STREAM)
    geminga_http_connection_pump_stream (self);
  else if (self->state == GEMINGA_HTTP_STATE_HANDLER)
    geminga_http_connection_send_output (self);
}

/* A handler is at work. */
static void
serve_handler (GemingaHttpConnection *self, guint32 events)
{
  if ((events & (EPOLLHUP | EPOLLERR)) != 0)
    {
      geminga_http_connection_close (self);
      return;
    }

  if ((events & EPOLLRDHUP) != 0 && !self->is_shut)
    check_shut (self);
  if ((events & EPOLLIN) != 0 && geminga_http_connection_wants_upload (self) && read_some (self))
    geminga_http_connection_feed_upload (self);
  if ((events & EPOLLOUT) != 0)
    write_some (self);

  /* A handler that runs the loop itself: the watch may still be the one for reading. */
  if (!self->is_processing)
    geminga_http_connection_process (self);
  else if (self->state != GEMINGA_HTTP_STATE_CLOSED)
    {
      geminga_http_connection_set_handler_deadline (self);
      geminga_http_connection_watch (self);
    }
}

/* No descriptor would tell that the handler returned: the next request waits for that. */
static void
serve_reading (GemingaHttpConnection *self, guint32 events)
{
  if (self->is_processing)
    {
      unwatch (self);
      return;
    }

  if ((events & EPOLLOUT) != 0 &&
      geminga_http_connection_send_output (self) == GEMINGA_HTTP_OUTPUT_FAILED)
    return;
  if ((events & ~(guint32) EPOLLOUT) == 0 || read_some (self))
    geminga_http_connection_process (self);
}

/* Public API */

GemingaHttpConnection *
geminga_http_connection_ref (GemingaHttpConnection *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

GemingaHttpConnection *
geminga_http_connection_new (GemingaHttpEnvironment *env,
                             int fd,
                             const struct sockaddr_storage *address,
                             socklen_t address_len)
{
  GemingaHttpConnection *self = g_new0 (GemingaHttpConnection, 1);
  int on = 1;

  g_atomic_ref_count_init (&self->ref_count);
  self->env = env;
  self->fd = fd;
  /* An unnamed Unix socket has no address but its family. */
  self->remote = g_socket_address_new_from_native ((gpointer) address, MAX (address_len, 2));
  if (address->ss_family == AF_INET || address->ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  GEMINGA_HTTP_COUNT (env->counters, connections, 1);
  GEMINGA_HTTP_COUNT (env->counters, active, 1);
  self->idle_since = g_get_monotonic_time ();
  geminga_http_connection_set_deadline (self, env->limits.head_timeout);

  return self;
}

void
geminga_http_connection_start (GemingaHttpConnection *self)
{
  geminga_http_connection_watch (self);
}

void
geminga_http_connection_ready (GemingaHttpConnection *self, guint32 events)
{
  switch (self->state)
    {
    case GEMINGA_HTTP_STATE_HEAD:
    case GEMINGA_HTTP_STATE_BODY:
      serve_reading (self, events);
      break;
    case GEMINGA_HTTP_STATE_LINGER:
      skip_some (self);
      break;
    case GEMINGA_HTTP_STATE_HANDLER:
    case GEMINGA_HTTP_STATE_STREAM:
      serve_handler (self, events);
      break;
    case GEMINGA_HTTP_STATE_WRITE:
      continue_writing (self);
      break;
    case GEMINGA_HTTP_STATE_CLOSED:
    default:
      break;
    }
}

void
geminga_http_connection_unref (GemingaHttpConnection *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->state == GEMINGA_HTTP_STATE_CLOSED);
  geminga_access_log_entry_clear (&self->entry);
  geminga_http_head_clear (&self->head);
  g_clear_pointer (&self->in, g_byte_array_unref);
  geminga_http_output_clear (&self->output);
  g_clear_object (&self->remote);
  g_free (self);
}

gint64
geminga_http_connection_get_deadline (GemingaHttpConnection *self)
{
  return self->deadline;
}

void
geminga_http_connection_expire (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpConnection) held = geminga_http_connection_ref (self);
  g_autoptr (GemingaHttpExchange) exchange = NULL;

  self->deadline = 0;
  if (self->state != GEMINGA_HTTP_STATE_LINGER && self->idle_since == 0)
    GEMINGA_HTTP_COUNT (self->env->counters, timeouts, 1);

  if (self->state == GEMINGA_HTTP_STATE_HANDLER && !geminga_http_connection_wants_upload (self))
    {
      exchange = g_steal_pointer (&self->exchange);
      self->keep_alive = FALSE;
      if (geminga_http_connection_write_response (self,
                                                  geminga_http_response_new_plain (503, NULL)))
        geminga_http_connection_watch (self);
      geminga_http_exchange_close (exchange);
    }
  else if ((self->state == GEMINGA_HTTP_STATE_HEAD && self->idle_since == 0) ||
           self->state == GEMINGA_HTTP_STATE_BODY || self->state == GEMINGA_HTTP_STATE_HANDLER)
    {
      geminga_http_connection_refuse (self, 408);
      geminga_http_connection_watch (self);
    }
  else if (self->state == GEMINGA_HTTP_STATE_STREAM)
    geminga_http_connection_abort_stream (self);
  else
    geminga_http_connection_close (self);
}

gint64
geminga_http_connection_get_idle_since (GemingaHttpConnection *self)
{
  return self->state == GEMINGA_HTTP_STATE_HEAD ? self->idle_since : 0;
}

void
geminga_http_connection_close (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpConnection) held = NULL;

  if (self->state == GEMINGA_HTTP_STATE_CLOSED)
    return;

  held = geminga_http_connection_ref (self);
  if (self->in_request || (self->state == GEMINGA_HTTP_STATE_HEAD && self->idle_since == 0))
    GEMINGA_HTTP_COUNT (self->env->counters, aborted, 1);
  if (self->in_request && self->entry.status == 0)
    self->entry.status = STATUS_CLIENT_GONE;
  if (self->in_request)
    geminga_http_connection_end_entry (self);
  geminga_http_connection_set_in_request (self, FALSE);

  /* While a child is being started, it may hold the descriptor too: closing alone would not do. */
  unwatch (self);
  self->state = GEMINGA_HTTP_STATE_CLOSED;
  self->deadline = 0;
  close (self->fd);
  self->fd = -1;
  GEMINGA_HTTP_COUNT (self->env->counters, active, -1);

  self->env->closed (self->env->server, self);
  geminga_http_connection_end_upload (self, new_gone_error ());
  geminga_http_connection_end_stream (self, new_gone_error ());
  g_clear_pointer (&self->body, geminga_http_body_free);
  geminga_http_connection_drop_request (self);
}

/* The buffers; everything else belongs to the server. */
void
geminga_http_environment_clear (GemingaHttpEnvironment *env)
{
  g_clear_pointer (&env->spare_in, g_byte_array_unref);
  if (env->spare_out != NULL)
    g_string_free (g_steal_pointer (&env->spare_out), TRUE);
}
