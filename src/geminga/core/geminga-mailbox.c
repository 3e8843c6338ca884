/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-actor-links-private.h"
#include "geminga-actor-private.h"
#include "geminga-actor-state-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"
#include "geminga-halts-private.h"
#include "geminga-saved-state-private.h"
#include "geminga-system-private.h"
#include "geminga-trace-private.h"

/* After so many messages other actors of the loop get their turn. */
#define BATCH 64

/* What fits in the mailbox's n_holds. */
#define MAX_FEW_HOLDS 127

/*
 * Only one thread takes messages out of the inbox: the loop's, until the actor has ended. From then
 * on it is whoever posts, under the lock. A killer ends the actor from outside if the loop's thread is
 * caught in a handler, and the loop's thread keeps off when the handler does return.
 */
enum
{
  CONSUMER_LOOP,
  CONSUMER_HANDLER,
  CONSUMER_POSTERS,
};

/* Helpers: life */

static void
schedule (GemingaMailbox *self, GemingaThread *thread)
{
  geminga_loop_post_from (self->loop, &self->item, thread);
}

/* FALSE: it is that far already, or has been killed meanwhile. */
static gboolean
advance (GemingaMailbox *self, GemingaMailboxState state)
{
  guint8 now = atomic_load (&self->state);

  while (now < state)
    if (atomic_compare_exchange_weak (&self->state, &now, (guint8) state))
      return TRUE;

  return FALSE;
}

/* What is noted first counts, unless it is replaced by what the actor itself says. */
static void
note_failure_locked (GemingaMailbox *self,
                     GError *failure,
                     GemingaExitReason reason,
                     gboolean is_replacing)
{
  GemingaMailboxExtras *extras = geminga_mailbox_get_extras_locked (self);

  if (self->state == GEMINGA_MAILBOX_ENDED || (extras->failure != NULL && !is_replacing))
    {
      g_error_free (failure);
      return;
    }

  g_clear_error (&extras->failure);
  extras->failure = failure;
  self->reason = (guint8) reason;
}

/* The actor is gone: nobody waits for it any more. Its object may have called this: it goes later. */
static void
end (GemingaMailbox *self)
{
  g_autoptr (GemingaSystem) system = NULL;
  gboolean is_ours;

  g_mutex_lock (&self->lock);
  is_ours = advance (self, GEMINGA_MAILBOX_ENDED);
  g_mutex_unlock (&self->lock);
  if (!is_ours)
    return;

  if (self->has_system)
    system = self->target.system;
  self->has_system = false;
  atomic_fetch_or (&self->detours, GEMINGA_MAILBOX_IS_CLOSED);
  if (system != NULL)
    geminga_system_actor_ending (system, &self->target);

  geminga_mailbox_end_traces (self);
  geminga_mailbox_stop_children (self);
  geminga_mailbox_refuse_waiting (self);
  if (self->actor != NULL)
    geminga_actor_detach (self->actor);
  geminga_mailbox_answer_waits (self);
  if (system != NULL)
    geminga_system_actor_ended (system, &self->target, geminga_mailbox_get_failure (self));
  if (geminga_inbox_wake (&self->inbox))
    schedule (self, geminga_thread_get ());
}

/* FALSE: a killer has taken over, and the actor has ended. */
static gboolean
return_from_handler (GemingaMailbox *self)
{
  guint8 expected = CONSUMER_HANDLER;

  if (atomic_compare_exchange_strong (&self->consumer, &expected, CONSUMER_LOOP))
    return TRUE;

  /* It may not have come to the end yet. */
  g_mutex_lock (&self->lock);
  g_mutex_unlock (&self->lock);

  return FALSE;
}

/* The same for all other code of the actor. FALSE: it is in a handler already, or has no thread. */
static gboolean
enter_code (GemingaMailbox *self)
{
  guint8 expected = CONSUMER_LOOP;

  return (atomic_load (&self->detours) & GEMINGA_MAILBOX_HAS_THREAD) != 0 &&
         atomic_compare_exchange_strong (&self->consumer, &expected, CONSUMER_HANDLER);
}

static void
leave_code (GemingaMailbox *self, gboolean was_entered)
{
  if (was_entered)
    return_from_handler (self);
}

