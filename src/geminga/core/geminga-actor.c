/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-private.h"

#include <unistd.h>

#include "geminga-actor-builtin-private.h"
#include "geminga-actor-config-private.h"
#include "geminga-actor-links-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-actor-timers-private.h"
#include "geminga-call-private.h"
#include "geminga-command-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"
#include "geminga-state-machine-private.h"
#include "geminga-system-private.h"

/* Messages that may wait in a mailbox if the class says nothing. */
#define DEFAULT_MAILBOX_LIMIT 65536

/* What few actors need. */
typedef struct
{
  GemingaActorRef *address; /* (owned) (nullable): made when asked for */
  GemingaActorLinks links;
  GemingaActorTimers *timers;   /* (owned) (nullable): made when needed */
  GemingaStateMachine *machine; /* (owned) (nullable) */
} GemingaActorExtras;

/**
 * GemingaActor:
 *
 * An object with private state, one mailbox and one loop, which handles one message at a time.
 *
 * Actors are made with [method@Geminga.System.spawn] or [method@Geminga.Actor.spawn] and are reached
 * through a [class@Geminga.ActorRef] from anywhere. What an actor does on a message is written in a
 * subclass: it declares its commands with [method@Geminga.ActorClass.add_command] and handles them in
 * `handle()`.
 *
 * Every actor answers `Ping`, `Echo`, `Info`, `GetConfig`, `SetConfig` and `Stop`.
 *
 * All of an actor's code runs in its loop, and its methods may be called only there. The actor system
 * owns the actor from its start to its end.
 *
 * Since: 0.1
 */
typedef struct
{
  GemingaMailbox
      *mailbox; /* (owned), fixed when it is made; the mailbox owns the actor until it ends */
  GemingaActorExtras *extras; /* (owned) (nullable): made when needed */
} GemingaActorPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GemingaActor, geminga_actor, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_PLACEMENT,
  PROP_TRAP_EXITS,
  N_PROPS
};

enum
{
  SIGNAL_STARTED,
  SIGNAL_STOPPING,
  SIGNAL_CALL,
  SIGNAL_PEER_ENDED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* Helpers */

static GemingaActorPrivate *
get_private (GemingaActor *self)
{
  return geminga_actor_get_instance_private (self);
}

static GemingaActorExtras *
get_extras (GemingaActor *self)
{
  GemingaActorPrivate *priv = get_private (self);

  if (priv->extras == NULL)
    priv->extras = g_new0 (GemingaActorExtras, 1);

  return priv->extras;
}

/* What the actor would have done later. */
static void
clear_waiting (GemingaActor *self)
{
  GemingaActorExtras *extras = get_private (self)->extras;

  g_clear_pointer (&extras->timers, geminga_actor_timers_free);
  g_clear_pointer (&extras->machine, geminga_state_machine_detach);
}

/* What the thread did before. */
typedef struct
{
  GemingaThread *thread;
  GemingaActor *actor;
  GemingaCall *call;
  guint64 step; /* of enter_step () only */
} Previous;

static Previous
enter (GemingaThread *thread, GemingaActor *actor, GemingaCall *call)
{
  Previous previous = { thread, thread->actor, thread->call, 0 };

  thread->actor = actor;
  thread->call = call;

  return previous;
}

static void
leave (Previous previous)
{
  previous.thread->actor = previous.actor;
  previous.thread->call = previous.call;
}

/* The same for code that handles no call, and that is a step of its own. */
static Previous
enter_step (GemingaActor *actor)
{
  GemingaThread *thread = geminga_thread_get ();
  Previous previous = enter (thread, actor, NULL);

  previous.step = thread->step;
  thread->step = ++thread->last_step;

  return previous;
}

static void
leave_step (Previous previous)
{
  previous.thread->step = previous.step;
  leave (previous);
}

/* A signal costs more than a call: it is emitted if somebody hears it. */
static void
emit (GemingaActor *self, guint signal, void (*handler) (GemingaActor *self))
{
  if (g_signal_has_handler_pending (self, signal, 0, TRUE))
    g_signal_emit (self, signal, 0);
  else
    handler (self);
}

/* GemingaActor */

static void
geminga_actor_real_started (GemingaActor *self)
{
}

static void
geminga_actor_real_stopping (GemingaActor *self)
{
}

static void
geminga_actor_real_periodic (GemingaActor *self)
{
}

static void
geminga_actor_real_peer_ended (GemingaActor *self,
                               GemingaActorRef *peer,
                               GemingaExitReason reason,
                               const GError *error)
{
}

static void
geminga_actor_real_info (GemingaActor *self, GVariantDict *info)
{
}

static void
geminga_actor_real_handle (GemingaActor *self, GemingaCall *call)
{
  GemingaCommand *command = geminga_call_get_declaration (call);
  gboolean is_handled = FALSE;

  if (command->handler != NULL)
    {
      command->handler (self, call);
      return;
    }

  g_signal_emit (self, signals[SIGNAL_CALL], 0, call, &is_handled);
  if (is_handled)
    return;

  geminga_call_note_unhandled (call);
  geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_COMMAND,
                       "Class %s declares the command “%s” but does not handle it",
                       G_OBJECT_TYPE_NAME (self), command->name);
}

