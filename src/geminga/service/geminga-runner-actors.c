/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <string.h>
#include <unistd.h>

#include "geminga-actor-ref-private.h"
#include "geminga-bus-standard-private.h"
#include "geminga-error.h"
#include "geminga-registry-private.h"

#define ROOT_PATH     "/org/geminga1"
#define REGISTRY_PATH ROOT_PATH "/registry"

/* An actor of any process of the service. */
typedef struct
{
  guint32 node;
  char *id;
  char *path; /* of its object on the bus */
  char *type;
  char *placement;
  gint64 started_at; /* microseconds since 1970 */
} Actor;

/* Helpers: the table */

static void
actor_free (gpointer data)
{
  Actor *actor = data;

  g_free (actor->id);
  g_free (actor->path);
  g_free (actor->type);
  g_free (actor->placement);
  g_free (actor);
}

static char *
name_actor (guint32 node, const char *id)
{
  return g_strdup_printf ("%u/%s", node, id);
}

static Actor *
find_actor (GemingaRunner *self, guint32 node, const char *id)
{
  g_autofree char *name = name_actor (node, id);

  return self->actors != NULL ? g_hash_table_lookup (self->actors, name) : NULL;
}

static Actor *
find_by_path (GemingaRunner *self, const char *path)
{
  GHashTableIter iter;
  gpointer actor;

  g_hash_table_iter_init (&iter, self->actors);
  while (g_hash_table_iter_next (&iter, NULL, &actor))
    if (g_str_equal (((Actor *) actor)->path, path))
      return actor;

  return NULL;
}

/* By object path, by "Hello/worker1", or by id, if there is one of that id only. */
static Actor *
find_by_name (GemingaRunner *self, const char *name, GError **error)
{
  g_autofree char *suffix = g_strconcat ("/", name, NULL);
  GHashTableIter iter;
  gpointer value;
  Actor *found = NULL;

  g_hash_table_iter_init (&iter, self->actors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Actor *actor = value;

      if (g_str_equal (actor->path, name))
        return actor;
      if (!g_str_equal (actor->id, name) && !g_str_has_suffix (actor->path, suffix))
        continue;
      if (found != NULL)
        {
          g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                       "“%s” could be %s or %s: give the path", name, found->path, actor->path);
          return NULL;
        }
      found = actor;
    }

  if (found == NULL)
    g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s”", name);

  return found;
}

/* Helpers: places in the tree */

static char *
find_monitor_path (GemingaRunner *self, const char *id)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);

      if (g_str_equal (geminga_service_get_name (service), id))
        return geminga_monitor_dup_path (geminga_service_get_id (service));
    }

  return NULL;
}

/* Below the child whose process it is in. */
static char *
find_child_path (GemingaRunner *self, guint32 node, const char *id)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      GemingaMonitor *monitor = g_ptr_array_index (self->monitors, i);
      GemingaChild *child = node != 0 ? geminga_monitor_find_node (monitor, node)
                                      : geminga_monitor_find_child (monitor, id);
      g_autofree char *path = NULL;
      g_autofree char *name = NULL;

      if (child == NULL)
        continue;

      path = geminga_monitor_dup_child_path (monitor, child->id);
      if (g_str_equal (child->id, id))
        return g_steal_pointer (&path);

      name = geminga_target_escape (id);
      return g_strconcat (path, "/", name, NULL);
    }

  return NULL;
}

static gboolean
has_service_at (GemingaRunner *self, const char *path)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      g_autofree char *place =
          geminga_monitor_dup_path (geminga_service_get_id (g_ptr_array_index (self->services, i)));

      if (g_str_equal (place, path))
        return TRUE;
    }

  return FALSE;
}

static char *
choose_path (GemingaRunner *self, guint32 node, const char *id)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  if (node == 0 && g_str_equal (id, GEMINGA_ARBITER_ID))
    return g_strdup (ROOT_PATH);

  if (node == 0 && g_str_equal (id, GEMINGA_REGISTRY_ID) && !has_service_at (self, REGISTRY_PATH))
    return g_strdup (REGISTRY_PATH);

  path = node == 0 ? find_monitor_path (self, id) : NULL;
  if (path == NULL)
    path = find_child_path (self, node, id);
  if (path != NULL)
    return g_steal_pointer (&path);

  /* It was spawned by another actor: in a process of its own, or in this one. */
  path = geminga_monitor_dup_path (geminga_service_get_id (self->service));
  name = geminga_target_escape (id);

  return g_strconcat (path, "/", name, NULL);
}

static char *
choose_free_path (GemingaRunner *self, guint32 node, const char *id)
{
  g_autofree char *path = choose_path (self, node, id);

  if (find_by_path (self, path) == NULL)
    return g_steal_pointer (&path);

  return g_strdup_printf ("%s_%u", path, node);
}