/* What its predecessor has left. FALSE: it cannot go on from there. */
static gboolean
restore (GemingaMailbox *self, GUnixFDList *saved, GError **error)
{
  g_autoptr (GVariant) state = geminga_saved_state_unpack (saved, error);

  return state != NULL && geminga_actor_run_restore_state (self->actor, state, error);
}

static void
run_start (GemingaMailbox *self, GError **error)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);
  g_autoptr (GUnixFDList) saved = extras != NULL ? g_steal_pointer (&extras->saved) : NULL;

  self->actor = geminga_actor_make (self, extras != NULL ? extras->properties : NULL, error);
  if (extras != NULL)
    g_clear_pointer (&extras->properties, g_variant_unref);
  if (self->actor != NULL && saved != NULL && !restore (self, saved, error))
    {
      geminga_actor_detach (self->actor);
      g_clear_object (&self->actor);
    }
  if (self->actor != NULL)
    geminga_actor_run_started (self->actor);
}

static void
start (GemingaMailbox *self)
{
  g_autoptr (GError) error = NULL;
  gboolean was_entered;

  if (!advance (self, GEMINGA_MAILBOX_STARTING))
    return;

  self->started_at = g_get_real_time ();
  was_entered = enter_code (self);
  run_start (self, &error);
  leave_code (self, was_entered);
  if (self->actor == NULL)
    {
      geminga_mailbox_fail (self, error);
      return;
    }

  if (!advance (self, GEMINGA_MAILBOX_RUNNING))
    return;

  geminga_mailbox_begin_selecting (self);
  if (!self->is_ready_delayed)
    geminga_mailbox_announce_ready (self);
}

/* Helpers: messages */

/* There is one writer: no exchange is needed. */
static void
note_taken (GemingaMailbox *self)
{
  guint n = atomic_load_explicit (&self->n_taken, memory_order_relaxed) + 1;

  atomic_store_explicit (&self->n_taken, n, memory_order_release);
  if (G_UNLIKELY (n == 0))
    geminga_mailbox_get_extras (self)->n_taken_more += (guint64) G_MAXUINT + 1;
}

/* The actor is not running, or not for everything. */
static gboolean
may_dispatch (GemingaMailbox *self, GemingaMessage *message)
{
  if (self->state == GEMINGA_MAILBOX_SELECTIVE)
    return geminga_mailbox_selects (self, message);

  if (self->state == GEMINGA_MAILBOX_PAUSED)
    geminga_mailbox_set_aside (self, message);
  else
    geminga_mailbox_refuse_ended (self, message);

  return FALSE;
}

static void
dispatch (GemingaMailbox *self, GemingaMessage *message, guint8 detours)
{
  gboolean is_traced = (detours & GEMINGA_MAILBOX_IS_TRACED) != 0;

  geminga_actor_dispatch (self->actor, message,
                          is_traced ? geminga_trace_received (self, message) : 0);
}

/* In a thread of its own a handler may be caught for ever: let a killer take over meanwhile. */
static gboolean
handle_call (GemingaMailbox *self, GemingaMessage *message)
{
  guint8 detours = atomic_load_explicit (&self->detours, memory_order_relaxed);

  note_taken (self);
  if (self->state != GEMINGA_MAILBOX_RUNNING && !may_dispatch (self, message))
    return TRUE;
  if (message->ask != NULL && geminga_ask_is_answered (message->ask))
    {
      geminga_message_free (message);
      return TRUE;
    }

  if (G_LIKELY (detours == 0))
    {
      geminga_actor_dispatch (self->actor, message, 0);
      return TRUE;
    }
  if ((detours & GEMINGA_MAILBOX_HAS_THREAD) == 0)
    {
      dispatch (self, message, detours);
      return TRUE;
    }

  atomic_store (&self->consumer, CONSUMER_HANDLER);
  dispatch (self, message, detours);

  return return_from_handler (self);
}

/* What may run the actor's code waits while it makes way for a successor. FALSE: it does not. */
static gboolean
defer_told (GemingaMailbox *self, GemingaMessage *message)
{
  if (self->state != GEMINGA_MAILBOX_PAUSED ||
      (message->kind != GEMINGA_MESSAGE_TOLD && message->kind != GEMINGA_MESSAGE_LINK_ENDED))
    return FALSE;

  geminga_mailbox_set_aside (self, message);

  return TRUE;
}

