/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-registry-state-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"
#include "geminga-system.h"

/* So many questions may wait: each process asks for each group that it publishes to. */
#define MAILBOX_LIMIT 1000000

/* Somebody waits for a name. */
typedef struct
{
  GemingaRegistry *registry; /* not owned */
  char *name;                /* (owned) */
  GemingaCall *call;         /* (owned) */
  gulong cancelled_id;       /* of the call's cancellable */
} Wait;

G_DEFINE_FINAL_TYPE (GemingaRegistry, geminga_registry, GEMINGA_TYPE_ACTOR)

/* Helpers: actors */

static void
listed_free (gpointer data)
{
  GemingaListed *self = data;

  g_clear_pointer (&self->watch, geminga_watch_free);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->groups);
  g_object_unref (self->ref);
  g_free (self->path);
  g_free (self);
}

static gboolean
has_ended (GemingaActorRef *ref)
{
  return geminga_target_has_ended (geminga_actor_ref_get_target (ref));
}

/* It has ended. */
static void
forget (GemingaRegistry *self, GemingaListed *listed)
{
  g_hash_table_steal (self->actors, listed->path);
  for (guint i = 0; i < listed->names->len; i++)
    {
      const char *name = g_ptr_array_index (listed->names, i);

      g_hash_table_remove (self->names, name);
      geminga_registry_emit (self, "Unregistered", name, listed);
    }
  geminga_registry_leave_all (self, listed);
  listed_free (listed);
}

static void
actor_ended (GemingaActor *actor, GemingaWatch *watch)
{
  forget (GEMINGA_REGISTRY (actor), watch->data);
}

static GemingaListed *
add (GemingaRegistry *self, GemingaActorRef *ref)
{
  GemingaListed *listed = g_new0 (GemingaListed, 1);

  listed->path = g_strdup (geminga_actor_ref_get_path (ref));
  listed->ref = g_object_ref (ref);
  listed->names = g_ptr_array_new_with_free_func (g_free);
  listed->groups = g_ptr_array_new ();
  listed->watch = geminga_watch_new (geminga_actor_get_mailbox (GEMINGA_ACTOR (self)),
                                     geminga_actor_ref_get_target (ref), GEMINGA_MESSAGE_EXIT,
                                     actor_ended, listed);
  g_hash_table_insert (self->actors, listed->path, listed);

  return listed;
}

/* Helpers: who waits */

static void
wait_free (gpointer data)
{
  Wait *self = data;

  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (geminga_call_get_cancellable (self->call), self->cancelled_id);
  g_object_unref (self->call);
  g_free (self->name);
  g_free (self);
}

static void
on_wait_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Wait *wait = user_data;
  GHashTable *waits = wait->registry->waits;
  GPtrArray *same = g_hash_table_lookup (waits, wait->name);

  if (same->len == 1)
    g_hash_table_remove (waits, wait->name);
  else
    g_ptr_array_remove (same, wait);
}

static void
add_wait (GemingaRegistry *self, const char *name, GemingaCall *call)
{
  GCancellable *cancellable = geminga_call_get_cancellable (call);
  GPtrArray *same = g_hash_table_lookup (self->waits, name);
  Wait *wait;

  if (g_cancellable_is_cancelled (cancellable))
    return;

  if (same == NULL)
    {
      same = g_ptr_array_new_with_free_func (wait_free);
      g_hash_table_insert (self->waits, g_strdup (name), same);
    }
  wait = g_new0 (Wait, 1);
  wait->registry = self;
  wait->name = g_strdup (name);
  wait->call = g_object_ref (call);
  wait->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_wait_cancelled), wait);
  g_ptr_array_add (same, wait);
}

static void
answer_waits (GemingaRegistry *self, const char *name, GemingaListed *listed)
{
  g_autofree gpointer key = NULL;
  g_autoptr (GPtrArray) waits = NULL;

  if (!g_hash_table_steal_extended (self->waits, name, &key, (gpointer *) &waits))
    return;

  for (guint i = 0; i < waits->len; i++)
    geminga_call_return_value (((Wait *) g_ptr_array_index (waits, i))->call,
                               g_variant_new_object_path (listed->path));
}

