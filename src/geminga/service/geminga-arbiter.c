/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-arbiter-private.h"

#include <unistd.h>

#include "geminga-error.h"

#define RUNNER_DATA  "geminga-runner"
#define ARBITER_DATA "geminga-arbiter"

/**
 * GemingaArbiter:
 *
 * The actor at the root of a service: what can be done with the service as a whole is done with its
 * commands, such as `Reload`, `Stop` and `Spawn`.
 *
 * [method@Geminga.Service.run] makes it, in the first process. Actors of all processes reach it under
 * the path `/org/geminga1/node/0/arbiter`; on D-Bus it is the object `/org/geminga1`.
 *
 * Since: 0.1
 */
struct _GemingaArbiter
{
  GemingaActor parent_instance;

  GemingaRunner *runner; /* not owned, (nullable): NULL before and after the service runs */
  gint64 started_at;
};

G_DEFINE_FINAL_TYPE (GemingaArbiter, geminga_arbiter, GEMINGA_TYPE_ACTOR)

enum
{
  PROP_SERVICE_ID = 1,
  PROP_VERSION,
  PROP_PID,
  PROP_STATE,
  PROP_STARTED_AT,
  PROP_SERVICES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers */

static void
answer (gpointer data, const char *failure)
{
  g_autoptr (GemingaCall) call = data;

  if (failure != NULL)
    geminga_call_return_error_literal (call, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, failure);
  else
    geminga_call_return_value (call, NULL);
}

static GStrv
list_services (GemingaArbiter *self)
{
  GPtrArray *services = geminga_runner_get_services (self->runner);
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < services->len; i++)
    g_ptr_array_add (ids, g_strdup (geminga_service_get_id (g_ptr_array_index (services, i))));
  g_ptr_array_add (ids, NULL);

  return (GStrv) g_ptr_array_free (ids, FALSE);
}

/* Commands */

static void
handle_spawn (GemingaActor *actor, GemingaCall *call)
{
  GemingaArbiter *self = GEMINGA_ARBITER (actor);
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *type;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s&s@a{sv}@a{sv})", &type, &id, &properties,
                 &options);
  geminga_runner_spawn (self->runner, call, type, id, properties, options);
}

static void
handle_kill (GemingaActor *actor, GemingaCall *call)
{
  GemingaArbiter *self = GEMINGA_ARBITER (actor);
  g_autoptr (GError) error = NULL;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&sa{sv})", &id, NULL);
  if (geminga_runner_kill_actor (self->runner, id, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
handle_list (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, geminga_runner_list_actors (GEMINGA_ARBITER (actor)->runner));
}

static void
handle_stop (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) options = NULL;
  gboolean is_quick = FALSE;

  g_variant_get (geminga_call_get_arguments (call), "(@a{sv})", &options);
  g_variant_lookup (options, "quick", "b", &is_quick);
  /* When all is done there is nobody to answer any more. */
  geminga_call_return_value (call, NULL);
  geminga_runner_stop (GEMINGA_ARBITER (actor)->runner, is_quick);
}

static void
handle_reload (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaCall) kept = g_object_ref (call);

  if (geminga_runner_reload (GEMINGA_ARBITER (actor)->runner, answer, kept, &error))
    g_steal_pointer (&kept);
  else
    geminga_call_return_error (call, error);
}

static void
handle_upgrade (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) options = NULL;
  gboolean is_forced = FALSE;

  g_variant_get (geminga_call_get_arguments (call), "(@a{sv})", &options);
  g_variant_lookup (options, "force", "b", &is_forced);
  geminga_runner_upgrade (GEMINGA_ARBITER (actor)->runner, is_forced, answer, g_object_ref (call));
}

static void
handle_reopen_logs (GemingaActor *actor, GemingaCall *call)
{
  geminga_runner_reopen_logs (GEMINGA_ARBITER (actor)->runner);
  geminga_call_return_value (call, NULL);
}

static void
handle_get_settings (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  GemingaService *service;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  service = geminga_runner_find_service (GEMINGA_ARBITER (actor)->runner, id, &error);
  if (service != NULL)
    {
      g_autoptr (GVariant) values =
          geminga_settings_to_variant (geminga_service_get_settings (service));

      geminga_call_return_value (call, values);
    }
  else
    {
      geminga_call_return_error (call, error);
    }
}