static void
handle_handover (GemingaMailbox *self, GemingaMessage *message)
{
  gboolean was_entered = enter_code (self);

  if (message->kind == GEMINGA_MESSAGE_SAVE)
    geminga_mailbox_save (self, message);
  else if (message->kind == GEMINGA_MESSAGE_RESUME)
    geminga_mailbox_resume (self);
  else
    geminga_mailbox_hand_over (self, message);
  leave_code (self, was_entered);
}

/* The actor's code runs in its loop only, and not after its end. */
static void
handle_told (GemingaMailbox *self, GemingaMessage *message)
{
  gboolean was_entered;

  if (self->state == GEMINGA_MAILBOX_ENDED || self->actor == NULL)
    return;

  was_entered = enter_code (self);
  geminga_actor_handle_told (self->actor, message);
  leave_code (self, was_entered);
}

static void
note_killed (GemingaMailbox *self)
{
  g_mutex_lock (&self->lock);
  note_failure_locked (self,
                       g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "Actor “%s” was killed",
                                    geminga_target_get_id (&self->target)),
                       GEMINGA_EXIT_REASON_KILLED, FALSE);
  g_mutex_unlock (&self->lock);
}

static void
handle_urgent (GemingaMailbox *self, GemingaMessage *message)
{
  if (defer_told (self, message))
    return;

  switch (message->kind)
    {
    case GEMINGA_MESSAGE_READY:
    case GEMINGA_MESSAGE_EXIT:
    case GEMINGA_MESSAGE_WATCH:
      geminga_mailbox_add_wait (self, message);
      break;
    case GEMINGA_MESSAGE_CANCEL:
      geminga_mailbox_forget_wait (self, message->ask);
      geminga_mailbox_cancel_call (self, message->ask);
      break;
    case GEMINGA_MESSAGE_LINK:
    case GEMINGA_MESSAGE_UNLINK:
    case GEMINGA_MESSAGE_LINK_ENDED:
    case GEMINGA_MESSAGE_TOLD:
      handle_told (self, message);
      break;
    case GEMINGA_MESSAGE_SAVE:
    case GEMINGA_MESSAGE_RESUME:
    case GEMINGA_MESSAGE_FORWARD:
      handle_handover (self, message);
      break;
    case GEMINGA_MESSAGE_STOP:
      geminga_mailbox_stop (self);
      break;
    case GEMINGA_MESSAGE_KILL:
      note_killed (self);
      end (self);
      break;
    case GEMINGA_MESSAGE_CALL:
    case GEMINGA_MESSAGE_TELL:
    default:
      g_assert_not_reached ();
    }

  geminga_message_free (message);
}

static void
handle_dead (GemingaMailbox *self, GemingaMessage *message)
{
  if (message->kind != GEMINGA_MESSAGE_CALL)
    handle_urgent (self, message);
  else
    geminga_mailbox_refuse_ended (self, message);
}

/*
 * Nothing comes from actors of the loop any more. What did must not be left to other threads: its senders
 * are held without atomic operations.
 */
static void
empty_taken (GemingaMailbox *self)
{
  geminga_inbox_take_shared (&self->inbox, &self->taken);
  while (self->taken.urgent != NULL)
    handle_dead (self, (GemingaMessage *) geminga_inbox_take_first (&self->taken.urgent));
  while (self->taken.normal != NULL)
    handle_dead (self, (GemingaMessage *) geminga_inbox_take_first (&self->taken.normal));
}

/* Nobody's loop runs this mailbox any more: whoever posts empties it. */
static void
drain_dead (GemingaMailbox *self)
{
  GemingaInboxNode *node;

  do
    {
      g_mutex_lock (&self->lock);
      node = geminga_inbox_pop (&self->inbox, &self->taken);
      g_mutex_unlock (&self->lock);

      if (node != NULL)
        handle_dead (self, (GemingaMessage *) node);
    }
  while (node != NULL);
}

