/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-state-machine-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-timers.h"
#include "geminga-call-private.h"
#include "geminga-command-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"

/**
 * GemingaStateMachine:
 *
 * The states of an actor: which commands it accepts in each, and from which it may go to which.
 *
 * A state machine is made for an actor, usually in `started()`, and is told its states with
 * [method@Geminga.StateMachine.add_state]. The first [method@Geminga.StateMachine.go] enters the first
 * one. From then on commands that the state does not accept are not handled: they fail with
 * %GEMINGA_ERROR_INVALID_STATE, or wait until the actor has gone to another state. What every actor
 * answers, such as `Ping`, is answered in all of them, and timers run their functions.
 *
 * The actor owns it until it ends. Only in the actor's loop.
 *
 * Since: 0.1
 */
struct _GemingaStateMachine
{
  GObject parent_instance;

  GemingaActor *actor;  /* (nullable): owns this, until it ends */
  GHashTable *states;   /* (owned) (element-type State) */
  struct _State *state; /* (nullable): none before the first one is entered */
  GPtrArray *postponed; /* (owned) (element-type GemingaCall), oldest first */
  guint timer;          /* of the state; 0: none */
  gboolean is_leaving;
  gboolean must_retry; /* the state has changed: what has waited may be accepted */
  guint n_handling;
};

typedef struct _State
{
  char *name; /* (owned) */
  GemingaStateFlags flags;
  char **commands;    /* (owned) (nullable): all */
  char **next;        /* (owned) (nullable): any */
  guint timeout;      /* milliseconds, 0: none */
  char *timeout_next; /* (owned) (nullable) */
} State;

G_DEFINE_FINAL_TYPE (GemingaStateMachine, geminga_state_machine, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  N_PROPS
};

enum
{
  SIGNAL_LEFT,
  SIGNAL_ENTERED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* Helpers */

static void
state_free (gpointer data)
{
  State *self = data;

  g_free (self->name);
  g_strfreev (self->commands);
  g_strfreev (self->next);
  g_free (self->timeout_next);
  g_free (self);
}

static gboolean
is_listed (char **list, const char *name)
{
  return list == NULL || g_strv_contains ((const char *const *) list, name);
}

/* What every actor answers, and what timers send. */
static gboolean
is_free (GemingaCall *call)
{
  const char *name = geminga_call_get_command (call);

  return *name == '_' || geminga_interface_find_command (GEMINGA_TYPE_ACTOR, name) ==
                             geminga_call_get_declaration (call);
}

static gboolean
accepts (GemingaStateMachine *self, GemingaCall *call)
{
  return self->state == NULL || is_free (call) ||
         is_listed (self->state->commands, geminga_call_get_command (call));
}

static gboolean
postpones (GemingaStateMachine *self)
{
  return (self->state->flags & GEMINGA_STATE_FLAGS_POSTPONE) != 0;
}

static void
refuse (GemingaStateMachine *self, GemingaCall *call)
{
  geminga_call_refuse (
      call, GEMINGA_ERROR_INVALID_STATE, "Actor “%s” does not accept %s in state “%s”",
      geminga_actor_get_id (self->actor), geminga_call_get_command (call), self->state->name);
}

/* As many as may wait in the mailbox. */
static void
postpone (GemingaStateMachine *self, GemingaCall *call)
{
  guint limit = GEMINGA_ACTOR_GET_CLASS (self->actor)->mailbox_limit;

  if (self->postponed->len < limit)
    g_ptr_array_add (self->postponed, g_object_ref (call));
  else
    geminga_call_refuse (call, GEMINGA_ERROR_MAILBOX_FULL,
                         "%u calls wait already for actor “%s” to leave state “%s”", limit,
                         geminga_actor_get_id (self->actor), self->state->name);
}

static void
handle_again (GemingaCall *call, gpointer user_data)
{
  GemingaActor *actor = user_data;

  GEMINGA_ACTOR_GET_CLASS (actor)->handle (actor, call);
}

static gboolean
is_wanted (GemingaCall *call)
{
  return !geminga_call_expects_answer (call) ||
         !g_cancellable_is_cancelled (geminga_call_get_cancellable (call));
}

/* The oldest first, and from the start again if the state changes. */
static void
retry (GemingaStateMachine *self)
{
  guint i = 0;

  self->must_retry = FALSE;
  while (self->actor != NULL && i < self->postponed->len)
    {
      GemingaCall *waits = g_ptr_array_index (self->postponed, i);
      g_autoptr (GemingaCall) call = NULL;

      if (!accepts (self, waits) && postpones (self))
        {
          i++;
          continue;
        }

      call = g_ptr_array_steal_index (self->postponed, i);
      if (!accepts (self, call))
        refuse (self, call);
      else if (is_wanted (call))
        geminga_actor_resume (self->actor, call, handle_again, self->actor);
      if (self->must_retry)
        i = 0;
      self->must_retry = FALSE;
    }
}

static void
retry_later (GemingaActor *actor, gpointer user_data)
{
  GemingaStateMachine *self = user_data;

  if (self->must_retry)
    retry (self);
}

static void
on_timeout (GemingaActor *actor, gpointer user_data)
{
  GemingaStateMachine *self = user_data;
  g_autoptr (GError) error = NULL;

  self->timer = 0;
  if (self->state->timeout_next == NULL) /* it has none any more */
    return;
  if (!geminga_state_machine_go (self, self->state->timeout_next, &error))
    g_warning ("The time of a state has passed: %s", error->message);
}

static guint
add_timer (GemingaStateMachine *self, guint interval, GemingaActorFunc func)
{
  guint id = geminga_actor_add_timer_func (self->actor, interval, GEMINGA_TIMER_FLAGS_NONE, func,
                                           g_object_ref (self), g_object_unref, NULL);

  if (id == 0) /* the actor ends */
    g_object_unref (self);

  return id;
}

static gboolean
check_next (GemingaStateMachine *self, const char *name, GError **error)
{
  const char *id = geminga_actor_get_id (self->actor);

  if (!g_hash_table_contains (self->states, name))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Actor “%s” has no state “%s”", id, name);
      return FALSE;
    }
  if (self->state != NULL && (self->is_leaving || !is_listed (self->state->next, name)))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                   "Actor “%s” cannot go from state “%s” to state “%s”%s", id, self->state->name,
                   name, self->is_leaving ? " while it leaves it" : "");
      return FALSE;
    }

  return TRUE;
}