/* GObject */

static void
geminga_actor_notify (GObject *object, GParamSpec *pspec)
{
  GemingaActor *self = GEMINGA_ACTOR (object);
  GemingaMailbox *mailbox = get_private (self)->mailbox;

  if (mailbox != NULL && geminga_mailbox_get_system (mailbox) != NULL &&
      pspec->owner_type != GEMINGA_TYPE_ACTOR)
    geminga_actor_builtin_property_changed (self, geminga_mailbox_get_system (mailbox), pspec);

  if (G_OBJECT_CLASS (geminga_actor_parent_class)->notify != NULL)
    G_OBJECT_CLASS (geminga_actor_parent_class)->notify (object, pspec);
}

static void
geminga_actor_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaActor *self = GEMINGA_ACTOR (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, geminga_actor_get_id (self));
      break;
    case PROP_PLACEMENT:
      g_value_set_enum (value, geminga_actor_get_placement (self));
      break;
    case PROP_TRAP_EXITS:
      g_value_set_boolean (value, geminga_actor_get_trap_exits (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_actor_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_TRAP_EXITS:
      geminga_actor_set_trap_exits (GEMINGA_ACTOR (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_actor_dispose (GObject *object)
{
  GemingaActorPrivate *priv = get_private (GEMINGA_ACTOR (object));

  if (priv->extras != NULL)
    {
      geminga_actor_clear_links (GEMINGA_ACTOR (object));
      clear_waiting (GEMINGA_ACTOR (object));
      g_clear_object (&priv->extras->address);
    }

  G_OBJECT_CLASS (geminga_actor_parent_class)->dispose (object);
}

static void
geminga_actor_finalize (GObject *object)
{
  GemingaActorPrivate *priv = get_private (GEMINGA_ACTOR (object));

  g_free (priv->extras);
  if (priv->mailbox != NULL)
    geminga_target_unref (&priv->mailbox->target);

  G_OBJECT_CLASS (geminga_actor_parent_class)->finalize (object);
}

static void
install_signals (GemingaActorClass *klass)
{
  /**
   * GemingaActor::started:
   * @self: the actor
   *
   * The actor is in its loop and is about to get its first message.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STARTED] =
      g_signal_new ("started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                    G_STRUCT_OFFSET (GemingaActorClass, started), NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * GemingaActor::stopping:
   * @self: the actor
   *
   * The actor gets no more messages; what it holds it may still finish.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STOPPING] = g_signal_new ("stopping", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           G_STRUCT_OFFSET (GemingaActorClass, stopping), NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);

  /**
   * GemingaActor::call:
   * @self: the actor
   * @call: what was asked
   *
   * A command without a handler of its own was called. For languages that cannot override
   * `handle()`.
   *
   * Returns: %TRUE if the call is taken care of
   *
   * Since: 0.1
   */
  signals[SIGNAL_CALL] = g_signal_new ("call", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       g_signal_accumulator_true_handled, NULL, NULL,
                                       G_TYPE_BOOLEAN, 1, GEMINGA_TYPE_CALL);

  /**
   * GemingaActor::peer-ended:
   * @self: the actor
   * @peer: who ended
   * @reason: how
   * @error: (nullable): more about it, unless the reason is "normal"
   *
   * An actor that this one watches, or is linked to and traps exits, has ended.
   *
   * Since: 0.1
   */
  signals[SIGNAL_PEER_ENDED] =
      g_signal_new ("peer-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                    G_STRUCT_OFFSET (GemingaActorClass, peer_ended), NULL, NULL, NULL, G_TYPE_NONE,
                    3, GEMINGA_TYPE_ACTOR_REF, GEMINGA_TYPE_EXIT_REASON, G_TYPE_ERROR);
}

static void
geminga_actor_class_init (GemingaActorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->notify = geminga_actor_notify;
  object_class->get_property = geminga_actor_get_property;
  object_class->set_property = geminga_actor_set_property;
  object_class->dispose = geminga_actor_dispose;
  object_class->finalize = geminga_actor_finalize;

  klass->started = geminga_actor_real_started;
  klass->stopping = geminga_actor_real_stopping;
  klass->handle = geminga_actor_real_handle;
  klass->info = geminga_actor_real_info;
  klass->peer_ended = geminga_actor_real_peer_ended;
  klass->periodic = geminga_actor_real_periodic;
  klass->mailbox_limit = DEFAULT_MAILBOX_LIMIT;

  /**
   * GemingaActor:id: (getter get_id)
   *
   * The id, unique among the actors of its process.
   *
   * Since: 0.1
   */
  props[PROP_ID] =
      g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaActor:placement: (getter get_placement)
   *
   * Where the actor runs.
   *
   * Since: 0.1
   */
  props[PROP_PLACEMENT] =
      g_param_spec_enum ("placement", NULL, NULL, GEMINGA_TYPE_PLACEMENT, GEMINGA_PLACEMENT_SHARED,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaActor:trap-exits: (getter get_trap_exits) (setter set_trap_exits)
   *
   * Whether the end of a linked actor is told to `peer_ended()`, rather than ending this actor too.
   *
   * Since: 0.1
   */
  props[PROP_TRAP_EXITS] =
      g_param_spec_boolean ("trap-exits", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
  install_signals (klass);
  geminga_actor_builtin_install (klass);
}

static void
geminga_actor_init (GemingaActor *self)
{
}

/* Private API */

GemingaActor *
geminga_actor_make (GemingaMailbox *mailbox, GVariant *properties, GError **error)
{
  GemingaActor *self = geminga_actor_config_construct (mailbox->target.type, properties, error);

  if (self == NULL)
    return NULL;

  geminga_target_ref (&mailbox->target);
  get_private (self)->mailbox = mailbox;

  return self;
}

void
geminga_actor_run_started (GemingaActor *self)
{
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  Previous previous = enter_step (self);

  if (GEMINGA_ACTOR_GET_CLASS (self)->periodic_interval != 0)
    geminga_actor_set_periodic_interval (self, GEMINGA_ACTOR_GET_CLASS (self)->periodic_interval);
  emit (self, signals[SIGNAL_STARTED], GEMINGA_ACTOR_GET_CLASS (self)->started);
  if (GEMINGA_ACTOR_GET_CLASS (self)->begun != NULL)
    GEMINGA_ACTOR_GET_CLASS (self)->begun (self);
  leave_step (previous);
}

void
geminga_actor_run_stopping (GemingaActor *self)
{
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  Previous previous = enter_step (self);

  if (get_private (self)->extras != NULL)
    clear_waiting (self);
  emit (self, signals[SIGNAL_STOPPING], GEMINGA_ACTOR_GET_CLASS (self)->stopping);
  if (GEMINGA_ACTOR_GET_CLASS (self)->end_begun != NULL)
    GEMINGA_ACTOR_GET_CLASS (self)->end_begun (self);
  leave_step (previous);
}

void
geminga_actor_run_peer_ended (GemingaActor *self,
                              GemingaActorRef *peer,
                              GemingaExitReason reason,
                              const GError *error)
{
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  Previous previous = enter_step (self);

  g_signal_emit (self, signals[SIGNAL_PEER_ENDED], 0, peer, reason, error);
  leave_step (previous);
}

/* The handler may end the actor, but the mailbox keeps the object until this has returned. */
void
geminga_actor_dispatch (GemingaActor *self, GemingaMessage *message, guint32 trace)
{
  GemingaThread *thread = geminga_thread_get ();
  GemingaActorExtras *extras = get_private (self)->extras;
  GemingaCall *call = geminga_call_new (thread, get_private (self)->mailbox, message);
  Previous previous;

  if (G_UNLIKELY (trace != 0))
    geminga_call_set_trace (call, trace);
  if (geminga_call_check (call, self))
    {
      previous = enter (thread, self, call);
      if (G_LIKELY (extras == NULL || extras->machine == NULL))
        GEMINGA_ACTOR_GET_CLASS (self)->handle (self, call);
      else
        geminga_state_machine_handle (extras->machine, call);
      leave (previous);
    }
  geminga_call_release (call, thread);
}

void
geminga_actor_resume (GemingaActor *self,
                      GemingaCall *call,
                      GemingaCallFunc func,
                      gpointer user_data)
{
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  Previous previous =
      enter (geminga_thread_get (), self, geminga_call_is_answered (call) ? NULL : call);

  func (call, user_data);
  leave (previous);
}

void
geminga_actor_detach (GemingaActor *self)
{
  g_object_run_dispose (G_OBJECT (self));
}

GemingaMailbox *
geminga_actor_get_mailbox (GemingaActor *self)
{
  return get_private (self)->mailbox;
}

GemingaActorLinks *
geminga_actor_peek_links (GemingaActor *self)
{
  GemingaActorExtras *extras = get_private (self)->extras;

  return extras != NULL ? &extras->links : NULL;
}

GemingaActorLinks *
geminga_actor_get_links (GemingaActor *self)
{
  return &get_extras (self)->links;
}

GemingaActorTimers *
geminga_actor_peek_timers (GemingaActor *self)
{
  GemingaActorExtras *extras = get_private (self)->extras;

  return extras != NULL ? extras->timers : NULL;
}

gboolean
geminga_actor_set_state_machine (GemingaActor *self, GemingaStateMachine *machine)
{
  GemingaActorExtras *extras = get_extras (self);

  if (extras->machine != NULL)
    return FALSE;

  extras->machine = g_object_ref (machine);

  return TRUE;
}

GemingaActorTimers *
geminga_actor_get_timers (GemingaActor *self)
{
  GemingaActorExtras *extras = get_extras (self);

  if (extras->timers == NULL)
    extras->timers = geminga_actor_timers_new (self);

  return extras->timers;
}

/* Public API */

/**
 * geminga_actor_get_id: (get-property id)
 * @self: an actor
 *
 * Tells the id. An actor has none while its constructor runs.
 *
 * Returns: (nullable): the id
 *
 * Since: 0.1
 */
const char *
geminga_actor_get_id (GemingaActor *self)
{
  GemingaMailbox *mailbox;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), NULL);

  mailbox = get_private (self)->mailbox;

  return mailbox != NULL ? geminga_target_get_id (&mailbox->target) : NULL;
}

/**
 * geminga_actor_get_placement: (get-property placement)
 * @self: an actor
 *
 * Tells where the actor runs.
 *
 * Returns: the placement
 *
 * Since: 0.1
 */
GemingaPlacement
geminga_actor_get_placement (GemingaActor *self)
{
  GemingaMailbox *mailbox;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), GEMINGA_PLACEMENT_SHARED);

  mailbox = get_private (self)->mailbox;

  return mailbox != NULL ? (GemingaPlacement) mailbox->placement : GEMINGA_PLACEMENT_SHARED;
}

/**
 * geminga_actor_get_address:
 * @self: an actor
 *
 * Gives the ref of the actor itself, to be handed to others. Not while its constructor runs.
 *
 * Returns: (transfer none): the ref
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_actor_get_address (GemingaActor *self)
{
  GemingaMailbox *mailbox;
  GemingaActorExtras *extras;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), NULL);

  mailbox = get_private (self)->mailbox;
  g_return_val_if_fail (mailbox != NULL, NULL);
  extras = get_extras (self);
  if (extras->address == NULL)
    extras->address = geminga_actor_ref_new (&mailbox->target);

  return extras->address;
}

/**
 * geminga_actor_get_system:
 * @self: an actor
 *
 * Gives the actor system it lives in.
 *
 * Returns: (transfer none) (nullable): the system, or %NULL once the actor has ended
 *
 * Since: 0.1
 */
GemingaSystem *
geminga_actor_get_system (GemingaActor *self)
{
  GemingaMailbox *mailbox;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), NULL);

  mailbox = get_private (self)->mailbox;

  return mailbox != NULL ? geminga_mailbox_get_system (mailbox) : NULL;
}

