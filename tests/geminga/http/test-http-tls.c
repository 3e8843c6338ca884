/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-http-tls-private.h"

/* Made for these tests: they prove nothing about anybody. */
static const char certificate_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBczCCARmgAwIBAgIUCOkwEFUhI5WCD9/WBF20saptHvEwCgYIKoZIzj0EAwIw\n"
    "DjEMMAoGA1UEAwwDb25lMCAXDTI2MTEyNDIwMjYyOFoYDzIxMjYxMDMxMjAyNjI4\n"
    "WjAOMQwwCgYDVQQDDANvbmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQzmnkb\n"
    "0JtQmdk6TkJHxYF05YNWTSMs1jKnbXnKkuYLGY8usAnqMT5IZDmSN75LuZDDDHQz\n"
    "DLI6n9sOyWIfh3cno1MwUTAdBgNVHQ4EFgQUlrJwixKAjB5TW6Lg72B/QNlFWyQw\n"
    "HwYDVR0jBBgwFoAUlrJwixKAjB5TW6Lg72B/QNlFWyQwDwYDVR0TAQH/BAUwAwEB\n"
    "/zAKBggqhkjOPQQDAgNIADBFAiBzILM2g3+l2DSxp5oLvremi+xfate2qH/YATUY\n"
    "8ux+LAIhANpvEeXgsQsoNlEAS8n/iR0F5Y4gtDjgiRuUTdTzWemA\n"
    "-----END CERTIFICATE-----\n";

static const char key_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPuSejb9FXo9QJVJt\n"
                              "Nhgm8B5QDp7mooRnpeH75BaNu2+hRANCAAQzmnkb0JtQmdk6TkJHxYF05YNWTSMs\n"
                              "1jKnbXnKkuYLGY8usAnqMT5IZDmSN75LuZDDDHQzDLI6n9sOyWIfh3cn\n"
                              "-----END PRIVATE KEY-----\n";

static const char other_key_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPTE4v/AvnC8Bth/s\n"
    "9MiozA5uHVb7T47f1Y93midkDB6hRANCAASia8djNeU5Tg4IVvaNrNXJgKhMGZBe\n"
    "YvUXWEG/iJjgeeJyZwPtQelYCllY/sRKtw3bDqO85a1S9VUThHhc+U6p\n"
    "-----END PRIVATE KEY-----\n";

typedef struct
{
  char *folder;
  char *certificate_path;
  char *key_path;
  char *other_path;
  char *both_path;

  GTlsCertificate *certificate;
  GIOStream *client; /* speaks TLS */
  int plain;         /* the engine's end */
  gboolean is_done;
} Fixture;

static char *
write_file (Fixture *self, const char *name, const char *text, const char *more)
{
  char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *all = g_strconcat (text, more, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, all, -1, &error);
  g_assert_no_error (error);

  return path;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-tls-XXXXXX", &error);
  g_assert_no_error (error);
  self->certificate_path = write_file (self, "certificate.pem", certificate_pem, NULL);
  self->key_path = write_file (self, "key.pem", key_pem, NULL);
  self->other_path = write_file (self, "other.pem", other_key_pem, NULL);
  self->both_path = write_file (self, "both.pem", certificate_pem, key_pem);
  self->plain = -1;
}

static void
remove_file (char **path)
{
  g_unlink (*path);
  g_clear_pointer (path, g_free);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->client);
  g_clear_object (&self->certificate);
  if (self->plain >= 0)
    close (self->plain);
  remove_file (&self->certificate_path);
  remove_file (&self->key_path);
  remove_file (&self->other_path);
  remove_file (&self->both_path);
  g_rmdir (self->folder);
  g_free (self->folder);
}

/* Files */

static void
test_load (Fixture *self, gconstpointer data)
{
  g_autoptr (GTlsCertificate) two = NULL;
  g_autoptr (GTlsCertificate) one = NULL;
  g_autoptr (GError) error = NULL;

  two = geminga_http_tls_load (self->certificate_path, self->key_path, &error);
  g_assert_no_error (error);
  one = geminga_http_tls_load (self->both_path, "", &error);
  g_assert_no_error (error);
  g_assert_true (g_tls_certificate_is_same (one, two));
}

static void
test_load_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_http_tls_load (self->certificate_path, NULL, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, self->certificate_path));
  g_clear_error (&error);

  g_assert_null (geminga_http_tls_load (self->folder, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, self->folder));
}

/* Each is good by itself. */
static void
test_load_mismatch (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_http_tls_load (self->certificate_path, self->other_path, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, self->certificate_path));
  g_assert_nonnull (strstr (error->message, self->other_path));
}

/* Connections */

static void
on_done (gpointer data, gpointer user_data)
{
  ((Fixture *) data)->is_done = TRUE;
}

static gboolean
accept_any (GTlsConnection *connection,
            GTlsCertificate *certificate,
            GTlsCertificateFlags flags,
            gpointer user_data)
{
  return TRUE;
}

