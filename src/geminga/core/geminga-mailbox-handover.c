/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include <glib/gi18n-lib.h>

#include "geminga-actor-ref-private.h"
#include "geminga-actor-state-private.h"
#include "geminga-actor-timers-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-saved-state-private.h"
#include "geminga-system-private.h"

/*
 * An actor makes way for its successor. First it is told to save its state: from then on it is PAUSED, what
 * comes waits, and once it has finished what it had begun it saves. Then the successor is made, from that
 * state. If it gets ready, what waits and all that comes later is forwarded to it; if not, the actor
 * resumes where it was. So no message is lost or handled twice, and the order of each sender's is kept.
 *
 * What waits was taken out of the mailbox, as what is stashed was, and there may be as much again as there
 * may be in the mailbox. What is in a queue stays there, so that senders are held off as always.
 *
 * All of it happens in the actor's loop, but for the end of an actor that is killed and what comes after
 * the end.
 */

struct _GemingaHandover
{
  GemingaMailbox *mailbox; /* not owned */

  _Atomic (GemingaAsk *) ask; /* (owned) (nullable): who waits for the state */

  /* the loop's thread only */
  GemingaTimer timer; /* armed until the actor has finished what it had begun, or for too long */
  gboolean is_late;

  _Atomic (GemingaTarget *) successor; /* (owned) (nullable), set once */

  /* under the mailbox's lock */
  GemingaInboxNode *waiting; /* (nullable): the last one of a ring */
  guint n_waiting;
  /* (owned) (nullable) (element-type GemingaAsk): those that may not be answered yet; they hold the mailbox */
  GPtrArray *forwarded;
  guint n_kept; /* of these when it was last looked through */
};

/* Helpers */

static GemingaHandover *
peek (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  return extras != NULL ? atomic_load (&extras->handover) : NULL;
}

static void
wake (GemingaMailbox *self)
{
  if (geminga_inbox_wake (&self->inbox))
    geminga_loop_post (self->loop, &self->item);
}

static gboolean
is_at_rest (GemingaMailbox *self)
{
  gboolean is_at_rest;

  g_mutex_lock (&self->lock);
  is_at_rest = self->n_holds == 0 && self->open_calls == NULL;
  g_mutex_unlock (&self->lock);

  return is_at_rest;
}

static void
answer_save (GemingaHandover *self, GUnixFDList *saved, GError *error)
{
  g_autoptr (GemingaAsk) ask = atomic_exchange (&self->ask, NULL);

  geminga_loop_disarm (self->mailbox->loop, &self->timer);
  if (ask == NULL)
    {
      g_clear_object (&saved);
      g_clear_error (&error);
      return;
    }

  geminga_ask_answer (ask, saved != NULL ? g_variant_ref_sink (g_variant_new ("(h)", 0)) : NULL,
                      saved, error);
}

static GUnixFDList *
save (GemingaMailbox *self, GError **error)
{
  g_autoptr (GVariant) state = geminga_actor_run_save_state (self->actor, error);
  GUnixFDList *saved;

  if (state == NULL)
    return NULL;

  saved = geminga_saved_state_pack (state, error);
  if (saved == NULL)
    g_prefix_error (error, _ ("Actor “%s” could not save its state: "),
                    geminga_target_get_id (&self->target));

  return saved;
}

static void
wait_is_over (gpointer user_data)
{
  GemingaHandover *self = user_data;

  self->is_late = TRUE;
  g_info ("Actor “%s” saves its state before it has finished what it had begun",
          geminga_target_get_id (&self->mailbox->target));
  geminga_target_post (&self->mailbox->target, geminga_message_new (GEMINGA_MESSAGE_SAVE, NULL));
}

static void
loop_ends (gpointer user_data)
{
  GemingaHandover *self = user_data;

  geminga_loop_disarm (self->mailbox->loop, &self->timer);
}

