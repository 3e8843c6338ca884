/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-supervisor-private.h"

#include "geminga-call-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-system.h"

/* Helpers */

static GemingaSupervision *
get (GemingaActor *actor)
{
  return geminga_supervisor_get_supervision (GEMINGA_SUPERVISOR (actor));
}

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value)->value_nick;
}

/* Answers the call with an error if there is none. */
static GemingaSupervised *
find_child (GemingaActor *actor, GemingaCall *call, const char *id)
{
  GemingaSupervised *child = g_hash_table_lookup (get (actor)->by_id, id);

  if (child == NULL || child->is_removed)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_ACTOR, "Supervisor “%s” has no child “%s”",
                           geminga_actor_get_id (actor), id);
      return NULL;
    }
  if (child->call != NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_INVALID_STATE,
                           "Child “%s” is being added or restarted", id);
      return NULL;
    }

  return child;
}

static GVariant *
describe_child (GemingaSupervised *child)
{
  GemingaChildSpec *spec = child->spec;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", spec->id);
  g_variant_dict_insert (&dict, "type", "s", g_type_name (spec->type));
  g_variant_dict_insert (&dict, "placement", "s",
                         get_nick (GEMINGA_TYPE_PLACEMENT, (int) spec->placement));
  g_variant_dict_insert (&dict, "restart", "s",
                         get_nick (GEMINGA_TYPE_RESTART, (int) spec->restart));
  g_variant_dict_insert (&dict, "state", "s", geminga_supervised_get_state_name (child));
  g_variant_dict_insert (&dict, "restarts", "u", child->n_restarts);
  g_variant_dict_insert (&dict, "started-at", "t", (guint64) child->started_at);
  if (child->ref != NULL)
    g_variant_dict_insert (&dict, "path", "o", geminga_actor_ref_get_path (child->ref));

  return g_variant_dict_end (&dict);
}

static GVariant *
describe_record (const GemingaRestartRecord *record)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "time", "t", (guint64) record->time);
  g_variant_dict_insert (&dict, "actor", "s", record->id);
  g_variant_dict_insert (&dict, "reason", "s", geminga_exit_reason_get_nick (record->reason));
  g_variant_dict_insert (&dict, "detail", "s", record->detail);
  g_variant_dict_insert (&dict, "restarted", "b", record->delay >= 0);
  g_variant_dict_insert (&dict, "delay", "u",
                         (guint32) (MAX (record->delay, 0) / G_TIME_SPAN_MILLISECOND));

  return g_variant_dict_end (&dict);
}

/* Commands */

static void
handle_add_child (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  GemingaSupervised *child;
  const char *id;
  const char *type;

  g_variant_get (geminga_call_get_arguments (call), "(&s&s@a{sv})", &id, &type, &options);
  if (g_type_from_name (type) == G_TYPE_INVALID)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_INVALID_ARGUMENTS,
                           "This process does not know the class “%s”", type);
      return;
    }
  if (!geminga_supervisor_add_child (GEMINGA_SUPERVISOR (actor), id, g_type_from_name (type),
                                     options, &error))
    {
      geminga_call_return_error (call, error);
      return;
    }

  /* It cannot have ended yet, unless it could not be spawned. */
  child = g_hash_table_lookup (get (actor)->by_id, id);
  if (child == NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_SPAWN_FAILED, "Child “%s” cannot be started", id);
      return;
    }
  child->is_on_trial = TRUE;
  child->call = g_object_ref (call);
}

static void
handle_remove_child (GemingaActor *actor, GemingaCall *call)
{
  GemingaSupervised *child;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s@a{sv})", &id, NULL);
  child = find_child (actor, call, id);
  if (child == NULL)
    return;

  child->call = g_object_ref (call);
  geminga_supervision_remove (GEMINGA_SUPERVISOR (actor), child);
}

static void
handle_restart_child (GemingaActor *actor, GemingaCall *call)
{
  GemingaSupervised *child;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s@a{sv})", &id, NULL);
  child = find_child (actor, call, id);
  if (child == NULL)
    return;

  child->call = g_object_ref (call);
  geminga_supervision_restart (GEMINGA_SUPERVISOR (actor), child);
}

static void
handle_list_children (GemingaActor *actor, GemingaCall *call)
{
  GPtrArray *children = get (actor)->children;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < children->len; i++)
    g_variant_builder_add_value (&builder, describe_child (g_ptr_array_index (children, i)));
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

static void
handle_get_restarts (GemingaActor *actor, GemingaCall *call)
{
  GemingaSupervision *supervision = get (actor);
  guint64 n_kept = MIN (supervision->n_records, supervision->max_records);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint64 i = supervision->n_records - n_kept; i < supervision->n_records; i++)
    g_variant_builder_add_value (
        &builder, describe_record (&supervision->records[i % supervision->max_records]));
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

static void
handle_report_to (GemingaActor *actor, GemingaCall *call)
{
  GemingaSupervision *supervision = get (actor);
  g_autoptr (GError) error = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  g_clear_object (&supervision->report_to);
  supervision->report_to =
      geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  if (supervision->report_to != NULL)
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
handle_count_restart (GemingaActor *actor, GemingaCall *call)
{
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  geminga_supervision_count_subtree (GEMINGA_SUPERVISOR (actor), id);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry commands[] = {
  { "AddChild", "(ssa{sv})", "o", "id type options",
    "Starts a child and supervises it; one that does not get ready is not kept", 0,
    handle_add_child },
  { "RemoveChild", "(sa{sv})", NULL, "id options", "Ends a child and forgets it", 0,
    handle_remove_child },
  { "RestartChild", "(sa{sv})", "o", "id options", "Ends a child, if it runs, and starts it", 0,
    handle_restart_child },
  { "ListChildren", NULL, "aa{sv}", NULL, "Tells the children in order", 0, handle_list_children },
  { "GetRestarts", NULL, "aa{sv}", NULL, "Tells the last failures and restarts, the oldest first",
    0, handle_get_restarts },
  { "ReportTo", "(o)", NULL, "path", "Has restarts counted by the supervisor above",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_report_to },
  { "CountRestart", "(s)", NULL, "id", "There was a restart in the tree below",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_count_restart },
};

/* For the supervisor's own files */

void
geminga_supervisor_install_commands (GemingaActorClass *klass)
{
  geminga_actor_class_set_interface_name (klass, "org.geminga1.Supervisor");
  geminga_actor_class_add_commands (klass, commands, G_N_ELEMENTS (commands));
}

static void
record_clear (GemingaRestartRecord *record)
{
  g_clear_pointer (&record->id, g_free);
  g_clear_pointer (&record->detail, g_free);
}

void
geminga_supervisor_record (GemingaSupervision *self,
                           GemingaSupervised *child,
                           GemingaExitReason reason,
                           const GError *error,
                           gint64 delay)
{
  GemingaRestartRecord *record;

  if (self->max_records == 0)
    return;

  if (self->records == NULL)
    self->records = g_new0 (GemingaRestartRecord, self->max_records);
  record = &self->records[self->n_records++ % self->max_records];
  record_clear (record);
  record->time = g_get_real_time ();
  record->id = g_strdup (child->spec->id);
  record->reason = reason;
  record->detail = g_strdup (error != NULL ? error->message : "");
  record->delay = delay;
}

void
geminga_supervisor_clear_records (GemingaSupervision *self)
{
  for (guint i = 0; self->records != NULL && i < self->max_records; i++)
    record_clear (&self->records[i]);
  g_clear_pointer (&self->records, g_free);
}
