/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-http-server-private.h"
#include "geminga-router.h"

/* A server and a raw client in one main context. */
typedef struct
{
  GemingaHttpServer *server;
  GemingaRouter *router;
  GSocketAddress *address;
  char *directory; /* (nullable): of a Unix socket */
  GPtrArray *log;
  GQueue kept; /* requests that wait for their answer */
} Fixture;

typedef struct
{
  int fd;
  GSource *source;
  GString *in;
  gboolean eof;
} Client;

/* Helpers */

static inline void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "Hello World!\n");
}

static inline void
echo (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_bytes (request, 200, "application/octet-stream",
                                 geminga_request_get_body (request));
}

static inline void
big (GemingaRequest *request, gpointer user_data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (8 * 1024 * 1024), 8 * 1024 * 1024);

  geminga_request_respond_bytes (request, 200, NULL, body);
}

static inline void
drop (GemingaRequest *request, gpointer user_data)
{
}

static inline void
keep (GemingaRequest *request, gpointer user_data)
{
  Fixture *f = user_data;

  g_queue_push_tail (&f->kept, g_object_ref (request));
}

static inline void
dispatch (GemingaRequest *request, gpointer user_data)
{
  geminga_router_handle (user_data, request);
}

static inline void
on_log (const GemingaAccessLogEntry *entry, gpointer user_data)
{
  GPtrArray *log = user_data;

  g_ptr_array_add (log, geminga_access_log_format (GEMINGA_ACCESS_LOG_COMBINED, entry));
}

static inline void
add_listener (Fixture *f, GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (socket, 128);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  g_assert_true (geminga_http_server_add_socket (f->server, socket, &error));
  g_assert_no_error (error);

  f->address = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
}

static inline void
fixture_init (Fixture *f, const GemingaHttpLimits *limits, gboolean is_unix)
{
  g_autoptr (GSocketAddress) address = NULL;

  memset (f, 0, sizeof *f);
  g_queue_init (&f->kept);
  f->log = g_ptr_array_new_with_free_func (g_free);
  f->router = geminga_router_new ();
  geminga_router_add_route (f->router, "GET", "/", hello, NULL, NULL);
  geminga_router_add_route (f->router, "*", "/echo", echo, NULL, NULL);
  geminga_router_add_route (f->router, "GET", "/big", big, NULL, NULL);
  geminga_router_add_route (f->router, "GET", "/drop", drop, NULL, NULL);
  geminga_router_add_route (f->router, "GET", "/keep", keep, f, NULL);

  f->server = geminga_http_server_new ();
  if (limits != NULL)
    geminga_http_server_set_limits (f->server, limits);
  geminga_http_server_set_handler (f->server, dispatch, f->router, NULL);
  geminga_http_server_set_access_log (f->server, on_log, f->log, NULL);

  if (is_unix)
    {
      g_autofree char *path = NULL;

      f->directory = g_dir_make_tmp ("geminga-http-XXXXXX", NULL);
      path = g_build_filename (f->directory, "socket", NULL);
      address = g_unix_socket_address_new (path);
    }
  else
    address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  add_listener (f, address);
}

static inline void
fixture_clear (Fixture *f)
{
  GemingaRequest *request = NULL;

  while ((request = g_queue_pop_head (&f->kept)) != NULL)
    {
      if (!geminga_request_is_answered (request))
        geminga_request_respond_empty (request, 204);
      g_object_unref (request);
    }

  g_assert_finalize_object (f->server);
  /* A request that the test has still keeps it. */
  g_object_unref (f->router);
  g_ptr_array_unref (f->log);
  if (f->directory != NULL)
    {
      g_unlink (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (f->address)));
      g_rmdir (f->directory);
    }
  g_free (f->directory);
  g_object_unref (f->address);
}

/* A client that never blocks: what comes is collected while the context runs. */
static inline gboolean
client_read_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Client *client = user_data;
  char buffer[65536];
  gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    {
      g_string_append_len (client->in, buffer, n);
      return G_SOURCE_CONTINUE;
    }
  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  client->eof = TRUE;

  return G_SOURCE_REMOVE;
}

static inline void
client_watch (Client *client)
{
  client->source = g_unix_fd_source_new (client->fd, G_IO_IN);
  g_source_set_callback (client->source, G_SOURCE_FUNC (client_read_cb), client, NULL);
  g_source_attach (client->source, NULL);
}

static inline Client *
client_new_silent (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  Client *client = g_new0 (Client, 1);
  gsize size = g_socket_address_get_native_size (f->address);
  g_autofree struct sockaddr *native = g_malloc (size);

  g_socket_address_to_native (f->address, native, size, &error);
  g_assert_no_error (error);

  client->fd = socket (native->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (client->fd, >=, 0);
  g_assert_cmpint (connect (client->fd, native, size), ==, 0);
  client->in = g_string_new (NULL);

  return client;
}

static inline Client *
client_new (Fixture *f)
{
  Client *client = client_new_silent (f);

  client_watch (client);

  return client;
}

static inline void
client_send_len (Client *client, const char *text, gsize len)
{
  while (len > 0)
    {
      gssize n = send (client->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0)
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          g_main_context_iteration (NULL, FALSE);
          continue;
        }
      text += n;
      len -= n;
    }
}

static inline void
client_send (Client *client, const char *text)
{
  client_send_len (client, text, strlen (text));
}

static inline void
client_free (Client *client)
{
  if (client->source != NULL)
    g_source_destroy (client->source);
  g_clear_pointer (&client->source, g_source_unref);
  close (client->fd);
  g_string_free (client->in, TRUE);
  g_free (client);
}

static inline gboolean
too_late_cb (gpointer user_data)
{
  g_error ("Nothing happened for 20 seconds");

  return G_SOURCE_REMOVE;
}

#define await(condition)                                            \
  G_STMT_START                                                      \
  {                                                                 \
    guint too_late = g_timeout_add_seconds (20, too_late_cb, NULL); \
                                                                    \
    while (!(condition))                                            \
      g_main_context_iteration (NULL, TRUE);                        \
    g_source_remove (too_late);                                     \
  }                                                                 \
  G_STMT_END

static inline guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = strstr (text, part); p != NULL; p = strstr (p + 1, part))
    n++;

  return n;
}

/* One exchange on a connection of its own, until the server closes it. */
static inline char *
fetch (Fixture *f, const char *text)
{
  Client *client = client_new (f);
  char *answer = NULL;

  client_send (client, text);
  await (client->eof);
  answer = g_strdup (client->in->str);
  client_free (client);

  return answer;
}

static inline void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in: %s", part, text);
}

static inline void
assert_has_not (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("“%s” is in: %s", part, text);
}

static inline void
store_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **stored = user_data;

  *stored = g_object_ref (result);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
