/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-acceptor-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define BATCH        16
#define BACK_OFF     50 /* milliseconds */
#define LOG_INTERVAL G_USEC_PER_SEC

struct _GemingaHttpAcceptor
{
  GSocket *socket;
  GMainContext *context;
  const GemingaHttpAcceptorFuncs *funcs;
  gpointer user_data;

  GSource *source;   /* (nullable): accepts */
  GSource *back_off; /* (nullable): waits */
  int reserve;       /* a descriptor to give up when there is no other; -1 */
  gint64 logged;     /* when the last shortage was told */
  guint untold;      /* shortages since */
};

static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Length: 20\r\n"
                           "Retry-After: 1\r\n"
                           "Connection: close\r\n"
                           "\r\n"
                           "Service Unavailable\n";

/* Helpers */

static void start (GemingaHttpAcceptor *self);

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static int
open_reserve (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
tell_shortage (GemingaHttpAcceptor *self, int code)
{
  gint64 now = g_get_monotonic_time ();

  self->untold++;
  if (self->logged != 0 && now - self->logged < LOG_INTERVAL)
    return;

  g_message ("Connections cannot be accepted (%u times): %s", self->untold, g_strerror (code));
  self->logged = now;
  self->untold = 0;
}

/* With nobody to close, the oldest client in the queue is told to come back. */
static void
turn_one_away (GemingaHttpAcceptor *self)
{
  char rest[1024];
  int fd;

  if (self->reserve < 0)
    return;

  close (self->reserve);
  fd = accept4 (g_socket_get_fd (self->socket), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0)
    {
      /* Unread bytes would turn the close into a reset that overtakes the answer. */
      while (recv (fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
        continue;
      if (send (fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        shutdown (fd, SHUT_WR);
      close (fd);
    }
  self->reserve = open_reserve ();
}

static gboolean
back_off_cb (gpointer user_data)
{
  GemingaHttpAcceptor *self = user_data;

  stop_source (&self->back_off);
  start (self);

  return G_SOURCE_REMOVE;
}

static void
wait_a_little (GemingaHttpAcceptor *self)
{
  stop_source (&self->source);
  stop_source (&self->back_off);

  self->back_off = g_timeout_source_new (BACK_OFF);
  g_source_set_static_name (self->back_off, "[geminga] http accept back-off");
  g_source_set_callback (self->back_off, back_off_cb, self, NULL);
  g_source_attach (self->back_off, self->context);
}

/* What accept() says of one connection that is gone, or of nothing to accept. */
static gboolean
is_harmless (int code)
{
  switch (code)
    {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
accept_cb (int listener, GIOCondition condition, gpointer user_data)
{
  GemingaHttpAcceptor *self = user_data;

  for (guint i = 0; i < BATCH; i++)
    {
      struct sockaddr_storage address;
      socklen_t len = sizeof address;
      int fd = accept4 (listener, (struct sockaddr *) &address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (fd < 0)
        {
          int code = errno;

          if (is_harmless (code))
            break;

          /* EMFILE, ENFILE, ENOBUFS, ENOMEM, or worse: never spin, never give up. */
          tell_shortage (self, code);
          if (!self->funcs->make_room (self->user_data))
            turn_one_away (self);
          wait_a_little (self);
          return G_SOURCE_CONTINUE;
        }

      if (!self->funcs->accepted (fd, &address, len, self->user_data) || self->source == NULL)
        {
          geminga_http_acceptor_pause (self);
          break;
        }
    }

  return G_SOURCE_CONTINUE;
}

static void
start (GemingaHttpAcceptor *self)
{
  self->source = g_unix_fd_source_new (g_socket_get_fd (self->socket), G_IO_IN);
  g_source_set_static_name (self->source, "[geminga] http accept");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, G_SOURCE_FUNC (accept_cb), self, NULL);
  g_source_attach (self->source, self->context);
}

/* Public API */

GemingaHttpAcceptor *
geminga_http_acceptor_new (GSocket *socket,
                           const GemingaHttpAcceptorFuncs *funcs,
                           gpointer user_data,
                           GError **error)
{
  GemingaHttpAcceptor *self = NULL;
  int listening = 0;

  if (!g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, error))
    return NULL;
  if (!listening)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "A socket to serve HTTP on must be a listening stream socket");
      return NULL;
    }
  /* GSocket's own idea of blocking is not the descriptor's: accept4() needs the latter. */
  if (!g_unix_set_fd_nonblocking (g_socket_get_fd (socket), TRUE, error))
    return NULL;

  self = g_new0 (GemingaHttpAcceptor, 1);
  self->socket = g_object_ref (socket);
  self->context = g_main_context_ref_thread_default ();
  self->funcs = funcs;
  self->user_data = user_data;
  self->reserve = open_reserve ();
  start (self);

  return self;
}

void
geminga_http_acceptor_free (GemingaHttpAcceptor *self)
{
  stop_source (&self->source);
  stop_source (&self->back_off);
  if (self->reserve >= 0)
    close (self->reserve);
  g_main_context_unref (self->context);
  g_object_unref (self->socket);
  g_free (self);
}

void
geminga_http_acceptor_pause (GemingaHttpAcceptor *self)
{
  stop_source (&self->source);
  stop_source (&self->back_off);
}

void
geminga_http_acceptor_resume (GemingaHttpAcceptor *self)
{
  if (self->source == NULL && self->back_off == NULL)
    start (self);
}
