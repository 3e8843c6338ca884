/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-web-worker-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../supervise/await.h"
#include "geminga-service-private.h"
#include "geminga.h"

/* A worker in the loop of the test, which is its client as well. */

typedef struct
{
  GemingaWebService *service;
  GemingaSystem *system;
  GemingaActorRef *ref;
  GSocketAddress *address;
  GemingaRequest *kept;
} Fixture;

static void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "Hello World!\n");
}

static void
keep (GemingaRequest *request, gpointer user_data)
{
  ((Fixture *) user_data)->kept = g_object_ref (request);
}

static void
keep_in_thread (GemingaRequest *request, gpointer user_data)
{
  g_atomic_pointer_set (&((Fixture *) user_data)->kept, g_object_ref (request));
}

static void
listen_somewhere (Fixture *self)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_ptr_array_add (sockets, socket);
  g_assert_true (g_socket_bind (socket, any, TRUE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  self->address = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  geminga_service_set_sockets (GEMINGA_SERVICE (self->service), sockets);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->service = geminga_web_service_new ("org.example.Hello");
  geminga_web_service_add_route (self->service, "GET", "/", hello, NULL, NULL);
  geminga_web_service_add_route (self->service, "GET", "/keep", keep, self, NULL);
  geminga_web_service_add_route (self->service, "GET", "/thread", keep_in_thread, self, NULL);
  self->system = geminga_system_new ();
  geminga_service_attach (GEMINGA_SERVICE (self->service), self->system);
  listen_somewhere (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_system_stop_async (self->system, NULL, await_keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_true (geminga_system_stop_finish (self->system, stopped, NULL));
  await_idle ();
  g_clear_object (&self->kept);
  g_clear_object (&self->ref);
  g_object_unref (self->address);
  g_object_unref (self->system);
  g_object_unref (self->service);
}

static void
set (Fixture *self, const char *name, GVariant *value)
{
  g_autoptr (GError) error = NULL;

  geminga_settings_set_from_code (geminga_service_get_settings (GEMINGA_SERVICE (self->service)),
                                  name, value, &error);
  g_assert_no_error (error);
}

static void
spawn_at (Fixture *self, GemingaPlacement placement, const char *service_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *properties = g_variant_new_parsed ("{'service-id': <%s>}", service_id);
  g_autoptr (GError) spawn_error = NULL;

  self->ref = geminga_system_spawn (self->system, GEMINGA_TYPE_WEB_WORKER, "worker", placement,
                                    properties, &spawn_error);
  g_assert_no_error (spawn_error);
  geminga_actor_ref_wait_ready_async (self->ref, NULL, await_keep_result_cb, &result);
  AWAIT (result != NULL);
  geminga_actor_ref_wait_ready_finish (self->ref, result, error);
}

static void
spawn (Fixture *self, const char *service_id, GError **error)
{
  spawn_at (self, GEMINGA_PLACEMENT_SHARED, service_id, error);
}

static void
start (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  spawn (self, "org.example.Hello", &error);
  g_assert_no_error (error);
}

static GSocketConnection *
connect_client (Fixture *self, const char *request)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (self->address), NULL,
                                 await_keep_result_cb, &result);
  AWAIT (result != NULL);
  connection = g_socket_client_connect_finish (client, result, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                 strlen (request), NULL, NULL, &error));
  g_assert_no_error (error);

  return connection;
}

/* All that comes until the connection is closed. */
static char *
read_all (GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString *text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      g_input_stream_read_bytes_async (input, 4096, G_PRIORITY_DEFAULT, NULL, await_keep_result_cb,
                                       &result);
      AWAIT (result != NULL);
      bytes = g_input_stream_read_bytes_finish (input, result, &error);
      g_assert_no_error (error);
      if (g_bytes_get_size (bytes) == 0)
        return g_string_free (text, FALSE);
      g_string_append_len (text, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
    }
}

static char *
request (Fixture *self, const char *text)
{
  g_autoptr (GSocketConnection) connection = connect_client (self, text);

  return read_all (connection);
}

