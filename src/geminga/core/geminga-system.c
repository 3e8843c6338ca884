/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-system-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-deadlocks-private.h"
#include "geminga-error.h"
#include "geminga-mailbox-private.h"
#include "geminga-registry-private.h"
#include "geminga-supervisor.h"

/* How long actors may take to end before they are killed, in milliseconds. */
#define STOP_GRACE 5000

/**
 * GemingaSystem:
 *
 * The actors of one process, and the way to those of the service's other processes.
 *
 * A program that runs a GemingaService gets its system from there; a system of one's own is for
 * programs and tests that only want actors in their own process. The system owns its actors. Any thread
 * may use it.
 *
 * Since: 0.1
 */
struct _GemingaSystem
{
  GObject parent_instance;

  const GemingaSystemBackend *backend; /* (nullable), fixed before the first actor */
  gpointer backend_data;
  guint32 node;
  GMainContext *context;       /* (owned): of the system's own actors */
  GemingaDirectory *directory; /* (owned) */
  GemingaDeadlocks *deadlocks; /* (owned) */

  GMutex lock;
  GHashTable *actors;  /* (owned) (element-type GemingaTarget), under lock: a set, by id */
  guint n_ending;      /* under lock: not in the set any more, but others are not told yet */
  guint32 last_number; /* under lock: for ids that are chosen */
  GPtrArray *stops;    /* (owned) (element-type Stop), under lock: wait for the last actor to end */
};

/*
 * Who stops a system. It is there until the last actor has ended, even if nobody waits for that, and
 * goes in its own loop.
 */
typedef struct
{
  GemingaLoopItem item;
  GemingaLoop *loop;     /* (owned) */
  GTask *task;           /* (owned) */
  gboolean is_cancelled; /* under the system's lock */
  GemingaTimer grace;    /* when those that are left are killed */
  GSource *cancels;      /* (owned) (nullable) */
} Stop;

G_DEFINE_FINAL_TYPE (GemingaSystem, geminga_system, G_TYPE_OBJECT)

/* Helpers */

static GemingaTarget *
lookup_locked (GemingaSystem *self, const char *id)
{
  GemingaTarget key = { .id = (char *) id };

  return g_hash_table_lookup (self->actors, &key);
}

/* Never 0, not even after 4294967295. */
static guint32
next_number_locked (GemingaSystem *self)
{
  if (++self->last_number == 0)
    self->last_number = 1;

  return self->last_number;
}

/* With an id, or a number for one that is chosen. */
static gboolean
add_locked (GemingaSystem *self, GemingaTarget *target, GError **error)
{
  gboolean is_chosen = atomic_load (&target->id) == NULL;

  if (is_chosen)
    target->number = next_number_locked (self);
  while (g_hash_table_contains (self->actors, target))
    {
      if (!is_chosen)
        {
          g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS,
                       "There is an actor “%s” already", geminga_target_get_id (target));
          return FALSE;
        }

      g_free (atomic_exchange (&target->id, NULL)); /* it was looked at */
      target->number = next_number_locked (self);
    }

  g_hash_table_add (self->actors, geminga_target_ref (target));

  return TRUE;
}

static gboolean
add (GemingaSystem *self, GemingaTarget *target, GError **error)
{
  gboolean is_added;

  g_mutex_lock (&self->lock);
  is_added = add_locked (self, target, error);
  g_mutex_unlock (&self->lock);

  return is_added;
}

static void
remove_locked (GemingaSystem *self, GemingaTarget *actor)
{
  if (g_hash_table_lookup (self->actors, actor) == actor)
    g_hash_table_remove (self->actors, actor);
}

/* Without a loop, in that of the thread. */
static GemingaTarget *
spawn_in_loop (GemingaSystem *self,
               GemingaLoop *loop,
               GType type,
               const char *id,
               GemingaPlacement placement,
               GVariant *properties,
               GError **error)
{
  GemingaMailbox *mailbox;

  if (loop == NULL)
    loop = geminga_thread_get_loop (geminga_thread_get ());
  mailbox = geminga_mailbox_new (self, self->node, loop, type, id, placement, properties);
  if (!add (self, &mailbox->target, error))
    {
      geminga_target_unref (&mailbox->target);
      return NULL;
    }
  if (geminga_loop_has_scheduler (loop) && !geminga_mailbox_can_be_made (mailbox, error))
    {
      geminga_system_remove (self, &mailbox->target);
      geminga_target_unref (&mailbox->target);
      return NULL;
    }

  geminga_mailbox_start (mailbox);

  return &mailbox->target;
}

