/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"

/*
 * What becomes of messages that do not simply go into the inbox: because the mailbox is full, because its
 * class has something to say about that or about what is urgent, or because the sender waits until the
 * message is accepted.
 *
 * A mailbox with a queue has the limit 0 itself, so that it is full for whoever posts in the usual way.
 * Only the consumer takes messages out of the queue, until the actor has ended; then nothing goes in.
 */

/* Helpers */

static GemingaMailboxQueue *
get_queue (GemingaMailbox *self)
{
  return geminga_mailbox_get_extras (self)->queue;
}

static void
answer_accepted (GemingaAsk *accepted)
{
  if (accepted == NULL)
    return;

  geminga_ask_answer (accepted, g_variant_ref (geminga_get_unit ()), NULL, NULL);
  geminga_ask_unref (accepted);
}

/* What was added to the queue and will not be noted as taken. */
static void
count_locked (GemingaMailbox *self, guint n_before, guint n_taken)
{
  guint n_more = geminga_mailbox_queue_get_length (get_queue (self)) + n_taken - n_before;

  if (n_more != 0)
    atomic_fetch_add_explicit (&self->n_from_elsewhere, n_more, memory_order_relaxed);
}

/* Who told it has no part in this: the policy of the actor's class is that it gets lost. */
static void
drop (GemingaMailbox *self, GemingaMessage *message)
{
  geminga_dead_letters_note (&self->target, message, GEMINGA_DEAD_LETTER_REASON_DROPPED);
  if (message->ask == NULL)
    geminga_message_free (message);
  else
    geminga_message_refuse (
        message, GEMINGA_ERROR_MAILBOX_FULL,
        "The mailbox of actor “%s” has dropped %s: it is full, %u messages wait",
        geminga_target_get_id (&self->target), geminga_message_get_command (message),
        geminga_mailbox_get_limit (self));
}

static void
dispose_of (GemingaMailbox *self, GemingaMessage *message, GemingaMailboxVerdict verdict)
{
  switch (verdict)
    {
    case GEMINGA_MAILBOX_REFUSED:
      geminga_mailbox_refuse_full (self, message);
      break;
    case GEMINGA_MAILBOX_DISPLACED:
    case GEMINGA_MAILBOX_DROPPED:
      drop (self, message);
      break;
    case GEMINGA_MAILBOX_SUPERSEDED:
      geminga_message_refuse (
          message, GEMINGA_ERROR_SUPERSEDED,
          "A newer %s has taken the place of this one in the mailbox of actor “%s”",
          geminga_message_get_command (message), geminga_target_get_id (&self->target));
      break;
    case GEMINGA_MAILBOX_QUEUED:
    case GEMINGA_MAILBOX_HELD:
    default:
      g_assert_not_reached ();
    }
}

static void
enqueue (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaMailboxQueue *queue = get_queue (self);
  GemingaMailboxVerdict verdict = GEMINGA_MAILBOX_REFUSED;
  GemingaMessage *dropped = NULL;
  GemingaAsk *accepted = NULL;
  gboolean has_ended;

  if (message->declaration == NULL)
    message->declaration =
        geminga_interface_find_command (self->target.type, geminga_message_get_command (message));
  /* Whoever posts later may drop it, in any thread. */
  geminga_message_keep_sender (message);

  g_mutex_lock (&self->lock);
  has_ended = self->state == GEMINGA_MAILBOX_ENDED;
  if (!has_ended)
    {
      guint n_before = geminga_mailbox_queue_get_length (queue);

      verdict = geminga_mailbox_queue_push (queue, message, &dropped, &accepted);
      count_locked (self, n_before, 0);
    }
  g_mutex_unlock (&self->lock);

  if (has_ended)
    {
      geminga_mailbox_refuse_ended (self, message);
      return;
    }

  if (geminga_inbox_wake (&self->inbox))
    geminga_loop_post (self->loop, &self->item);
  answer_accepted (accepted);
  if (dropped != NULL)
    dispose_of (self, dropped, verdict);
}

/* Into the inbox of a mailbox that has no queue, if there is room. */
static void
push_awaited (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaAsk *accepted;

  if (!geminga_mailbox_count_from_elsewhere (self))
    {
      geminga_mailbox_refuse_full (self, message);
      return;
    }

  accepted = geminga_message_accept (message);
  if (geminga_inbox_push (&self->inbox, &message->node))
    geminga_loop_post (self->loop, &self->item);
  answer_accepted (accepted);
}