static GemingaHandover *
ensure (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = geminga_mailbox_get_extras (self);
  GemingaHandover *handover = atomic_load (&extras->handover);

  if (handover != NULL)
    return handover;

  handover = g_new0 (GemingaHandover, 1);
  handover->mailbox = self;
  handover->timer.func = wait_is_over;
  handover->timer.give_up = loop_ends;
  handover->timer.user_data = handover;
  atomic_init (&handover->ask, NULL);
  atomic_init (&handover->successor, NULL);
  atomic_store (&extras->handover, handover);

  return handover;
}

/* Helpers: what waits */

static GemingaInboxNode *
steal_waiting (GemingaHandover *self)
{
  GemingaInboxNode *waiting;

  g_mutex_lock (&self->mailbox->lock);
  waiting = g_steal_pointer (&self->waiting);
  self->n_waiting = 0;
  g_mutex_unlock (&self->mailbox->lock);

  return waiting;
}

static GemingaInboxNode *
steal_stash (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  GemingaInboxNode *stash;

  g_mutex_lock (&self->lock);
  stash = g_steal_pointer (&extras->stash);
  extras->n_stashed = 0;
  g_mutex_unlock (&self->lock);

  return stash;
}

/* Those that are answered by now are of no interest any more. */
static void
sift_locked (GemingaHandover *self)
{
  for (guint i = self->forwarded->len; i > 0; i--)
    if (geminga_ask_is_answered (g_ptr_array_index (self->forwarded, i - 1)))
      g_ptr_array_remove_index_fast (self->forwarded, i - 1);
  self->n_kept = self->forwarded->len;
}

static void
note_forwarded_locked (GemingaHandover *self, GemingaAsk *ask)
{
  if (self->forwarded == NULL)
    self->forwarded = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_ask_unref);
  if (self->forwarded->len > 64 && self->forwarded->len > 2 * self->n_kept)
    sift_locked (self);
  g_ptr_array_add (self->forwarded, geminga_ask_ref (ask));
}

/* An actor that has ended does not wait for their answers any more. */
static void
note_forwarded (GemingaHandover *self, GemingaAsk *ask)
{
  g_mutex_lock (&self->mailbox->lock);
  if (self->mailbox->state != GEMINGA_MAILBOX_ENDED)
    note_forwarded_locked (self, ask);
  g_mutex_unlock (&self->mailbox->lock);
}

/* What the actor told itself to do later is the successor's to think of. */
static gboolean
is_for_itself (GemingaMessage *message)
{
  return (message->kind != GEMINGA_MESSAGE_CALL && message->kind != GEMINGA_MESSAGE_TELL) ||
         geminga_ask_is_tick (message->ask);
}

static void
forward (GemingaHandover *self, GemingaTarget *successor, GemingaMessage *message)
{
  if (is_for_itself (message))
    {
      geminga_message_refuse (message, GEMINGA_ERROR_DROPPED, "Actor “%s” has a successor",
                              geminga_target_get_id (&self->mailbox->target));
      return;
    }

  /* The declaration is that of this class. */
  if (message->command == NULL)
    message->command = g_ref_string_new (geminga_message_get_command (message));
  message->declaration = NULL;
  if (message->arguments == NULL)
    message->arguments = g_variant_ref (geminga_get_unit ());
  geminga_message_keep_sender (message);
  if (message->ask != NULL && !geminga_ask_is_answered (message->ask))
    {
      geminga_ask_forward (message->ask, successor);
      note_forwarded (self, message->ask);
    }
  geminga_target_post (successor, message);
}

static void
forward_all (GemingaHandover *self, GemingaTarget *successor, GemingaInboxNode *ring)
{
  while (ring != NULL)
    forward (self, successor, (GemingaMessage *) geminga_inbox_take_first (&ring));
}

/* In front of what the consumer has taken out of its inbox's stack; it waits again. */
static void
bring_back (GemingaHandover *self)
{
  GemingaMailbox *mailbox = self->mailbox;
  GemingaInboxNode *last;
  guint n_calls = 0;

  g_mutex_lock (&mailbox->lock);
  last = g_steal_pointer (&self->waiting);
  self->n_waiting = 0;
  if (last != NULL)
    {
      GemingaInboxNode *node = last;

      do
        {
          n_calls += ((GemingaMessage *) node)->kind == GEMINGA_MESSAGE_CALL;
          node = node->next;
        }
      while (node != last);
      geminga_inbox_join (&last, &mailbox->taken.normal);
      mailbox->taken.normal = last;
    }
  atomic_fetch_add_explicit (&mailbox->n_from_elsewhere, n_calls, memory_order_relaxed);
  g_mutex_unlock (&mailbox->lock);
}

