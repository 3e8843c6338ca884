/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-response-stream.h"

#include "geminga-http-error.h"
#include "http-fixture.h"

#define GET_10(path) "GET " path " HTTP/1.0\r\n\r\n"

/* Helpers */

static GemingaRequest *
keep_one (Fixture *f)
{
  await (f->kept.length > 0);

  return g_queue_pop_head (&f->kept);
}

static void
write_text (GemingaResponseStream *stream, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (G_OUTPUT_STREAM (stream), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
close_stream (GemingaResponseStream *stream)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error);
  g_assert_no_error (error);
  g_object_unref (stream);
}

static gboolean
ends_with (Client *client, const char *text)
{
  return g_str_has_suffix (client->in->str, text);
}

/* Tests */

static void
at_once (GemingaRequest *request, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GemingaResponseStream *stream = geminga_request_respond_stream (request, 200, "text/plain", -1);

  write_text (stream, "one");
  write_text (stream, "two");
  g_assert_true (geminga_response_stream_add_trailer (stream, "X-Sum", "6", &error));
  g_assert_no_error (error);
  g_assert_false (geminga_response_stream_add_trailer (stream, "X-Sum", "6\r\n", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);
  close_stream (stream);
}

static void
test_at_once (void)
{
  static const struct
  {
    const char *said;
    const char *framing;
    const char *end;
  } vectors[] = {
    { GET ("/s"), "\r\nTransfer-Encoding: chunked\r\n",
      "\r\n\r\n6\r\nonetwo\r\n0\r\nX-Sum: 6\r\n\r\n" },
    { GET_10 ("/s"), "\r\nConnection: close\r\n", "\r\n\r\nonetwo" },
  };
  Fixture f;

  fixture_init (&f, NULL, FALSE);
  geminga_router_add_route (f.router, "GET", "/s", at_once, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Client *client = client_new (&f);

      client_send (client, vectors[i].said);
      await (ends_with (client, vectors[i].end));
      assert_has (client->in->str, vectors[i].framing);
      g_assert_cmpuint (count (client->in->str, "Transfer-Encoding"), ==, i == 0);
      client_free (client);
    }
  await (f.log->len == 2);
  assert_has (g_ptr_array_index (f.log, 0), "\" 200 6 ");
  fixture_clear (&f);
}

/* What comes after it is answered, on the same connection. */
static void
test_later (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  GemingaResponseStream *stream = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep") GET ("/"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, -1);
  g_assert_true (geminga_request_is_answered (request));
  write_text (stream, "first");
  await (ends_with (client, "\r\n\r\n5\r\nfirst\r\n"));
  write_text (stream, "second");
  await (ends_with (client, "5\r\nfirst\r\n6\r\nsecond\r\n"));
  close_stream (stream);
  await (ends_with (client, "Hello World!\n"));
  assert_has (client->in->str, "6\r\nsecond\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n");
  client_free (client);
  fixture_clear (&f);
}

static void
test_length (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  GemingaResponseStream *stream = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, 5);
  write_text (stream, "abc");
  g_assert_cmpint (g_output_stream_write (G_OUTPUT_STREAM (stream), "def", 3, NULL, &error), ==,
                   -1);
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);
  g_clear_error (&error);
  write_text (stream, "de");
  close_stream (stream);
  await (ends_with (client, "\r\nContent-Length: 5\r\n\r\nabcde"));
  g_clear_object (&request);

  /* Too short: the client must see that. */
  client_send (client, GET ("/keep"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, 5);
  write_text (stream, "abc");
  g_assert_false (g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);
  await (client->eof);
  g_object_unref (stream);
  client_free (client);
  fixture_clear (&f);
}

static void
test_dropped (void)
{
  Fixture f;

  fixture_init (&f, NULL, FALSE);
  for (guint is_aborted = 0; is_aborted < 2; is_aborted++)
    {
      Client *client = client_new (&f);
      g_autoptr (GemingaRequest) request = NULL;
      GemingaResponseStream *stream = NULL;

      client_send (client, GET ("/keep"));
      request = keep_one (&f);
      stream = geminga_request_respond_stream (request, 200, NULL, -1);
      write_text (stream, "abc");
      await (ends_with (client, "abc\r\n"));
      if (is_aborted)
        geminga_response_stream_abort (stream);
      g_object_unref (stream);
      await (client->eof);
      g_assert_true (ends_with (client, "abc\r\n"));
      client_free (client);
    }
  fixture_clear (&f);
}

