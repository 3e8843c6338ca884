/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-exchange-private.h"

typedef struct
{
  guint answers;
  guint status;
  guint released;
  GThread *thread;
} Engine;

/* Helpers */

static void
answer_cb (GemingaHttpResponse *response, gpointer user_data)
{
  Engine *engine = user_data;

  engine->answers++;
  engine->status = response->status;
  engine->thread = g_thread_self ();
  geminga_http_response_free (response);
}

static void
release_cb (gpointer user_data)
{
  ((Engine *) user_data)->released++;
}

static gpointer
answer_in_thread (gpointer data)
{
  g_assert_true (geminga_http_exchange_answer (data, geminga_http_response_new_plain (201, NULL)));
  geminga_http_exchange_unref (data);

  return NULL;
}

/* Tests */

static void
test_once (void)
{
  Engine engine = { 0 };
  g_autoptr (GMainContext) context = g_main_context_new ();
  GemingaHttpExchange *exchange = NULL;

  g_assert_true (g_main_context_acquire (context));
  exchange = geminga_http_exchange_new (context, answer_cb, &engine, release_cb);
  g_assert_false (geminga_http_exchange_is_answered (exchange));
  g_assert_true (
      geminga_http_exchange_answer (exchange, geminga_http_response_new_plain (200, NULL)));
  g_assert_cmpuint (engine.answers, ==, 1);
  g_assert_cmpuint (engine.released, ==, 1);
  g_assert_false (
      geminga_http_exchange_answer (exchange, geminga_http_response_new_plain (500, NULL)));
  g_assert_false (geminga_http_exchange_close (exchange));
  g_assert_false (geminga_http_exchange_is_closed (exchange));
  g_assert_cmpuint (engine.status, ==, 200);

  geminga_http_exchange_unref (exchange);
  g_assert_cmpuint (engine.released, ==, 1);
  g_main_context_release (context);
}

static void
test_closed (void)
{
  Engine engine = { 0 };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaHttpExchange) exchange =
      geminga_http_exchange_new (context, answer_cb, &engine, release_cb);

  g_assert_true (geminga_http_exchange_close (exchange));
  g_assert_true (geminga_http_exchange_is_closed (exchange));
  g_assert_cmpuint (engine.released, ==, 1);
  g_assert_false (
      geminga_http_exchange_answer (exchange, geminga_http_response_new_plain (200, NULL)));
  g_assert_cmpuint (engine.answers, ==, 0);
  /* Asked for late, it is cancelled from the start. */
  g_assert_true (g_cancellable_is_cancelled (geminga_http_exchange_get_cancellable (exchange)));
}

static void
test_thread (void)
{
  Engine engine = { 0 };
  g_autoptr (GMainContext) context = g_main_context_new ();
  GemingaHttpExchange *exchange =
      geminga_http_exchange_new (context, answer_cb, &engine, release_cb);
  GThread *thread = g_thread_new ("answer", answer_in_thread, exchange);

  while (engine.answers == 0)
    g_main_context_iteration (context, TRUE);
  g_thread_join (thread);
  g_assert_true (engine.thread == g_thread_self ());
  g_assert_cmpuint (engine.status, ==, 201);
  g_assert_cmpuint (engine.released, ==, 1);
}

/* The context ends before the answer gets through: nothing is left. */
static void
test_context_ends (void)
{
  Engine engine = { 0 };
  GMainContext *context = g_main_context_new ();
  GemingaHttpExchange *exchange =
      geminga_http_exchange_new (context, answer_cb, &engine, release_cb);
  GSource *keeper = NULL;

  g_thread_join (g_thread_new ("answer", answer_in_thread, exchange));
  g_assert_cmpuint (engine.answers, ==, 0);

  /* The source that waits holds the exchange, which holds the context: the owner of a context that
   * ends destroys its sources. */
  keeper = g_main_context_find_source_by_funcs_user_data (context, &g_idle_funcs, NULL);
  g_assert_null (keeper);
  for (guint id = 1; id < 10; id++)
    {
      GSource *source = g_main_context_find_source_by_id (context, id);

      if (source != NULL)
        g_source_destroy (source);
    }
  g_assert_cmpuint (engine.answers, ==, 0);
  g_assert_cmpuint (engine.released, ==, 1);
  g_main_context_unref (context);
}

static void
test_cancel (void)
{
  Engine engine = { 0 };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaHttpExchange) exchange =
      geminga_http_exchange_new (context, answer_cb, &engine, release_cb);
  GCancellable *cancellable = geminga_http_exchange_get_cancellable (exchange);

  g_assert_true (g_main_context_acquire (context));
  g_assert_true (geminga_http_exchange_get_cancellable (exchange) == cancellable);
  geminga_http_exchange_cancel (exchange);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_true (
      geminga_http_exchange_answer (exchange, geminga_http_response_new_plain (200, NULL)));
  g_assert_cmpuint (engine.answers, ==, 1);
  g_main_context_release (context);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/exchange/once", test_once);
  g_test_add_func ("/http/exchange/closed", test_closed);
  g_test_add_func ("/http/exchange/thread", test_thread);
  g_test_add_func ("/http/exchange/context-ends", test_context_ends);
  g_test_add_func ("/http/exchange/cancel", test_cancel);

  return g_test_run ();
}
