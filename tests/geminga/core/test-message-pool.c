/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-message-pool-private.h"

#include <string.h>

/* More than the pool keeps. */
#define N_MANY 600000

/* Helpers */

static gpointer *
take_many (GemingaMessageStore *store, guint n)
{
  gpointer *messages = g_new (gpointer, n);

  for (guint i = 0; i < n; i++)
    {
      messages[i] = geminga_message_store_take (store);
      memset (messages[i], (int) (i & 0xff), GEMINGA_MESSAGE_SIZE);
    }

  return messages;
}

/* No two of them overlap. */
static void
check_many (gpointer *messages, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const guint8 *bytes = messages[i];

      g_assert_cmpuint (bytes[0], ==, i & 0xff);
      g_assert_cmpuint (bytes[GEMINGA_MESSAGE_SIZE - 1], ==, i & 0xff);
    }
}

static void
put_many (GemingaMessageStore *store, gpointer *messages, guint n)
{
  for (guint i = 0; i < n; i++)
    geminga_message_store_put (store, messages[i]);
}

static gpointer
use_many (gpointer data)
{
  GemingaMessageStore takes = { 0 };
  GemingaMessageStore puts = { 0 };

  for (guint i = 0; i < 20; i++)
    {
      g_autofree gpointer *messages = take_many (&takes, 3000);

      check_many (messages, 3000);
      put_many (&puts, messages, 3000);
    }
  geminga_message_store_clear (&takes);
  geminga_message_store_clear (&puts);

  return NULL;
}

/* Tests */

/* The one that was put last is still in the cache. */
static void
test_reuse (void)
{
  GemingaMessageStore store = { 0 };
  gpointer one = geminga_message_store_take (&store);
  gpointer two = geminga_message_store_take (&store);

  g_assert_true (one != two);
  geminga_message_store_put (&store, one);
  geminga_message_store_put (&store, two);
  g_assert_true (geminga_message_store_take (&store) == two);
  g_assert_true (geminga_message_store_take (&store) == one);
  geminga_message_store_put (&store, one);
  geminga_message_store_put (&store, two);

  geminga_message_store_clear (&store);
  g_assert_null (store.spare);
  g_assert_null (store.chunk);
  g_assert_cmpuint (store.n_spare, ==, 0);
  g_assert_cmpuint (store.n_fresh, ==, 0);
}

static void
test_many (void)
{
  GemingaMessageStore store = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree gpointer *messages = take_many (&store, N_MANY);

      check_many (messages, N_MANY);
      put_many (&store, messages, N_MANY);
      geminga_message_store_clear (&store);
    }
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("user", use_many, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/message-pool/reuse", test_reuse);
  g_test_add_func ("/core/message-pool/many", test_many);
  g_test_add_func ("/core/message-pool/threads", test_threads);

  return g_test_run ();
}