static GemingaTarget *
spawn_thread (GemingaSystem *self, GType type, const char *id, GVariant *properties, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_for_context (context);
  g_autoptr (GError) failure = NULL;
  GemingaMailbox *mailbox =
      geminga_mailbox_new (self, self->node, loop, type, id, GEMINGA_PLACEMENT_THREAD, properties);

  if (!add (self, &mailbox->target, error))
    {
      geminga_target_unref (&mailbox->target);
      return NULL;
    }
  if (!geminga_mailbox_start_thread (mailbox, context, &failure))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                   "Cannot start a thread for actor “%s”: %s",
                   geminga_target_get_id (&mailbox->target), failure->message);
      geminga_system_remove (self, &mailbox->target);
      geminga_target_unref (&mailbox->target);
      return NULL;
    }

  return &mailbox->target;
}

/* Others choose an id before there is an actor. */
static char *
dup_free_id (GemingaSystem *self, GType type)
{
  GemingaTarget key = { .type = type };
  gboolean is_taken;

  do
    {
      g_free (key.id);
      g_mutex_lock (&self->lock);
      key.number = next_number_locked (self);
      atomic_init (&key.id, g_strdup_printf ("%s-%u", g_type_name (type), key.number));
      is_taken = g_hash_table_contains (self->actors, &key);
      g_mutex_unlock (&self->lock);
    }
  while (is_taken);

  return key.id;
}

static GemingaTarget *
spawn_process (GemingaSystem *self,
               GType type,
               const char *id,
               GVariant *properties,
               GError **error)
{
  g_autofree char *chosen = id == NULL ? dup_free_id (self, type) : NULL;

  if (self->backend != NULL)
    return self->backend->spawn (self->backend_data, type, id != NULL ? id : chosen, properties,
                                 error);

  g_set_error_literal (
      error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
      "Placement “process” needs a running service: this actor system has one process only");

  return NULL;
}

static void
stop_free (Stop *stop)
{
  geminga_loop_disarm (stop->loop, &stop->grace);
  if (stop->cancels != NULL)
    {
      g_source_destroy (stop->cancels);
      g_source_unref (stop->cancels);
    }
  g_object_unref (stop->task);
  geminga_loop_unref (stop->loop);
  g_free (stop);
}

static void
complete_stop (GemingaLoopItem *item)
{
  Stop *stop = (Stop *) item;

  if (!stop->is_cancelled)
    g_task_return_boolean (stop->task, TRUE);
  stop_free (stop);
}

/* Takes those who wait for the last actor, if it is gone. */
static GPtrArray *
steal_stops_locked (GemingaSystem *self)
{
  if (g_hash_table_size (self->actors) > 0 || self->n_ending > 0)
    return NULL;

  return g_steal_pointer (&self->stops);
}

static void
complete_stops (GPtrArray *stops)
{
  for (guint i = 0; stops != NULL && i < stops->len; i++)
    {
      Stop *stop = g_ptr_array_index (stops, i);

      geminga_loop_post (stop->loop, &stop->item);
    }
  g_clear_pointer (&stops, g_ptr_array_unref);
}

/* FALSE: it is over. */
static gboolean
cancel_stop_locked (GemingaSystem *self, GTask *task)
{
  for (guint i = 0; self->stops != NULL && i < self->stops->len; i++)
    {
      Stop *stop = g_ptr_array_index (self->stops, i);

      if (stop->task == task)
        return stop->is_cancelled = TRUE;
    }

  return FALSE;
}

static void
post_to_all (GemingaSystem *self, GemingaMessageKind kind)
{
  g_autoptr (GPtrArray) targets = geminga_system_ref_actors (self);

  for (guint i = 0; i < targets->len; i++)
    geminga_target_post (g_ptr_array_index (targets, i), geminga_message_new (kind, NULL));
}

static void
stop_grace_passed (gpointer user_data)
{
  Stop *stop = user_data;

  post_to_all (g_task_get_source_object (stop->task), GEMINGA_MESSAGE_KILL);
}

