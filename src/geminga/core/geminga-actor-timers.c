/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-timers-private.h"

#include "geminga-actor-private.h"
#include "geminga-call-private.h"
#include "geminga-command-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"

/*
 * A timer that fires sends its actor a call, with an ask that tells when the call has been handled, or
 * refused. Until then a periodic timer sends no other one; and what has been sent is not handled if the
 * timer is removed meanwhile, because nobody waits for it any more.
 */

/* When what a full mailbox has refused is sent again, in microseconds. */
#define RETRY (10 * G_TIME_SPAN_MILLISECOND)

/* What waits for the answer to a timer's call. */
typedef struct
{
  GemingaAsk parent;
  GemingaTarget *actor;    /* (owned) */
  GemingaCommand *command; /* borrowed from the class */
  atomic_bool is_refused;  /* the mailbox was full */
} Tick;

typedef struct
{
  guint ref_count;
  GemingaTimer timer;
  GemingaActorTimers *timers; /* (nullable): it was removed */
  guint id;
  gint64 interval; /* microseconds */
  GemingaTimerFlags flags;
  GemingaCommand *command; /* borrowed from the class */
  GVariant *arguments;     /* (owned) (nullable) */
  GemingaActorFunc func;   /* (nullable): the command runs it */
  gpointer user_data;
  GDestroyNotify notify; /* (nullable) */
  Tick *tick;            /* (owned) (nullable): what was sent last */
} ActorTimer;

struct _GemingaActorTimers
{
  GemingaMailbox *mailbox; /* its actor owns this */
  GHashTable *by_id;       /* (owned) (element-type ActorTimer) */
  GQueue sent; /* (element-type guint): ids of those that have fired for the last time */
  guint last_id;
  guint periodic_id; /* of what runs periodic(); 0: nothing does */
};

/* GemingaAsk */

static void
tick_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  Tick *self = (Tick *) ask;

  if (error != NULL && !g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DROPPED))
    g_info ("Command %s sent to actor “%s” by its timer failed: %s", self->command->name,
            geminga_target_get_id (self->actor), error->message);
  atomic_store (&self->is_refused,
                g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL));

  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  g_clear_error (&error);
}

static void
tick_free (GemingaAsk *ask)
{
  geminga_target_unref (((Tick *) ask)->actor);
}

static const GemingaAskClass tick_class = { sizeof (Tick), tick_deliver, tick_free };

/* Helpers */

