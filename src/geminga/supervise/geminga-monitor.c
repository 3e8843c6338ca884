/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-monitor-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-error.h"
#include "geminga-pool-settings-private.h"
#include "geminga-process-info-private.h"
#include "geminga-scaling-private.h"

/* Restart records that are kept. */
#define MAX_RECORDS 100

/**
 * GemingaMonitor:
 *
 * The actor that keeps the workers of a service alive: it starts them, starts those again that die or
 * hang, scales and replaces them.
 *
 * A monitor is made by the arbiter for each service and lives in the main process. It is steered with
 * its commands, such as `Scale` and `Reload`, and is an object on D-Bus.
 *
 * Since: 0.1
 */
G_DEFINE_TYPE (GemingaMonitor, geminga_monitor, GEMINGA_TYPE_ACTOR)

enum
{
  PROP_SERVICE_ID = 1,
  PROP_WORKERS,
  PROP_RUNNING,
  PROP_RESTARTS,
  PROP_STATE,
  PROP_SOCKETS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers: setup */

static void
spec_clear (gpointer data)
{
  GemingaPoolSpec *spec = data;

  g_clear_pointer (&spec->name, g_free);
  g_clear_pointer (&spec->properties, g_variant_unref);
}

static void
setup_clear (GemingaMonitorSetup *setup)
{
  g_clear_pointer (&setup->service_id, g_free);
  g_clear_object (&setup->settings);
  spec_clear (&setup->workers);
  g_clear_pointer (&setup->singles, g_array_unref);
  g_clear_pointer (&setup->sockets, g_strfreev);
}

static void
setup_free (gpointer data)
{
  setup_clear (data);
  g_free (data);
}

static char *
name_setup (const char *id)
{
  return g_strconcat ("geminga-monitor-", id, NULL);
}

static guint
get_n_workers (GemingaMonitor *self)
{
  return geminga_pool_settings_get_n_workers (self->setup.settings);
}

static GemingaPool *
get_workers (GemingaMonitor *self)
{
  return g_ptr_array_index (self->pools, 0);
}

/* Helpers: state */

static const char *
find_state (GemingaMonitor *self)
{
  gboolean is_settled = TRUE;

  for (guint i = 0; i < self->pools->len; i++)
    {
      GemingaPool *pool = g_ptr_array_index (self->pools, i);

      if (geminga_pool_has_given_up (pool))
        return "failed";
      if (geminga_pool_is_replacing (pool))
        return "reloading";
      is_settled = is_settled && geminga_pool_is_settled (pool);
    }

  if (geminga_monitor_is_empty (self))
    return is_settled ? "stopped" : "restarting";

  return is_settled ? "running" : "changing";
}

static void
notify_changes (GemingaMonitor *self)
{
  guint n_running = geminga_monitor_get_n_running (self);
  const char *state = find_state (self);

  if (n_running != self->n_notified)
    {
      self->n_notified = n_running;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
    }
  if (state != self->state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
    }
}

/* GemingaPoolFuncs */

static void
pool_spawned (gpointer data, GemingaChild *child)
{
  GemingaMonitor *self = data;

  self->setup.funcs->spawned (self->setup.data, self, child);
  if (self->hooks != NULL)
    self->hooks->spawned (self, child);
}

static void
pool_ended (gpointer data, GemingaChild *child, const char *reason)
{
  GemingaMonitor *self = data;

  if (self->hooks != NULL)
    self->hooks->ended (self, child);
  self->setup.funcs->ended (self->setup.data, self, child, reason);
}

static void
pool_kill (gpointer data, GemingaChild *child, const char *why)
{
  GemingaMonitor *self = data;

  self->setup.funcs->kill (self->setup.data, child, why);
}

static guint64
pool_get_memory (gpointer data, GemingaChild *child)
{
  return child->pid != 0 ? geminga_process_info_get_memory (child->pid) : 0;
}

static void
pool_changed (gpointer data)
{
  GemingaMonitor *self = data;

  notify_changes (self);
  if (geminga_monitor_is_settled (self))
    geminga_wishes_finish (self->wishes, GEMINGA_OUTCOME_DONE, NULL);
  self->setup.funcs->changed (self->setup.data, self);
}

static void
pool_not_replaced (gpointer data, const char *why)
{
  GemingaMonitor *self = data;

  g_warning ("%s: the new workers do not get ready, the old ones stay: one %s",
             self->setup.service_id, why);
  geminga_wishes_finish (self->wishes, GEMINGA_OUTCOME_FAILED, why);
}

static void
pool_gave_up (gpointer data, const char *why)
{
  GemingaMonitor *self = data;

  geminga_wishes_finish (self->wishes, GEMINGA_OUTCOME_FAILED, why);
  self->setup.funcs->gave_up (self->setup.data, self, why);
}

static const GemingaPoolFuncs pool_funcs = {
  pool_spawned, pool_ended,        pool_kill,    pool_get_memory,
  pool_changed, pool_not_replaced, pool_gave_up,
};

/* Helpers: life */

static void
add_pool (GemingaMonitor *self, GemingaPoolSpec *spec)
{
  GemingaPool *pool =
      geminga_pool_new (geminga_actor_get_system (GEMINGA_ACTOR (self)), spec, &pool_funcs, self);
  GemingaPoolLimits limits;

  geminga_pool_settings_get_limits (self->setup.settings, &limits);
  geminga_pool_set_limits (pool, &limits);
  g_ptr_array_add (self->pools, pool);
}

static void
on_settings_changed (GemingaSettings *settings, const char *name, gpointer user_data)
{
  GemingaMonitor *self = user_data;

  if (g_str_equal (name, "workers"))
    geminga_monitor_scale_by_hand (self, get_n_workers (self));
  else
    geminga_monitor_configure (self);
}

/* GemingaActor */

static void
geminga_monitor_started (GemingaActor *actor)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);
  g_autofree char *name = name_setup (geminga_actor_get_id (actor));
  GemingaMonitorSetup *setup =
      g_object_steal_data (G_OBJECT (geminga_actor_get_system (actor)), name);

  if (setup == NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                               "Only the arbiter makes monitors: add a service to it");

      geminga_actor_fail (actor, error);
      return;
    }

  self->setup = *setup;
  g_free (setup);
  self->changed_id =
      g_signal_connect (self->setup.settings, "changed", G_CALLBACK (on_settings_changed), self);
  add_pool (self, &self->setup.workers);
  geminga_monitor_start_scaling (self);
  for (guint i = 0; i < self->setup.singles->len; i++)
    add_pool (self, &g_array_index (self->setup.singles, GemingaPoolSpec, i));

  /* Called before the first child, so that the arbiter knows whose it is. */
  self->setup.funcs->started (self->setup.data, self);
  if (geminga_pool_get_spec (get_workers (self))->type != G_TYPE_INVALID)
    geminga_pool_scale (get_workers (self),
                        geminga_scaling_clamp (self->scaling, get_n_workers (self)));
  for (guint i = 1; i < self->pools->len; i++)
    geminga_pool_scale (g_ptr_array_index (self->pools, i), 1);
}