static void
test_head (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  GemingaResponseStream *stream = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, "HEAD /keep HTTP/1.1\r\nHost: a\r\n\r\n" GET ("/"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, -1);
  g_assert_cmpint (g_output_stream_write (G_OUTPUT_STREAM (stream), "def", 3, NULL, &error), ==,
                   -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_object_unref (stream);
  await (ends_with (client, "Hello World!\n"));
  g_assert_cmpuint (count (client->in->str, "HTTP/1.1 200 OK"), ==, 2);
  client_free (client);
  fixture_clear (&f);
}

static void
test_back_pressure (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GBytes) block = g_bytes_new_take (g_strnfill (256 * 1024, 'x'), 256 * 1024);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GemingaResponseStream *stream = NULL;
  guint n = 0;

  fixture_init (&f, NULL, FALSE);
  client = client_new_silent (&f);
  client_send (client, GET ("/keep"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, -1);
  geminga_response_stream_set_buffer_size (stream, 1024);
  g_assert_cmpuint (geminga_response_stream_get_buffer_size (stream), ==, 1024);

  /* The client does not read: in the end a write has to wait. */
  while (g_output_stream_write_bytes (G_OUTPUT_STREAM (stream), block, NULL, &error) > 0)
    g_assert_cmpuint (n++, <, 1000);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpuint (geminga_response_stream_get_n_pending (stream), >, 0);

  g_output_stream_write_bytes_async (G_OUTPUT_STREAM (stream), block, 0, NULL, store_result_cb,
                                     &result);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (result);

  client_watch (client);
  await (result != NULL);
  g_assert_cmpint (g_output_stream_write_bytes_finish (G_OUTPUT_STREAM (stream), result, &error),
                   ==, 256 * 1024);
  g_clear_object (&result);
  g_output_stream_flush_async (G_OUTPUT_STREAM (stream), 0, NULL, store_result_cb, &result);
  await (result != NULL);
  g_assert_true (g_output_stream_flush_finish (G_OUTPUT_STREAM (stream), result, &error));
  g_assert_cmpuint (geminga_response_stream_get_n_pending (stream), ==, 0);
  close_stream (stream);
  await (ends_with (client, "\r\n0\r\n\r\n"));
  g_assert_cmpuint (client->in->len, >, (n + 1) * 256 * 1024);
  client_free (client);
  fixture_clear (&f);
}

/* Cancelling ends the wait; the stream goes on. */
static void
test_cancelled (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  g_autoptr (GBytes) block = g_bytes_new_take (g_strnfill (256 * 1024, 'x'), 256 * 1024);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GemingaResponseStream *stream = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new_silent (&f);
  client_send (client, GET ("/keep"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, -1);
  while (g_output_stream_write_bytes (G_OUTPUT_STREAM (stream), block, NULL, NULL) > 0)
    continue;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_output_stream_write_bytes_async (G_OUTPUT_STREAM (stream), block, 0, cancellable,
                                           store_result_cb, &result);
      else
        g_output_stream_flush_async (G_OUTPUT_STREAM (stream), 0, cancellable, store_result_cb,
                                     &result);
      g_cancellable_cancel (cancellable);
      await (result != NULL);
      if (i == 0)
        g_output_stream_write_bytes_finish (G_OUTPUT_STREAM (stream), result, &error);
      else
        g_output_stream_flush_finish (G_OUTPUT_STREAM (stream), result, &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_cancellable_reset (cancellable);
    }

  client_watch (client);
  close_stream (stream);
  await (ends_with (client, "\r\n0\r\n\r\n"));
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
  GCancellable *cancellable = NULL;
  GemingaResponseStream *stream = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  request = keep_one (&f);
  stream = geminga_request_respond_stream (request, 200, NULL, -1);
  cancellable = geminga_request_get_cancellable (request);
  write_text (stream, "abc");
  await (ends_with (client, "abc\r\n"));
  client_free (client);
  await (g_cancellable_is_cancelled (cancellable));

  while (g_output_stream_write (G_OUTPUT_STREAM (stream), "d", 1, NULL, &error) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_object_unref (stream);
  fixture_clear (&f);
}

/* A thread writes as fast as the client reads. */
static gpointer
write_in_thread (gpointer data)
{
  g_autoptr (GemingaRequest) request = data;
  GemingaResponseStream *stream = geminga_request_respond_stream (request, 200, NULL, -1);
  g_autofree char *block = g_strnfill (100 * 1000, 'x');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50; i++)
    {
      g_output_stream_write_all (G_OUTPUT_STREAM (stream), block, 100 * 1000, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  close_stream (stream);

  return NULL;
}

static void
test_thread (void)
{
  Fixture f;
  Client *client = NULL;
  GThread *thread = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  thread = g_thread_new ("writer", write_in_thread, keep_one (&f));
  await (ends_with (client, "\r\n0\r\n\r\n"));
  g_assert_cmpuint (client->in->len, >, 50 * 100 * 1000);
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

  g_test_add_func ("/http/response-stream/at-once", test_at_once);
  g_test_add_func ("/http/response-stream/later", test_later);
  g_test_add_func ("/http/response-stream/length", test_length);
  g_test_add_func ("/http/response-stream/dropped", test_dropped);
  g_test_add_func ("/http/response-stream/head", test_head);
  g_test_add_func ("/http/response-stream/back-pressure", test_back_pressure);
  g_test_add_func ("/http/response-stream/cancelled", test_cancelled);
  g_test_add_func ("/http/response-stream/client-gone", test_client_gone);
  g_test_add_func ("/http/response-stream/thread", test_thread);

  return g_test_run ();
}
