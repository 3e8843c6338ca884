/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

/* How many messages wait in a mailbox, and whether there is room for one more. */

/* Helpers */

/*
 * How many wait if the consumer has taken none since somebody looked last: never too few. To look
 * takes a line of the cache from the consumer.
 */
static guint
count_at_most (GemingaMailbox *self)
{
  return atomic_load_explicit (&self->n_from_elsewhere, memory_order_relaxed) +
         atomic_load_explicit (&self->n_from_here, memory_order_relaxed) -
         atomic_load_explicit (&self->n_taken_before, memory_order_relaxed);
}

/* Nobody keeps count of what comes to a mailbox that takes everything: it costs more than to look, seldom. */
static guint
count_waiting (GemingaMailbox *self)
{
  const GemingaInboxNode *last;
  guint n_waiting = 0;

  g_mutex_lock (&self->lock);
  if (self->state != GEMINGA_MAILBOX_ENDED)
    {
      geminga_inbox_take_shared (&self->inbox, &self->taken);
      last = self->taken.normal;
      for (const GemingaInboxNode *node = last; node != NULL;
           node = node->next != last ? node->next : NULL)
        n_waiting++;
    }
  g_mutex_unlock (&self->lock);

  return n_waiting;
}

/* Private API */

gboolean
geminga_mailbox_count_from_elsewhere (GemingaMailbox *self)
{
  if (geminga_mailbox_is_unbounded (self))
    return TRUE;

  atomic_fetch_add_explicit (&self->n_from_elsewhere, 1, memory_order_relaxed);
  if (count_at_most (self) <= self->limit)
    return TRUE;

  atomic_store_explicit (&self->n_taken_before,
                         atomic_load_explicit (&self->n_taken, memory_order_acquire),
                         memory_order_relaxed);
  if (count_at_most (self) <= self->limit)
    return TRUE;

  atomic_fetch_sub_explicit (&self->n_from_elsewhere, 1, memory_order_relaxed);

  return FALSE;
}

/* Those that are being sent may count already: it may be too many for a moment, never too few. */
guint
geminga_mailbox_get_length (GemingaMailbox *self)
{
  guint n_taken = atomic_load_explicit (&self->n_taken, memory_order_acquire);

  if (G_UNLIKELY (geminga_mailbox_is_unbounded (self)))
    return count_waiting (self);

  return atomic_load_explicit (&self->n_from_elsewhere, memory_order_relaxed) +
         atomic_load_explicit (&self->n_from_here, memory_order_relaxed) - n_taken;
}

guint64
geminga_mailbox_get_n_taken (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  return (extras != NULL ? extras->n_taken_more : 0) +
         atomic_load_explicit (&self->n_taken, memory_order_relaxed);
}
