/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-connection-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "geminga-http-chunked-private.h"
#include "geminga-http-exchange-private.h"
#include "geminga-http-head-private.h"
#include "geminga-request-private.h"

#define READ_SIZE          (16 * 1024)
#define MIN_RATE           4096 /* bytes a second that earn a slow client more time */
#define LINGER_TIME        2000 /* milliseconds */
#define LINGER_SIZE        (1024 * 1024)
#define STATUS_CLIENT_GONE 499         /* for the log only */
#define SPARE_BODY_SIZE    (64 * 1024) /* set aside for a body at once, whatever it says it has */

typedef enum
{
  STATE_HEAD,    /* waits for a head, or reads one */
  STATE_BODY,    /* reads a body */
  STATE_HANDLER, /* a handler has the request */
  STATE_WRITE,   /* an answer did not fit into the socket */
  STATE_LINGER,  /* answered and shut: waits for the client to stop sending */
  STATE_CLOSED,
} State;

struct _GemingaHttpConnection
{
  gatomicrefcount ref_count; /* an exchange may be dropped in any thread */
  GemingaHttpEnvironment *env;
  State state;
  int fd;
  guint32 events; /* what the descriptor is watched for */
  gboolean is_watched;
  gint64 deadline;
  gint64 idle_since; /* 0: not idle */
  gboolean is_processing;
  GSocketAddress *remote;

  GByteArray *in; /* (nullable): bytes read and not consumed */
  GemingaHttpHeadScan scan;
  gboolean had_empty_line;

  /* The request */
  GemingaHttpHead head; /* cleared once a request has it */
  GByteArray *body;     /* (nullable) */
  GemingaHttpChunked chunked;
  gint64 phase_started; /* of body or response: for their rates */
  gsize phase_size;
  GemingaHttpExchange *exchange; /* (nullable): of the request the handler has */

  gint64 started; /* monotonic */
  gboolean in_request;
  gboolean is_head;
  gboolean is_http10;
  gboolean keep_alive;
  gboolean linger;
  GemingaAccessLogEntry entry; /* its strings are owned; empty while nobody reads the log */

  /* The answer */
  GString *out_head;
  GBytes *out_body; /* (nullable) */
  gsize out_done;
};

/* Helpers */

static gboolean process (GemingaHttpConnection *self);

static void
set_deadline (GemingaHttpConnection *self, guint milliseconds)
{
  if (milliseconds == 0)
    {
      self->deadline = 0;
      return;
    }

  self->deadline = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  self->env->deadline (self->env->server, self->deadline);
}

/* A slow peer has more time for each part that moves, so that size alone does not cut it. */
static void
set_rate_deadline (GemingaHttpConnection *self, guint milliseconds)
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

static void
begin_phase (GemingaHttpConnection *self)
{
  self->phase_started = g_get_monotonic_time ();
  self->phase_size = 0;
}

static void
set_in_request (GemingaHttpConnection *self, gboolean in_request)
{
  if (self->in_request == in_request)
    return;

  self->in_request = in_request;
  if (in_request)
    GEMINGA_HTTP_COUNT (self->env->counters, busy, 1);
  else
    GEMINGA_HTTP_COUNT (self->env->counters, busy, -1);
}

static guint32
get_wanted_events (GemingaHttpConnection *self)
{
  switch (self->state)
    {
    case STATE_HANDLER:
      return EPOLLRDHUP;
    case STATE_WRITE:
      return EPOLLOUT;
    default:
      return EPOLLIN;
    }
}