/* Commands */

static void
handle_register (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (actor);
  GemingaListed *holder;
  GemingaListed *listed;
  const char *name;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&s&o)", &name, &path);
  if (!geminga_registry_check_name (call, name))
    return;

  holder = g_hash_table_lookup (self->names, name);
  if (holder != NULL && has_ended (holder->ref))
    {
      forget (self, holder);
      holder = NULL;
    }
  listed = geminga_registry_list (self, call, path);
  if (listed == NULL)
    return;
  if (holder != NULL && holder != listed)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_ALREADY_EXISTS,
                           "The name “%s” is taken by actor “%s” (%s)", name,
                           geminga_actor_ref_get_id (holder->ref), holder->path);
      geminga_registry_tidy (self, listed);
      return;
    }

  geminga_call_return_value (call, NULL);
  if (holder != NULL)
    return;

  g_hash_table_insert (self->names, g_strdup (name), listed);
  g_ptr_array_add (listed->names, g_strdup (name));
  geminga_registry_emit (self, "Registered", name, listed);
  answer_waits (self, name, listed);
}

static void
handle_unregister (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (actor);
  GemingaListed *holder;
  const char *name;
  guint position;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  holder = g_hash_table_lookup (self->names, name);
  if (holder == NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_ACTOR, "No actor is registered as “%s”",
                           name);
      return;
    }

  geminga_registry_emit (self, "Unregistered", name, holder);
  geminga_call_return_value (call, NULL);
  if (g_ptr_array_find_with_equal_func (holder->names, name, g_str_equal, &position))
    g_ptr_array_remove_index_fast (holder->names, position);
  g_hash_table_remove (self->names, name);
  geminga_registry_tidy (self, holder);
}

static GemingaListed *
find_name (GemingaRegistry *self, const char *name)
{
  GemingaListed *listed = g_hash_table_lookup (self->names, name);

  return listed != NULL && !has_ended (listed->ref) ? listed : NULL;
}

static void
handle_lookup (GemingaActor *actor, GemingaCall *call)
{
  GemingaListed *listed;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  listed = find_name (GEMINGA_REGISTRY (actor), name);
  if (listed != NULL)
    geminga_call_return_value (call, g_variant_new_object_path (listed->path));
  else
    geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_ACTOR, "No actor is registered as “%s”", name);
}

static void
handle_wait_for (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (actor);
  GemingaListed *listed;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  if (!geminga_registry_check_name (call, name))
    return;

  listed = find_name (self, name);
  if (listed != NULL)
    geminga_call_return_value (call, g_variant_new_object_path (listed->path));
  else
    add_wait (self, name, call);
}

static void
handle_list_names (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (actor);
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name;
  gpointer listed;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{so}"));
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &listed))
    g_variant_builder_add (&builder, "{so}", name, ((GemingaListed *) listed)->path);
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

static const GemingaCommandEntry commands[] = {
  { "Register", "(so)", NULL, "name actor",
    "Gives an actor a name, which it keeps until it ends; another living one's is refused", 0,
    handle_register },
  { "Unregister", "(s)", NULL, "name", "Takes a name away", 0, handle_unregister },
  { "Lookup", "(s)", "o", "name", "Tells who has a name", 0, handle_lookup },
  { "WaitFor", "(s)", "o", "name", "Tells who has a name, as soon as somebody has", 0,
    handle_wait_for },
  { "ListNames", NULL, "a{so}", NULL, "Tells all names and who has them", 0, handle_list_names },
};

/* GemingaActor */

/* Nobody could find anybody any more. */
static void
geminga_registry_handle (GemingaActor *actor, GemingaCall *call)
{
  if (g_str_equal (geminga_call_get_command (call), "Stop"))
    geminga_call_refuse (call, GEMINGA_ERROR_NOT_SUPPORTED,
                         "The registry ends with the service only");
  else
    GEMINGA_ACTOR_CLASS (geminga_registry_parent_class)->handle (actor, call);
}

static void
geminga_registry_started (GemingaActor *actor)
{
  GEMINGA_REGISTRY (actor)->loop = geminga_loop_ref (geminga_actor_get_mailbox (actor)->loop);
}

