/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-actor-links-private.h"
#include "geminga-actor-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"
#include "geminga-system-private.h"

/* After so many messages other actors of the loop get their turn. */
#define BATCH 64

/*
 * Only one thread takes messages out of the queues: the loop's, until the actor has ended. From then
 * on it is whoever posts, under the lock. A killer ends the actor from outside if the loop's thread is
 * caught in a handler, and the loop's thread keeps off when the handler does return.
 */
enum
{
  CONSUMER_LOOP,
  CONSUMER_HANDLER,
  CONSUMER_POSTERS,
};

/* Helpers: open calls */

static void
unlink_open_call_locked (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  if (open_call->previous != NULL)
    open_call->previous->next = open_call->next;
  else
    self->open_calls = open_call->next;
  if (open_call->next != NULL)
    open_call->next->previous = open_call->previous;
}

static void
free_open_call (GemingaOpenCall *open_call)
{
  g_clear_object (&open_call->cancellable);
  geminga_ask_unref (open_call->ask);
  g_free (open_call);
}

static void
cancel_forwarded (GemingaMailbox *self, GemingaAsk *ask)
{
  g_autoptr (GemingaTarget) target = geminga_ask_ref_forwarded (ask);

  if (target != NULL && target != &self->target)
    geminga_target_post (target, geminga_message_new (GEMINGA_MESSAGE_CANCEL, ask));
}

static void
cancel_call (GemingaMailbox *self, GemingaAsk *ask)
{
  g_autoptr (GCancellable) cancellable = NULL;
  GemingaOpenCall *open_call;

  g_mutex_lock (&self->lock);
  for (open_call = self->open_calls; open_call != NULL; open_call = open_call->next)
    if (open_call->ask == ask)
      break;
  /* What is cancelled is cancelled in the actor's loop. */
  if (self->state == GEMINGA_MAILBOX_ENDED)
    open_call = NULL;
  if (open_call != NULL)
    {
      open_call->is_cancelled = TRUE;
      if (open_call->cancellable != NULL)
        cancellable = g_object_ref (open_call->cancellable);
    }
  g_mutex_unlock (&self->lock);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  else if (open_call == NULL)
    cancel_forwarded (self, ask);
}

static GPtrArray *
steal_open_asks (GemingaMailbox *self)
{
  GPtrArray *asks = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_ask_unref);

  g_mutex_lock (&self->lock);
  for (GemingaOpenCall *open_call = self->open_calls; open_call != NULL;
       open_call = open_call->next)
    g_ptr_array_add (asks, geminga_ask_ref (open_call->ask));
  g_mutex_unlock (&self->lock);

  return asks;
}

static void
fail_open_calls (GemingaMailbox *self)
{
  g_autoptr (GPtrArray) asks = steal_open_asks (self);

  for (guint i = 0; i < asks->len; i++)
    geminga_ask_answer (g_ptr_array_index (asks, i), NULL, NULL,
                        g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                     "Actor “%s” ended before it answered", self->target.id));
}

/* Helpers: life */

static void
schedule (GemingaMailbox *self)
{
  if (atomic_load (&self->is_scheduled) || atomic_exchange (&self->is_scheduled, TRUE))
    return;

  geminga_target_ref (&self->target);
  geminga_loop_post (self->loop, &self->item);
}

/* FALSE: it is that far already, or has been killed meanwhile. */
static gboolean
advance (GemingaMailbox *self, GemingaMailboxState state)
{
  GemingaMailboxState now = atomic_load (&self->state);

  while (now < state)
    if (atomic_compare_exchange_weak (&self->state, &now, state))
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
  if (self->state == GEMINGA_MAILBOX_ENDED || (self->failure != NULL && !is_replacing))
    {
      g_error_free (failure);
      return;
    }

  g_clear_error (&self->failure);
  self->failure = failure;
  self->reason = reason;
}

static void
stop_children (GemingaMailbox *self)
{
  g_autoptr (GPtrArray) children = NULL;

  g_mutex_lock (&self->lock);
  children = g_steal_pointer (&self->children);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; children != NULL && i < children->len; i++)
    geminga_target_post (g_ptr_array_index (children, i),
                         geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}

