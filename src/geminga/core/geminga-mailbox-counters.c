/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

/*
 * What an actor has done. The counters that every message moves are two words of the mailbox; what does not
 * fit in them, after four thousand million messages or as many nanoseconds, goes on in the extras, so that
 * an actor pays for it once it has done that much.
 */

/* Helpers */

/* Stamps are coarse: what seems to come from the future is new. */
static guint32
compute_age (const GemingaInboxNode *node, guint32 now)
{
  guint32 age = node != NULL ? now - node->stamp : 0;

  return age <= G_MAXINT32 ? age : 0;
}

/* Private API */

void
geminga_mailbox_charge (GemingaMailbox *self, guint64 nanoseconds)
{
  guint64 busy = self->busy_low + nanoseconds;

  self->busy_low = (guint32) busy;
  if (G_UNLIKELY (busy > G_MAXUINT32))
    geminga_mailbox_get_extras (self)->busy_high += (guint32) (busy >> 32);
}

guint64
geminga_mailbox_get_busy_time (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  guint64 high = extras != NULL ? extras->busy_high : 0;

  return high << 32 | self->busy_low;
}

/*
 * What waits counts, be it in the inbox or in the queue; what the actor has put aside does not. Once the
 * actor has ended, which is settled under the lock, others may be emptying the inbox.
 */
guint64
geminga_mailbox_get_age (GemingaMailbox *self, guint32 now)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  guint32 age = 0;

  g_mutex_lock (&self->lock);
  if (self->state != GEMINGA_MAILBOX_ENDED)
    {
      age = compute_age (geminga_inbox_peek_oldest (&self->inbox, &self->taken), now);
      if (extras != NULL && extras->queue != NULL)
        age = MAX (age, compute_age (geminga_mailbox_queue_peek_oldest (extras->queue, now), now));
    }
  g_mutex_unlock (&self->lock);

  return age;
}

void
geminga_mailbox_note_failed (GemingaMailbox *self)
{
  atomic_fetch_add_explicit (&geminga_mailbox_get_extras (self)->n_failed, 1, memory_order_relaxed);
}

guint64
geminga_mailbox_get_n_failed (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  return extras != NULL ? atomic_load_explicit (&extras->n_failed, memory_order_relaxed) : 0;
}