/* Takes one message out. FALSE: there is none, or this thread may not take any more. */
static gboolean
run_one (GemingaMailbox *self)
{
  GemingaMessage *message;

  if (atomic_load_explicit (&self->has_urgent, memory_order_relaxed) &&
      atomic_exchange (&self->has_urgent, FALSE))
    geminga_inbox_take_shared (&self->inbox, &self->taken);
  message = (GemingaMessage *) geminga_inbox_pop (&self->inbox, &self->taken);
  if (message == NULL && self->limit == 0)
    message = geminga_mailbox_take_queued (self);
  if (message == NULL)
    return FALSE;
  if (message->kind == GEMINGA_MESSAGE_CALL)
    return handle_call (self, message);

  handle_urgent (self, message);

  return TRUE;
}

/*
 * The actor has ended, by itself or by the hand of a killer while a handler did not return. From now
 * on whoever posts empties the mailbox, so that nobody depends on the loop, which may end as well. The
 * inbox never gets idle: the mailbox comes to the loop no more.
 */
static void
retire (GemingaMailbox *self)
{
  g_autoptr (GemingaActor) actor = g_steal_pointer (&self->actor);
  g_autoptr (GemingaSystem) system = NULL;
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  g_mutex_lock (&self->lock);
  if (self->has_system)
    system = self->target.system;
  self->has_system = false;
  g_mutex_unlock (&self->lock);

  /* A killer may not have come to it yet, and the actor lets go of its calls now. */
  geminga_mailbox_fail_open_calls (self);
  if (actor != NULL)
    geminga_actor_detach (actor);

  if (atomic_load (&self->consumer) != CONSUMER_POSTERS)
    empty_taken (self);
  atomic_store (&self->consumer, CONSUMER_POSTERS);
  drain_dead (self);
  if (extras != NULL && extras->wanted != NULL)
    geminga_halts_remove_shut (geminga_loop_get_halts (self->loop), self);
  geminga_loop_remove_actor (self->loop);
  if (extras != NULL && extras->main_loop != NULL)
    g_main_loop_quit (extras->main_loop);
  g_clear_object (&actor);
  geminga_target_unref_locally (&self->target);
}

/* What goes into the queue wakes the inbox afterwards: look again. FALSE: there is something. */
static gboolean
rest (GemingaMailbox *self)
{
  if (!geminga_inbox_rest (&self->inbox, &self->taken))
    return FALSE;

  return self->limit > 0 || !geminga_mailbox_has_queued (self) ||
         !geminga_inbox_wake (&self->inbox);
}

void
geminga_mailbox_run_some (GemingaMailbox *self, guint max)
{
  guint n_messages = 0;

  if (G_UNLIKELY (self->state == GEMINGA_MAILBOX_NEW))
    start (self);
  while (self->state != GEMINGA_MAILBOX_ENDED && n_messages < max && run_one (self))
    n_messages++;

  if (self->state == GEMINGA_MAILBOX_ENDED)
    retire (self);
  else if (!rest (self))
    schedule (self, geminga_thread_get ());
}

static void
mailbox_run (GemingaLoopItem *item)
{
  geminga_mailbox_run_some (geminga_mailbox_from_item (item), BATCH);
}

/*
 * The loop's thread does not come back from a handler: end the actor without it. The handler may
 * still use the actor and its system: they are left to it, and so is the loop. It may also be ending
 * the actor right now.
 */
static void
take_over (GemingaMailbox *self)
{
  g_autoptr (GemingaSystem) system = NULL;
  guint8 expected = CONSUMER_HANDLER;

  /* Whoever sees that the loop is not the consumer any more waits for the lock first. */
  g_mutex_lock (&self->lock);
  if (atomic_compare_exchange_strong (&self->consumer, &expected, CONSUMER_POSTERS))
    {
      note_failure_locked (self,
                           g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                        "Actor “%s” was killed while its handler did not return",
                                        geminga_target_get_id (&self->target)),
                           GEMINGA_EXIT_REASON_KILLED, FALSE);
      if (advance (self, GEMINGA_MAILBOX_ENDED))
        system = g_object_ref (self->target.system);
    }
  g_mutex_unlock (&self->lock);

  if (system == NULL)
    return;

  atomic_fetch_or (&self->detours, GEMINGA_MAILBOX_IS_CLOSED);
  geminga_system_actor_ending (system, &self->target);
  geminga_mailbox_end_traces (self);
  geminga_mailbox_stop_children (self);
  geminga_mailbox_refuse_waiting (self);
  geminga_mailbox_answer_waits (self);
  geminga_system_actor_ended (system, &self->target, geminga_mailbox_get_failure (self));
}