/* The actor is gone: nobody waits for it any more. */
static void
end (GemingaMailbox *self)
{
  g_autoptr (GemingaSystem) system = NULL;
  g_autoptr (GemingaActor) actor = NULL;
  gboolean is_ours;

  g_mutex_lock (&self->lock);
  is_ours = advance (self, GEMINGA_MAILBOX_ENDED);
  g_mutex_unlock (&self->lock);
  if (!is_ours)
    return;

  system = g_steal_pointer (&self->system);
  actor = g_steal_pointer (&self->actor);
  atomic_store (&self->is_closed, TRUE);
  if (system != NULL)
    geminga_system_remove (system, &self->target);

  stop_children (self);
  fail_open_calls (self);
  if (actor != NULL)
    geminga_actor_detach (actor);
  g_clear_object (&actor);
  geminga_waits_answer_ended (&self->waits, self->target.id, self->reason, self->failure);
  if (system != NULL)
    geminga_system_actor_ended (system, &self->target, self->failure);
  schedule (self);
}

static void
announce_ready (GemingaMailbox *self)
{
  geminga_system_actor_started (self->system, &self->target);
  geminga_waits_answer_ready (&self->waits);
}

static void
start (GemingaMailbox *self)
{
  g_autoptr (GError) error = NULL;

  if (!advance (self, GEMINGA_MAILBOX_STARTING))
    return;

  self->started_at = g_get_real_time ();
  self->actor = geminga_actor_make (self, &error);
  g_clear_pointer (&self->properties, g_variant_unref);
  if (self->actor == NULL)
    {
      geminga_mailbox_fail (self, error);
      return;
    }

  geminga_actor_run_started (self->actor);
  if (advance (self, GEMINGA_MAILBOX_RUNNING) && !self->is_ready_delayed)
    announce_ready (self);
}

/* Helpers: messages */

static void
refuse (GemingaMailbox *self, GemingaMessage *message)
{
  geminga_message_refuse (message, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s” any more",
                          self->target.id);
}

/* In a thread of its own a handler may be caught for ever: let a killer take over meanwhile. */
static gboolean
handle_call (GemingaMailbox *self, GemingaMessage *message)
{
  int expected = CONSUMER_HANDLER;

  atomic_fetch_sub_explicit (&self->depth, 1, memory_order_relaxed);
  if (self->state != GEMINGA_MAILBOX_RUNNING)
    {
      refuse (self, message);
      return TRUE;
    }
  if (message->ask != NULL && geminga_ask_is_answered (message->ask))
    {
      geminga_message_free (message);
      return TRUE;
    }

  self->n_processed++;
  if (self->main_loop == NULL)
    {
      geminga_actor_dispatch (self->actor, message);
      return TRUE;
    }

  atomic_store (&self->consumer, CONSUMER_HANDLER);
  geminga_actor_dispatch (self->actor, message);

  return atomic_compare_exchange_strong (&self->consumer, &expected, CONSUMER_LOOP);
}

static void
handle_waiting_ask (GemingaMailbox *self, GemingaMessage *message)
{
  if (geminga_ask_is_answered (message->ask))
    return; /* it was cancelled before it came */

  geminga_waits_add (&self->waits, message->kind, message->ask);
  if (self->state == GEMINGA_MAILBOX_ENDED)
    geminga_waits_answer_ended (&self->waits, self->target.id, self->reason, self->failure);
  else if (self->state == GEMINGA_MAILBOX_RUNNING && !self->is_ready_delayed &&
           message->kind == GEMINGA_MESSAGE_READY)
    geminga_waits_answer_ready (&self->waits);
}

static void
note_killed (GemingaMailbox *self)
{
  g_mutex_lock (&self->lock);
  note_failure_locked (
      self,
      g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "Actor “%s” was killed", self->target.id),
      GEMINGA_EXIT_REASON_KILLED, FALSE);
  g_mutex_unlock (&self->lock);
}