static void
export_actor (GemingaRunner *self, Actor *actor)
{
  g_autofree char *id = geminga_target_escape (actor->id);
  g_autofree char *address = g_strdup_printf (GEMINGA_TARGET_PATH_PREFIX "%u/%s", actor->node, id);
  g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (self->system, address, NULL);
  GType type = g_type_from_name (actor->type);

  if (self->bus == NULL || ref == NULL)
    return;
  if (type == G_TYPE_INVALID)
    g_info ("%s is not on the bus: the main process does not know the class %s", actor->path,
            actor->type);
  else
    geminga_bus_add_actor (self->bus, actor->path, type, ref);
}

static void
forget (GemingaRunner *self, Actor *actor, const char *reason)
{
  GemingaArbiter *arbiter = geminga_arbiter_lookup (self->system);
  g_autofree char *name = name_actor (actor->node, actor->id);

  if (arbiter != NULL)
    geminga_arbiter_tell_ended (arbiter, actor->path, reason);
  if (self->bus != NULL)
    geminga_bus_remove_actor (self->bus, actor->path);
  g_hash_table_remove (self->actors, name);
}

/* Without those the service is none any more. */
static gboolean
is_essential (Actor *actor)
{
  GType type = g_type_from_name (actor->type);

  return g_type_is_a (type, GEMINGA_TYPE_ARBITER) || g_type_is_a (type, GEMINGA_TYPE_MONITOR) ||
         g_type_is_a (type, GEMINGA_TYPE_REGISTRY);
}

/* GemingaNodeHooks */

static gboolean
node_spawn_process (gpointer data, guint32 node, GType type, int fd, GError **error)
{
  GemingaRunner *self = data;

  if (!geminga_processes_spawn (self->processes, node, type, fd, error))
    return FALSE;

  geminga_heartbeat_add (self->heartbeat, node,
                         geminga_processes_get_pulse (self->processes, node));

  return TRUE;
}

static void
node_kill_process (gpointer data, guint32 node)
{
  GemingaRunner *self = data;

  geminga_processes_kill (self->processes, node, "was killed by the service");
}

static void
node_process_gone (gpointer data, guint32 node)
{
  GemingaRunner *self = data;

  /* Without its link it is of no use. */
  geminga_heartbeat_remove (self->heartbeat, node);
  geminga_processes_expect_end (self->processes, node, 1000);
  geminga_runner_forget_node (self, node);
}

static void
node_spare_taken (gpointer data, guint32 node)
{
  geminga_spares_note_taken (((GemingaRunner *) data)->spares, node);
}

static void
node_actor_event (gpointer data,
                  guint32 node,
                  const char *id,
                  const char *interface,
                  const char *member,
                  GVariant *arguments)
{
  GemingaRunner *self = data;
  Actor *actor = find_actor (self, node, id);

  if (actor != NULL && self->bus != NULL)
    geminga_bus_emit_event (self->bus, actor->path, interface, member, arguments);
  if (g_str_equal (interface, GEMINGA_WORKER_INTERFACE) &&
      g_str_equal (member, GEMINGA_WORKER_RETIRING))
    geminga_runner_replace_worker (self, node, id);
}

static void
node_actor_started (gpointer data,
                    guint32 node,
                    const char *id,
                    const char *type,
                    const char *placement)
{
  GemingaRunner *self = data;
  GemingaArbiter *arbiter = geminga_arbiter_lookup (self->system);
  Actor *actor = g_new0 (Actor, 1);

  if (self->actors == NULL)
    self->actors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, actor_free);

  actor->node = node;
  actor->id = g_strdup (id);
  actor->path = choose_free_path (self, node, id);
  actor->type = g_strdup (type);
  actor->placement = g_strdup (placement);
  actor->started_at = g_get_real_time ();
  g_hash_table_replace (self->actors, name_actor (node, id), actor);
  export_actor (self, actor);
  geminga_heartbeat_note_life (self->heartbeat, node);
  if (node != 0)
    geminga_processes_note_started (self->processes, node);
  if (arbiter != NULL)
    geminga_arbiter_tell_started (arbiter, actor->path, type,
                                  node != 0 ? geminga_processes_get_pid (self->processes, node)
                                            : getpid ());
}

static void
node_actor_ended (gpointer data, guint32 node, const char *id, const GError *failure)
{
  GemingaRunner *self = data;
  Actor *actor = find_actor (self, node, id);

  if (actor != NULL)
    forget (self, actor, failure != NULL ? failure->message : "");
}

static gboolean
node_standard_called (gpointer data, const GemingaLinkCall *call)
{
  return geminga_bus_answer_standard (((GemingaRunner *) data)->system, call);
}

/* Actors are named as they are on the bus, if they are there. */
static void
node_dead_letter (gpointer data, const char *target, const char *command, const char *reason)
{
  GemingaRunner *self = data;
  GemingaArbiter *arbiter = geminga_arbiter_lookup (self->system);
  Actor *actor = NULL;
  g_autofree char *id = NULL;
  guint32 node;

  if (arbiter == NULL)
    return;

  if (geminga_target_parse_path (target, &node, &id))
    actor = find_actor (self, node, id);
  geminga_arbiter_tell_dead_letter (arbiter, actor != NULL ? actor->path : target, command, reason);
}