/* GemingaTarget */

/*
 * From one actor to another of its loop. The loop's thread is the consumer as long as the actor has
 * not ended, and nobody takes that from it: no message needs more than plain stores.
 */
static void
post_here (GemingaMailbox *self, GemingaMessage *message, GemingaThread *thread)
{
  guint n = atomic_load_explicit (&self->n_from_here, memory_order_relaxed);

  if (!geminga_mailbox_is_unbounded (self) && geminga_mailbox_get_length (self) >= self->limit)
    {
      geminga_mailbox_post_to_full (self, message);
      return;
    }

  atomic_store_explicit (&self->n_from_here, n + 1, memory_order_relaxed);
  if (geminga_inbox_append (&self->inbox, &self->taken, &message->node))
    schedule (self, thread);
}

void
geminga_mailbox_post (GemingaTarget *target, GemingaMessage *message)
{
  GemingaMailbox *self = (GemingaMailbox *) target;
  GemingaThread *thread = geminga_thread_get ();
  gboolean is_kill = message->kind == GEMINGA_MESSAGE_KILL;
  gboolean is_urgent;
  gboolean is_first;

  if (message->kind == GEMINGA_MESSAGE_CALL)
    {
      if (geminga_mailbox_is_closed (self))
        {
          geminga_mailbox_refuse_ended (self, message);
          return;
        }
      if (thread->actor != NULL && geminga_mailbox_is_here (target, thread))
        {
          post_here (self, message, thread);
          return;
        }
      if (!geminga_mailbox_count_from_elsewhere (self))
        {
          geminga_mailbox_post_to_full (self, message);
          return;
        }
    }
  else if (message->kind == GEMINGA_MESSAGE_TELL)
    {
      geminga_mailbox_post_awaited (self, message);
      if (atomic_load (&self->consumer) == CONSUMER_POSTERS)
        drain_dead (self);
      return;
    }

  is_urgent = message->node.is_urgent;
  is_first = geminga_inbox_push (&self->inbox, &message->node);
  if (is_urgent)
    atomic_store (&self->has_urgent, TRUE);
  if (is_first)
    schedule (self, thread);
  if (is_kill)
    take_over (self);
  if (atomic_load (&self->consumer) == CONSUMER_POSTERS)
    drain_dead (self);
}