static void
handle_set_setting (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  GemingaService *service;
  const char *id;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s&sva{sv})", &id, &name, &value, NULL);
  service = geminga_runner_find_service (GEMINGA_ARBITER (actor)->runner, id, &error);
  if (service != NULL &&
      geminga_settings_set_value (geminga_service_get_settings (service), name, value, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
handle_set_log_level (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  const char *level;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &level);
  if (geminga_runner_set_log_level (GEMINGA_ARBITER (actor)->runner, level, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
handle_get_restarts (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, geminga_runner_list_restarts (GEMINGA_ARBITER (actor)->runner));
}

static void
handle_start_trace (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) options = NULL;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s@a{sv})", &name, &options);
  geminga_runner_start_trace (GEMINGA_ARBITER (actor)->runner, name, options, call);
}

static void
handle_read_trace (GemingaActor *actor, GemingaCall *call)
{
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  geminga_runner_read_trace (GEMINGA_ARBITER (actor)->runner, id, call);
}

static void
handle_stop_trace (GemingaActor *actor, GemingaCall *call)
{
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  geminga_runner_stop_trace (GEMINGA_ARBITER (actor)->runner, id);
  geminga_call_return_value (call, NULL);
}

static void
handle_get_deadlocks (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, geminga_runner_list_deadlocks (GEMINGA_ARBITER (actor)->runner));
}

static const GemingaCommandEntry commands[] = {
  { "Spawn", "(ssa{sv}a{sv})", "o", "type id properties options",
    "Makes an actor; option placement: shared, thread or process", 0, handle_spawn },
  { "Kill", "(sa{sv})", NULL, "actor options",
    "Ends an actor at once; a supervised one is replaced", 0, handle_kill },
  { "List", NULL, "aa{sv}", NULL, "Tells what actors there are", 0, handle_list },
  { "Stop", "(a{sv})", NULL, "options", "Ends the service; option quick: at once", 0, handle_stop },
  { "Reload", "(a{sv})", NULL, "options",
    "Reads the settings again and replaces all workers, new ones first", 0, handle_reload },
  { "Upgrade", "(a{sv})", NULL, "options",
    "Executes the program anew, unless its actors understand less than before; sockets stay open, "
    "and the workers until new ones are ready; option force: whatever they understand",
    0, handle_upgrade },
  { "ReopenLogs", NULL, NULL, NULL, "Opens log files again after they were moved away", 0,
    handle_reopen_logs },
  { "GetSettings", "(s)", "a{sv}", "service", "Tells the settings of a service", 0,
    handle_get_settings },
  { "SetSetting", "(ssva{sv})", NULL, "service name value options",
    "Changes a setting that can change while the service runs", 0, handle_set_setting },
  { "SetLogLevel", "(s)", NULL, "level", "Chooses what is logged", 0, handle_set_log_level },
  { "StartTrace", "(sa{sv})", "s", "actor options",
    "Begins to watch an actor's messages; options length and wire: how they are told", 0,
    handle_start_trace },
  { "ReadTrace", "(s)", "(aa{sv}t)", "trace",
    "Tells what a traced actor did since the last time, and how many records were lost", 0,
    handle_read_trace },
  { "StopTrace", "(s)", NULL, "trace", "Ends a trace", 0, handle_stop_trace },
  { "GetRestarts", NULL, "aa{sv}", NULL, "Tells which actors died, when and why", 0,
    handle_get_restarts },
  { "GetDeadlocks", NULL, "aa{sv}", NULL, "Tells which actors waited for each other, and when", 0,
    handle_get_deadlocks },
};

/* GemingaActor */

static void
geminga_arbiter_started (GemingaActor *actor)
{
  GemingaArbiter *self = GEMINGA_ARBITER (actor);
  GObject *system = G_OBJECT (geminga_actor_get_system (actor));

  self->runner = g_object_get_data (system, RUNNER_DATA);
  if (self->runner == NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                               "There is one arbiter, which a service makes");

      geminga_actor_fail (actor, error);
      return;
    }

  self->started_at = g_get_real_time ();
  g_object_set_data (system, ARBITER_DATA, self);
}

static void
geminga_arbiter_stopping (GemingaActor *actor)
{
  GemingaArbiter *self = GEMINGA_ARBITER (actor);

  self->runner = NULL;
  g_object_set_data (G_OBJECT (geminga_actor_get_system (actor)), ARBITER_DATA, NULL);
}

static void
geminga_arbiter_info (GemingaActor *actor, GVariantDict *info)
{
  GemingaArbiter *self = GEMINGA_ARBITER (actor);
  g_auto (GStrv) services = list_services (self);

  g_variant_dict_insert (info, "version", "s", PACKAGE_VERSION);
  g_variant_dict_insert (info, "state", "s", geminga_arbiter_get_state (self));
  g_variant_dict_insert (info, "services", "^as", services);
}

/* GObject */

