/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-response-stream.h"
#include "http-fixture.h"

#define POST(fields) "POST /keep2 HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

/* Helpers */

static void
stream_all (GemingaRequest *request, gpointer user_data)
{
  geminga_request_set_body_streamed (request, TRUE);
  geminga_request_set_max_body (request, 1024 * 1024 * 1024);
}

static void
begin (Fixture *f, GemingaRequestHandler handler)
{
  fixture_init (f, NULL, FALSE);
  geminga_router_add_route (f->router, "POST", "/keep2", keep, f, NULL);
  geminga_http_server_set_body_handler (f->server, handler, f, NULL);
}

static GemingaRequest *
get_kept (Fixture *f)
{
  await (f->kept.length > 0);

  return g_queue_pop_head (&f->kept);
}

static char *
read_body (GemingaRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;
  gsize size = 0;
  const char *data = NULL;

  geminga_request_read_body_async (request, NULL, store_result_cb, &result);
  await (result != NULL);
  body = geminga_request_read_body_finish (request, result, error);
  if (body == NULL)
    return NULL;

  data = g_bytes_get_data (body, &size);

  return g_strndup (data != NULL ? data : "", size);
}

/* Tests */

static void
test_streamed (void)
{
  static const char *const vectors[][2] = {
    { POST ("Content-Length: 6\r\n") "abc", "def" },
    { POST ("Transfer-Encoding: chunked\r\n") "4\r\nabcd", "\r\n2\r\nef\r\n0\r\n\r\n" },
  };
  Fixture f;

  begin (&f, stream_all);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Client *client = client_new (&f);
      g_autoptr (GemingaRequest) request = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *body = NULL;
      char buffer[16];
      gssize n;

      client_send (client, vectors[i][0]);
      request = get_kept (&f);
      n = g_input_stream_read (geminga_request_get_body_stream (request), buffer, 2, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (buffer, n, "ab", 2);
      client_send (client, vectors[i][1]);
      client_send (client, GET ("/"));
      body = read_body (request, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (body, ==, "cdef");
      g_assert_cmpstr (geminga_request_get_body_text (request), ==, "cdef");
      geminga_request_respond_text (request, 200, "done");
      await (g_str_has_suffix (client->in->str, "Hello World!\n"));
      client_free (client);
    }
  fixture_clear (&f);
}

/* No more is taken than is read. */
static void
test_back_pressure (void)
{
  const gsize size = 64 * 1024 * 1024;
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autofree char *head = g_strdup_printf (POST ("Content-Length: %" G_GSIZE_FORMAT "\r\n"), size);
  g_autofree char *block = g_malloc0 (1024 * 1024);
  GInputStream *stream = NULL;
  gsize sent = 0;
  gsize received = 0;
  guint n_idle = 0;

  begin (&f, stream_all);
  client = client_new (&f);
  client_send (client, head);
  request = get_kept (&f);

  while (n_idle < 100)
    {
      gssize n = send (client->fd, block, MIN (1024 * 1024, size - sent), MSG_DONTWAIT);

      n_idle = n > 0 ? 0 : n_idle + 1;
      sent += (gsize) MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (sent, <, size / 2);

  stream = geminga_request_get_body_stream (request);
  while (received < size)
    {
      g_autoptr (GError) error = NULL;
      gssize n = send (client->fd, block, MIN (1024 * 1024, size - sent), MSG_DONTWAIT);

      sent += (gsize) MAX (n, 0);
      n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), block,
                                                    1024 * 1024, NULL, &error);
      if (n < 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      received += (gsize) MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (received, ==, size);
  geminga_request_respond_text (request, 200, "done");
  await (g_str_has_suffix (client->in->str, "done"));
  client_free (client);
  fixture_clear (&f);
}

static void
test_continue (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *refused = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;

  begin (&f, stream_all);
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  request = get_kept (&f);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (client->in->len, ==, 0);

  geminga_request_read_body_async (request, NULL, store_result_cb, &result);
  await (strcmp (client->in->str, "HTTP/1.1 100 Continue\r\n\r\n") == 0);
  client_send (client, "abc");
  await (result != NULL);
  bytes = geminga_request_read_body_finish (request, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 3);
  geminga_request_respond_text (request, 200, "done");
  await (g_str_has_suffix (client->in->str, "done"));
  g_clear_object (&request);

  /* Answered unread: the body is not asked for, and the connection ends. */
  client_send (client, POST ("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  request = get_kept (&f);
  geminga_request_respond_text (request, 403, "no");
  shutdown (client->fd, SHUT_WR);
  await (client->eof);
  g_assert_cmpuint (count (client->in->str, "100 Continue"), ==, 1);
  assert_has (client->in->str, "HTTP/1.1 403 ");
  client_free (client);

  refused = fetch (&f, POST ("Content-Length: 3\r\nExpect: something\r\n"));
  assert_has (refused, "HTTP/1.1 417 ");
  fixture_clear (&f);
}

static void
refuse (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 401, "who?");
}

static void
test_answered_early (void)
{
  Fixture f;
  Client *client = NULL;
  g_autofree char *answer = NULL;

  begin (&f, refuse);
  /* A body that is there already does no harm. */
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 3\r\n") "abc" GET ("/"));
  await (g_str_has_suffix (client->in->str, "Hello World!\n"));
  assert_has (client->in->str, "HTTP/1.1 401 ");
  client_free (client);

  answer = fetch (&f, POST ("Content-Length: 30\r\nConnection: close\r\n") "abc");
  assert_has (answer, "HTTP/1.1 401 ");
  assert_has (answer, "\r\nConnection: close\r\n");
  g_assert_cmpuint (f.kept.length, ==, 0);
  fixture_clear (&f);
}

static void
limit (GemingaRequest *request, gpointer user_data)
{
  geminga_request_set_max_body (request, 4);
  geminga_request_set_body_streamed (
      request, g_str_has_prefix (geminga_request_get_header (request, "X-Way"), "stream"));
}

static void
test_max_body (void)
{
  static const char *const vectors[] = {
    POST ("X-Way: whole\r\nContent-Length: 5\r\n"),
    POST ("X-Way: stream\r\nContent-Length: 5\r\n"),
    POST ("X-Way: whole\r\nTransfer-Encoding: chunked\r\n") "5\r\nabcde",
  };
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  begin (&f, limit);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *answer = fetch (&f, vectors[i]);

      assert_has (answer, "HTTP/1.1 413 ");
    }
  g_assert_cmpuint (f.kept.length, ==, 0);

  /* Not known to be too large when the handler was called. */
  client = client_new (&f);
  client_send (client, POST ("X-Way: stream\r\nTransfer-Encoding: chunked\r\n") "3\r\nabc\r\n");
  request = get_kept (&f);
  client_send (client, "2\r\nde\r\n0\r\n\r\n");
  g_assert_null (read_body (request, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_true (geminga_request_is_answered (request));
  await (strstr (client->in->str, "HTTP/1.1 413 ") != NULL);
  client_free (client);
  fixture_clear (&f);
}

static void
test_client_gone (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  begin (&f, stream_all);
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 5\r\n") "abc");
  request = get_kept (&f);
  client_free (client);
  g_assert_null (read_body (request, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_true (g_cancellable_is_cancelled (geminga_request_get_cancellable (request)));
  fixture_clear (&f);
}

static void
test_cancelled (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  begin (&f, stream_all);
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 5\r\n"));
  request = get_kept (&f);
  geminga_request_read_body_async (request, cancellable, store_result_cb, &result);
  g_cancellable_cancel (cancellable);
  await (result != NULL);
  g_assert_null (geminga_request_read_body_finish (request, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  client_send (client, "abcde");
  body = read_body (request, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (body, ==, "abcde");
  geminga_request_respond_empty (request, 204);
  await (strstr (client->in->str, "HTTP/1.1 204 ") != NULL);
  client_free (client);
  fixture_clear (&f);
}

/* A body that was read before can be read as a stream too. */
static void
test_whole (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  char buffer[16];
  gsize n = 0;

  begin (&f, NULL);
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 3\r\n") "abc");
  request = get_kept (&f);
  body = read_body (request, &error);
  g_assert_cmpstr (body, ==, "abc");
  g_input_stream_read_all (geminga_request_get_body_stream (request), buffer, sizeof buffer, &n,
                           NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, "abc", 3);
  geminga_request_respond_empty (request, 204);
  client_free (client);
  fixture_clear (&f);
}

/* What comes goes back, in a thread that waits for either side. */
static gpointer
echo_thread (gpointer data)
{
  g_autoptr (GemingaRequest) request = data;
  g_autoptr (GError) error = NULL;
  GemingaResponseStream *stream = geminga_request_respond_stream (request, 200, NULL, 10 * 100000);

  g_output_stream_splice (G_OUTPUT_STREAM (stream), geminga_request_get_body_stream (request),
                          G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (stream);

  return NULL;
}

static void
test_echo (void)
{
  Fixture f;
  Client *client = NULL;
  GThread *thread = NULL;
  g_autofree char *block = g_strnfill (100000, 'e');

  begin (&f, stream_all);
  client = client_new (&f);
  client_send (client, POST ("Content-Length: 1000000\r\n"));
  thread = g_thread_new ("echo", echo_thread, get_kept (&f));
  for (guint i = 0; i < 10; i++)
    client_send (client, block);
  client_send (client, GET ("/"));
  await (g_str_has_suffix (client->in->str, "Hello World!\n"));
  g_assert_cmpuint (client->in->len, >, 1000000);
  g_thread_join (thread);
  client_free (client);
  fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Handlers run in the thread of the loop. */
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/request-body/streamed", test_streamed);
  g_test_add_func ("/http/request-body/back-pressure", test_back_pressure);
  g_test_add_func ("/http/request-body/continue", test_continue);
  g_test_add_func ("/http/request-body/answered-early", test_answered_early);
  g_test_add_func ("/http/request-body/max-body", test_max_body);
  g_test_add_func ("/http/request-body/client-gone", test_client_gone);
  g_test_add_func ("/http/request-body/cancelled", test_cancelled);
  g_test_add_func ("/http/request-body/whole", test_whole);
  g_test_add_func ("/http/request-body/echo", test_echo);

  return g_test_run ();
}