/**
 * geminga_actor_spawn:
 * @self: an actor
 * @type: an actor class
 * @id: (nullable): the new actor's id, or %NULL to have one chosen
 * @placement: where it shall run
 * @properties: (nullable): construct properties, `a{sv}` by property name; a floating reference is taken
 * @error: return location for an error
 *
 * Makes another actor, which ends when this one does. See [method@Geminga.System.spawn].
 *
 * Returns: (transfer full): the new actor's ref, usable at once
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_actor_spawn (GemingaActor *self,
                     GType type,
                     const char *id,
                     GemingaPlacement placement,
                     GVariant *properties,
                     GError **error)
{
  g_autoptr (GVariant) sunk = properties != NULL ? g_variant_ref_sink (properties) : NULL;
  GemingaMailbox *mailbox;
  GemingaActorRef *child;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), NULL);

  mailbox = get_private (self)->mailbox;
  if (mailbox == NULL || mailbox->state >= GEMINGA_MAILBOX_STOPPING)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE, "The actor is not running");
      return NULL;
    }

  child =
      geminga_system_spawn (geminga_mailbox_get_system (mailbox), type, id, placement, sunk, error);
  if (child != NULL)
    geminga_mailbox_add_child (mailbox, geminga_actor_ref_get_target (child));

  return child;
}

/**
 * geminga_actor_emit_event:
 * @self: an actor
 * @name: an event that the class declares
 * @arguments: (nullable): a tuple with what the event carries, or %NULL for nothing; a floating
 *   reference is taken
 *
 * Sends an event to whoever listens, on D-Bus for instance.
 *
 * Since: 0.1
 */
void
geminga_actor_emit_event (GemingaActor *self, const char *name, GVariant *arguments)
{
  g_autoptr (GVariant) sunk =
      g_variant_ref_sink (arguments != NULL ? arguments : g_variant_new_tuple (NULL, 0));
  GemingaInterface *interface;
  GemingaCommand *event;
  GemingaMailbox *mailbox;

  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (name != NULL);
  interface = geminga_interface_find_event (G_OBJECT_TYPE (self), name);
  g_return_if_fail (interface != NULL);
  event = geminga_interface_lookup_event (interface, name);
  g_return_if_fail (g_variant_is_of_type (sunk, geminga_command_get_argument_type (event)));

  mailbox = get_private (self)->mailbox;
  if (mailbox != NULL && geminga_mailbox_get_system (mailbox) != NULL)
    geminga_system_actor_event (geminga_mailbox_get_system (mailbox), &mailbox->target,
                                geminga_interface_get_name (interface), name, sunk);
}