const GemingaNodeHooks geminga_runner_node_hooks = {
  .spawn_process = node_spawn_process,
  .kill_process = node_kill_process,
  .process_gone = node_process_gone,
  .spare_taken = node_spare_taken,
  .actor_event = node_actor_event,
  .actor_started = node_actor_started,
  .actor_ended = node_actor_ended,
  .standard_called = node_standard_called,
  .dead_letter = node_dead_letter,
  .deadlock = geminga_runner_note_deadlock,
};

/* GemingaBusFuncs */

static void
bus_acquired (gpointer data)
{
  GemingaRunner *self = data;

  self->is_off_bus = FALSE;
  g_info ("%s is on the bus", geminga_service_get_id (self->service));
}

static void
bus_lost (gpointer data, const char *why)
{
  GemingaRunner *self = data;

  if (self->is_off_bus)
    return;

  self->is_off_bus = TRUE;
  g_message ("%s serves without the bus: %s", geminga_service_get_id (self->service), why);
}

static const char *
bus_get_log_level (gpointer data)
{
  GemingaRunner *self = data;

  return geminga_settings_get_string (self->settings, "log-level");
}

static gboolean
bus_set_log_level (gpointer data, const char *level, GError **error)
{
  return geminga_runner_set_log_level (data, level, error);
}

static const GemingaBusFuncs bus_funcs = {
  bus_acquired,
  bus_lost,
  bus_get_log_level,
  bus_set_log_level,
};

/* For the runner's own files */

void
geminga_runner_start_bus (GemingaRunner *self)
{
  const char *bus = geminga_settings_get_string (self->settings, "bus");

  if (g_str_equal (bus, "none"))
    return;

  self->bus = geminga_bus_new (geminga_service_get_id (self->service), &bus_funcs, self);
  geminga_bus_start (self->bus, bus);
}

void
geminga_runner_forget_node (GemingaRunner *self, guint32 node)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer actor;

  g_hash_table_iter_init (&iter, self->actors);
  while (g_hash_table_iter_next (&iter, NULL, &actor))
    if (((Actor *) actor)->node == node)
      g_ptr_array_add (gone, actor);

  for (guint i = 0; i < gone->len; i++)
    forget (self, g_ptr_array_index (gone, i), "its process is gone");
}

char *
geminga_runner_dup_path (GemingaRunner *self, GemingaActorRef *ref)
{
  GemingaTarget *target = geminga_actor_ref_get_target (ref);
  const char *id = geminga_target_get_id (target);
  Actor *actor = find_actor (self, target->node, id);

  return actor != NULL ? g_strdup (actor->path) : choose_free_path (self, target->node, id);
}

gboolean
geminga_runner_find_actor (GemingaRunner *self,
                           const char *name,
                           guint32 *node,
                           char **id,
                           GError **error)
{
  Actor *actor = find_by_name (self, name, error);

  if (actor == NULL)
    return FALSE;

  *node = actor->node;
  *id = g_strdup (actor->id);

  return TRUE;
}

/* Private API */

GVariant *
geminga_runner_list_actors (GemingaRunner *self)
{
  GVariantBuilder list;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  g_hash_table_iter_init (&iter, self->actors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Actor *actor = value;
      GPid pid =
          actor->node != 0 ? geminga_processes_get_pid (self->processes, actor->node) : getpid ();
      GVariantDict entry;

      g_variant_dict_init (&entry, NULL);
      g_variant_dict_insert (&entry, "path", "o", actor->path);
      g_variant_dict_insert (&entry, "id", "s", actor->id);
      g_variant_dict_insert (&entry, "type", "s", actor->type);
      g_variant_dict_insert (&entry, "placement", "s", actor->placement);
      g_variant_dict_insert (&entry, "pid", "u", (guint32) pid);
      g_variant_dict_insert (&entry, "started-at", "t", (guint64) actor->started_at);
      g_variant_dict_insert (&entry, "state", "s", "running");
      g_variant_builder_add_value (&list, g_variant_dict_end (&entry));
    }

  return g_variant_builder_end (&list);
}

gboolean
geminga_runner_kill_actor (GemingaRunner *self, const char *name, GError **error)
{
  Actor *actor = find_by_name (self, name, error);
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autofree char *id = NULL;
  g_autofree char *address = NULL;

  if (actor == NULL)
    return FALSE;
  if (is_essential (actor))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                   "“%s” cannot be killed: the service depends on it", name);
      return FALSE;
    }

  id = geminga_target_escape (actor->id);
  address = g_strdup_printf (GEMINGA_TARGET_PATH_PREFIX "%u/%s", actor->node, id);
  ref = geminga_system_ref_actor (self->system, address, error);
  if (ref == NULL)
    return FALSE;

  geminga_actor_ref_kill (ref);

  return TRUE;
}
