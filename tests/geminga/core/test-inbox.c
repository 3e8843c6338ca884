/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-inbox-private.h"

typedef struct
{
  GemingaInboxNode node;
  guint sender;
  guint number;
} Entry;

static guint
pop_number (GemingaInbox *inbox, GemingaInboxTaken *taken)
{
  Entry *entry = (Entry *) geminga_inbox_pop (inbox, taken);

  return entry != NULL ? entry->number : 0;
}

static void
fill (Entry *entries, guint n)
{
  for (guint i = 0; i < n; i++)
    entries[i] = (Entry){ .number = i + 1 };
}

/* Whoever pushes to an idle inbox schedules, and nobody else. */
static void
test_schedule (void)
{
  GemingaInbox inbox;
  GemingaInboxTaken taken;
  Entry entries[4];

  fill (entries, G_N_ELEMENTS (entries));
  geminga_inbox_init (&inbox, &taken);
  g_assert_false (geminga_inbox_push (&inbox, &entries[0].node));
  g_assert_false (geminga_inbox_rest (&inbox, &taken));
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 1);
  g_assert_null (geminga_inbox_pop (&inbox, &taken));
  g_assert_true (geminga_inbox_rest (&inbox, &taken));

  g_assert_true (geminga_inbox_push (&inbox, &entries[1].node));
  g_assert_false (geminga_inbox_push (&inbox, &entries[2].node));
  g_assert_false (geminga_inbox_wake (&inbox));
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 2);
  g_assert_false (geminga_inbox_rest (&inbox, &taken));
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 3);
  g_assert_true (geminga_inbox_rest (&inbox, &taken));

  g_assert_true (geminga_inbox_wake (&inbox));
  g_assert_false (geminga_inbox_push (&inbox, &entries[3].node));
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 4);
  g_assert_true (geminga_inbox_rest (&inbox, &taken));
}

/* What one thread pushes and appends stays in order, whichever it does. */
static void
test_order (void)
{
  GemingaInbox inbox;
  GemingaInboxTaken taken;
  Entry entries[6];

  fill (entries, G_N_ELEMENTS (entries));
  geminga_inbox_init (&inbox, &taken);
  geminga_inbox_push (&inbox, &entries[0].node);
  geminga_inbox_push (&inbox, &entries[1].node);
  g_assert_false (geminga_inbox_append (&inbox, &taken, &entries[2].node));
  geminga_inbox_push (&inbox, &entries[3].node);
  for (guint i = 1; i <= 4; i++)
    g_assert_cmpuint (pop_number (&inbox, &taken), ==, i);
  g_assert_true (geminga_inbox_rest (&inbox, &taken));
  g_assert_true (geminga_inbox_append (&inbox, &taken, &entries[4].node));
  g_assert_false (geminga_inbox_append (&inbox, &taken, &entries[5].node));
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 5);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 6);
  g_assert_true (geminga_inbox_rest (&inbox, &taken));
}

static void
test_urgent (void)
{
  GemingaInbox inbox;
  GemingaInboxTaken taken;
  Entry entries[5];

  fill (entries, G_N_ELEMENTS (entries));
  entries[1].node.is_urgent = TRUE;
  entries[3].node.is_urgent = TRUE;
  geminga_inbox_init (&inbox, &taken);
  for (guint i = 0; i < 3; i++)
    geminga_inbox_push (&inbox, &entries[i].node);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 2);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 1);
  geminga_inbox_push (&inbox, &entries[3].node);
  geminga_inbox_push (&inbox, &entries[4].node);
  geminga_inbox_take_shared (&inbox, &taken);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 4);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 3);
  g_assert_cmpuint (pop_number (&inbox, &taken), ==, 5);
  g_assert_true (geminga_inbox_rest (&inbox, &taken));
}

#define N_SENDERS 4
#define N_ENTRIES 50000

typedef struct
{
  GemingaInbox *inbox;
  Entry *entries;
  guint n_scheduled;
} Sender;

static gpointer
push_all (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < N_ENTRIES; i++)
    sender->n_scheduled += geminga_inbox_push (sender->inbox, &sender->entries[i].node);

  return NULL;
}

/* Nothing gets lost, each sender's entries stay in order, and every rest has one who ends it. */
static void
test_senders (void)
{
  GemingaInbox inbox;
  GemingaInboxTaken taken;
  Sender senders[N_SENDERS];
  GThread *threads[N_SENDERS];
  guint next[N_SENDERS] = { 0 };
  guint n_left = N_SENDERS * N_ENTRIES;
  guint n_scheduled = 0;
  guint n_rests = 0;

  geminga_inbox_init (&inbox, &taken);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      senders[i] = (Sender){ &inbox, g_new0 (Entry, N_ENTRIES), 0 };
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
      Entry *entry = (Entry *) geminga_inbox_pop (&inbox, &taken);

      if (entry != NULL)
        {
          g_assert_cmpuint (entry->number, ==, next[entry->sender]++);
          n_left--;
        }
      else if (atomic_load (&inbox.shared) == NULL)
        {
          n_rests += geminga_inbox_rest (&inbox, &taken);
        }
    }
  n_rests += geminga_inbox_rest (&inbox, &taken);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      g_thread_join (threads[i]);
      n_scheduled += senders[i].n_scheduled;
      g_free (senders[i].entries);
    }
  g_assert_true (atomic_load (&inbox.shared) == GEMINGA_INBOX_IDLE);
  g_assert_cmpuint (n_rests, ==, n_scheduled + 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/inbox/schedule", test_schedule);
  g_test_add_func ("/core/inbox/order", test_order);
  g_test_add_func ("/core/inbox/urgent", test_urgent);
  g_test_add_func ("/core/inbox/senders", test_senders);

  return g_test_run ();
}