static void
geminga_arbiter_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaArbiter *self = GEMINGA_ARBITER (object);

  switch (property_id)
    {
    case PROP_SERVICE_ID:
      if (self->runner != NULL)
        g_value_set_string (value,
                            geminga_service_get_id (geminga_runner_get_service (self->runner)));
      break;
    case PROP_VERSION:
      g_value_set_static_string (value, PACKAGE_VERSION);
      break;
    case PROP_PID:
      g_value_set_uint (value, (guint) getpid ());
      break;
    case PROP_STATE:
      g_value_set_string (value, geminga_arbiter_get_state (self));
      break;
    case PROP_STARTED_AT:
      g_value_set_uint64 (value, (guint64) self->started_at);
      break;
    case PROP_SERVICES:
      if (self->runner != NULL)
        g_value_take_boxed (value, list_services (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * GemingaArbiter:service-id:
   *
   * The id of the service.
   *
   * Since: 0.1
   */
  props[PROP_SERVICE_ID] = g_param_spec_string ("service-id", NULL, NULL, NULL, flags);

  /**
   * GemingaArbiter:version:
   *
   * The version of Geminga.
   *
   * Since: 0.1
   */
  props[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, flags);

  /**
   * GemingaArbiter:pid:
   *
   * The number of the main process.
   *
   * Since: 0.1
   */
  props[PROP_PID] = g_param_spec_uint ("pid", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GemingaArbiter:state: (getter get_state)
   *
   * One of `starting`, `running`, `reloading` and `stopping`.
   *
   * Since: 0.1
   */
  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);

  /**
   * GemingaArbiter:started-at:
   *
   * When the service was started, in microseconds since 1970.
   *
   * Since: 0.1
   */
  props[PROP_STARTED_AT] = g_param_spec_uint64 ("started-at", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * GemingaArbiter:services:
   *
   * The ids of the services that run under it.
   *
   * Since: 0.1
   */
  props[PROP_SERVICES] = g_param_spec_boxed ("services", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
add_event (GemingaActorClass *klass, const char *name, const char *type, const char *names)
{
  g_autoptr (GemingaCommand) event = geminga_command_new (name, type, NULL);
  g_auto (GStrv) split = g_strsplit (names, " ", -1);

  geminga_command_set_argument_names (event, (const char *const *) split);
  geminga_actor_class_add_event (klass, event);
}

static void
geminga_arbiter_class_init (GemingaArbiterClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = geminga_arbiter_get_property;
  actor_class->started = geminga_arbiter_started;
  actor_class->stopping = geminga_arbiter_stopping;
  actor_class->info = geminga_arbiter_info;

  install_properties (G_OBJECT_CLASS (klass));
  geminga_actor_class_set_interface_name (actor_class, "org.geminga1.Arbiter");
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
  add_event (actor_class, "ActorStarted", "(osu)", "path type pid");
  add_event (actor_class, "ActorEnded", "(os)", "path reason");
  add_event (actor_class, "DeadLetter", "(sss)", "target command reason");
  add_event (actor_class, "Deadlock", "(sao)", "chain actors");
}

static void
geminga_arbiter_init (GemingaArbiter *self)
{
}

/* Private API */

void
geminga_arbiter_prepare (GemingaSystem *system, GemingaRunner *runner)
{
  g_object_set_data (G_OBJECT (system), RUNNER_DATA, runner);
}

GemingaArbiter *
geminga_arbiter_lookup (GemingaSystem *system)
{
  return g_object_get_data (G_OBJECT (system), ARBITER_DATA);
}

void
geminga_arbiter_notify_state (GemingaArbiter *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
geminga_arbiter_tell_started (GemingaArbiter *self, const char *path, const char *type, GPid pid)
{
  geminga_actor_emit_event (GEMINGA_ACTOR (self), "ActorStarted",
                            g_variant_new ("(osu)", path, type, (guint32) pid));
}

void
geminga_arbiter_tell_ended (GemingaArbiter *self, const char *path, const char *reason)
{
  geminga_actor_emit_event (GEMINGA_ACTOR (self), "ActorEnded",
                            g_variant_new ("(os)", path, reason));
}

void
geminga_arbiter_tell_dead_letter (GemingaArbiter *self,
                                  const char *target,
                                  const char *command,
                                  const char *reason)
{
  geminga_actor_emit_event (GEMINGA_ACTOR (self), "DeadLetter",
                            g_variant_new ("(sss)", target, command, reason));
}

void
geminga_arbiter_tell_deadlock (GemingaArbiter *self, const char *chain, GVariant *actors)
{
  geminga_actor_emit_event (GEMINGA_ACTOR (self), "Deadlock",
                            g_variant_new ("(s@ao)", chain, actors));
}

/* Public API */

/**
 * geminga_arbiter_get_state: (get-property state)
 * @self: an arbiter
 *
 * Tells what the service does as a whole.
 *
 * Returns: one of `starting`, `running`, `reloading` and `stopping`
 *
 * Since: 0.1
 */
const char *
geminga_arbiter_get_state (GemingaArbiter *self)
{
  g_return_val_if_fail (GEMINGA_IS_ARBITER (self), NULL);

  return self->runner != NULL ? geminga_runner_get_state (self->runner) : "stopping";
}