static void
mailbox_free (GemingaTarget *target)
{
  GemingaMailbox *self = (GemingaMailbox *) target;
  GemingaMailboxExtras *extras;
  GemingaInboxNode *node;

  while ((node = geminga_inbox_pop (&self->inbox, &self->taken)) != NULL)
    geminga_mailbox_refuse_ended (self, (GemingaMessage *) node);
  geminga_mailbox_refuse_waiting (self);

  extras = atomic_load (&self->extras);
  if (extras != NULL)
    geminga_mailbox_extras_free (extras);
  if (self->has_system)
    g_object_unref (self->target.system);
  if (self->consumer != CONSUMER_POSTERS) /* it was never run */
    geminga_loop_remove_actor (self->loop);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
mailbox_has_ended (GemingaTarget *target)
{
  return geminga_mailbox_is_closed ((GemingaMailbox *) target);
}

static char *
mailbox_make_id (GemingaTarget *target)
{
  return g_strdup_printf ("%s-%u", g_type_name (target->type), target->number);
}

static const GemingaTargetClass mailbox_class = {
  .post = geminga_mailbox_post,
  .free = mailbox_free,
  .has_ended = mailbox_has_ended,
  .make_id = mailbox_make_id,
};

static const GemingaTargetClass scheduled_class = {
  .post = geminga_mailbox_post_scheduled,
  .free = mailbox_free,
  .has_ended = mailbox_has_ended,
  .make_id = mailbox_make_id,
};

/* Private API */

GemingaMailbox *
geminga_mailbox_new (GemingaSystem *system,
                     guint32 node,
                     GemingaLoop *loop,
                     GType type,
                     const char *id,
                     GemingaPlacement placement,
                     GVariant *properties)
{
  GemingaMailbox *self = g_new0 (GemingaMailbox, 1);
  GemingaActorClass *klass = g_type_class_peek (type);
  gboolean is_scheduled = geminga_loop_has_scheduler (loop);

  if (klass == NULL)
    klass = g_type_class_ref (type); /* for good */
  geminga_target_init (&self->target, is_scheduled ? &scheduled_class : &mailbox_class,
                       g_object_ref (system), node, id);
  self->target.type = type;
  self->has_system = true;
  self->item.run = is_scheduled ? geminga_mailbox_run_scheduled : mailbox_run;
  geminga_inbox_init (&self->inbox, &self->taken);
  g_mutex_init (&self->lock);
  self->loop = geminga_loop_ref (loop);
  geminga_loop_add_actor (loop);
  self->limit = klass->mailbox_limit;
  if (klass->mailbox_policy != GEMINGA_MAILBOX_POLICY_FAIL_CALLER || klass->has_urgent_commands)
    geminga_mailbox_make_queue (self, klass->mailbox_policy);
  self->placement = (guint8) placement;
  if (properties != NULL)
    geminga_mailbox_get_extras (self)->properties = g_variant_ref (properties);

  return self;
}

gboolean
geminga_target_is_mailbox (GemingaTarget *target)
{
  return target->klass->free == mailbox_free;
}

gboolean
geminga_mailbox_is_here (GemingaTarget *target, GemingaThread *thread)
{
  GemingaMailbox *self = (GemingaMailbox *) target;

  return geminga_target_is_mailbox (target) && self->loop == thread->dispatching &&
         (atomic_load_explicit (&self->detours, memory_order_relaxed) &
          GEMINGA_MAILBOX_HAS_THREAD) == 0;
}

gboolean
geminga_mailbox_is_item (const GemingaLoopItem *item)
{
  return item->run == mailbox_run;
}

GemingaSystem *
geminga_mailbox_get_system (GemingaMailbox *self)
{
  return self->has_system ? self->target.system : NULL;
}

void
geminga_mailbox_start (GemingaMailbox *self)
{
  geminga_target_ref (&self->target);
  schedule (self, geminga_thread_get ());
}

void
geminga_mailbox_stop (GemingaMailbox *self)
{
  gboolean was_entered;

  if (self->state == GEMINGA_MAILBOX_NEW)
    {
      end (self);
      return;
    }
  if (!advance (self, GEMINGA_MAILBOX_STOPPING))
    return;

  geminga_mailbox_hold (self);
  was_entered = enter_code (self);
  geminga_actor_run_stopping (self->actor);
  leave_code (self, was_entered);
  geminga_mailbox_release (self);
}

static void
fail_for (GemingaMailbox *self, const GError *error, GemingaExitReason reason)
{
  g_mutex_lock (&self->lock);
  note_failure_locked (self, g_error_copy (error), reason, TRUE);
  g_mutex_unlock (&self->lock);
  if (self->actor != NULL)
    geminga_mailbox_stop (self);
  else
    end (self);
}

void
geminga_mailbox_fail (GemingaMailbox *self, const GError *error)
{
  fail_for (self, error, GEMINGA_EXIT_REASON_FAILED);
}

void
geminga_mailbox_end_linked (GemingaMailbox *self, const GError *error)
{
  if (self->state < GEMINGA_MAILBOX_STOPPING)
    fail_for (self, error, GEMINGA_EXIT_REASON_LINKED);
}

/* Few actors are held often at once: the others do not pay for the rest of the number. */
void
geminga_mailbox_hold (GemingaMailbox *self)
{
  if (G_LIKELY (self->n_holds < MAX_FEW_HOLDS))
    self->n_holds++;
  else
    geminga_mailbox_get_extras (self)->n_more_holds++;
}

static void
mailbox_end_if_released (GemingaMailbox *self)
{
  if (self->state == GEMINGA_MAILBOX_STOPPING && self->n_holds == 0)
    end (self);
}

void
geminga_mailbox_release (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  g_return_if_fail (self->n_holds > 0);

  if (G_UNLIKELY (extras != NULL && extras->n_more_holds > 0))
    extras->n_more_holds--;
  else
    self->n_holds--;
  mailbox_end_if_released (self);
  /* Not from within the actor's code. */
  if (self->state == GEMINGA_MAILBOX_PAUSED)
    geminga_target_post (&self->target, geminga_message_new (GEMINGA_MESSAGE_SAVE, NULL));
}