static void
watch (GemingaHttpConnection *self)
{
  guint32 events = get_wanted_events (self);

  if (self->state == STATE_CLOSED)
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

/* Helpers: log */

/* The request takes the head away: what the log wants is kept aside, if there is a log. */
static void
begin_entry (GemingaHttpConnection *self)
{
  GemingaAccessLogEntry *entry = &self->entry;

  self->started = g_get_monotonic_time ();
  if (self->env->log == NULL)
    return;

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

static void
end_entry (GemingaHttpConnection *self)
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
  g_string_truncate (self->out_head, 0);
  g_clear_pointer (&self->out_body, g_bytes_unref);
  set_in_request (self, FALSE);
  end_entry (self);

  if (self->state == STATE_CLOSED)
    return;

  if (self->keep_alive)
    {
      memset (&self->scan, 0, sizeof self->scan);
      self->had_empty_line = FALSE;
      self->is_head = FALSE;
      self->state = STATE_HEAD;
      self->idle_since = g_get_monotonic_time ();
      set_deadline (self, self->env->limits.keep_alive);
      return;
    }

  if (!self->linger && (self->in == NULL || self->in->len == 0))
    {
      geminga_http_connection_close (self);
      return;
    }

  /* Bytes that nobody read would turn the close into a reset that overtakes the answer. */
  shutdown (self->fd, SHUT_WR);
  g_clear_pointer (&self->in, g_byte_array_unref);
  begin_phase (self);
  self->state = STATE_LINGER;
  set_deadline (self, LINGER_TIME);
}

/* Sends what is left. FALSE: the connection is closed. */
static gboolean
flush (GemingaHttpConnection *self)
{
  gsize body_size = 0;
  const char *body = NULL;
  gsize total;

  if (self->out_body != NULL)
    body = g_bytes_get_data (self->out_body, &body_size);
  total = self->out_head->len + body_size;

  while (self->out_done < total)
    {
      gsize head_done = MIN (self->out_done, self->out_head->len);
      gsize body_done = self->out_done - head_done;
      struct iovec parts[2] = {
        { self->out_head->str + head_done, self->out_head->len - head_done },
        { (char *) body + body_done, body_size - body_done },
      };
      struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
      gssize n = sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        {
          /* What the socket's buffer took is no merit of the reader's. */
          if (self->state != STATE_WRITE)
            begin_phase (self);
          self->state = STATE_WRITE;
          set_rate_deadline (self, self->env->limits.write_timeout);
          return TRUE;
        }
      if (n < 0)
        {
          geminga_http_connection_close (self);
          return FALSE;
        }

      self->out_done += n;
      self->phase_size += n;
      GEMINGA_HTTP_COUNT (self->env->counters, bytes_out, n);
    }

  finish_response (self);

  return self->state != STATE_CLOSED;
}

/* Takes @response. FALSE: the connection is closed. */
static gboolean
write_response (GemingaHttpConnection *self, GemingaHttpResponse *response)
{
  g_autoptr (GemingaHttpResponse) owned = response;
  gsize body_size = owned->body != NULL ? g_bytes_get_size (owned->body) : 0;

  if (self->env->is_draining || self->env->limits.is_one_request_each)
    self->keep_alive = FALSE;

  self->out_done = 0;
  geminga_http_response_format_head (owned, self->out_head, self->env->date (self->env->server),
                                     self->keep_alive, self->is_http10);
  if (!self->is_head && body_size > 0 && geminga_http_status_has_body (owned->status))
    self->out_body = g_bytes_ref (owned->body);

  self->entry.status = owned->status;
  self->entry.body_size = self->out_body != NULL ? body_size : 0;
  GEMINGA_HTTP_COUNT (self->env->counters, requests, 1);
  GEMINGA_HTTP_COUNT (self->env->counters, by_class[MIN (owned->status / 100, 5)], 1);

  return flush (self);
}

/* Answers what is no request, or no acceptable one, and closes. */
static void
refuse (GemingaHttpConnection *self, guint status)
{
  set_in_request (self, TRUE);
  if (self->entry.remote == NULL)
    begin_entry (self);
  geminga_http_head_clear (&self->head);
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->idle_since = 0;
  self->keep_alive = FALSE;
  self->linger = TRUE;

  write_response (self, geminga_http_response_new_plain (status, NULL));
}

/* Helpers: requests */

static void
answer_cb (GemingaHttpResponse *response, gpointer user_data)
{
  g_autoptr (GemingaHttpConnection) self = geminga_http_connection_ref (user_data);

  if (self->state != STATE_HANDLER)
    {
      geminga_http_response_free (response);
      return;
    }

  g_clear_pointer (&self->exchange, geminga_http_exchange_unref);
  write_response (self, response);
  process (self);
}

static void
release_cb (gpointer user_data)
{
  geminga_http_connection_unref (user_data);
}

static void
hand_over (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpExchange) exchange = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GBytes) body = NULL;

  if (self->body != NULL)
    body = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));

  exchange = geminga_http_exchange_new (self->env->context, answer_cb,
                                        geminga_http_connection_ref (self), release_cb);
  request = geminga_request_new_for_exchange (exchange, &self->head, body, self->remote,
                                              self->env->id_series, ++self->env->last_id);
  if (self->env->log != NULL)
    self->entry.request_id = g_strdup (geminga_request_get_id (request));

  self->exchange = g_steal_pointer (&exchange);
  self->state = STATE_HANDLER;
  set_deadline (self, self->env->limits.request_timeout);
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
  if (self->head.content_length > self->env->limits.max_body)
    return 413;

  return 0;
}