static void
emit (GemingaStateMachine *self, guint signal, State *state)
{
  g_signal_emit (self, signals[signal], g_quark_from_string (state->name), state->name);
}

static void
leave (GemingaStateMachine *self)
{
  if (self->timer != 0)
    geminga_actor_remove_timer (self->actor, self->timer);
  self->timer = 0;
  if (self->state == NULL)
    return;

  self->is_leaving = TRUE;
  emit (self, SIGNAL_LEFT, self->state);
  self->is_leaving = FALSE;
}

/* A handler may go on to another one at once, or end the actor. */
static void
enter (GemingaStateMachine *self, State *state)
{
  self->state = state;
  self->must_retry = TRUE;
  if (state->timeout != 0)
    self->timer = add_timer (self, state->timeout, on_timeout);
  if (self->n_handling == 0 && self->postponed->len > 0)
    add_timer (self, 0, retry_later);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  if (self->state == state)
    emit (self, SIGNAL_ENTERED, state);
}

/* GObject */

static void
geminga_state_machine_finalize (GObject *object)
{
  GemingaStateMachine *self = GEMINGA_STATE_MACHINE (object);

  g_ptr_array_unref (self->postponed);
  g_hash_table_unref (self->states);

  G_OBJECT_CLASS (geminga_state_machine_parent_class)->finalize (object);
}

