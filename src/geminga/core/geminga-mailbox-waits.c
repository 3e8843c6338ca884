/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-system-private.h"

/*
 * Those who wait for the start or the end of an actor. They come and go in the loop's thread, until a
 * killer takes over while a handler of the actor's own thread runs: then whoever posts looks after them,
 * and the handler may still say that the actor is ready. Hence they are looked at under the lock, and
 * answered outside of it.
 */

/* Helpers */

static gboolean
is_ready (GemingaMailbox *self)
{
  return (self->state == GEMINGA_MAILBOX_RUNNING || self->state == GEMINGA_MAILBOX_SELECTIVE) &&
         !self->is_ready_delayed;
}

static void
answer_ended (GemingaMailbox *self, GemingaWaits **waits)
{
  geminga_waits_answer_ended (waits, &self->target, (GemingaExitReason) self->reason,
                              geminga_mailbox_get_failure (self));
}

/* For the mailbox's own files */

void
geminga_mailbox_add_wait (GemingaMailbox *self, GemingaMessage *message)
{
  gboolean is_ready_already = FALSE;
  GemingaWaits *waits = NULL;

  if (geminga_ask_is_answered (message->ask))
    return; /* it was cancelled before it came */

  g_mutex_lock (&self->lock);
  if (self->state == GEMINGA_MAILBOX_ENDED)
    geminga_waits_add (&waits, message->kind, message->ask);
  else if (message->kind == GEMINGA_MESSAGE_READY && is_ready (self))
    is_ready_already = TRUE;
  else
    geminga_waits_add (&geminga_mailbox_get_extras_locked (self)->waits, message->kind,
                       message->ask);
  g_mutex_unlock (&self->lock);

  if (is_ready_already)
    geminga_ask_answer (message->ask, g_variant_ref (geminga_get_unit ()), NULL, NULL);
  else
    answer_ended (self, &waits);
}

void
geminga_mailbox_forget_wait (GemingaMailbox *self, GemingaAsk *ask)
{
  GemingaMailboxExtras *extras;

  g_mutex_lock (&self->lock);
  extras = atomic_load (&self->extras);
  if (extras != NULL)
    geminga_waits_forget (&extras->waits, ask);
  g_mutex_unlock (&self->lock);
}

void
geminga_mailbox_announce_ready (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras;
  GemingaWaits *waits = NULL;

  geminga_system_actor_started (self->target.system, &self->target);
  g_mutex_lock (&self->lock);
  extras = atomic_load (&self->extras);
  if (extras != NULL)
    waits = geminga_waits_steal_ready (&extras->waits);
  g_mutex_unlock (&self->lock);

  geminga_waits_answer_ready (&waits);
}

void
geminga_mailbox_answer_waits (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras;
  GemingaWaits *waits = NULL;

  g_mutex_lock (&self->lock);
  extras = atomic_load (&self->extras);
  if (extras != NULL)
    waits = g_steal_pointer (&extras->waits);
  g_mutex_unlock (&self->lock);

  answer_ended (self, &waits);
}

void
geminga_mailbox_delay_ready (GemingaMailbox *self)
{
  self->is_ready_delayed = self->state < GEMINGA_MAILBOX_RUNNING;
}

void
geminga_mailbox_become_ready (GemingaMailbox *self)
{
  bool was_delayed = self->is_ready_delayed;

  self->is_ready_delayed = false;
  if (was_delayed && geminga_mailbox_is_running (self))
    geminga_mailbox_announce_ready (self);
}
