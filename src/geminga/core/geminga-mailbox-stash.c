/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-halts-private.h"
#include "geminga-interface-private.h"

/*
 * Messages that the actor has put aside. They were taken out of the mailbox and do not count as waiting,
 * so that they do not keep out the message that the actor waits for; there may be as many again.
 */

/* Helpers */

static gboolean
has_ended_locked (GemingaMailbox *self)
{
  return self->state == GEMINGA_MAILBOX_ENDED;
}

/* Puts the messages in front of those that the consumer has taken out of its inbox's stack. */
static void
bring_back_locked (GemingaMailbox *self, GemingaMailboxExtras *extras)
{
  GemingaInboxNode *last = g_steal_pointer (&extras->stash);
  GemingaInboxNode *normal = self->taken.normal;

  if (normal == NULL)
    {
      self->taken.normal = last;
    }
  else
    {
      GemingaInboxNode *first = last->next;

      last->next = normal->next;
      normal->next = first;
    }

  /* They wait again, and will be taken again. */
  atomic_fetch_add_explicit (&self->n_from_elsewhere, extras->n_stashed, memory_order_relaxed);
  extras->n_stashed = 0;
}

/* What every actor understands is never put aside: it can be looked at and stopped. */
static gboolean
is_wanted (GemingaMailbox *self, const GemingaMessage *message)
{
  const char *command = geminga_message_get_command (message);

  return g_strv_contains ((const char *const *) geminga_mailbox_get_extras (self)->wanted,
                          command) ||
         geminga_interface_find_command (GEMINGA_TYPE_ACTOR, command) != NULL;
}

static void
update_selection (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  gboolean is_selective = extras != NULL && extras->wanted != NULL;
  guint8 expected = is_selective ? GEMINGA_MAILBOX_RUNNING : GEMINGA_MAILBOX_SELECTIVE;

  /* Nothing else goes back, and this does not if the actor is about to end. */
  atomic_compare_exchange_strong (
      &self->state, &expected,
      (guint8) (is_selective ? GEMINGA_MAILBOX_SELECTIVE : GEMINGA_MAILBOX_RUNNING));
  if (geminga_mailbox_is_shut (self))
    geminga_halts_add_shut (geminga_loop_get_halts (self->loop), self);
  else if (extras != NULL)
    geminga_halts_remove_shut (geminga_loop_get_halts (self->loop), self);
}

/* For the mailbox's own files */

gboolean
geminga_mailbox_selects (GemingaMailbox *self, GemingaMessage *message)
{
  if (is_wanted (self, message))
    return TRUE;

  if (message->ask != NULL && geminga_ask_is_answered (message->ask))
    geminga_message_free (message);
  else if (!geminga_mailbox_stash (self, message))
    geminga_mailbox_refuse_full (self, message);

  return FALSE;
}

void
geminga_mailbox_begin_selecting (GemingaMailbox *self)
{
  update_selection (self);
}

gboolean
geminga_mailbox_cancel_stashed (GemingaMailbox *self, GemingaAsk *ask)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  GemingaMessage *message;

  if (extras == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  message = geminga_message_ring_remove (&extras->stash, ask);
  if (message != NULL)
    extras->n_stashed--;
  g_mutex_unlock (&self->lock);

  if (message != NULL)
    geminga_message_free (message);

  return message != NULL;
}

void
geminga_mailbox_refuse_stashed (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  GemingaInboxNode *stash;

  if (extras == NULL)
    return;

  g_mutex_lock (&self->lock);
  stash = g_steal_pointer (&extras->stash);
  extras->n_stashed = 0;
  g_mutex_unlock (&self->lock);

  while (stash != NULL)
    geminga_mailbox_refuse_ended (self, (GemingaMessage *) geminga_inbox_take_first (&stash));
}

/* Private API */

gboolean
geminga_mailbox_stash (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaMailboxExtras *extras = geminga_mailbox_get_extras (self);
  gboolean has_ended;
  gboolean has_room;

  g_mutex_lock (&self->lock);
  has_ended = has_ended_locked (self);
  has_room = extras->n_stashed < geminga_mailbox_get_limit (self);
  if (!has_ended && has_room)
    {
      geminga_inbox_add_last (&extras->stash, &message->node);
      extras->n_stashed++;
    }
  g_mutex_unlock (&self->lock);

  if (has_ended)
    geminga_mailbox_refuse_ended (self, message);

  return has_ended || has_room;
}

/*
 * Until the actor has ended, which is settled under the lock, its loop's thread is the consumer: nobody
 * else looks into the inbox.
 */
void
geminga_mailbox_unstash (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  if (extras == NULL)
    return;

  g_mutex_lock (&self->lock);
  if (extras->stash != NULL && !has_ended_locked (self))
    bring_back_locked (self, extras);
  g_mutex_unlock (&self->lock);

  if (geminga_inbox_wake (&self->inbox))
    geminga_loop_post (self->loop, &self->item);
}

guint
geminga_mailbox_get_n_stashed (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  guint n_stashed = 0;

  if (extras == NULL)
    return 0;

  g_mutex_lock (&self->lock);
  n_stashed = extras->n_stashed;
  g_mutex_unlock (&self->lock);

  return n_stashed;
}

void
geminga_mailbox_select (GemingaMailbox *self, const char *const *commands)
{
  GemingaMailboxExtras *extras = geminga_mailbox_get_extras (self);

  g_strfreev (extras->wanted);
  extras->wanted = g_strdupv ((char **) commands);
  update_selection (self);
  geminga_mailbox_unstash (self);
}
