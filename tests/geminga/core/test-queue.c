/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-queue-private.h"

typedef struct
{
  GemingaQueueNode node;
  guint sender;
  guint number;
} Entry;

static void
test_order (void)
{
  GemingaQueue queue;
  Entry entries[10];

  geminga_queue_init (&queue);
  g_assert_true (geminga_queue_is_empty (&queue));
  g_assert_null (geminga_queue_pop (&queue));
  /* Filled and emptied more than once: the stub goes round. */
  for (guint round = 1; round <= G_N_ELEMENTS (entries); round++)
    {
      for (guint i = 0; i < round; i++)
        geminga_queue_push (&queue, &entries[i].node);
      for (guint i = 0; i < round; i++)
        {
          g_assert_false (geminga_queue_is_empty (&queue));
          g_assert_true (geminga_queue_pop (&queue) == &entries[i].node);
        }
      g_assert_null (geminga_queue_pop (&queue));
      g_assert_true (geminga_queue_is_empty (&queue));
    }
}

static void
test_interleaved (void)
{
  GemingaQueue queue;
  Entry entries[100];
  guint next = 0;

  geminga_queue_init (&queue);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      geminga_queue_push (&queue, &entries[i].node);
      if (i % 3 == 0)
        g_assert_true (geminga_queue_pop (&queue) == &entries[next++].node);
    }
  while (next < G_N_ELEMENTS (entries))
    g_assert_true (geminga_queue_pop (&queue) == &entries[next++].node);
  g_assert_true (geminga_queue_is_empty (&queue));
}

/* A producer that is half-way: it is not empty, but there is nothing to take. */
static void
test_half_way (void)
{
  GemingaQueue queue;
  Entry one;
  Entry two;
  GemingaQueueNode *previous;

  geminga_queue_init (&queue);
  geminga_queue_push (&queue, &one.node);
  atomic_store (&two.node.next, NULL);
  previous = atomic_exchange (&queue.head, &two.node);
  g_assert_null (geminga_queue_pop (&queue));
  g_assert_false (geminga_queue_is_empty (&queue));
  atomic_store (&previous->next, &two.node);
  g_assert_true (geminga_queue_pop (&queue) == &one.node);
  g_assert_true (geminga_queue_pop (&queue) == &two.node);
  g_assert_true (geminga_queue_is_empty (&queue));
}

#define N_SENDERS 4
#define N_ENTRIES 50000

typedef struct
{
  GemingaQueue *queue;
  Entry *entries;
} Sender;

static gpointer
push_all (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < N_ENTRIES; i++)
    geminga_queue_push (sender->queue, &sender->entries[i].node);

  return NULL;
}

static void
test_senders (void)
{
  GemingaQueue queue;
  Sender senders[N_SENDERS];
  GThread *threads[N_SENDERS];
  guint next[N_SENDERS] = { 0 };
  guint n_left = N_SENDERS * N_ENTRIES;

  geminga_queue_init (&queue);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      senders[i] = (Sender){ &queue, g_new0 (Entry, N_ENTRIES) };
      for (guint j = 0; j < N_ENTRIES; j++)
        {
          senders[i].entries[j].sender = i;
          senders[i].entries[j].number = j;
        }
    }
  for (guint i = 0; i < N_SENDERS; i++)
    threads[i] = g_thread_new ("sender", push_all, &senders[i]);
  while (n_left > 0)
    {
      Entry *entry = (Entry *) geminga_queue_pop (&queue);

      if (entry == NULL)
        {
          g_thread_yield ();
          continue;
        }
      g_assert_cmpuint (entry->number, ==, next[entry->sender]++);
      n_left--;
    }
  for (guint i = 0; i < N_SENDERS; i++)
    {
      g_thread_join (threads[i]);
      g_free (senders[i].entries);
    }
  g_assert_true (geminga_queue_is_empty (&queue));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/queue/order", test_order);
  g_test_add_func ("/core/queue/interleaved", test_interleaved);
  g_test_add_func ("/core/queue/half-way", test_half_way);
  g_test_add_func ("/core/queue/senders", test_senders);

  return g_test_run ();
}