static gboolean
begin_body (GemingaHttpConnection *self)
{
  static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

  self->body = g_byte_array_sized_new (MIN (self->head.content_length, SPARE_BODY_SIZE));
  memset (&self->chunked, 0, sizeof self->chunked);
  self->state = STATE_BODY;
  begin_phase (self);
  set_rate_deadline (self, self->env->limits.body_timeout);

  /* Nothing else is on its way: 25 bytes fit, or the client does not read. */
  if (self->head.expects_continue && self->in->len == 0 &&
      send (self->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof go_on - 1)
    {
      geminga_http_connection_close (self);
      return FALSE;
    }

  return TRUE;
}

/* An empty line before a request is forgiven once. */
static void
skip_empty_line (GemingaHttpConnection *self)
{
  if (self->had_empty_line || self->in->len < 2 || memcmp (self->in->data, "\r\n", 2) != 0)
    return;

  self->had_empty_line = TRUE;
  g_byte_array_remove_range (self->in, 0, 2);
  memset (&self->scan, 0, sizeof self->scan);
}

static void
begin_head (GemingaHttpConnection *self)
{
  if (self->idle_since == 0)
    return;

  self->idle_since = 0;
  set_deadline (self, self->env->limits.head_timeout);
}

/* TRUE: there may be more to do. */
static gboolean
take_head (GemingaHttpConnection *self)
{
  gsize end = 0;
  guint status;

  if (self->in == NULL || self->in->len == 0)
    return FALSE;

  begin_head (self);
  skip_empty_line (self);
  status = geminga_http_head_find_end (&self->scan, (char *) self->in->data, self->in->len, &end);
  if (status == 0 && end == 0)
    return FALSE;

  self->linger = FALSE;
  self->is_head = FALSE;
  if (status == 0)
    {
      status = geminga_http_head_parse (&self->head, (char *) self->in->data, end);
      g_byte_array_remove_range (self->in, 0, end);
    }
  begin_entry (self);
  set_in_request (self, TRUE);

  if (self->head.method != NULL)
    self->is_head = strcmp (self->head.method, "HEAD") == 0;
  if (status == 0)
    status = check_request (self);
  if (status != 0)
    {
      refuse (self, status);
      return FALSE;
    }

  self->is_http10 = self->head.minor_version == 0;
  self->keep_alive = self->head.keep_alive;

  if (self->head.is_chunked || self->head.content_length > 0)
    return begin_body (self);

  hand_over (self);

  return TRUE;
}

static gboolean
take_body (GemingaHttpConnection *self)
{
  gboolean is_done = FALSE;
  guint status = 0;
  gsize n = 0;

  if (self->head.is_chunked)
    {
      status = geminga_http_chunked_feed (&self->chunked, self->in->data, self->in->len, &n,
                                          self->body, self->env->limits.max_body);
      is_done = self->chunked.is_done;
    }
  else
    {
      n = MIN (self->in->len, self->head.content_length - self->body->len);
      g_byte_array_append (self->body, self->in->data, n);
      is_done = self->body->len == self->head.content_length;
    }

  g_byte_array_remove_range (self->in, 0, n);
  self->phase_size += n;

  if (status != 0)
    {
      refuse (self, status);
      return FALSE;
    }
  if (!is_done)
    {
      set_rate_deadline (self, self->env->limits.body_timeout);
      return FALSE;
    }

  hand_over (self);

  return TRUE;
}

/* Goes on as far as the bytes that are there lead; a handler that answers at once does not recurse.
 * FALSE: the connection is closed. */
static gboolean
process (GemingaHttpConnection *self)
{
  gboolean go_on = TRUE;

  if (self->is_processing)
    return TRUE;

  self->is_processing = TRUE;
  while (go_on)
    {
      if (self->state == STATE_HEAD)
        go_on = take_head (self);
      else if (self->state == STATE_BODY)
        go_on = take_body (self);
      else
        go_on = FALSE;
    }
  self->is_processing = FALSE;

  /* An idle connection holds no buffer. */
  if (self->state != STATE_BODY && self->in != NULL && self->in->len == 0)
    g_clear_pointer (&self->in, g_byte_array_unref);
  watch (self);

  return self->state != STATE_CLOSED;
}

/* Helpers: events */

/* TRUE: bytes came. */
static gboolean
read_some (GemingaHttpConnection *self)
{
  guint8 buffer[READ_SIZE];
  gssize n;

  do
    n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n < 0 && errno == EAGAIN)
    return FALSE;
  if (n <= 0)
    {
      geminga_http_connection_close (self);
      return FALSE;
    }

  GEMINGA_HTTP_COUNT (self->env->counters, bytes_in, n);
  if (self->state == STATE_LINGER)
    {
      self->phase_size += n;
      if (self->phase_size > LINGER_SIZE)
        geminga_http_connection_close (self);
      return FALSE;
    }

  if (self->in == NULL)
    self->in = g_byte_array_sized_new (n);
  g_byte_array_append (self->in, buffer, n);

  return TRUE;
}