static void
geminga_monitor_stopping (GemingaActor *actor)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);

  geminga_wishes_finish (self->wishes, GEMINGA_OUTCOME_FAILED, "The monitor ended");
  if (self->setup.settings != NULL)
    g_clear_signal_handler (&self->changed_id, self->setup.settings);
  g_clear_pointer (&self->scaling, geminga_scaling_free);
  g_ptr_array_set_size (self->pools, 0);
  if (self->setup.funcs != NULL)
    self->setup.funcs->stopped (self->setup.data, self);
}

static void
geminga_monitor_info (GemingaActor *actor, GVariantDict *info)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);

  g_variant_dict_insert (info, "service", "s", self->setup.service_id);
  g_variant_dict_insert (info, "workers", "u", geminga_monitor_get_n_workers (self));
  g_variant_dict_insert (info, "running", "u", geminga_monitor_get_n_running (self));
  g_variant_dict_insert (info, "restarts", "u", self->n_restarts);
  g_variant_dict_insert (info, "state", "s", geminga_monitor_get_state (self));
}

/* GObject */

static void
geminga_monitor_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaMonitor *self = GEMINGA_MONITOR (object);

  switch (property_id)
    {
    case PROP_SERVICE_ID:
      g_value_set_string (value, self->setup.service_id);
      break;
    case PROP_WORKERS:
      g_value_set_uint (value, geminga_monitor_get_n_workers (self));
      break;
    case PROP_RUNNING:
      g_value_set_uint (value, geminga_monitor_get_n_running (self));
      break;
    case PROP_RESTARTS:
      g_value_set_uint (value, self->n_restarts);
      break;
    case PROP_STATE:
      g_value_set_string (value, geminga_monitor_get_state (self));
      break;
    case PROP_SOCKETS:
      g_value_set_boxed (value, self->setup.sockets);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_monitor_finalize (GObject *object)
{
  GemingaMonitor *self = GEMINGA_MONITOR (object);

  g_ptr_array_unref (self->pools);
  geminga_wishes_free (self->wishes);
  g_queue_clear_full (&self->records, (GDestroyNotify) g_variant_unref);
  setup_clear (&self->setup);

  G_OBJECT_CLASS (geminga_monitor_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * GemingaMonitor:service-id: (getter get_service_id)
   *
   * The id of the service whose workers these are.
   *
   * Since: 0.1
   */
  props[PROP_SERVICE_ID] = g_param_spec_string ("service-id", NULL, NULL, NULL, flags);

  /**
   * GemingaMonitor:workers: (getter get_n_workers)
   *
   * How many workers there shall be.
   *
   * Since: 0.1
   */
  props[PROP_WORKERS] = g_param_spec_uint ("workers", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GemingaMonitor:running: (getter get_n_running)
   *
   * How many workers are ready.
   *
   * Since: 0.1
   */
  props[PROP_RUNNING] = g_param_spec_uint ("running", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GemingaMonitor:restarts:
   *
   * How often a worker died and was replaced.
   *
   * Since: 0.1
   */
  props[PROP_RESTARTS] = g_param_spec_uint ("restarts", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GemingaMonitor:state:
   *
   * One of `running`, `changing`, `reloading`, `restarting`, `stopped` and `failed`.
   *
   * Since: 0.1
   */
  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);

  /**
   * GemingaMonitor:sockets:
   *
   * The addresses that the service listens on.
   *
   * Since: 0.1
   */
  props[PROP_SOCKETS] = g_param_spec_boxed ("sockets", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
geminga_monitor_class_init (GemingaMonitorClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = geminga_monitor_get_property;
  G_OBJECT_CLASS (klass)->finalize = geminga_monitor_finalize;
  actor_class->started = geminga_monitor_started;
  actor_class->stopping = geminga_monitor_stopping;
  actor_class->info = geminga_monitor_info;

  install_properties (G_OBJECT_CLASS (klass));
  geminga_actor_class_set_interface_name (actor_class, "org.geminga1.Monitor");
  geminga_monitor_add_commands (actor_class);
}

static void
geminga_monitor_init (GemingaMonitor *self)
{
  self->pools = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_pool_free);
  self->wishes = geminga_wishes_new ();
  g_queue_init (&self->records);
  self->state = "stopped";
}

/* Private API */

GemingaSettings *
geminga_monitor_get_settings (GemingaMonitor *self)
{
  return self->setup.settings;
}

void
geminga_monitor_prepare (GemingaSystem *system, const char *id, GemingaMonitorSetup *setup)
{
  g_autofree char *name = name_setup (id);
  GemingaMonitorSetup *kept = g_new (GemingaMonitorSetup, 1);

  *kept = *setup;
  *setup = (GemingaMonitorSetup){ 0 };
  g_object_set_data_full (G_OBJECT (system), name, kept, setup_free);
}

void
geminga_monitor_replace (GemingaMonitor *self)
{
  geminga_wishes_supersede (self->wishes, GEMINGA_WISH_REPLACE, 0, "the workers were replaced");
  geminga_monitor_scale_by_load (self);
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_replace (g_ptr_array_index (self->pools, i));
}

void
geminga_monitor_start_children (GemingaMonitor *self)
{
  geminga_wishes_supersede (self->wishes, GEMINGA_WISH_START, 0, "the workers were started again");
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_start (g_ptr_array_index (self->pools, i));
}

void
geminga_monitor_stop_children (GemingaMonitor *self, gboolean is_quick)
{
  geminga_wishes_supersede (self->wishes, GEMINGA_WISH_STOP, 0, "the workers were stopped");
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_stop (g_ptr_array_index (self->pools, i), is_quick);
}

void
geminga_monitor_end_children (GemingaMonitor *self, gboolean is_quick)
{
  geminga_wishes_supersede (self->wishes, GEMINGA_WISH_STOP, 0, "the service stops");
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_end (g_ptr_array_index (self->pools, i), is_quick);
}

typedef struct
{
  gint64 since;
  GPtrArray *ids;
} Younger;

static void
collect_younger (gpointer data, gpointer user_data)
{
  GemingaChild *child = data;
  Younger *younger = user_data;

  if (child->started_at >= younger->since)
    g_ptr_array_add (younger->ids, g_strdup (child->id));
}

void
geminga_monitor_replace_since (GemingaMonitor *self, gint64 since, const char *why)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Younger younger = { since, ids };

  geminga_monitor_foreach_child (self, collect_younger, &younger);
  for (guint i = 0; i < ids->len; i++)
    {
      GemingaChild *child = geminga_monitor_find_child (self, g_ptr_array_index (ids, i));

      if (child != NULL)
        geminga_pool_replace_child (child->pool, child, why);
    }
}

static gboolean
is_local (GemingaPool *pool)
{
  return geminga_pool_get_spec (pool)->placement != GEMINGA_PLACEMENT_PROCESS;
}

void
geminga_monitor_stop_local_children (GemingaMonitor *self)
{
  self->has_stopped_local = self->has_stopped_local || geminga_monitor_has_local_children (self);
  for (guint i = 0; i < self->pools->len; i++)
    if (is_local (g_ptr_array_index (self->pools, i)))
      geminga_pool_stop (g_ptr_array_index (self->pools, i), FALSE);
}

void
geminga_monitor_start_local_children (GemingaMonitor *self)
{
  for (guint i = 0; self->has_stopped_local && i < self->pools->len; i++)
    if (is_local (g_ptr_array_index (self->pools, i)))
      geminga_pool_start (g_ptr_array_index (self->pools, i));
  self->has_stopped_local = FALSE;
}

gboolean
geminga_monitor_has_local_children (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (is_local (g_ptr_array_index (self->pools, i)) &&
        !geminga_pool_is_empty (g_ptr_array_index (self->pools, i)))
      return TRUE;

  return FALSE;
}

void
geminga_monitor_when_settled (GemingaMonitor *self,
                              GemingaWish wish,
                              GemingaWishFunc func,
                              gpointer data)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (geminga_pool_has_given_up (g_ptr_array_index (self->pools, i)))
      {
        func (data, GEMINGA_OUTCOME_FAILED, "Its workers died too often; it has given up");
        return;
      }

  if (geminga_monitor_is_settled (self))
    func (data, GEMINGA_OUTCOME_DONE, NULL);
  else
    geminga_wishes_add (self->wishes, wish, geminga_monitor_get_n_workers (self), func, data);
}

void
geminga_monitor_add_single (GemingaMonitor *self, GemingaPoolSpec *spec)
{
  add_pool (self, spec);
  geminga_pool_scale (g_ptr_array_index (self->pools, self->pools->len - 1), 1);
}

gboolean
geminga_monitor_is_settled (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (!geminga_pool_is_settled (g_ptr_array_index (self->pools, i)))
      return FALSE;

  return TRUE;
}

gboolean
geminga_monitor_is_empty (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (!geminga_pool_is_empty (g_ptr_array_index (self->pools, i)))
      return FALSE;

  return TRUE;
}

gboolean
geminga_monitor_needs_processes (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (geminga_pool_needs_processes (g_ptr_array_index (self->pools, i)))
      return TRUE;

  return FALSE;
}

char *
geminga_monitor_dup_path (const char *service_id)
{
  const char *dot = strrchr (service_id, '.');
  g_autofree char *name = geminga_target_escape (dot != NULL ? dot + 1 : service_id);

  return g_strconcat ("/org/geminga1/", name, NULL);
}

char *
geminga_monitor_dup_child_path (GemingaMonitor *self, const char *id)
{
  g_autofree char *path = geminga_monitor_dup_path (self->setup.service_id);
  g_autofree char *name = geminga_target_escape (id);

  return g_strconcat (path, "/", name, NULL);
}

const char *
geminga_monitor_get_state (GemingaMonitor *self)
{
  return self->state;
}

GemingaChild *
geminga_monitor_find_node (GemingaMonitor *self, guint32 node)
{
  for (guint i = 0; node != 0 && i < self->pools->len; i++)
    {
      GemingaChild *child = geminga_pool_find_node (g_ptr_array_index (self->pools, i), node);

      if (child != NULL)
        return child;
    }

  return NULL;
}

GemingaChild *
geminga_monitor_find_child (GemingaMonitor *self, const char *id)
{
  for (guint i = 0; i < self->pools->len; i++)
    {
      GemingaChild *child = geminga_pool_find (g_ptr_array_index (self->pools, i), id);

      if (child != NULL)
        return child;
    }

  return NULL;
}

void
geminga_monitor_foreach_child (GemingaMonitor *self, GFunc func, gpointer data)
{
  for (guint i = 0; i < self->pools->len; i++)
    g_ptr_array_foreach (geminga_pool_get_children (g_ptr_array_index (self->pools, i)), func,
                         data);
}

void
geminga_monitor_foreach_spare (GemingaMonitor *self, GemingaMonitorSpareFunc func, gpointer data)
{
  self->setup.funcs->foreach_spare (self->setup.data, self, func, data);
}

void
geminga_monitor_record (GemingaMonitor *self, GemingaChild *child, const char *reason)
{
  GVariantDict record;

  g_variant_dict_init (&record, NULL);
  g_variant_dict_insert (&record, "time", "t", (guint64) g_get_real_time ());
  g_variant_dict_insert (&record, "service", "s", self->setup.service_id);
  g_variant_dict_insert (&record, "actor", "s", child->id);
  g_variant_dict_insert (&record, "pid", "u", (guint32) child->pid);
  g_variant_dict_insert (&record, "reason", "s", reason);
  g_variant_dict_insert (&record, "detail", "s", child->detail != NULL ? child->detail : "");
  if (child->lines != NULL && child->lines[0] != NULL)
    g_variant_dict_insert (&record, "log", "^as", child->lines);
  g_queue_push_tail (&self->records, g_variant_ref_sink (g_variant_dict_end (&record)));
  if (g_queue_get_length (&self->records) > MAX_RECORDS)
    g_variant_unref (g_queue_pop_head (&self->records));

  self->n_restarts++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RESTARTS]);
}

void
geminga_monitor_add_records (GemingaMonitor *self, GVariantBuilder *list)
{
  for (GList *record = self->records.head; record != NULL; record = record->next)
    g_variant_builder_add_value (list, record->data);
}

/* Public API */

/**
 * geminga_monitor_get_service_id: (get-property service-id)
 * @self: a monitor
 *
 * Tells whose workers these are.
 *
 * Returns: (nullable): the id of the service
 *
 * Since: 0.1
 */
const char *
geminga_monitor_get_service_id (GemingaMonitor *self)
{
  g_return_val_if_fail (GEMINGA_IS_MONITOR (self), NULL);

  return self->setup.service_id;
}

/**
 * geminga_monitor_get_n_workers: (get-property workers)
 * @self: a monitor
 *
 * Tells how many workers there shall be.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
geminga_monitor_get_n_workers (GemingaMonitor *self)
{
  g_return_val_if_fail (GEMINGA_IS_MONITOR (self), 0);

  return self->pools->len > 0 ? geminga_pool_get_n_wanted (get_workers (self)) : 0;
}

/**
 * geminga_monitor_get_n_running: (get-property running)
 * @self: a monitor
 *
 * Tells how many workers are ready.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
geminga_monitor_get_n_running (GemingaMonitor *self)
{
  g_return_val_if_fail (GEMINGA_IS_MONITOR (self), 0);

  return self->pools->len > 0 ? geminga_pool_get_n_running (get_workers (self)) : 0;
}