static void
unref_timer (ActorTimer *self)
{
  if (--self->ref_count > 0)
    return;

  if (self->notify != NULL)
    self->notify (self->user_data);
  g_clear_pointer (&self->arguments, g_variant_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ActorTimer, unref_timer)

static void
drop_tick (ActorTimer *self)
{
  Tick *tick = g_steal_pointer (&self->tick);

  if (tick == NULL)
    return;

  atomic_store (&tick->parent.is_answered, TRUE);
  geminga_ask_unref (&tick->parent);
}

/* It is out of the table. */
static void
timer_removed (gpointer data)
{
  ActorTimer *self = data;

  geminga_loop_disarm (self->timers->mailbox->loop, &self->timer);
  self->timers = NULL;
  drop_tick (self);
  unref_timer (self);
}

static ActorTimer *
lookup (GemingaActorTimers *self, guint id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

/* What was sent has not been handled yet. */
static gboolean
is_waiting (ActorTimer *self)
{
  return self->tick != NULL && !geminga_ask_is_answered (&self->tick->parent);
}

/* Those that have fired, and were handled, are kept no longer. */
static void
forget_handled (GemingaActorTimers *self)
{
  while (!g_queue_is_empty (&self->sent))
    {
      guint id = GPOINTER_TO_UINT (g_queue_peek_head (&self->sent));
      ActorTimer *timer = lookup (self, id);

      if (timer != NULL && is_waiting (timer))
        return;
      g_queue_pop_head (&self->sent);
      g_hash_table_remove (self->by_id, GUINT_TO_POINTER (id));
    }
}

static void
send_tick (ActorTimer *self)
{
  GemingaTarget *actor = &self->timers->mailbox->target;
  GemingaMessage *message;

  drop_tick (self);
  self->tick = geminga_ask_alloc (&tick_class);
  self->tick->actor = geminga_target_ref (actor);
  self->tick->command = self->command;

  message = geminga_message_new (GEMINGA_MESSAGE_CALL, &self->tick->parent);
  message->declaration = self->command;
  if (self->arguments != NULL)
    message->arguments = g_variant_ref (self->arguments);
  message->sender = geminga_target_ref (actor);
  geminga_target_post (actor, message);
}

static void
arm (ActorTimer *self, gint64 deadline)
{
  geminga_loop_arm (self->timers->mailbox->loop, &self->timer, deadline);
}

static void
fire_once (ActorTimer *self, gint64 now)
{
  GemingaActorTimers *timers = self->timers;

  send_tick (self);
  if (atomic_load (&self->tick->is_refused))
    {
      arm (self, now + RETRY);
      return;
    }

  forget_handled (timers);
  g_queue_push_tail (&timers->sent, GUINT_TO_POINTER (self->id));
}

/* From when it was due, not from now: it does not drift, and skips what has passed already. */
static void
fire_again (ActorTimer *self, gint64 now)
{
  gint64 due = self->timer.deadline;

  arm (self, due + self->interval * (1 + (now - due) / self->interval));
  if (!is_waiting (self))
    send_tick (self);
}

static void
timer_passed (gpointer user_data)
{
  ActorTimer *self = user_data;
  gint64 now = geminga_loop_get_time (self->timers->mailbox->loop);

  if ((self->flags & GEMINGA_TIMER_FLAGS_PERIODIC) != 0)
    fire_again (self, now);
  else
    fire_once (self, now);
}

/* What runs the function of a timer that has no command. */
static void
handle_run_timer (GemingaActor *actor, GemingaCall *call)
{
  GemingaActorTimers *timers = geminga_actor_peek_timers (actor);
  ActorTimer *timer;
  guint id;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &id);
  timer = timers != NULL ? lookup (timers, id) : NULL;
  if (timer != NULL)
    {
      g_autoptr (ActorTimer) kept = timer;

      timer->ref_count++;
      timer->func (actor, timer->user_data);
    }
  geminga_call_return_value (call, NULL);
  timers = geminga_actor_peek_timers (actor);
  if (timers != NULL)
    forget_handled (timers);
}

static gpointer
make_run_timer (gpointer data)
{
  const GemingaCommandEntry entry = {
    "_RunTimer", "(u)", NULL, "id", NULL, GEMINGA_COMMAND_FLAGS_PRIVATE, handle_run_timer
  };

  return geminga_command_new_from_entry (&entry);
}

/* Of no class: only timers send it. */
static GemingaCommand *
get_run_timer (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_run_timer, NULL);
}

static gboolean
check_time (GemingaActor *self, guint interval, GemingaTimerFlags flags, GError **error)
{
  if (geminga_actor_get_mailbox (self)->state >= GEMINGA_MAILBOX_STOPPING)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                   "Actor “%s” ends: it gets no timers any more", geminga_actor_get_id (self));
      return FALSE;
    }
  if (interval == 0 && (flags & GEMINGA_TIMER_FLAGS_PERIODIC) != 0)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "A periodic timer of actor “%s” needs an interval", geminga_actor_get_id (self));
      return FALSE;
    }

  return TRUE;
}

static GemingaCommand *
check_command (GemingaActor *self, const char *name, GVariant *arguments, GError **error)
{
  GemingaCommand *command = geminga_interface_find_command (G_OBJECT_TYPE (self), name);

  if (command == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND,
                   "Actor “%s” of class %s has no command “%s”", geminga_actor_get_id (self),
                   G_OBJECT_TYPE_NAME (self), name);
      return NULL;
    }
  if (!g_variant_is_of_type (arguments, command->argument_type))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Command %s of actor “%s” takes arguments of type “%s”, not “%s”", name,
                   geminga_actor_get_id (self), (const char *) command->argument_type,
                   g_variant_get_type_string (arguments));
      return NULL;
    }

  return command;
}

/* Never 0, and none that is in use. */
static guint
choose_id (GemingaActorTimers *self)
{
  do
    self->last_id++;
  while (self->last_id == 0 || lookup (self, self->last_id) != NULL);

  return self->last_id;
}