/* For the mailbox's own files */

void
geminga_mailbox_make_queue (GemingaMailbox *self, GemingaMailboxPolicy policy)
{
  geminga_mailbox_get_extras (self)->queue = geminga_mailbox_queue_new (policy, self->limit);
  self->limit = 0;
}

guint
geminga_mailbox_get_limit (GemingaMailbox *self)
{
  return self->limit > 0 ? self->limit : geminga_mailbox_queue_get_limit (get_queue (self));
}

void
geminga_mailbox_refuse_ended (GemingaMailbox *self, GemingaMessage *message)
{
  geminga_dead_letters_note (&self->target, message, GEMINGA_DEAD_LETTER_REASON_ENDED);
  geminga_message_refuse (message, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s” any more",
                          geminga_target_get_id (&self->target));
}

void
geminga_mailbox_refuse_full (GemingaMailbox *self, GemingaMessage *message)
{
  geminga_dead_letters_note (&self->target, message, GEMINGA_DEAD_LETTER_REASON_FULL);
  geminga_message_refuse (message, GEMINGA_ERROR_MAILBOX_FULL,
                          "The mailbox of actor “%s” is full: %u messages wait",
                          geminga_target_get_id (&self->target), geminga_mailbox_get_limit (self));
}

void
geminga_mailbox_post_to_full (GemingaMailbox *self, GemingaMessage *message)
{
  if (self->limit == 0)
    enqueue (self, message);
  else
    geminga_mailbox_refuse_full (self, message);
}

/* Whoever posts to an actor that has ended does the rest, see mailbox_post (). */
void
geminga_mailbox_post_awaited (GemingaMailbox *self, GemingaMessage *message)
{
  if (geminga_mailbox_is_closed (self))
    geminga_mailbox_refuse_ended (self, message);
  else if (self->limit == 0)
    enqueue (self, message);
  else
    push_awaited (self, message);
}

gboolean
geminga_mailbox_has_queued (GemingaMailbox *self)
{
  gboolean has_some;

  g_mutex_lock (&self->lock);
  has_some = !geminga_mailbox_queue_is_empty (get_queue (self));
  g_mutex_unlock (&self->lock);

  return has_some;
}

GemingaMessage *
geminga_mailbox_take_queued (GemingaMailbox *self)
{
  GemingaMailboxQueue *queue = get_queue (self);
  GemingaMessage *message;
  GemingaAsk *accepted;
  guint n_before;

  g_mutex_lock (&self->lock);
  n_before = geminga_mailbox_queue_get_length (queue);
  message = geminga_mailbox_queue_pop (queue, &accepted);
  count_locked (self, n_before, message != NULL ? 1 : 0);
  g_mutex_unlock (&self->lock);
  answer_accepted (accepted);

  return message;
}

gboolean
geminga_mailbox_cancel_queued (GemingaMailbox *self, GemingaAsk *ask)
{
  GemingaMailboxQueue *queue;
  GemingaMessage *message;
  GemingaAsk *accepted;
  guint n_before;

  if (self->limit > 0)
    return FALSE;

  queue = get_queue (self);
  g_mutex_lock (&self->lock);
  n_before = geminga_mailbox_queue_get_length (queue);
  message = geminga_mailbox_queue_remove (queue, ask, &accepted);
  count_locked (self, n_before, 0);
  g_mutex_unlock (&self->lock);

  answer_accepted (accepted);
  if (message != NULL)
    geminga_message_free (message);

  return message != NULL;
}

void
geminga_mailbox_refuse_queued (GemingaMailbox *self)
{
  GemingaMailboxQueue *queue;
  GemingaMessage *message;

  if (self->limit > 0)
    return;

  queue = get_queue (self);
  do
    {
      GemingaAsk *accepted;

      g_mutex_lock (&self->lock);
      message = geminga_mailbox_queue_pop (queue, &accepted);
      g_mutex_unlock (&self->lock);

      if (accepted != NULL)
        geminga_ask_answer (accepted, NULL, NULL,
                            g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                                         "There is no actor “%s” any more",
                                         geminga_target_get_id (&self->target)));
      g_clear_pointer (&accepted, geminga_ask_unref);
      if (message != NULL)
        geminga_mailbox_refuse_ended (self, message);
    }
  while (message != NULL);
}