/* Nobody kills those that take too long, then. */
static void
stop_loop_ends (gpointer user_data)
{
  Stop *stop = user_data;

  geminga_loop_disarm (stop->loop, &stop->grace);
}

static gboolean
stop_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  GemingaSystem *self = g_task_get_source_object (task);
  gboolean was_waiting;

  g_mutex_lock (&self->lock);
  was_waiting = cancel_stop_locked (self, task);
  g_mutex_unlock (&self->lock);

  if (was_waiting)
    g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

static Stop *
stop_new (GTask *task)
{
  GMainContext *context = g_task_get_context (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Stop *stop = g_new0 (Stop, 1);

  stop->item.run = complete_stop;
  stop->loop = geminga_loop_ref_for_context (context);
  stop->task = g_object_ref (task);
  stop->grace.func = stop_grace_passed;
  stop->grace.give_up = stop_loop_ends;
  stop->grace.user_data = stop;
  geminga_loop_arm (stop->loop, &stop->grace,
                    geminga_loop_get_time (stop->loop) + STOP_GRACE * G_TIME_SPAN_MILLISECOND);
  if (cancellable != NULL)
    {
      stop->cancels = g_cancellable_source_new (cancellable);
      g_source_set_callback (stop->cancels, G_SOURCE_FUNC (stop_cancelled_cb), g_object_ref (task),
                             g_object_unref);
      g_source_set_static_name (stop->cancels, "geminga_system_stop_async cancelled");
      g_source_attach (stop->cancels, context);
    }

  return stop;
}

/* GObject */

static void
geminga_system_finalize (GObject *object)
{
  GemingaSystem *self = GEMINGA_SYSTEM (object);

  /* Each actor holds a reference. */
  g_assert (g_hash_table_size (self->actors) == 0);
  geminga_dead_letters_close (self);
  g_hash_table_unref (self->actors);
  geminga_directory_free (self->directory);
  geminga_deadlocks_close (self->deadlocks);
  geminga_deadlocks_unref (self->deadlocks);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->stops, g_ptr_array_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (geminga_system_parent_class)->finalize (object);
}

static void
geminga_system_class_init (GemingaSystemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_system_finalize;
  /* Other processes name it. */
  g_type_ensure (GEMINGA_TYPE_SUPERVISOR);
}

static void
geminga_system_init (GemingaSystem *self)
{
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  self->directory = geminga_directory_new ();
  self->deadlocks = geminga_deadlocks_new ();
  self->actors = g_hash_table_new_full (geminga_target_hash, geminga_target_equal,
                                        (GDestroyNotify) geminga_target_unref, NULL);
  geminga_dead_letters_open (self);
}

/* Private API */

void
geminga_system_set_backend (GemingaSystem *self, const GemingaSystemBackend *backend, gpointer data)
{
  self->backend = backend;
  self->backend_data = data;
}

void
geminga_system_set_node (GemingaSystem *self, guint32 node)
{
  self->node = node;
}

guint32
geminga_system_get_node (GemingaSystem *self)
{
  return self->node;
}

GemingaTarget *
geminga_system_spawn_in_process (GemingaSystem *self,
                                 GType type,
                                 const char *id,
                                 GVariant *properties,
                                 GError **error)
{
  if (!geminga_system_check_type (type, error) ||
      !geminga_system_check_properties (type, properties, error))
    return NULL;

  return spawn_in_loop (self, NULL, type, id, GEMINGA_PLACEMENT_PROCESS, properties, error);
}

/* One that was made while the others end would be there for ever. */
GemingaTarget *
geminga_system_spawn_own (GemingaSystem *self, GType type, const char *id, GError **error)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_for_context (self->context);
  gboolean is_stopping;

  g_mutex_lock (&self->lock);
  is_stopping = self->stops != NULL;
  g_mutex_unlock (&self->lock);
  if (!is_stopping)
    return spawn_in_loop (self, loop, type, id, GEMINGA_PLACEMENT_SHARED, NULL, error);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
               "There is no actor “%s” any more: all actors are being stopped", id);

  return NULL;
}

GemingaDirectory *
geminga_system_get_directory (GemingaSystem *self)
{
  return self->directory;
}

