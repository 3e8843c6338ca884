/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-connection-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connection without a server: what it asks of its surroundings is seen here. */
typedef struct
{
  GemingaHttpEnvironment env;
  GemingaHttpCounters counters;
  int peer;
  GemingaHttpConnection *connection; /* (nullable): NULL once it is closed */
  GemingaRequest *request;
  gint64 deadline;
} Surroundings;

/* Helpers */

static void
handle (gpointer server, GemingaRequest *request)
{
  Surroundings *s = server;

  g_set_object (&s->request, request);
}

static void
on_deadline (gpointer server, gint64 deadline)
{
  ((Surroundings *) server)->deadline = deadline;
}

static void
on_closed (gpointer server, GemingaHttpConnection *connection)
{
  Surroundings *s = server;

  g_assert_true (s->connection == connection);
  g_clear_pointer (&s->connection, geminga_http_connection_unref);
}

static const char *
get_date (gpointer server)
{
  return "now";
}

static gpointer
poller_ref (gpointer item)
{
  return geminga_http_connection_ref (item);
}

static void
poller_unref (gpointer item)
{
  geminga_http_connection_unref (item);
}

static void
poller_ready (gpointer item, guint32 events)
{
  geminga_http_connection_ready (item, events);
}

static const GemingaHttpPollerFuncs poller_funcs = { poller_ref, poller_unref, poller_ready };

static void
begin (Surroundings *s)
{
  struct sockaddr_storage address = { .ss_family = AF_UNIX };
  int fds[2];

  memset (s, 0, sizeof *s);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  s->peer = fds[1];
  geminga_http_limits_init (&s->env.limits);
  s->env.context = g_main_context_default ();
  s->env.poller = geminga_http_poller_new (s->env.context, &poller_funcs, NULL);
  g_assert_nonnull (s->env.poller);
  s->env.counters = &s->counters;
  s->env.server = s;
  s->env.handle = handle;
  s->env.deadline = on_deadline;
  s->env.closed = on_closed;
  s->env.date = get_date;
  s->connection = geminga_http_connection_new (&s->env, fds[0], &address, sizeof address.ss_family);
  geminga_http_connection_start (s->connection);
}

static void
end (Surroundings *s)
{
  if (s->connection != NULL)
    geminga_http_connection_close (s->connection);
  g_assert_null (s->connection);
  g_assert_cmpuint (s->env.counters->active, ==, 0);
  g_assert_cmpuint (s->env.counters->busy, ==, 0);
  g_clear_object (&s->request);
  geminga_http_poller_free (s->env.poller);
  geminga_http_environment_clear (&s->env);
  if (s->peer >= 0)
    close (s->peer);
}

static void
say (Surroundings *s, const char *text)
{
  g_assert_cmpint (send (s->peer, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static char *
hear (Surroundings *s)
{
  char buffer[4096];
  gssize n = recv (s->peer, buffer, sizeof buffer, MSG_DONTWAIT);

  return g_strndup (buffer, MAX (n, 0));
}

/* Tests */

static void
test_states (void)
{
  Surroundings s;
  gint64 now = g_get_monotonic_time ();
  g_autofree char *heard = NULL;

  begin (&s);
  g_assert_cmpint (geminga_http_connection_get_idle_since (s.connection), >=, now);
  g_assert_cmpint (s.deadline, ==, geminga_http_connection_get_deadline (s.connection));

  say (&s, "GET / HTT");
  g_assert_cmpint (geminga_http_connection_get_idle_since (s.connection), ==, 0);
  g_assert_cmpuint (s.env.counters->busy, ==, 0);

  say (&s, "P/1.1\r\nHost: a\r\n\r\n");
  g_assert_nonnull (s.request);
  g_assert_cmpuint (s.env.counters->busy, ==, 1);
  g_assert_cmpstr (geminga_request_get_remote_host (s.request), ==, "unix");

  geminga_request_respond_text (s.request, 200, "yes");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  heard = hear (&s);
  g_assert_cmpstr (heard, ==,
                   "HTTP/1.1 200 OK\r\nDate: now\r\nServer: Geminga\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nyes");
  g_assert_cmpuint (s.env.counters->busy, ==, 0);
  g_assert_cmpint (geminga_http_connection_get_idle_since (s.connection), !=, 0);

  end (&s);
}

static void
test_expire (void)
{
  static const struct
  {
    const char *said;
    const char *heard;
  } vectors[] = {
    { "", "" },
    { "GET", "HTTP/1.1 408 " },
    { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", "HTTP/1.1 408 " },
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 503 " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Surroundings s;
      g_autofree char *heard = NULL;

      begin (&s);
      say (&s, vectors[i].said);
      geminga_http_connection_expire (s.connection);
      heard = hear (&s);
      g_assert_true (g_str_has_prefix (heard, vectors[i].heard));
      if (*vectors[i].heard == '\0')
        g_assert_null (s.connection);
      if (s.request != NULL)
        g_assert_true (geminga_request_is_answered (s.request));

      /* It lingered; not for ever. */
      if (s.connection != NULL)
        geminga_http_connection_expire (s.connection);
      end (&s);
    }
}

static void
test_closed_early (void)
{
  Surroundings s;

  begin (&s);
  say (&s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  geminga_http_connection_close (s.connection);
  g_assert_null (s.connection);
  g_assert_true (geminga_request_is_answered (s.request));
  g_assert_true (g_cancellable_is_cancelled (geminga_request_get_cancellable (s.request)));
  geminga_request_respond_text (s.request, 200, "late");
  end (&s);
}

static void
test_draining (void)
{
  Surroundings s;
  g_autofree char *heard = NULL;

  begin (&s);
  s.env.is_draining = TRUE;
  say (&s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  geminga_request_respond_empty (s.request, 204);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  heard = hear (&s);
  g_assert_nonnull (strstr (heard, "\r\nConnection: close\r\n"));
  g_assert_null (s.connection);
  end (&s);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/connection/states", test_states);
  g_test_add_func ("/http/connection/expire", test_expire);
  g_test_add_func ("/http/connection/closed-early", test_closed_early);
  g_test_add_func ("/http/connection/draining", test_draining);

  return g_test_run ();
}