static void
handle_urgent (GemingaMailbox *self, GemingaMessage *message)
{
  switch (message->kind)
    {
    case GEMINGA_MESSAGE_READY:
    case GEMINGA_MESSAGE_EXIT:
    case GEMINGA_MESSAGE_WATCH:
      handle_waiting_ask (self, message);
      break;
    case GEMINGA_MESSAGE_CANCEL:
      geminga_waits_forget (&self->waits, message->ask);
      cancel_call (self, message->ask);
      break;
    case GEMINGA_MESSAGE_LINK:
    case GEMINGA_MESSAGE_UNLINK:
    case GEMINGA_MESSAGE_LINK_ENDED:
    case GEMINGA_MESSAGE_TOLD:
      if (self->actor != NULL)
        geminga_actor_handle_told (self->actor, message);
      break;
    case GEMINGA_MESSAGE_START:
      start (self);
      break;
    case GEMINGA_MESSAGE_STOP:
      geminga_mailbox_stop (self);
      break;
    case GEMINGA_MESSAGE_KILL:
      note_killed (self);
      end (self);
      break;
    case GEMINGA_MESSAGE_CALL:
    default:
      g_assert_not_reached ();
    }

  geminga_message_free (message);
}

/* Nobody's loop runs this mailbox any more: whoever posts empties it. */
static void
drain_dead (GemingaMailbox *self)
{
  for (;;)
    {
      GemingaQueueNode *node;
      gboolean is_urgent;

      g_mutex_lock (&self->lock);
      node = geminga_queue_pop (&self->urgent);
      is_urgent = node != NULL;
      if (node == NULL)
        node = geminga_queue_pop (&self->messages);
      g_mutex_unlock (&self->lock);

      if (node == NULL)
        return;
      if (is_urgent)
        handle_urgent (self, (GemingaMessage *) node);
      else
        refuse (self, (GemingaMessage *) node);
    }
}

/* Takes one message out. FALSE: there is none, or this thread may not take any more. */
static gboolean
run_one (GemingaMailbox *self)
{
  GemingaQueueNode *node = geminga_queue_pop (&self->urgent);

  if (node != NULL)
    {
      handle_urgent (self, (GemingaMessage *) node);
      return TRUE;
    }

  node = geminga_queue_pop (&self->messages);
  if (node == NULL)
    return FALSE;

  return handle_call (self, (GemingaMessage *) node);
}

static gboolean
is_empty (GemingaMailbox *self)
{
  return geminga_queue_is_empty (&self->urgent) && geminga_queue_is_empty (&self->messages);
}

/*
 * The actor has ended, by itself or by the hand of a killer while a handler did not return. From now
 * on whoever posts empties the mailbox, so that nobody depends on the loop, which may end as well. The
 * mailbox stays scheduled: it comes to the loop no more.
 */
static void
retire (GemingaMailbox *self)
{
  g_autoptr (GemingaActor) actor = g_steal_pointer (&self->actor);
  g_autoptr (GemingaSystem) system = NULL;

  g_mutex_lock (&self->lock);
  system = g_steal_pointer (&self->system);
  g_mutex_unlock (&self->lock);

  /* A killer may not have come to it yet, and the actor lets go of its calls now. */
  fail_open_calls (self);
  if (actor != NULL)
    geminga_actor_detach (actor);

  atomic_store (&self->consumer, CONSUMER_POSTERS);
  drain_dead (self);
  geminga_loop_remove_actor (self->loop);
  if (self->main_loop != NULL)
    g_main_loop_quit (self->main_loop);
}