/* Calls that are not answered would keep the actor. */
static void
geminga_registry_stopping (GemingaActor *actor)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (actor);
  GHashTableIter iter;
  gpointer waits;

  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, NULL, &waits))
    for (guint i = 0; i < ((GPtrArray *) waits)->len; i++)
      geminga_call_refuse (((Wait *) g_ptr_array_index ((GPtrArray *) waits, i))->call,
                           GEMINGA_ERROR_DIED, "The registry ends");
  g_hash_table_remove_all (self->waits);
  geminga_registry_end_groups (self);
  g_hash_table_remove_all (self->names);
  g_hash_table_remove_all (self->actors);
}

/* GObject */

static void
geminga_registry_finalize (GObject *object)
{
  GemingaRegistry *self = GEMINGA_REGISTRY (object);

  g_hash_table_unref (self->waits);
  g_hash_table_unref (self->groups);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->actors);
  g_clear_pointer (&self->loop, geminga_loop_unref);

  G_OBJECT_CLASS (geminga_registry_parent_class)->finalize (object);
}

static void
add_event (GemingaActorClass *klass, const char *name, const char *first)
{
  g_autoptr (GemingaCommand) event = geminga_command_new (name, "(so)", NULL);
  const char *const names[] = { first, "actor", NULL };

  geminga_command_set_argument_names (event, names);
  geminga_actor_class_add_event (klass, event);
}

static void
geminga_registry_class_init (GemingaRegistryClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = geminga_registry_finalize;
  actor_class->handle = geminga_registry_handle;
  actor_class->started = geminga_registry_started;
  actor_class->stopping = geminga_registry_stopping;

  geminga_actor_class_set_interface_name (actor_class, "org.geminga1.Registry");
  geminga_actor_class_set_mailbox_limit (actor_class, MAILBOX_LIMIT);
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
  geminga_registry_install_group_commands (actor_class);
  add_event (actor_class, "Registered", "name");
  add_event (actor_class, "Unregistered", "name");
  add_event (actor_class, "Joined", "group");
  add_event (actor_class, "Left", "group");
}

static void
geminga_registry_init (GemingaRegistry *self)
{
  self->actors = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, listed_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waits =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->groups = geminga_registry_groups_new ();
  /* Larger than any of a registry before. */
  self->last_version = (guint64) g_get_real_time ();
}

/* For the registry's own files */

GemingaListed *
geminga_registry_lookup (GemingaRegistry *self, const char *path)
{
  return g_hash_table_lookup (self->actors, path);
}

/* An actor that was restarted in its process has the path of the one before. */
GemingaListed *
geminga_registry_list (GemingaRegistry *self, GemingaCall *call, const char *path)
{
  GemingaListed *listed = geminga_registry_lookup (self, path);
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;

  if (listed != NULL && has_ended (listed->ref))
    {
      forget (self, listed);
      listed = NULL;
    }
  if (listed != NULL)
    return listed;

  ref = geminga_system_ref_actor (geminga_actor_get_system (GEMINGA_ACTOR (self)), path, &error);
  if (ref == NULL)
    {
      geminga_call_return_error (call, error);
      return NULL;
    }
  if (has_ended (ref))
    {
      geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s” any more",
                           geminga_actor_ref_get_id (ref));
      return NULL;
    }

  return add (self, ref);
}

void
geminga_registry_tidy (GemingaRegistry *self, GemingaListed *listed)
{
  if (listed->names->len == 0 && listed->groups->len == 0)
    g_hash_table_remove (self->actors, listed->path);
}

gboolean
geminga_registry_check_name (GemingaCall *call, const char *name)
{
  if (*name != '\0')
    return TRUE;

  geminga_call_refuse (call, GEMINGA_ERROR_INVALID_ARGUMENTS, "A name must not be empty");

  return FALSE;
}

void
geminga_registry_emit (GemingaRegistry *self,
                       const char *event,
                       const char *name,
                       GemingaListed *listed)
{
  geminga_actor_emit_event (GEMINGA_ACTOR (self), event,
                            g_variant_new ("(so)", name, listed->path));
}