static GVariant *
ask_info (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  geminga_actor_ref_ask_async (self->ref, "Info", NULL, -1, NULL, await_keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (self->ref, result, &error);
  g_assert_no_error (error);

  return g_variant_get_child_value (answer, 0);
}

static void
test_serve (Fixture *self, gconstpointer data)
{
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  g_autoptr (GVariant) info = NULL;
  guint64 count;

  start (self);
  good = request (self, "GET / HTTP/1.0\r\n\r\n");
  bad = request (self, "GET /nothing HTTP/1.0\r\n\r\n");
  g_assert_true (g_str_has_suffix (good, "\r\n\r\nHello World!\n"));
  g_assert_nonnull (strstr (bad, " 404 "));

  info = ask_info (self);
  g_assert_true (g_variant_lookup (info, "requests", "t", &count));
  g_assert_cmpuint (count, ==, 2);
  g_assert_true (g_variant_lookup (info, "answers-2xx", "t", &count));
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (g_variant_lookup (info, "answers-4xx", "t", &count));
  g_assert_cmpuint (count, ==, 1);
}

static void
test_no_keep_alive (Fixture *self, gconstpointer data)
{
  g_autofree char *answer = NULL;

  set (self, "keep-alive", g_variant_new_double (0));
  start (self);
  /* It ends although the client would like to go on. */
  answer = request (self, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_nonnull (strstr (answer, "Connection: close\r\n"));
}

static void
test_unknown_service (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  spawn (self, "org.example.Other", &error);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "org.example.Other"));
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  g_autofree char *fits = NULL;
  g_autofree char *is_larger = NULL;
  g_autofree char *is_late = NULL;

  set (self, "max-body", g_variant_new_int64 (3));
  set (self, "request-timeout", g_variant_new_double (0.1));
  start (self);
  fits = request (self, "GET / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
  g_assert_true (g_str_has_prefix (fits, "HTTP/1.1 200 "));
  is_larger = request (self, "GET / HTTP/1.0\r\nContent-Length: 4\r\n\r\nabcd");
  g_assert_true (g_str_has_prefix (is_larger, "HTTP/1.1 413 "));
  is_late = request (self, "GET /keep HTTP/1.0\r\n\r\n");
  g_assert_true (g_str_has_prefix (is_late, "HTTP/1.1 503 "));
}

static void
test_access_log (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("test-web-worker-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "access.log", NULL);
  g_autofree char *moved = g_build_filename (folder, "old.log", NULL);
  g_autofree char *text = NULL;

  set (self, "access-log", g_variant_new_string (path));
  start (self);
  g_free (request (self, "GET / HTTP/1.0\r\n\r\n"));
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  geminga_service_emit_reopen_logs (GEMINGA_SERVICE (self->service));
  await_idle ();
  g_free (request (self, "GET /again HTTP/1.0\r\n\r\n"));
  g_assert_true (g_file_get_contents (moved, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"GET / HTTP/1.0\" 200"));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"GET /again HTTP/1.0\" 404"));

  /* If it cannot be opened again the old one stays. */
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*the old file stays in use");
  geminga_service_emit_reopen_logs (GEMINGA_SERVICE (self->service));
  await_idle ();
  g_test_assert_expected_messages ();
  g_rmdir (path);
  g_unlink (moved);
  g_rmdir (folder);
}

static gboolean
has_line (const char *path, const char *line)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, line) != NULL;
}

/* The worker writes the file in its thread, and is told in another one to open it again: also while it
 * ends, and when it has. */
static void
test_access_log_in_thread (Fixture *self, gconstpointer data)
{
  GemingaService *service = GEMINGA_SERVICE (self->service);
  g_autofree char *folder = g_dir_make_tmp ("geminga-worker-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "access.log", NULL);
  g_autofree char *moved = g_build_filename (folder, "old.log", NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  set (self, "access-log", g_variant_new_string (path));
  spawn_at (self, GEMINGA_PLACEMENT_THREAD, "org.example.Hello", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    {
      geminga_service_emit_reopen_logs (service);
      g_free (request (self, "GET / HTTP/1.0\r\n\r\n"));
    }
  while (!has_line (path, "GET /"))
    g_thread_yield ();

  connection = connect_client (self, "GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (g_atomic_pointer_get (&self->kept) == NULL)
    g_thread_yield ();
  geminga_actor_ref_wait_ended_async (self->ref, NULL, await_keep_result_cb, &ended);
  geminga_actor_ref_stop (self->ref);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  geminga_service_emit_reopen_logs (service);
  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_thread_yield ();
  g_assert_null (ended);
  geminga_request_respond_text (self->kept, 200, "late\n");
  answer = read_all (connection);
  g_assert_true (g_str_has_suffix (answer, "late\n"));
  AWAIT (ended != NULL);
  g_assert_true (has_line (path, "GET /thread"));

  geminga_service_emit_reopen_logs (service);
  g_unlink (path);
  g_unlink (moved);
  g_rmdir (folder);
}

static void
test_access_log_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set (self, "access-log", g_variant_new_string ("/nonexistent/folder/access.log"));
  spawn (self, "org.example.Hello", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* What has begun is finished; nothing new is. */
static void
test_stop (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  start (self);
  connection = connect_client (self, "GET /keep HTTP/1.1\r\nHost: localhost\r\n\r\n");
  AWAIT (self->kept != NULL);
  geminga_actor_ref_wait_ended_async (self->ref, NULL, await_keep_result_cb, &ended);
  geminga_actor_ref_stop (self->ref);
  await_idle ();
  g_assert_null (ended);
  geminga_request_respond_text (self->kept, 200, "late\n");
  answer = read_all (connection);
  g_assert_true (g_str_has_suffix (answer, "\r\n\r\nlate\n"));
  AWAIT (ended != NULL);
  g_assert_true (geminga_actor_ref_wait_ended_finish (self->ref, ended, &error));
  g_assert_no_error (error);
}

/* The actor is killed with a request in progress, whose answer nobody gets. */
static void
test_kill (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) ended = NULL;

  start (self);
  connection = connect_client (self, "GET /keep HTTP/1.1\r\nHost: localhost\r\n\r\n");
  AWAIT (self->kept != NULL);
  geminga_actor_ref_wait_ended_async (self->ref, NULL, await_keep_result_cb, &ended);
  geminga_actor_ref_kill (self->ref);
  AWAIT (ended != NULL);
  geminga_request_respond_text (self->kept, 200, "too late\n");
  await_idle ();
}

#define ADD(path, func) \
  g_test_add ("/http/web-worker/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("serve", test_serve);
  ADD ("no-keep-alive", test_no_keep_alive);
  ADD ("unknown-service", test_unknown_service);
  ADD ("limits", test_limits);
  ADD ("access-log", test_access_log);
  ADD ("access-log/in-thread", test_access_log_in_thread);
  ADD ("access-log/fails", test_access_log_fails);
  ADD ("stop", test_stop);
  ADD ("kill", test_kill);

  return g_test_run ();
}