static void
mailbox_run (GemingaLoopItem *item)
{
  GemingaMailbox *self =
      (GemingaMailbox *) ((char *) item - G_STRUCT_OFFSET (GemingaMailbox, item));
  guint n_messages = 0;

  while (self->state != GEMINGA_MAILBOX_ENDED && n_messages < BATCH && run_one (self))
    n_messages++;

  if (self->state == GEMINGA_MAILBOX_ENDED)
    {
      retire (self);
      geminga_target_unref (&self->target);
      return;
    }

  if (n_messages < BATCH)
    {
      atomic_store (&self->is_scheduled, FALSE);
      if (is_empty (self) || atomic_exchange (&self->is_scheduled, TRUE))
        {
          geminga_target_unref (&self->target);
          return;
        }
    }

  geminga_loop_post (self->loop, &self->item);
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
  int expected = CONSUMER_HANDLER;

  /* Whoever sees that the loop is not the consumer any more waits for the lock first. */
  g_mutex_lock (&self->lock);
  if (atomic_compare_exchange_strong (&self->consumer, &expected, CONSUMER_POSTERS))
    {
      note_failure_locked (self,
                           g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                        "Actor “%s” was killed while its handler did not return",
                                        self->target.id),
                           GEMINGA_EXIT_REASON_KILLED, FALSE);
      if (advance (self, GEMINGA_MAILBOX_ENDED))
        system = g_object_ref (self->system);
    }
  g_mutex_unlock (&self->lock);

  if (system == NULL)
    return;

  atomic_store (&self->is_closed, TRUE);
  geminga_system_remove (system, &self->target);
  stop_children (self);
  fail_open_calls (self);
  geminga_waits_answer_ended (&self->waits, self->target.id, self->reason, self->failure);
  geminga_system_actor_ended (system, &self->target, self->failure);
}

/* GemingaTarget */

static void
mailbox_post (GemingaTarget *target, GemingaMessage *message)
{
  GemingaMailbox *self = (GemingaMailbox *) target;
  gboolean is_kill = message->kind == GEMINGA_MESSAGE_KILL;

  if (message->kind != GEMINGA_MESSAGE_CALL)
    {
      geminga_queue_push (&self->urgent, &message->node);
    }
  else if (atomic_load (&self->is_closed))
    {
      refuse (self, message);
      return;
    }
  else if (atomic_fetch_add_explicit (&self->depth, 1, memory_order_relaxed) >= self->limit)
    {
      atomic_fetch_sub_explicit (&self->depth, 1, memory_order_relaxed);
      geminga_message_refuse (message, GEMINGA_ERROR_MAILBOX_FULL,
                              "The mailbox of actor “%s” is full: %u messages wait", target->id,
                              self->limit);
      return;
    }
  else
    {
      geminga_queue_push (&self->messages, &message->node);
    }

  if (is_kill)
    take_over (self);
  if (atomic_load (&self->consumer) == CONSUMER_POSTERS)
    drain_dead (self);
  else
    schedule (self);
}

static void
mailbox_free (GemingaTarget *target)
{
  GemingaMailbox *self = (GemingaMailbox *) target;
  GemingaQueueNode *node;

  while ((node = geminga_queue_pop (&self->urgent)) != NULL ||
         (node = geminga_queue_pop (&self->messages)) != NULL)
    refuse (self, (GemingaMessage *) node);

  g_clear_pointer (&self->waits, geminga_waits_free);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_pointer (&self->properties, g_variant_unref);
  g_clear_pointer (&self->main_loop, g_main_loop_unref);
  g_clear_error (&self->failure);
  g_clear_object (&self->system);
  if (self->consumer != CONSUMER_POSTERS) /* it was never run */
    geminga_loop_remove_actor (self->loop);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
mailbox_has_ended (GemingaTarget *target)
{
  return atomic_load (&((GemingaMailbox *) target)->is_closed);
}

static const GemingaTargetClass mailbox_class = { mailbox_post, mailbox_free, mailbox_has_ended };

/* Private API */

gboolean
geminga_mailbox_is (GemingaTarget *target)
{
  return target->klass == &mailbox_class;
}

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
  g_autoptr (GemingaActorClass) klass = g_type_class_ref (type);

  geminga_target_init (&self->target, &mailbox_class, system, node, id);
  self->target.type = type;
  self->item.run = mailbox_run;
  geminga_queue_init (&self->messages);
  geminga_queue_init (&self->urgent);
  g_mutex_init (&self->lock);
  self->loop = geminga_loop_ref (loop);
  geminga_loop_add_actor (loop);
  self->limit = klass->mailbox_limit;
  self->system = g_object_ref (system);
  self->type = type;
  self->placement = placement;
  self->properties = properties != NULL ? g_variant_ref (properties) : NULL;

  return self;
}