GemingaDeadlocks *
geminga_system_get_deadlocks (GemingaSystem *self)
{
  return self->deadlocks;
}

gboolean
geminga_system_tell_suspicion (GemingaSystem *self)
{
  if (self->backend == NULL || self->backend->suspect == NULL)
    return FALSE;

  self->backend->suspect (self->backend_data);

  return TRUE;
}

GPtrArray *
geminga_system_ref_actors (GemingaSystem *self)
{
  GPtrArray *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_target_unref);
  GHashTableIter iter;
  gpointer target;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->actors);
  while (g_hash_table_iter_next (&iter, &target, NULL))
    g_ptr_array_add (targets, geminga_target_ref (target));
  g_mutex_unlock (&self->lock);

  return targets;
}

GemingaTarget *
geminga_system_lookup (GemingaSystem *self, const char *id)
{
  GemingaTarget *target;

  g_mutex_lock (&self->lock);
  target = lookup_locked (self, id);
  if (target != NULL)
    geminga_target_ref (target);
  g_mutex_unlock (&self->lock);

  /* It is made when somebody first asks for it. */
  if (target == NULL && self->node == 0 && g_str_equal (id, GEMINGA_REGISTRY_ID))
    target = geminga_directory_ref_registry (self, NULL);

  return target;
}

GemingaTarget *
geminga_system_resolve (GemingaSystem *self, guint32 node, const char *id, GError **error)
{
  GemingaTarget *target = NULL;

  if (node != self->node && self->backend != NULL)
    return self->backend->resolve (self->backend_data, node, id, error);

  if (node == self->node)
    target = geminga_system_lookup (self, id);
  if (target == NULL)
    g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s”", id);

  return target;
}

gboolean
geminga_system_has_listener (GemingaSystem *self)
{
  return self->backend != NULL;
}

void
geminga_system_actor_event (GemingaSystem *self,
                            GemingaTarget *actor,
                            const char *interface,
                            const char *member,
                            GVariant *arguments)
{
  if (self->backend != NULL)
    self->backend->event (self->backend_data, actor, interface, member, arguments);
}

void
geminga_system_actor_started (GemingaSystem *self, GemingaTarget *actor)
{
  if (self->backend != NULL)
    self->backend->started (self->backend_data, actor);
}

void
geminga_system_actor_ending (GemingaSystem *self, GemingaTarget *actor)
{
  g_mutex_lock (&self->lock);
  remove_locked (self, actor);
  self->n_ending++;
  g_mutex_unlock (&self->lock);
}

void
geminga_system_actor_ended (GemingaSystem *self, GemingaTarget *actor, const GError *failure)
{
  GPtrArray *stops;

  if (self->backend != NULL)
    self->backend->ended (self->backend_data, actor, failure);

  g_mutex_lock (&self->lock);
  self->n_ending--;
  stops = steal_stops_locked (self);
  g_mutex_unlock (&self->lock);

  complete_stops (stops);
}

void
geminga_system_remove (GemingaSystem *self, GemingaTarget *actor)
{
  GPtrArray *stops;

  g_mutex_lock (&self->lock);
  remove_locked (self, actor);
  stops = steal_stops_locked (self);
  g_mutex_unlock (&self->lock);

  complete_stops (stops);
}

/* Public API */

/**
 * geminga_system_new:
 *
 * Makes an actor system of one process.
 *
 * Returns: (transfer full): the system
 *
 * Since: 0.1
 */
GemingaSystem *
geminga_system_new (void)
{
  return g_object_new (GEMINGA_TYPE_SYSTEM, NULL);
}