static void
geminga_state_machine_get_property (GObject *object,
                                    guint property_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  if (property_id == PROP_STATE)
    g_value_set_string (value, geminga_state_machine_get_state (GEMINGA_STATE_MACHINE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
geminga_state_machine_class_init (GemingaStateMachineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = geminga_state_machine_finalize;
  object_class->get_property = geminga_state_machine_get_property;

  /**
   * GemingaStateMachine:state: (getter get_state)
   *
   * The state that the actor is in, %NULL before it has entered the first one.
   *
   * Since: 0.1
   */
  props[PROP_STATE] =
      g_param_spec_string ("state", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GemingaStateMachine::left:
   * @self: the state machine
   * @state: the state's name
   *
   * The actor leaves a state.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LEFT] =
      g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GemingaStateMachine::entered:
   * @self: the state machine
   * @state: the state's name
   *
   * The actor has entered a state. It may go on to another one here.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENTERED] =
      g_signal_new ("entered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
geminga_state_machine_init (GemingaStateMachine *self)
{
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, state_free);
  self->postponed = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Private API */

void
geminga_state_machine_handle (GemingaStateMachine *self, GemingaCall *call)
{
  g_autoptr (GemingaStateMachine) kept = g_object_ref (self);

  self->n_handling++;
  if (accepts (self, call))
    GEMINGA_ACTOR_GET_CLASS (self->actor)->handle (self->actor, call);
  else if (postpones (self))
    postpone (self, call);
  else
    refuse (self, call);
  if (self->must_retry)
    retry (self);
  self->n_handling--;
}

void
geminga_state_machine_detach (GemingaStateMachine *self)
{
  self->actor = NULL;
  self->timer = 0;
  g_ptr_array_set_size (self->postponed, 0);
  g_object_unref (self);
}

/* Public API */

/**
 * geminga_state_machine_new:
 * @actor: an actor that has none yet; not in its constructor
 *
 * Makes the state machine of an actor.
 *
 * Returns: (transfer full): the state machine
 *
 * Since: 0.1
 */
GemingaStateMachine *
geminga_state_machine_new (GemingaActor *actor)
{
  g_autoptr (GemingaStateMachine) self = NULL;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (actor), NULL);
  g_return_val_if_fail (geminga_actor_get_mailbox (actor) != NULL, NULL);

  self = g_object_new (GEMINGA_TYPE_STATE_MACHINE, NULL);
  g_return_val_if_fail (geminga_actor_set_state_machine (actor, self), NULL);
  self->actor = actor;

  return g_steal_pointer (&self);
}

/**
 * geminga_state_machine_add_state:
 * @self: a state machine
 * @name: the state's name, new to the machine
 * @flags: what becomes of commands that it does not accept
 * @commands: (nullable) (array zero-terminated=1): names of the commands that it accepts, %NULL for all
 * @next: (nullable) (array zero-terminated=1): names of the states that the actor may go to from there,
 *   %NULL for any
 *
 * Tells about a state.
 *
 * Since: 0.1
 */
void
geminga_state_machine_add_state (GemingaStateMachine *self,
                                 const char *name,
                                 GemingaStateFlags flags,
                                 const char *const *commands,
                                 const char *const *next)
{
  State *state;

  g_return_if_fail (GEMINGA_IS_STATE_MACHINE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (!g_hash_table_contains (self->states, name));

  state = g_new0 (State, 1);
  state->name = g_strdup (name);
  state->flags = flags;
  state->commands = g_strdupv ((char **) commands);
  state->next = g_strdupv ((char **) next);
  g_hash_table_insert (self->states, state->name, state);
}

/**
 * geminga_state_machine_set_timeout:
 * @self: a state machine
 * @name: a state
 * @timeout: milliseconds after which the actor leaves it by itself, 0 for never
 * @next: (nullable): the state that it goes to then
 *
 * Limits the time that the actor is in a state. It counts from when it is entered the next time.
 *
 * Since: 0.1
 */
void
geminga_state_machine_set_timeout (GemingaStateMachine *self,
                                   const char *name,
                                   guint timeout,
                                   const char *next)
{
  State *state;

  g_return_if_fail (GEMINGA_IS_STATE_MACHINE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (timeout == 0 || next != NULL);
  state = g_hash_table_lookup (self->states, name);
  g_return_if_fail (state != NULL);

  state->timeout = timeout;
  g_free (state->timeout_next);
  state->timeout_next = g_strdup (next);
}

/**
 * geminga_state_machine_go:
 * @self: a state machine
 * @name: a state
 * @error: return location for an error
 *
 * Goes to another state, or enters the same one again.
 *
 * Commands that have waited are handled once the handler that runs has returned, before those in the
 * mailbox, the oldest first, as far as the new state accepts them.
 *
 * Returns: %TRUE, or %FALSE with %GEMINGA_ERROR_INVALID_STATE, which names both states, if the actor may
 *   not go there from where it is, or ends, and %GEMINGA_ERROR_INVALID_ARGUMENTS if there is no such state
 *
 * Since: 0.1
 */
gboolean
geminga_state_machine_go (GemingaStateMachine *self, const char *name, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_STATE_MACHINE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (self->actor == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                   "The actor ends: it does not go to state “%s”", name);
      return FALSE;
    }
  if (!check_next (self, name, error))
    return FALSE;

  leave (self);
  if (self->actor != NULL)
    enter (self, g_hash_table_lookup (self->states, name));

  return TRUE;
}

/**
 * geminga_state_machine_get_state: (get-property state)
 * @self: a state machine
 *
 * Tells the state that the actor is in.
 *
 * Returns: (nullable): its name, or %NULL if it has not entered one
 *
 * Since: 0.1
 */
const char *
geminga_state_machine_get_state (GemingaStateMachine *self)
{
  g_return_val_if_fail (GEMINGA_IS_STATE_MACHINE (self), NULL);

  return self->state != NULL ? self->state->name : NULL;
}