static gpointer
run_thread (gpointer user_data)
{
  GemingaMailbox *self = user_data;
  g_autoptr (GMainContext) context = g_main_context_ref (g_main_loop_get_context (self->main_loop));

  g_main_context_push_thread_default (context);
  g_main_loop_run (self->main_loop);
  geminga_loop_run_down (self->loop);
  g_main_context_pop_thread_default (context);
  geminga_target_unref (&self->target);

  return NULL;
}

gboolean
geminga_mailbox_start_thread (GemingaMailbox *self, GMainContext *context, GError **error)
{
  GThread *thread;

  self->main_loop = g_main_loop_new (context, FALSE);
  thread =
      g_thread_try_new (self->target.id, run_thread, geminga_target_ref (&self->target), error);
  if (thread == NULL)
    {
      geminga_target_unref (&self->target);
      return FALSE;
    }

  g_thread_unref (thread);

  return TRUE;
}

void
geminga_mailbox_stop (GemingaMailbox *self)
{
  if (self->state == GEMINGA_MAILBOX_NEW)
    {
      end (self);
      return;
    }
  if (!advance (self, GEMINGA_MAILBOX_STOPPING))
    return;

  geminga_mailbox_hold (self);
  geminga_actor_run_stopping (self->actor);
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
  if (self->state <= GEMINGA_MAILBOX_RUNNING)
    fail_for (self, error, GEMINGA_EXIT_REASON_LINKED);
}

void
geminga_mailbox_delay_ready (GemingaMailbox *self)
{
  self->is_ready_delayed = self->state < GEMINGA_MAILBOX_RUNNING;
}

void
geminga_mailbox_become_ready (GemingaMailbox *self)
{
  gboolean was_delayed = self->is_ready_delayed;

  self->is_ready_delayed = FALSE;
  if (was_delayed && self->state == GEMINGA_MAILBOX_RUNNING)
    announce_ready (self);
}

void
geminga_mailbox_hold (GemingaMailbox *self)
{
  self->n_holds++;
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
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
  mailbox_end_if_released (self);
}

/* Forgets those that have ended now and then: there are never twice as many as could be alive. */
static void
add_child_locked (GemingaMailbox *self, GemingaTarget *child)
{
  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_target_unref);

  if (self->children->len >= self->max_children)
    {
      for (guint i = self->children->len; i > 0; i--)
        if (geminga_target_has_ended (g_ptr_array_index (self->children, i - 1)))
          g_ptr_array_remove_index_fast (self->children, i - 1);
      self->max_children = MAX (16, 2 * self->children->len);
    }

  g_ptr_array_add (self->children, geminga_target_ref (child));
}

void
geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child)
{
  gboolean is_late;

  g_mutex_lock (&self->lock);
  is_late = self->state == GEMINGA_MAILBOX_ENDED;
  if (!is_late)
    add_child_locked (self, child);
  g_mutex_unlock (&self->lock);

  if (is_late)
    geminga_target_post (child, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}

GemingaOpenCall *
geminga_mailbox_open_call (GemingaMailbox *self, GemingaAsk *ask)
{
  GemingaOpenCall *open_call = g_new0 (GemingaOpenCall, 1);

  open_call->ask = geminga_ask_ref (ask);
  g_mutex_lock (&self->lock);
  open_call->next = self->open_calls;
  if (self->open_calls != NULL)
    self->open_calls->previous = open_call;
  self->open_calls = open_call;
  g_mutex_unlock (&self->lock);

  return open_call;
}

void
geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  g_mutex_lock (&self->lock);
  unlink_open_call_locked (self, open_call);
  g_mutex_unlock (&self->lock);

  free_open_call (open_call);
}

GCancellable *
geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  GCancellable *cancellable;

  g_mutex_lock (&self->lock);
  if (open_call->cancellable == NULL)
    {
      open_call->cancellable = g_cancellable_new ();
      /* Nobody knows it yet, so nobody is called under the lock. */
      if (open_call->is_cancelled)
        g_cancellable_cancel (open_call->cancellable);
    }
  cancellable = open_call->cancellable;
  g_mutex_unlock (&self->lock);

  return cancellable;
}