/**
 * geminga_system_spawn:
 * @self: a system
 * @type: an actor class
 * @id: (nullable): the new actor's id, or %NULL to have one chosen
 * @placement: where it shall run
 * @properties: (nullable): construct properties, `a{sv}` by property name; a floating reference is taken
 * @error: return location for an error
 *
 * Makes an actor.
 *
 * The ref can be used at once; messages wait until the actor has started, which
 * [method@Geminga.ActorRef.wait_ready_async] tells. An actor with placement "shared" runs in the
 * thread-default main context of who spawns it.
 *
 * Fails with %GEMINGA_ERROR_INVALID_ARGUMENTS if @type is no actor class or a property is unknown or has
 * a wrong value, with %GEMINGA_ERROR_ALREADY_EXISTS if the id is taken, with
 * %GEMINGA_ERROR_UNSUPPORTED_PLACEMENT if the class cannot run there, with
 * %GEMINGA_ERROR_SPAWN_FAILED if there is no thread or process to be had.
 *
 * Returns: (transfer full): the new actor's ref
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_system_spawn (GemingaSystem *self,
                      GType type,
                      const char *id,
                      GemingaPlacement placement,
                      GVariant *properties,
                      GError **error)
{
  g_autoptr (GVariant) sunk = properties != NULL ? g_variant_ref_sink (properties) : NULL;
  g_autoptr (GemingaTarget) target = NULL;

  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), NULL);

  if (!geminga_system_check_type (type, error) ||
      !geminga_system_check_placement (type, placement, error) ||
      !geminga_system_check_properties (type, sunk, error))
    return NULL;

  if (id != NULL && *id == '\0')
    id = NULL;
  if (geminga_loop_has_scheduler (geminga_thread_get_loop (geminga_thread_get ())))
    {
      target = spawn_in_loop (self, NULL, type, id, placement, sunk, error);
      return target != NULL ? geminga_actor_ref_new (target) : NULL;
    }
  switch (placement)
    {
    case GEMINGA_PLACEMENT_PROCESS:
      target = spawn_process (self, type, id, sunk, error);
      break;
    case GEMINGA_PLACEMENT_THREAD:
      target = spawn_thread (self, type, id, sunk, error);
      break;
    case GEMINGA_PLACEMENT_SHARED:
    default:
      target = spawn_in_loop (self, NULL, type, id, GEMINGA_PLACEMENT_SHARED, sunk, error);
    }

  return target != NULL ? geminga_actor_ref_new (target) : NULL;
}

/**
 * geminga_system_ref_actor:
 * @self: a system
 * @id_or_path: the id of an actor of this process, or the path of any, see
 *   [method@Geminga.ActorRef.get_path]
 * @error: return location for an error
 *
 * Finds an actor. An actor of another process is not looked for: messages to it fail if it is not
 * there.
 *
 * Returns: (transfer full): its ref, or %NULL with %GEMINGA_ERROR_NO_SUCH_ACTOR
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_system_ref_actor (GemingaSystem *self, const char *id_or_path, GError **error)
{
  g_autoptr (GemingaTarget) target = NULL;
  g_autofree char *id = NULL;
  guint32 node;

  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), NULL);
  g_return_val_if_fail (id_or_path != NULL, NULL);

  if (geminga_target_parse_path (id_or_path, &node, &id))
    target = geminga_system_resolve (self, node, id, error);
  else
    target = geminga_system_resolve (self, self->node, id_or_path, error);

  return target != NULL ? geminga_actor_ref_new (target) : NULL;
}

/**
 * geminga_system_get_n_dead_letters:
 * @self: a system
 *
 * Tells how many messages were not handled by anybody in this process, see [class@Geminga.DeadLetters].
 *
 * Returns: how many, since the system was made
 *
 * Since: 0.1
 */
guint64
geminga_system_get_n_dead_letters (GemingaSystem *self)
{
  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), 0);

  return geminga_dead_letters_count (self);
}

/**
 * geminga_system_stop_async:
 * @self: a system
 * @cancellable: (nullable): cancels the wait; the actors stop nevertheless
 * @callback: (nullable): called in the caller's main context when no actor is left
 * @user_data: data for @callback
 *
 * Stops all actors of this process. Those that take longer than five seconds are killed.
 *
 * Since: 0.1
 */
void
geminga_system_stop_async (GemingaSystem *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *stops;

  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_system_stop_async);

  g_mutex_lock (&self->lock);
  if (self->stops == NULL)
    self->stops = g_ptr_array_new ();
  g_ptr_array_add (self->stops, stop_new (task));
  stops = steal_stops_locked (self);
  g_mutex_unlock (&self->lock);
  complete_stops (stops);

  post_to_all (self, GEMINGA_MESSAGE_STOP);
}

/**
 * geminga_system_stop_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether all actors have ended.
 *
 * Returns: %TRUE if they have, %FALSE if the wait was cancelled
 *
 * Since: 0.1
 */
gboolean
geminga_system_stop_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_system_stop_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
