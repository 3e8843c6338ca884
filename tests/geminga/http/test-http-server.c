/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "geminga-http-error.h"
#include "http-fixture.h"

/* Tests */

static void
test_hello (void)
{
  Fixture f;
  g_autofree char *answer = NULL;
  g_autofree char *head = NULL;
  g_autofree char *options = NULL;
  GemingaHttpCounters counters;

  fixture_init (&f, NULL, FALSE);

  answer = fetch (&f, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\nDate: "));
  g_assert_true (g_str_has_suffix (answer, "\r\n\r\nHello World!\n"));
  assert_has (answer, "\r\nServer: Geminga\r\n");
  assert_has (answer, "\r\nContent-Length: 13\r\n");
  assert_has (answer, "\r\nContent-Type: text/plain; charset=utf-8\r\n");
  assert_has (answer, "\r\nConnection: close\r\n");

  head = fetch (&f, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert_has (head, "\r\nContent-Length: 13\r\n");
  g_assert_true (g_str_has_suffix (head, "\r\n\r\n"));

  options = fetch (&f, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  g_assert_true (g_str_has_prefix (options, "HTTP/1.1 204 No Content\r\n"));
  assert_has_not (options, "Content-Length");

  geminga_http_server_get_counters (f.server, &counters);
  g_assert_cmpuint (counters.requests, ==, 3);
  g_assert_cmpuint (counters.by_class[2], ==, 3);
  g_assert_cmpuint (counters.connections, ==, 3);
  g_assert_cmpuint (counters.active, ==, 0);
  g_assert_cmpuint (counters.busy, ==, 0);
  g_assert_cmpuint (counters.aborted, ==, 0);
  g_assert_cmpuint (counters.bytes_out, ==, strlen (answer) + strlen (head) + strlen (options));
  g_assert_cmpuint (f.log->len, ==, 3);
  assert_has (g_ptr_array_index (f.log, 0), "127.0.0.1 - - [");
  assert_has (g_ptr_array_index (f.log, 0), "] \"GET / HTTP/1.1\" 200 13 \"-\" \"-\"");
  assert_has (g_ptr_array_index (f.log, 1), "\"HEAD / HTTP/1.1\" 200 0");

  fixture_clear (&f);
}

static void
test_keep_alive (void)
{
  Fixture f;
  Client *client = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);

  for (guint i = 1; i <= 3; i++)
    {
      client_send (client, GET ("/"));
      await (count (client->in->str, "Hello World!\n") == i);
    }
  assert_has_not (client->in->str, "Connection:");
  g_assert_false (client->eof);

  client_send (client, "\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  await (count (client->in->str, "Hello World!\n") == 4);
  assert_has (client->in->str, "\r\nConnection: keep-alive\r\n");

  client_send (client, "GET / HTTP/1.0\r\n\r\n");
  await (client->eof);
  g_assert_cmpuint (count (client->in->str, "Hello World!\n"), ==, 5);
  assert_has_not (client->in->str, "chunked");

  client_free (client);
  fixture_clear (&f);
}

static void
test_pipelining (void)
{
  Fixture f;
  Client *client = NULL;
  const char *slow = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);

  client_send (
      client,
      GET ("/") GET ("/keep") "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none" GET (
          "/nothing"));
  await (!g_queue_is_empty (&f.kept));
  g_assert_cmpuint (count (client->in->str, "HTTP/1.1 "), <=, 1);
  geminga_request_respond_text (g_queue_peek_head (&f.kept), 202, "slow");

  await (count (client->in->str, "HTTP/1.1 ") == 4);
  slow = strstr (client->in->str, "slow");
  g_assert_nonnull (slow);
  g_assert_true (strstr (client->in->str, "Hello World!") < slow);
  g_assert_true (slow < strstr (client->in->str, "one"));
  g_assert_true (strstr (client->in->str, "one") < strstr (client->in->str, "404 Not Found"));

  client_free (client);
  fixture_clear (&f);
}

static void
test_bodies (void)
{
  Fixture f;
  Client *client = NULL;
  g_autofree char *large = g_strnfill (300 * 1024, 'x');
  g_autofree char *head = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);

  client_send (client, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "4;x=y\r\nWiki\r\n");
  client_send (client, "6\r\npedia ");
  client_send (client, "\r\n0\r\nTrailer: yes\r\nOther: no\r\n\r\n");
  await (strstr (client->in->str, "\r\n\r\nWikipedia ") != NULL);

  g_string_truncate (client->in, 0);
  client_send (client, "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                       "Content-Length: 2\r\n\r\n");
  await (g_strcmp0 (client->in->str, "HTTP/1.1 100 Continue\r\n\r\n") == 0);
  client_send (client, "ok");
  await (g_str_has_suffix (client->in->str, "\r\n\r\nok"));

  g_string_truncate (client->in, 0);
  head = g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                          strlen (large));
  client_send (client, head);
  client_send (client, large);
  await (g_str_has_suffix (client->in->str, large));

  g_string_truncate (client->in, 0);
  client_send (client, GET ("/big"));
  await (client->in->len > 8 * 1024 * 1024);
  g_assert_false (client->eof);

  client_free (client);
  fixture_clear (&f);
}

static void
test_too_large (void)
{
  GemingaHttpLimits limits;
  Fixture f;
  g_autofree char *declared = NULL;
  g_autofree char *chunked = NULL;
  g_autofree char *expected = NULL;

  geminga_http_limits_init (&limits);
  limits.max_body = 1000;
  fixture_init (&f, &limits, FALSE);

  {
    Client *client = client_new (&f);

    /* The client goes on sending: the answer must arrive all the same. */
    client_send (client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    client_send (client, "some of it");
    await (client->eof);
    declared = g_strdup (client->in->str);
    client_free (client);
  }
  g_assert_true (g_str_has_prefix (declared, "HTTP/1.1 413 Content Too Large\r\n"));
  assert_has (declared, "Connection: close");

  chunked = fetch (&f, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3\r\nabc\r\n3e6\r\n");
  g_assert_true (g_str_has_prefix (chunked, "HTTP/1.1 413 "));

  expected = fetch (&f, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        "Content-Length: 5000\r\n\r\n");
  g_assert_true (g_str_has_prefix (expected, "HTTP/1.1 413 "));

  fixture_clear (&f);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *request;
    guint status;
  } vectors[] = {
    { "GET / HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\nHost: a\n\n", 400 },
    { "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 400 },
    { "CONNECT / HTTP/1.1\r\nHost: a:1\r\n\r\n", 501 },
    { "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
    { "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505 },
    { "GET / HTTP/1.1\r\nHost: a\r\nExpect: much\r\n\r\n", 417 },
    { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400 },
    { "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n", 400 },
    { "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
    { "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "\x16\x03\x01 tls?\r\n\r\n", 400 },
  };
  Fixture f;

  fixture_init (&f, NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *answer = NULL;
      g_autofree char *prefix = g_strdup_printf ("HTTP/1.1 %u ", vectors[i].status);

      g_test_message ("vector %u", i);
      answer = fetch (&f, vectors[i].request);
      g_assert_true (g_str_has_prefix (answer, prefix));
      assert_has (answer, "\r\nDate: ");
      assert_has (answer, "\r\nConnection: close\r\n");
      g_assert_cmpuint (count (answer, "HTTP/1.1 "), ==, 1);
    }

  fixture_clear (&f);
}

static void
test_too_long (void)
{
  Fixture f;
  g_autofree char *path = g_strnfill (9000, 'p');
  g_autofree char *line = g_strdup_printf ("GET /%s", path);
  g_autofree char *value = g_strnfill (70 * 1024, 'v');
  g_autofree char *field = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nX: %s", value);
  g_autoptr (GString) many = g_string_new ("GET / HTTP/1.1\r\nHost: a\r\n");
  g_autofree char *answers[3] = { NULL };

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (many, "X-%u: y\r\n", i);
  g_string_append (many, "\r\n");

  fixture_init (&f, NULL, FALSE);
  answers[0] = fetch (&f, line);
  g_assert_true (g_str_has_prefix (answers[0], "HTTP/1.1 414 "));
  answers[1] = fetch (&f, field);
  g_assert_true (g_str_has_prefix (answers[1], "HTTP/1.1 431 "));
  answers[2] = fetch (&f, many->str);
  g_assert_true (g_str_has_prefix (answers[2], "HTTP/1.1 431 "));
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_clear_pointer (&answers[i], g_free);
  fixture_clear (&f);
}

static void
test_later (void)
{
  Fixture f;
  Client *client = NULL;
  GemingaRequest *request = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  await (!g_queue_is_empty (&f.kept));

  request = g_queue_peek_head (&f.kept);
  g_assert_false (geminga_request_is_answered (request));
  g_assert_false (g_cancellable_is_cancelled (geminga_request_get_cancellable (request)));
  geminga_request_respond_text (request, 201, "made");
  g_assert_true (geminga_request_is_answered (request));
  await (g_str_has_suffix (client->in->str, "made"));

  g_test_expect_message ("Geminga", G_LOG_LEVEL_CRITICAL, "*is answered already*");
  geminga_request_respond_text (request, 200, "again");
  g_test_assert_expected_messages ();

  client_free (client);
  fixture_clear (&f);
}

static gpointer
answer_in_thread (gpointer data)
{
  geminga_request_respond_text (data, 200, "from a thread");

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
  await (!g_queue_is_empty (&f.kept));

  thread = g_thread_new ("answer", answer_in_thread, g_queue_peek_head (&f.kept));
  await (g_str_has_suffix (client->in->str, "from a thread"));
  g_thread_join (thread);

  client_free (client);
  fixture_clear (&f);
}

static void
test_dropped (void)
{
  Fixture f;
  Client *client = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);

  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*GET /drop*dropped unanswered*500*");
  client_send (client, GET ("/drop"));
  await (g_str_has_suffix (client->in->str, "\r\n\r\nInternal Server Error\n"));
  g_test_assert_expected_messages ();

  client_send (client, GET ("/"));
  await (g_str_has_suffix (client->in->str, "Hello World!\n"));

  client_free (client);
  fixture_clear (&f);
}

static void
test_client_gone (void)
{
  Fixture f;
  Client *client = NULL;
  GCancellable *cancellable = NULL;
  GemingaHttpCounters counters;

  for (gboolean is_unix = FALSE; is_unix <= TRUE; is_unix++)
    {
      fixture_init (&f, NULL, is_unix);
      client = client_new (&f);
      client_send (client, GET ("/keep"));
      await (!g_queue_is_empty (&f.kept));

      cancellable = geminga_request_get_cancellable (g_queue_peek_head (&f.kept));
      client_free (client);
      await (g_cancellable_is_cancelled (cancellable));
      /* Over TCP it may have closed its side only. */
      g_assert_true (geminga_request_is_answered (g_queue_peek_head (&f.kept)) == is_unix);

      geminga_request_respond_text (g_queue_peek_head (&f.kept), 200, "nobody hears");
      await ((geminga_http_server_get_counters (f.server, &counters), counters.active == 0));
      fixture_clear (&f);
    }
}

/* Nobody is there for an answer: the connection does not wait for one. */
static void
test_client_reset (void)
{
  const struct linger reset = { 1, 0 };
  Fixture f;
  Client *client = NULL;
  GemingaHttpCounters counters;

  for (guint is_half_closed = 0; is_half_closed < 2; is_half_closed++)
    {
      fixture_init (&f, NULL, FALSE);
      client = client_new (&f);
      client_send (client, GET ("/keep"));
      await (!g_queue_is_empty (&f.kept));
      if (is_half_closed)
        {
          GCancellable *cancellable = geminga_request_get_cancellable (g_queue_peek_head (&f.kept));

          g_assert_cmpint (shutdown (client->fd, SHUT_WR), ==, 0);
          await (g_cancellable_is_cancelled (cancellable));
        }

      g_assert_cmpint (setsockopt (client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), ==, 0);
      client_free (client);
      await ((geminga_http_server_get_counters (f.server, &counters), counters.active == 0));
      g_assert_cmpuint (counters.aborted, ==, 1);
      g_assert_true (geminga_request_is_answered (g_queue_peek_head (&f.kept)));
      fixture_clear (&f);
    }
}

static void
test_half_closed (void)
{
  Fixture f;
  Client *client = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  g_assert_cmpint (shutdown (client->fd, SHUT_WR), ==, 0);
  await (!g_queue_is_empty (&f.kept));
  await (
      g_cancellable_is_cancelled (geminga_request_get_cancellable (g_queue_peek_head (&f.kept))));

  geminga_request_respond_text (g_queue_peek_head (&f.kept), 200, "still wanted");
  await (client->eof);
  g_assert_true (g_str_has_suffix (client->in->str, "still wanted"));

  client_free (client);
  fixture_clear (&f);
}

static void
test_unix (void)
{
  Fixture f;
  g_autofree char *answer = NULL;

  fixture_init (&f, NULL, TRUE);
  answer = fetch (&f, "GET / HTTP/1.0\r\n\r\n");
  g_assert_true (g_str_has_suffix (answer, "Hello World!\n"));
  g_assert_true (g_str_has_prefix (g_ptr_array_index (f.log, 0), "unix - - ["));
  fixture_clear (&f);
}

static void
test_timeouts (void)
{
  GemingaHttpLimits limits;
  Fixture f;
  Client *silent = NULL;
  Client *head = NULL;
  Client *body = NULL;
  Client *handler = NULL;
  Client *idle = NULL;
  GCancellable *cancellable = NULL;
  GemingaHttpCounters counters;

  geminga_http_limits_init (&limits);
  limits.head_timeout = 150;
  limits.body_timeout = 150;
  limits.request_timeout = 150;
  limits.keep_alive = 150;
  fixture_init (&f, &limits, FALSE);

  silent = client_new (&f);
  head = client_new (&f);
  client_send (head, "GET / HTTP/1.1\r\nHo");
  body = client_new (&f);
  client_send (body, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  handler = client_new (&f);
  client_send (handler, GET ("/keep"));
  idle = client_new (&f);
  client_send (idle, GET ("/"));

  await (silent->eof && head->eof && body->eof && handler->eof && idle->eof);
  g_assert_cmpstr (silent->in->str, ==, "");
  g_assert_true (g_str_has_prefix (head->in->str, "HTTP/1.1 408 Request Timeout\r\n"));
  g_assert_true (g_str_has_prefix (body->in->str, "HTTP/1.1 408 Request Timeout\r\n"));
  g_assert_true (g_str_has_prefix (handler->in->str, "HTTP/1.1 503 Service Unavailable\r\n"));
  g_assert_true (g_str_has_suffix (idle->in->str, "Hello World!\n"));

  /* The handler was told; an answer that comes now is nobody's fault. */
  cancellable = geminga_request_get_cancellable (g_queue_peek_head (&f.kept));
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_true (geminga_request_is_answered (g_queue_peek_head (&f.kept)));
  geminga_request_respond_text (g_queue_peek_head (&f.kept), 200, "late");

  geminga_http_server_get_counters (f.server, &counters);
  g_assert_cmpuint (counters.timeouts, ==, 3);

  client_free (silent);
  client_free (head);
  client_free (body);
  client_free (handler);
  client_free (idle);
  fixture_clear (&f);
}

static void
test_slow_reader (void)
{
  GemingaHttpLimits limits;
  Fixture f;
  Client *client = NULL;
  GemingaHttpCounters counters;

  geminga_http_limits_init (&limits);
  limits.write_timeout = 100;
  fixture_init (&f, &limits, FALSE);

  client = client_new_silent (&f);
  client_send (client, GET ("/big"));
  await ((geminga_http_server_get_counters (f.server, &counters), counters.busy == 1));
  await ((geminga_http_server_get_counters (f.server, &counters), counters.active == 0));
  g_assert_cmpuint (counters.timeouts, ==, 1);
  g_assert_cmpuint (counters.aborted, ==, 1);
  assert_has (g_ptr_array_index (f.log, 0), "\"GET /big HTTP/1.1\" 200 ");

  client_free (client);
  fixture_clear (&f);
}

static void
test_close (void)
{
  Fixture f;
  Client *client = NULL;
  GemingaHttpCounters counters;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  await (!g_queue_is_empty (&f.kept));

  geminga_http_server_close (f.server);
  geminga_http_server_get_counters (f.server, &counters);
  g_assert_cmpuint (counters.active, ==, 0);
  g_assert_cmpuint (counters.aborted, ==, 1);
  g_assert_true (
      g_cancellable_is_cancelled (geminga_request_get_cancellable (g_queue_peek_head (&f.kept))));
  assert_has (g_ptr_array_index (f.log, 0), "\"GET /keep HTTP/1.1\" 499 0 ");
  await (client->eof);

  client_free (client);
  fixture_clear (&f);
}

static void
test_drain (void)
{
  Fixture f;
  Client *idle = NULL;
  Client *active = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&f, NULL, FALSE);
  idle = client_new (&f);
  client_send (idle, GET ("/"));
  active = client_new (&f);
  client_send (active, GET ("/keep"));
  await (!g_queue_is_empty (&f.kept) && strstr (idle->in->str, "Hello") != NULL);

  geminga_http_server_drain_async (f.server, 20 * 1000, NULL, store_result_cb, &result);
  g_assert_true (geminga_http_server_is_draining (f.server));

  geminga_request_respond_text (g_queue_peek_head (&f.kept), 200, "finished");
  await (active->eof);
  assert_has (active->in->str, "\r\nConnection: close\r\n");
  g_assert_true (g_str_has_suffix (active->in->str, "finished"));

  g_assert_false (idle->eof);
  g_assert_null (result);
  g_string_truncate (idle->in, 0);
  client_send (idle, GET ("/"));
  await (idle->eof);
  assert_has (idle->in->str, "\r\nConnection: close\r\n");
  g_assert_true (g_str_has_suffix (idle->in->str, "Hello World!\n"));

  await (result != NULL);
  g_assert_true (geminga_http_server_drain_finish (f.server, result, &error));
  g_assert_no_error (error);

  g_object_unref (result);
  client_free (idle);
  client_free (active);
  fixture_clear (&f);
}

static void
test_drain_grace (void)
{
  Fixture f;
  Client *client = NULL;
  GAsyncResult *result = NULL;
  GAsyncResult *second = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  await (!g_queue_is_empty (&f.kept));

  geminga_http_server_drain_async (f.server, 100, NULL, store_result_cb, &result);
  geminga_http_server_drain_async (f.server, 100, NULL, store_result_cb, &second);
  await (result != NULL && second != NULL);
  g_assert_false (geminga_http_server_drain_finish (f.server, second, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_false (geminga_http_server_drain_finish (f.server, result, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TIMED_OUT);
  await (client->eof);
  g_assert_cmpstr (client->in->str, ==, "");

  g_object_unref (result);
  g_object_unref (second);
  client_free (client);
  fixture_clear (&f);
}

static void
test_drain_cancelled (void)
{
  Fixture f;
  Client *client = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fixture_init (&f, NULL, FALSE);
  client = client_new (&f);
  client_send (client, GET ("/keep"));
  await (!g_queue_is_empty (&f.kept));

  geminga_http_server_drain_async (f.server, 20 * 1000, cancellable, store_result_cb, &result);
  g_main_context_iteration (NULL, FALSE);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  await (result != NULL);
  g_assert_false (geminga_http_server_drain_finish (f.server, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  g_clear_error (&error);

  /* Before it began */
  geminga_http_server_drain_async (f.server, 20 * 1000, cancellable, store_result_cb, &result);
  await (result != NULL);
  g_assert_false (geminga_http_server_drain_finish (f.server, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);

  client_free (client);
  fixture_clear (&f);
}

static void
test_max_connections (void)
{
  GemingaHttpLimits limits;
  Fixture f;
  Client *clients[3];
  GemingaHttpCounters counters;

  geminga_http_limits_init (&limits);
  limits.max_connections = 2;
  fixture_init (&f, &limits, FALSE);

  for (guint i = 0; i < 3; i++)
    {
      clients[i] = client_new (&f);
      client_send (clients[i], GET ("/keep"));
    }

  await (g_queue_get_length (&f.kept) == 2);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  geminga_http_server_get_counters (f.server, &counters);
  g_assert_cmpuint (counters.active, ==, 2);

  client_free (clients[0]);
  geminga_request_respond_text (g_queue_peek_head (&f.kept), 200, "gone");
  await (g_queue_get_length (&f.kept) == 3);

  client_free (clients[1]);
  client_free (clients[2]);
  fixture_clear (&f);
}

/* In a process of its own: it has a few descriptors and many clients. */
static void
test_descriptors (void)
{
  Fixture f;
  Client *clients[40];
  struct rlimit limit = { 64, 64 };
  guint served = 0;
  g_autofree char *answer = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }

  g_log_set_writer_func (g_log_writer_standard_streams, NULL, NULL);
  fixture_init (&f, NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = client_new (&f);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_send (clients[i], GET ("/"));

  /* The first fill the table; the others get an answer, be it 503 */
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      await (clients[i]->eof || clients[i]->in->len > 0);
      if (strstr (clients[i]->in->str, "Hello") != NULL)
        served++;
    }
  g_assert_cmpuint (served, >=, 10);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);

  answer = fetch (&f, "GET / HTTP/1.0\r\n\r\n");
  g_assert_true (g_str_has_suffix (answer, "Hello World!\n"));
  fixture_clear (&f);
}

/* A handler that runs the loop itself. */
static void
nested (GemingaRequest *request, gpointer user_data)
{
  Fixture *f = user_data;

  await (!g_queue_is_empty (&f->kept));
  geminga_request_respond_text (request, 200, "nested");
}

static void
test_nested_loop (void)
{
  Fixture f;
  Client *a = NULL;
  Client *b = NULL;

  fixture_init (&f, NULL, FALSE);
  geminga_router_add_route (f.router, "GET", "/nested", nested, &f, NULL);
  a = client_new (&f);
  b = client_new (&f);
  client_send (a, GET ("/nested"));
  client_send (a, GET ("/"));
  g_main_context_iteration (NULL, FALSE);
  client_send (b, GET ("/keep"));
  await (count (a->in->str, "HTTP/1.1 200") == 2);
  g_assert_true (strstr (a->in->str, "nested") < strstr (a->in->str, "Hello"));

  client_free (a);
  client_free (b);
  fixture_clear (&f);
}

static void
send_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GBytes **body = user_data;
  g_autoptr (GError) error = NULL;

  *body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

/* A client that is not ours. */
static void
test_session (void)
{
  Fixture f;
  SoupSession *session = soup_session_new ();
  g_autofree char *uri = NULL;
  GemingaHttpCounters counters;

  fixture_init (&f, NULL, FALSE);
  uri = g_strdup_printf ("http://127.0.0.1:%u/echo?a=b",
                         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (f.address)));

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("PUT", uri);
      g_autoptr (GBytes) sent = g_bytes_new_take (g_strnfill (100000 * i, 'x'), 100000 * i);
      g_autoptr (GBytes) body = NULL;

      soup_message_set_request_body_from_bytes (message, "text/plain", sent);
      soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, send_cb, &body);
      await (body != NULL);
      g_assert_cmpuint (soup_message_get_status (message), ==, 200);
      g_assert_true (g_bytes_equal (sent, body));
    }

  geminga_http_server_get_counters (f.server, &counters);
  g_assert_cmpuint (counters.connections, ==, 1);
  soup_session_abort (session);
  g_object_unref (session);
  await ((geminga_http_server_get_counters (f.server, &counters), counters.active == 0));
  fixture_clear (&f);
}

static void
test_not_listening (void)
{
  g_autoptr (GemingaHttpServer) server = geminga_http_server_new ();
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, &error);
  g_assert_no_error (error);
  g_assert_false (geminga_http_server_add_socket (server, socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/server/hello", test_hello);
  g_test_add_func ("/http/server/keep-alive", test_keep_alive);
  g_test_add_func ("/http/server/pipelining", test_pipelining);
  g_test_add_func ("/http/server/bodies", test_bodies);
  g_test_add_func ("/http/server/too-large", test_too_large);
  g_test_add_func ("/http/server/refused", test_refused);
  g_test_add_func ("/http/server/too-long", test_too_long);
  g_test_add_func ("/http/server/later", test_later);
  g_test_add_func ("/http/server/thread", test_thread);
  g_test_add_func ("/http/server/dropped", test_dropped);
  g_test_add_func ("/http/server/client-gone", test_client_gone);
  g_test_add_func ("/http/server/client-reset", test_client_reset);
  g_test_add_func ("/http/server/half-closed", test_half_closed);
  g_test_add_func ("/http/server/unix", test_unix);
  g_test_add_func ("/http/server/timeouts", test_timeouts);
  g_test_add_func ("/http/server/slow-reader", test_slow_reader);
  g_test_add_func ("/http/server/close", test_close);
  g_test_add_func ("/http/server/drain", test_drain);
  g_test_add_func ("/http/server/drain/grace", test_drain_grace);
  g_test_add_func ("/http/server/drain/cancelled", test_drain_cancelled);
  g_test_add_func ("/http/server/max-connections", test_max_connections);
  g_test_add_func ("/http/server/descriptors", test_descriptors);
  g_test_add_func ("/http/server/nested-loop", test_nested_loop);
  g_test_add_func ("/http/server/session", test_session);
  g_test_add_func ("/http/server/not-listening", test_not_listening);

  return g_test_run ();
}