static void
resume (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);
  guint8 expected = GEMINGA_MAILBOX_PAUSED;
  GemingaSystem *system = geminga_mailbox_get_system (self);

  if (handover == NULL || atomic_load (&handover->successor) != NULL ||
      !atomic_compare_exchange_strong (&self->state, &expected, (guint8) GEMINGA_MAILBOX_RUNNING))
    return;

  answer_save (handover, NULL,
               g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_CANCELLED,
                            "Actor “%s” goes on without a successor",
                            geminga_target_get_id (&self->target)));
  if (system != NULL)
    geminga_system_take_back (system, &self->target);
  bring_back (handover);
  geminga_mailbox_begin_selecting (self);
  wake (self);
}

/* For the mailbox's own files */

void
geminga_mailbox_save (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaHandover *handover;
  guint32 patience = 0;
  guint8 state = atomic_load (&self->state);

  /* It looks again whether the actor has finished what it had begun. */
  if (message->ask == NULL)
    {
      geminga_mailbox_check_handover (self);
      return;
    }

  if ((state != GEMINGA_MAILBOX_RUNNING && state != GEMINGA_MAILBOX_SELECTIVE) ||
      !atomic_compare_exchange_strong (&self->state, &state, (guint8) GEMINGA_MAILBOX_PAUSED))
    {
      geminga_ask_answer (message->ask, NULL, NULL,
                          g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                                       "Actor “%s” is not running, or is being replaced already",
                                       geminga_target_get_id (&self->target)));
      return;
    }

  if (message->arguments != NULL)
    g_variant_get (message->arguments, "(u)", &patience);
  handover = ensure (self);
  atomic_store (&handover->ask, geminga_ask_ref (message->ask));
  handover->is_late = FALSE;
  geminga_loop_arm (self->loop, &handover->timer,
                    geminga_loop_get_time (self->loop) +
                        (gint64) patience * G_TIME_SPAN_MILLISECOND);
  geminga_mailbox_check_handover (self);
}

void
geminga_mailbox_check_handover (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);
  g_autoptr (GError) error = NULL;
  GUnixFDList *saved;

  if (handover == NULL || atomic_load (&handover->ask) == NULL ||
      self->state != GEMINGA_MAILBOX_PAUSED || (!handover->is_late && !is_at_rest (self)))
    return;

  saved = save (self, &error);
  if (saved != NULL)
    {
      answer_save (handover, saved, NULL);
      return;
    }

  answer_save (handover, NULL, g_steal_pointer (&error));
  resume (self);
}

void
geminga_mailbox_resume (GemingaMailbox *self)
{
  resume (self);
}

void
geminga_mailbox_hand_over (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaHandover *handover = peek (self);
  GemingaSystem *system = geminga_mailbox_get_system (self);
  g_autoptr (GemingaTarget) successor = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  const char *path = NULL;
  guint32 node;

  if (handover == NULL || system == NULL || self->state != GEMINGA_MAILBOX_PAUSED ||
      atomic_load (&handover->successor) != NULL || message->arguments == NULL)
    return;

  g_variant_get (message->arguments, "(&o)", &path);
  if (geminga_target_parse_path (path, &node, &id))
    successor = geminga_system_resolve (system, node, id, &error);
  if (successor == NULL || successor == &self->target)
    {
      g_warning (_ ("Actor “%s” does not find its successor: %s"),
                 geminga_target_get_id (&self->target), error != NULL ? error->message : path);
      return;
    }

  atomic_store (&handover->successor, geminga_target_ref (successor));
  forward_all (handover, successor, steal_stash (self));
  forward_all (handover, successor, steal_waiting (handover));
  wake (self);
  geminga_system_actor_handed_over (system, &self->target);
}

