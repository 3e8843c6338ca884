/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-call.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-monitor-private.h"
#include "geminga-process-info-private.h"

/* As many as the setting takes. */
#define MAX_WORKERS 1024

/* Helpers */

static void
return_failure (GemingaCall *call, GemingaOutcome outcome, const char *failure)
{
  geminga_call_return_error_literal (call, GEMINGA_ERROR,
                                     outcome == GEMINGA_OUTCOME_SUPERSEDED ? GEMINGA_ERROR_CANCELLED
                                                                           : GEMINGA_ERROR_FAILED,
                                     failure);
}

static void
answer_settled (gpointer data, GemingaOutcome outcome, const char *failure)
{
  g_autoptr (GemingaCall) call = data;

  if (outcome != GEMINGA_OUTCOME_DONE)
    return_failure (call, outcome, failure);
  else
    geminga_call_return_value (call, NULL);
}

/* The number of workers that there are then. */
static void
answer_scaled (gpointer data, GemingaOutcome outcome, const char *failure)
{
  g_autoptr (GemingaCall) call = data;
  guint32 n_workers = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (call), "geminga-workers"));

  if (outcome != GEMINGA_OUTCOME_DONE)
    return_failure (call, outcome, failure);
  else
    geminga_call_return_value (call, g_variant_new_uint32 (n_workers));
}

static void
scale (GemingaMonitor *self, GemingaCall *call, gint64 n_workers)
{
  g_autoptr (GError) error = NULL;

  if (n_workers < 1 || n_workers > MAX_WORKERS)
    {
      g_set_error (&error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "%" G_GINT64_FORMAT " workers are not possible: it takes from 1 to %d; the "
                   "command Stop ends all",
                   n_workers, MAX_WORKERS);
      geminga_call_return_error (call, error);
      return;
    }
  if (!geminga_settings_set_value (geminga_monitor_get_settings (self), "workers",
                                   g_variant_new_int64 (n_workers), &error))
    {
      geminga_call_return_error (call, error);
      return;
    }

  geminga_monitor_scale_by_hand (self, (guint) n_workers);
  geminga_monitor_start_children (self);
  g_object_set_data (G_OBJECT (call), "geminga-workers", GUINT_TO_POINTER ((guint) n_workers));
  geminga_monitor_when_settled (self, GEMINGA_WISH_SCALE, answer_scaled, g_object_ref (call));
}

/* Commands */

static void
handle_scale (GemingaActor *actor, GemingaCall *call)
{
  guint32 n_workers;

  g_variant_get (geminga_call_get_arguments (call), "(ua{sv})", &n_workers, NULL);
  scale (GEMINGA_MONITOR (actor), call, n_workers);
}

static void
handle_scale_by (GemingaActor *actor, GemingaCall *call)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);
  gint32 delta;

  g_variant_get (geminga_call_get_arguments (call), "(ia{sv})", &delta, NULL);
  scale (self, call, (gint64) geminga_monitor_get_n_workers (self) + delta);
}

static void
handle_reload (GemingaActor *actor, GemingaCall *call)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);

  geminga_monitor_replace (self);
  geminga_monitor_when_settled (self, GEMINGA_WISH_REPLACE, answer_settled, g_object_ref (call));
}

static void
handle_start (GemingaActor *actor, GemingaCall *call)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);

  geminga_monitor_start_children (self);
  geminga_monitor_when_settled (self, GEMINGA_WISH_START, answer_settled, g_object_ref (call));
}

static void
handle_stop (GemingaActor *actor, GemingaCall *call)
{
  GemingaMonitor *self = GEMINGA_MONITOR (actor);

  geminga_monitor_stop_children (self, FALSE);
  geminga_monitor_when_settled (self, GEMINGA_WISH_STOP, answer_settled, g_object_ref (call));
}

typedef struct
{
  GemingaMonitor *self;
  GVariantBuilder builder;
} WorkerList;

static void
describe_worker (gpointer data, gpointer user_data)
{
  GemingaChild *child = data;
  GemingaMonitor *self = ((WorkerList *) user_data)->self;
  GVariantBuilder *list = &((WorkerList *) user_data)->builder;
  g_autofree char *path = geminga_monitor_dup_child_path (self, child->id);
  g_autoptr (GEnumClass) placements = g_type_class_ref (GEMINGA_TYPE_PLACEMENT);

  g_variant_builder_open (list, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (list, "{sv}", "id", g_variant_new_string (child->id));
  g_variant_builder_add (list, "{sv}", "path", g_variant_new_object_path (path));
  g_variant_builder_add (list, "{sv}", "pid", g_variant_new_uint32 ((guint32) child->pid));
  g_variant_builder_add (list, "{sv}", "state",
                         g_variant_new_string (geminga_child_state_to_string (child->state)));
  g_variant_builder_add (list, "{sv}", "started-at",
                         g_variant_new_uint64 ((guint64) child->started_at));
  g_variant_builder_add (
      list, "{sv}", "placement",
      g_variant_new_string (g_enum_get_value (placements, (int) child->placement)->value_nick));
  g_variant_builder_add (list, "{sv}", "memory",
                         g_variant_new_uint64 (geminga_process_info_get_memory (child->pid)));
  g_variant_builder_close (list);
}

/* It is no actor, so it has no path. */
static void
describe_spare (gpointer data, guint32 node, GPid pid, gint64 started_at)
{
  GVariantBuilder *list = &((WorkerList *) data)->builder;
  GVariantDict spare;

  g_variant_dict_init (&spare, NULL);
  g_variant_dict_insert (&spare, "id", "s", "spare");
  g_variant_dict_insert (&spare, "pid", "u", (guint32) pid);
  g_variant_dict_insert (&spare, "state", "s", "spare");
  g_variant_dict_insert (&spare, "started-at", "t", (guint64) started_at);
  g_variant_dict_insert (&spare, "placement", "s", "process");
  g_variant_dict_insert (&spare, "memory", "t", geminga_process_info_get_memory (pid));
  g_variant_builder_add_value (list, g_variant_dict_end (&spare));
}

static void
handle_list_workers (GemingaActor *actor, GemingaCall *call)
{
  WorkerList list = { GEMINGA_MONITOR (actor) };

  g_variant_builder_init (&list.builder, G_VARIANT_TYPE ("aa{sv}"));
  geminga_monitor_foreach_child (list.self, describe_worker, &list);
  geminga_monitor_foreach_spare (list.self, describe_spare, &list);
  geminga_call_return_value (call, g_variant_builder_end (&list.builder));
}

static const GemingaCommandEntry commands[] = {
  { "Scale", "(ua{sv})", "u", "workers options", "Changes the number of workers", 0, handle_scale },
  { "ScaleBy", "(ia{sv})", "u", "difference options", "Adds or takes away workers", 0,
    handle_scale_by },
  { "Reload", "(a{sv})", NULL, "options", "Replaces all workers, new ones first", 0,
    handle_reload },
  { "Start", "(a{sv})", NULL, "options", "Starts the workers again after Stop", 0, handle_start },
  { "Stop", "(a{sv})", NULL, "options", "Ends all workers; the service stays", 0, handle_stop },
  { "ListWorkers", NULL, "aa{sv}", NULL, "Tells what workers there are", 0, handle_list_workers },
};

/* Private API */

void
geminga_monitor_add_commands (GemingaActorClass *klass)
{
  geminga_actor_class_add_commands (klass, commands, G_N_ELEMENTS (commands));
}
