/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-http-server-private.h"
#include "geminga-router.h"

/*
 * The engine alone, in one process: hello-world requests over kept connections, from a child that does nothing
 * but write and read. `bench-http 64 50000 0` tells the processor time of so many connections and requests, with so
 * many idle connections beside them. Under `valgrind --tool=callgrind` the difference of two runs is the number of
 * instructions of a request: docs/performance.md.
 */

#define REQUEST \
  "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "Hello World!\n");
}

static void
dispatch (GemingaRequest *request, gpointer user_data)
{
  geminga_router_handle (user_data, request);
}

static int
open_connection (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("No connection: %s", g_strerror (errno));

  return fd;
}

/* All answers have the same length. */
static void
put_load (guint16 port, guint n_connections, guint n_requests, guint n_idle)
{
  g_autofree int *fds = g_new0 (int, n_connections);
  char buffer[4096];

  for (guint i = 0; i < n_idle; i++)
    open_connection (port);
  for (guint i = 0; i < n_connections; i++)
    fds[i] = open_connection (port);

  for (guint done = 0; done < n_requests; done += n_connections)
    {
      for (guint i = 0; i < n_connections; i++)
        {
          if (write (fds[i], REQUEST, sizeof REQUEST - 1) != sizeof REQUEST - 1)
            _exit (1);
        }
      for (guint i = 0; i < n_connections; i++)
        {
          gssize n = read (fds[i], buffer, sizeof buffer);

          if (n < 20 || memcmp (buffer, "HTTP/1.1 200 OK\r\n", 17) != 0)
            _exit (1);
        }
    }

  _exit (0);
}

static void
on_child (GPid pid, int status, gpointer user_data)
{
  if (status != 0)
    g_error ("The client failed");
  g_main_loop_quit (user_data);
}

static GSocket *
open_listener (guint16 *port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (socket, 4096);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

  return socket;
}

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) usage.ru_utime.tv_sec * 1e6 + (double) usage.ru_utime.tv_usec +
         (double) usage.ru_stime.tv_sec * 1e6 + (double) usage.ru_stime.tv_usec;
}

static void
measure (guint n_connections, guint n_requests, guint n_idle)
{
  g_autoptr (GemingaHttpServer) server = geminga_http_server_new ();
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = 0;
  gint64 started = g_get_monotonic_time ();
  double cpu = get_cpu ();
  pid_t child;

  socket = open_listener (&port);
  child = fork ();
  if (child == 0)
    put_load (port, n_connections, n_requests, n_idle);

  geminga_router_add_route (router, "GET", "/", hello, NULL, NULL);
  geminga_http_server_set_handler (server, dispatch, router, NULL);
  geminga_http_server_add_socket (server, socket, &error);
  g_assert_no_error (error);
  g_child_watch_add (child, on_child, loop);
  g_main_loop_run (loop);

  printf ("{\"name\": \"http/hello %u connections, %u idle\", \"value\": %.0f, \"unit\": \"op/s\", "
          "\"cpu_per_op\": %.2f}\n",
          n_connections, n_idle,
          n_requests / ((double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC),
          (get_cpu () - cpu) / n_requests);
  geminga_http_server_close (server);
}

static guint
get_number (const char *text)
{
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

int
main (int argc, char *argv[])
{
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);

  if (argc == 4)
    {
      measure (get_number (argv[1]), get_number (argv[2]), get_number (argv[3]));
      return 0;
    }

  measure (64, 200000, 0);
  measure (64, 200000, (guint) MIN (10000, files.rlim_max / 2));

  return 0;
}