void
geminga_mailbox_set_aside (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaHandover *handover = peek (self);
  GemingaTarget *successor = atomic_load (&handover->successor);
  gboolean has_ended;
  gboolean has_room;

  if (successor != NULL)
    {
      forward (handover, successor, message);
      return;
    }

  g_mutex_lock (&self->lock);
  has_ended = self->state == GEMINGA_MAILBOX_ENDED;
  has_room = handover->n_waiting < geminga_mailbox_get_limit (self);
  if (!has_ended && has_room)
    {
      geminga_inbox_add_last (&handover->waiting, &message->node);
      handover->n_waiting++;
    }
  g_mutex_unlock (&self->lock);

  if (has_ended)
    geminga_mailbox_refuse_ended (self, message);
  else if (!has_room)
    geminga_mailbox_refuse_full (self, message);
}

void
geminga_mailbox_foreach_set_aside_locked (GemingaMailbox *self,
                                          gboolean (*func) (GemingaMessage *message, gpointer data),
                                          gpointer data)
{
  GemingaHandover *handover = peek (self);

  if (handover != NULL)
    geminga_message_ring_foreach (handover->waiting, func, data);
}

gboolean
geminga_mailbox_cancel_waiting (GemingaMailbox *self, GemingaAsk *ask)
{
  GemingaHandover *handover = peek (self);
  GemingaMessage *message;

  if (handover == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  message = geminga_message_ring_remove (&handover->waiting, ask);
  if (message != NULL)
    handover->n_waiting--;
  g_mutex_unlock (&self->lock);

  if (message != NULL)
    geminga_message_free (message);

  return message != NULL;
}

gboolean
geminga_mailbox_pass_on (GemingaMailbox *self, GemingaMessage *message)
{
  GemingaHandover *handover = peek (self);
  GemingaTarget *successor = handover != NULL ? atomic_load (&handover->successor) : NULL;

  if (successor == NULL || is_for_itself (message))
    return FALSE;

  forward (handover, successor, message);

  return TRUE;
}

/* By now it is settled that it has ended: nothing is added any more. */
void
geminga_mailbox_end_handover (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);
  g_autoptr (GPtrArray) forwarded = NULL;
  GemingaInboxNode *waiting;

  if (handover == NULL)
    return;

  g_mutex_lock (&self->lock);
  forwarded = g_steal_pointer (&handover->forwarded);
  g_mutex_unlock (&self->lock);
  answer_save (handover, NULL,
               g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                            "Actor “%s” ended before it saved its state",
                            geminga_target_get_id (&self->target)));
  waiting = steal_waiting (handover);
  while (waiting != NULL)
    geminga_mailbox_refuse_ended (self, (GemingaMessage *) geminga_inbox_take_first (&waiting));
}

void
geminga_handover_free (GemingaHandover *self)
{
  GemingaTarget *successor = atomic_load (&self->successor);
  GemingaAsk *ask = atomic_load (&self->ask);

  geminga_loop_disarm (self->mailbox->loop, &self->timer);
  g_clear_pointer (&ask, geminga_ask_unref);
  g_clear_pointer (&self->forwarded, g_ptr_array_unref);
  g_clear_pointer (&successor, geminga_target_unref);
  g_free (self);
}

/* Private API */

gboolean
geminga_mailbox_is_paused (GemingaMailbox *self)
{
  return atomic_load (&self->state) == GEMINGA_MAILBOX_PAUSED;
}

gboolean
geminga_mailbox_keeps_queue (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);

  return geminga_mailbox_is_paused (self) && handover != NULL &&
         atomic_load (&handover->successor) == NULL;
}

GemingaTarget *
geminga_mailbox_peek_successor (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);

  return handover != NULL ? atomic_load (&handover->successor) : NULL;
}

gboolean
geminga_mailbox_awaits_forwarded (GemingaMailbox *self)
{
  GemingaHandover *handover = peek (self);
  gboolean awaits = FALSE;

  if (handover == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  if (handover->forwarded != NULL)
    {
      sift_locked (handover);
      awaits = handover->forwarded->len > 0;
    }
  g_mutex_unlock (&self->lock);

  return awaits;
}