static ActorTimer *
add (GemingaActor *actor, guint interval, GemingaTimerFlags flags)
{
  GemingaActorTimers *timers = geminga_actor_get_timers (actor);
  ActorTimer *self = g_new0 (ActorTimer, 1);

  forget_handled (timers);
  self->ref_count = 1;
  self->timers = timers;
  self->id = choose_id (timers);
  self->interval = (gint64) interval * G_TIME_SPAN_MILLISECOND;
  self->flags = flags;
  self->timer.func = timer_passed;
  self->timer.user_data = self;
  g_hash_table_insert (timers->by_id, GUINT_TO_POINTER (self->id), self);
  arm (self, geminga_loop_get_time (timers->mailbox->loop) + self->interval);

  return self;
}

static guint
add_func (GemingaActor *self,
          guint interval,
          GemingaTimerFlags flags,
          GemingaActorFunc func,
          gpointer user_data,
          GDestroyNotify notify)
{
  ActorTimer *timer = add (self, interval, flags);

  timer->command = get_run_timer ();
  timer->arguments = g_variant_ref_sink (g_variant_new ("(u)", timer->id));
  timer->func = func;
  timer->user_data = user_data;
  timer->notify = notify;

  return timer->id;
}

static void
run_periodic (GemingaActor *self, gpointer user_data)
{
  GEMINGA_ACTOR_GET_CLASS (self)->periodic (self);
}

static gboolean
is_being_handled (Tick *tick)
{
  GemingaCall *call = geminga_thread_get ()->call;

  return call != NULL && geminga_call_has_ask (call, &tick->parent);
}

static gboolean
will_run (ActorTimer *self)
{
  if ((self->flags & GEMINGA_TIMER_FLAGS_PERIODIC) != 0 || self->tick == NULL)
    return TRUE;

  return atomic_load (&self->tick->is_refused) ||
         (is_waiting (self) && !is_being_handled (self->tick));
}

/* Private API */

GemingaMailbox *
geminga_actor_timer_peek_locked (GemingaTimer *timer)
{
  ActorTimer *self = timer->user_data;

  if (timer->func != timer_passed || (self->flags & GEMINGA_TIMER_FLAGS_PERIODIC) != 0)
    return NULL;

  return self->timers->mailbox;
}

GemingaActorTimers *
geminga_actor_timers_new (GemingaActor *actor)
{
  GemingaActorTimers *self = g_new0 (GemingaActorTimers, 1);

  self->mailbox = geminga_actor_get_mailbox (actor);
  self->by_id = g_hash_table_new_full (NULL, NULL, NULL, timer_removed);
  g_queue_init (&self->sent);

  return self;
}

void
geminga_actor_timers_free (GemingaActorTimers *self)
{
  g_hash_table_unref (self->by_id);
  g_queue_clear (&self->sent);
  g_free (self);
}

gboolean
geminga_ask_is_tick (const GemingaAsk *ask)
{
  return ask != NULL && ask->klass == &tick_class;
}

/* Public API */

/**
 * geminga_actor_add_timer:
 * @self: an actor
 * @interval: milliseconds until it fires, and between one time and the next; a periodic one needs some
 * @flags: whether it fires once or again and again
 * @command: a command of the actor's own class
 * @arguments: (nullable): a tuple with the command's arguments, or %NULL for none; a floating reference
 *   is taken
 * @error: return location for an error
 *
 * Has the actor send itself a command later.
 *
 * The command comes through the mailbox: it is handled like any other message, one at a time, after
 * those that came before it. Its results go nowhere, and an error that it answers is noted in the log at
 * level info. The bound of the mailbox counts: what a full one refuses is sent again a little later.
 *
 * A periodic timer does not drift: the times at which it fires are whole intervals from when it was
 * added. Times that pass while the last command waits, or has not been answered yet, are left out, not
 * caught up on.
 *
 * Timers end with their actor: from the moment it begins to end none fires, and what they have sent is
 * not handled. Only in the actor's loop, and not in its constructor.
 *
 * Returns: an id for [method@Geminga.Actor.remove_timer], or 0 with %GEMINGA_ERROR_NO_SUCH_COMMAND,
 *   %GEMINGA_ERROR_INVALID_ARGUMENTS, or %GEMINGA_ERROR_INVALID_STATE if the actor ends
 *
 * Since: 0.1
 */