static GIOStream *
open_base (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* Between the two ends there is nothing but the bridge. */
static void
connect_ends (Fixture *self)
{
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  self->certificate = geminga_http_tls_load (self->both_path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  self->plain = geminga_http_tls_wrap (fds[0], self->certificate, on_done, self, &error);
  g_assert_no_error (error);

  base = open_base (fds[1]);
  self->client = g_tls_client_connection_new (base, NULL, &error);
  g_assert_no_error (error);
  g_tls_connection_set_database (G_TLS_CONNECTION (self->client), NULL);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->client), TRUE);
  g_signal_connect (self->client, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
client_write (Fixture *self, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *stream = g_io_stream_get_output_stream (self->client);

  g_output_stream_write_all_async (stream, text, strlen (text), G_PRIORITY_DEFAULT, NULL,
                                   keep_result, &result);
  await (&result);
  g_output_stream_write_all_finish (stream, result, NULL, &error);
  g_assert_no_error (error);
}

static void
client_close_output (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *stream = g_io_stream_get_output_stream (self->client);

  g_output_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, keep_result, &result);
  await (&result);
  g_output_stream_close_finish (stream, result, &error);
  g_assert_no_error (error);
}

/* Up to the end. */
static void
assert_client_reads (Fixture *self, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GInputStream *stream = g_io_stream_get_input_stream (self->client);
  char buffer[100];
  gsize n = 0;

  g_input_stream_read_all_async (stream, buffer, sizeof buffer, G_PRIORITY_DEFAULT, NULL,
                                 keep_result, &result);
  await (&result);
  g_input_stream_read_all_finish (stream, result, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, text, strlen (text));
}

/* "" is the end. */
static void
assert_plain_reads (Fixture *self, const char *text)
{
  char buffer[100];
  gssize n;

  while ((n = recv (self->plain, buffer, sizeof buffer, MSG_DONTWAIT)) < 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpmem (buffer, (gsize) n, text, strlen (text));
}

static void
plain_write (Fixture *self, const char *text)
{
  g_assert_cmpint (send (self->plain, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
}

static void
plain_close (Fixture *self)
{
  close (self->plain);
  self->plain = -1;
}

static void
await_done (Fixture *self)
{
  while (!self->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_wrap (Fixture *self, gconstpointer data)
{
  connect_ends (self);
  client_write (self, "one");
  assert_plain_reads (self, "one");
  client_write (self, "two");
  assert_plain_reads (self, "two");
  plain_write (self, "three");
  plain_close (self);
  assert_client_reads (self, "three");
  await_done (self);
}

/* The client says that it sends no more, and waits for its answer. */
static void
test_client_half_closes (Fixture *self, gconstpointer data)
{
  connect_ends (self);
  client_write (self, "question");
  client_close_output (self);
  assert_plain_reads (self, "question");
  assert_plain_reads (self, "");
  g_assert_false (self->is_done);
  plain_write (self, "answer");
  plain_close (self);
  assert_client_reads (self, "answer");
  await_done (self);
}

/* As the engine does when it does not want the rest of a request. */
static void
test_engine_half_closes (Fixture *self, gconstpointer data)
{
  connect_ends (self);
  client_write (self, "question");
  assert_plain_reads (self, "question");
  plain_write (self, "no");
  g_assert_cmpint (shutdown (self->plain, SHUT_WR), ==, 0);
  assert_client_reads (self, "no");
  client_write (self, "more");
  assert_plain_reads (self, "more");
  g_assert_false (self->is_done);
  plain_close (self);
  await_done (self);
}

static void
test_client_goes (Fixture *self, gconstpointer data)
{
  connect_ends (self);
  client_write (self, "question");
  assert_plain_reads (self, "question");
  g_clear_object (&self->client);
  assert_plain_reads (self, "");
  plain_close (self);
  await_done (self);
}

/* It neither speaks nor goes. */
static void
test_client_is_silent (Fixture *self, gconstpointer data)
{
  connect_ends (self);
  plain_close (self);
  await_done (self);
}

/* What it sends is not TLS: the engine sees that nobody is there. */
static void
test_client_is_plain (Fixture *self, gconstpointer data)
{
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GError) error = NULL;

  connect_ends (self);
  g_object_get (self->client, "base-io-stream", &base, NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (base), "GET / HTTP/1.0\r\n\r\n", 18,
                             NULL, NULL, &error);
  g_assert_no_error (error);
  assert_plain_reads (self, "");
  plain_close (self);
  await_done (self);
}

/* The engine has gone, and its client takes nothing of a large answer: it is cut in some seconds. */
static void
test_client_stalls (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_malloc0 (64 * 1024);

  if (!g_test_slow ())
    {
      g_test_skip ("It takes some seconds");
      return;
    }

  connect_ends (self);
  client_write (self, "question");
  assert_plain_reads (self, "question");
  for (guint i = 0; i < 100; i++)
    {
      if (send (self->plain, large, 64 * 1024, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        break;
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  plain_close (self);
  await_done (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/http/tls/" path, Fixture, NULL, set_up, func, tear_down)

  ADD ("load", test_load);
  ADD ("load/fails", test_load_fails);
  ADD ("load/mismatch", test_load_mismatch);
  ADD ("wrap", test_wrap);
  ADD ("wrap/client-half-closes", test_client_half_closes);
  ADD ("wrap/engine-half-closes", test_engine_half_closes);
  ADD ("wrap/client-goes", test_client_goes);
  ADD ("wrap/client-is-silent", test_client_is_silent);
  ADD ("wrap/client-is-plain", test_client_is_plain);
  ADD ("wrap/client-stalls", test_client_stalls);

  return g_test_run ();
}
