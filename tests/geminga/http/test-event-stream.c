/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-event-stream.h"

#include "http-fixture.h"

/* Helpers */

static GemingaEventStream *
begin (Fixture *f, Client **client)
{
  g_autoptr (GemingaRequest) request = NULL;

  fixture_init (f, NULL, FALSE);
  *client = client_new (f);
  client_send (*client, "GET /keep HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 41\r\n\r\n");
  await (f->kept.length > 0);
  request = g_queue_pop_head (&f->kept);

  return geminga_request_respond_events (request);
}

static void
count_closed (GemingaEventStream *events, guint *n)
{
  (*n)++;
}

/* Tests */

static void
test_send (void)
{
  Fixture f;
  Client *client = NULL;
  g_autoptr (GError) error = NULL;
  GemingaEventStream *events = begin (&f, &client);

  g_assert_cmpstr (geminga_event_stream_get_last_event_id (events), ==, "41");
  g_assert_true (geminga_event_stream_send_retry (events, 500, &error));
  g_assert_true (geminga_event_stream_send (events, "tick", "one\r\ntwo\rthree\n", "42", &error));
  g_assert_true (geminga_event_stream_send (events, NULL, "plain", NULL, &error));
  g_assert_true (geminga_event_stream_send_comment (events, "no", &error));
  g_assert_no_error (error);
  await (g_str_has_suffix (client->in->str, ": no\n\n\r\n"));
  assert_has (client->in->str, "\r\nContent-Type: text/event-stream\r\n");
  assert_has (client->in->str, "\r\nCache-Control: no-cache\r\n");
  assert_has (client->in->str, "retry: 500\n\n");
  assert_has (client->in->str,
              "id: 42\nevent: tick\ndata: one\ndata: two\ndata: three\ndata: \n\n");
  assert_has (client->in->str, "data: plain\n\n");

  geminga_event_stream_close (events);
  g_assert_true (geminga_event_stream_is_closed (events));
  await (g_str_has_suffix (client->in->str, "\r\n0\r\n\r\n"));
  g_assert_false (geminga_event_stream_send (events, NULL, "late", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_finalize_object (events);
  client_free (client);
  fixture_clear (&f);
}

static void
test_heartbeat (void)
{
  Fixture f;
  Client *client = NULL;
  GemingaEventStream *events = begin (&f, &client);
  guint interval = 0;

  geminga_event_stream_set_heartbeat (events, 1);
  g_object_get (events, "heartbeat", &interval, NULL);
  g_assert_cmpuint (interval, ==, 1);
  await (g_str_has_suffix (client->in->str, ":\n\n\r\n"));
  geminga_event_stream_set_heartbeat (events, 0);
  g_assert_cmpuint (geminga_event_stream_get_heartbeat (events), ==, 0);
  g_assert_finalize_object (events);
  await (g_str_has_suffix (client->in->str, "\r\n0\r\n\r\n"));
  client_free (client);
  fixture_clear (&f);
}

static void
test_client_gone (void)
{
  Fixture f;
  Client *client = NULL;
  GemingaEventStream *events = begin (&f, &client);
  GemingaHttpCounters counters;
  guint n = 0;

  g_signal_connect (events, "closed", G_CALLBACK (count_closed), &n);
  await (g_str_has_suffix (client->in->str, "\r\n\r\n"));
  client_free (client);
  await (n == 1);
  g_assert_true (geminga_event_stream_is_closed (events));
  await ((geminga_http_server_get_counters (f.server, &counters), counters.active == 0));
  g_assert_cmpuint (n, ==, 1);
  g_assert_finalize_object (events);
  fixture_clear (&f);
}

static void
test_slow (void)
{
  Fixture f;
  Client *client = NULL;
  GemingaEventStream *events = begin (&f, &client);
  g_autofree char *data = g_strnfill (64 * 1024, 'x');
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GError) error = NULL;

  /* It stops reading. */
  g_source_destroy (client->source);
  g_clear_pointer (&client->source, g_source_unref);
  while (geminga_event_stream_send (events, NULL, data, NULL, &error))
    continue;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  geminga_event_stream_send_async (events, NULL, "a", "1", NULL, store_result_cb, &result);
  geminga_event_stream_send_async (events, NULL, "b", "2", cancellable, store_result_cb,
                                   &cancelled);
  g_cancellable_cancel (cancellable);
  await (cancelled != NULL);
  g_assert_false (geminga_event_stream_send_finish (events, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (result);

  client_watch (client);
  await (result != NULL);
  g_assert_true (geminga_event_stream_send_finish (events, result, &error));
  g_assert_no_error (error);
  await (strstr (client->in->str, "id: 1\ndata: a\n\n") != NULL);
  assert_has_not (client->in->str, "data: b");
  g_clear_object (&result);
  g_clear_object (&cancelled);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (events);
  client_free (client);
  fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Handlers run in the thread of the loop. */
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/event-stream/send", test_send);
  g_test_add_func ("/http/event-stream/heartbeat", test_heartbeat);
  g_test_add_func ("/http/event-stream/client-gone", test_client_gone);
  g_test_add_func ("/http/event-stream/slow", test_slow);

  return g_test_run ();
}