guint
geminga_actor_add_timer (GemingaActor *self,
                         guint interval,
                         GemingaTimerFlags flags,
                         const char *command,
                         GVariant *arguments,
                         GError **error)
{
  g_autoptr (GVariant) sunk =
      g_variant_ref_sink (arguments != NULL ? arguments : geminga_get_unit ());
  GemingaCommand *declaration;
  ActorTimer *timer;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), 0);
  g_return_val_if_fail (geminga_actor_get_mailbox (self) != NULL, 0);
  g_return_val_if_fail (command != NULL, 0);

  declaration = check_command (self, command, sunk, error);
  if (declaration == NULL || !check_time (self, interval, flags, error))
    return 0;

  timer = add (self, interval, flags);
  timer->command = declaration;
  timer->arguments = g_steal_pointer (&sunk);

  return timer->id;
}

/**
 * geminga_actor_add_timer_func:
 * @self: an actor
 * @interval: milliseconds, see [method@Geminga.Actor.add_timer]
 * @flags: whether it fires once or again and again
 * @func: (scope notified) (closure user_data) (destroy notify): what to do
 * @user_data: data for @func
 * @notify: (nullable): frees @user_data when the timer is gone; not called if it is not added
 * @error: return location for an error
 *
 * Has the actor do something later, as if it were a command: in its loop, in its turn, one at a time.
 *
 * Else it is as [method@Geminga.Actor.add_timer].
 *
 * Returns: an id, or 0 with %GEMINGA_ERROR_INVALID_ARGUMENTS or %GEMINGA_ERROR_INVALID_STATE
 *
 * Since: 0.1
 */
guint
geminga_actor_add_timer_func (GemingaActor *self,
                              guint interval,
                              GemingaTimerFlags flags,
                              GemingaActorFunc func,
                              gpointer user_data,
                              GDestroyNotify notify,
                              GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), 0);
  g_return_val_if_fail (geminga_actor_get_mailbox (self) != NULL, 0);
  g_return_val_if_fail (func != NULL, 0);

  if (!check_time (self, interval, flags, error))
    return 0;

  return add_func (self, interval, flags, func, user_data, notify);
}

/**
 * geminga_actor_remove_timer:
 * @self: an actor
 * @id: what adding the timer gave
 *
 * Removes a timer. What it has sent, if that waits in the mailbox, is not handled any more.
 *
 * Returns: %TRUE if it would have fired, %FALSE if there is no such timer or it has fired for the last
 *   time
 *
 * Since: 0.1
 */
gboolean
geminga_actor_remove_timer (GemingaActor *self, guint id)
{
  GemingaActorTimers *timers;
  ActorTimer *timer;
  gboolean was_to_run;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), FALSE);

  timers = geminga_actor_peek_timers (self);
  timer = timers != NULL ? lookup (timers, id) : NULL;
  if (timer == NULL)
    return FALSE;

  was_to_run = will_run (timer);
  g_hash_table_remove (timers->by_id, GUINT_TO_POINTER (id));

  return was_to_run;
}

/**
 * geminga_actor_set_periodic_interval:
 * @self: an actor
 * @interval: milliseconds from one run to the next, 0 for none
 *
 * Has `periodic()` run again and again from now on, in place of what the class says.
 *
 * It runs as what a periodic timer sends: in the actor's loop, in its turn, first after one interval,
 * without drift; runs that would be late are left out. Nothing happens if the actor ends.
 *
 * Since: 0.1
 */
void
geminga_actor_set_periodic_interval (GemingaActor *self, guint interval)
{
  GemingaActorTimers *timers;

  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  timers = geminga_actor_peek_timers (self);
  if (timers != NULL && timers->periodic_id != 0)
    {
      geminga_actor_remove_timer (self, timers->periodic_id);
      timers->periodic_id = 0;
    }
  if (interval == 0 || geminga_actor_get_mailbox (self)->state >= GEMINGA_MAILBOX_STOPPING)
    return;

  timers = geminga_actor_get_timers (self);
  timers->periodic_id =
      add_func (self, interval, GEMINGA_TIMER_FLAGS_PERIODIC, run_periodic, NULL, NULL);
}

/**
 * geminga_actor_get_time:
 * @self: an actor
 *
 * Tells the time by which timers, deadlines and restarts are reckoned in the actor's loop.
 *
 * It is g_get_monotonic_time(), unless a test has put a clock of its own in its place. Actors that
 * measure time by it can be tested without waiting.
 *
 * Returns: monotonic time in microseconds
 *
 * Since: 0.1
 */
gint64
geminga_actor_get_time (GemingaActor *self)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), 0);
  g_return_val_if_fail (geminga_actor_get_mailbox (self) != NULL, 0);

  return geminga_loop_get_time (geminga_actor_get_mailbox (self)->loop);
}