/* The client closed its side: an answer may still be wanted, so the connection stays until it comes, or
 * until the client is seen to be gone altogether. */
static void
check_gone (GemingaHttpConnection *self, guint32 events)
{
  g_autoptr (GemingaHttpExchange) exchange = NULL;

  if ((events & (EPOLLHUP | EPOLLERR)) != 0)
    {
      geminga_http_connection_close (self);
      return;
    }
  /* A handler that runs the loop itself: the watch is still the one for reading. */
  if ((events & EPOLLRDHUP) == 0)
    {
      watch (self);
      return;
    }

  self->events = 0;
  geminga_http_poller_modify (self->env->poller, self->fd, 0, self);
  if (self->exchange != NULL)
    {
      exchange = geminga_http_exchange_ref (self->exchange);
      geminga_http_exchange_cancel (exchange);
    }
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
  self->out_head = g_string_new (NULL);
  /* An unnamed Unix socket has no address but its family. */
  self->remote = g_socket_address_new_from_native ((gpointer) address, MAX (address_len, 2));
  if (address->ss_family == AF_INET || address->ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  GEMINGA_HTTP_COUNT (env->counters, connections, 1);
  GEMINGA_HTTP_COUNT (env->counters, active, 1);
  self->idle_since = g_get_monotonic_time ();
  set_deadline (self, env->limits.head_timeout);

  return self;
}

void
geminga_http_connection_start (GemingaHttpConnection *self)
{
  watch (self);
}

void
geminga_http_connection_ready (GemingaHttpConnection *self, guint32 events)
{
  switch (self->state)
    {
    case STATE_HEAD:
    case STATE_BODY:
    case STATE_LINGER:
      /* A handler runs the loop itself after it answered: the next request waits for it to return. */
      if (self->is_processing)
        unwatch (self);
      else if (read_some (self))
        process (self);
      break;
    case STATE_HANDLER:
      check_gone (self, events);
      break;
    case STATE_WRITE:
      if (flush (self))
        process (self);
      break;
    case STATE_CLOSED:
    default:
      break;
    }
}

void
geminga_http_connection_unref (GemingaHttpConnection *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->state == STATE_CLOSED);
  geminga_access_log_entry_clear (&self->entry);
  geminga_http_head_clear (&self->head);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->out_body, g_bytes_unref);
  g_string_free (self->out_head, TRUE);
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
  if (self->state != STATE_LINGER && self->idle_since == 0)
    GEMINGA_HTTP_COUNT (self->env->counters, timeouts, 1);

  if (self->state == STATE_HANDLER)
    {
      exchange = g_steal_pointer (&self->exchange);
      self->keep_alive = FALSE;
      if (write_response (self, geminga_http_response_new_plain (503, NULL)))
        watch (self);
      geminga_http_exchange_close (exchange);
    }
  else if ((self->state == STATE_HEAD && self->idle_since == 0) || self->state == STATE_BODY)
    {
      refuse (self, 408);
      watch (self);
    }
  else
    geminga_http_connection_close (self);
}

gint64
geminga_http_connection_get_idle_since (GemingaHttpConnection *self)
{
  return self->state == STATE_HEAD ? self->idle_since : 0;
}

void
geminga_http_connection_close (GemingaHttpConnection *self)
{
  g_autoptr (GemingaHttpExchange) exchange = NULL;

  if (self->state == STATE_CLOSED)
    return;

  if (self->in_request || (self->state == STATE_HEAD && self->idle_since == 0))
    GEMINGA_HTTP_COUNT (self->env->counters, aborted, 1);
  if (self->in_request && self->entry.status == 0)
    self->entry.status = STATUS_CLIENT_GONE;
  if (self->in_request)
    end_entry (self);
  set_in_request (self, FALSE);

  /* While a child is being started, it may hold the descriptor too: closing alone would not do. */
  unwatch (self);
  self->state = STATE_CLOSED;
  self->deadline = 0;
  close (self->fd);
  self->fd = -1;
  GEMINGA_HTTP_COUNT (self->env->counters, active, -1);

  exchange = g_steal_pointer (&self->exchange);
  self->env->closed (self->env->server, self);
  if (exchange != NULL)
    geminga_http_exchange_close (exchange);
}
