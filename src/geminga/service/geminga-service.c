/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-service-private.h"

#include <string.h>

#include "geminga-error.h"
#include "geminga-runner-private.h"
#include "geminga-system-private.h"
#include "geminga-translations-private.h"

/**
 * GemingaService:
 *
 * A configured application: what it keeps alive, and the settings that steer it.
 *
 * A service has workers, actors of one class of which as many are kept alive as the setting `workers`
 * says, or named actors of which there is one each, or both. [method@Geminga.Service.run] is the only
 * entry point: in the process that a person or systemd starts it becomes the arbiter, which starts the
 * program again for each worker process, where the same main function comes to the same call. So what a
 * program does before it is done in every process.
 *
 * ```c
 * g_autoptr (GemingaService) service = geminga_service_new ("org.example.Calculator");
 *
 * geminga_service_set_worker_type (service, CALCULATOR_TYPE);
 * return geminga_service_run (service, argc, argv);
 * ```
 *
 * A service belongs to the thread that made it.
 *
 * Since: 0.1
 */
typedef struct
{
  char *id;                     /* (owned), fixed at construction */
  GemingaSettings *settings;    /* (owned) */
  GType worker_type;            /* G_TYPE_INVALID: no workers */
  GType monitor_type;           /* what keeps them alive */
  gboolean is_main_thread_only; /* what workers call */
  gboolean is_one_of_several;   /* in its program */
  GArray *singles;              /* (owned) (element-type GemingaPoolSpec) */
  GPtrArray *services;          /* (owned) (element-type GemingaService): added to this one */
  GPtrArray *sockets;           /* (owned) (element-type GSocket) */
  GVariant *handout;            /* (owned) (nullable) */
  GVariant *taken;              /* (owned) (nullable) */
  GemingaSystem *system;        /* not owned: a weak pointer (nullable), while it runs */
} GemingaServicePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GemingaService, geminga_service, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_SETTINGS,
  PROP_WORKER_TYPE,
  N_PROPS
};

enum
{
  SIGNAL_REOPEN_LOGS,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* Helpers */

static GemingaServicePrivate *
get_private (GemingaService *self)
{
  return geminga_service_get_instance_private (self);
}

static void
clear_spec (gpointer data)
{
  GemingaPoolSpec *spec = data;

  g_clear_pointer (&spec->name, g_free);
  g_clear_pointer (&spec->properties, g_variant_unref);
}

static GArray *
new_specs (void)
{
  GArray *specs = g_array_new (FALSE, TRUE, sizeof (GemingaPoolSpec));

  g_array_set_clear_func (specs, clear_spec);

  return specs;
}

/* Settings may say so for all, and no workers at all means in the main process. */
static GemingaPlacement
get_placement (GemingaServicePrivate *priv)
{
  const char *placement = geminga_settings_get_string (priv->settings, "placement");

  if (geminga_settings_get_int (priv->settings, "workers") == 0 ||
      g_str_equal (placement, "shared"))
    return GEMINGA_PLACEMENT_SHARED;

  return g_str_equal (placement, "thread") ? GEMINGA_PLACEMENT_THREAD : GEMINGA_PLACEMENT_PROCESS;
}

static char *
name_lookup (const char *id)
{
  return g_strconcat ("geminga-service-", id, NULL);
}

static gboolean
check_placement (GemingaServicePrivate *priv, GError **error)
{
  GemingaPlacement placement = get_placement (priv);

  if (priv->is_main_thread_only && placement == GEMINGA_PLACEMENT_THREAD)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
                   "Workers of %s cannot run in threads; use “process” or “shared” for the "
                   "setting “placement”",
                   priv->id);
      return FALSE;
    }

  return priv->worker_type == G_TYPE_INVALID ||
         geminga_system_check_placement (priv->worker_type, placement, error);
}

/* Workers of a class that wants to know whose they are are told. */
static GVariant *
new_worker_properties (GemingaService *self, GType type)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  GVariantDict properties;

  if (g_object_class_find_property (G_OBJECT_CLASS (klass), "service-id") == NULL)
    return NULL;

  g_variant_dict_init (&properties, NULL);
  g_variant_dict_insert (&properties, "service-id", "s", geminga_service_get_id (self));

  return g_variant_ref_sink (g_variant_dict_end (&properties));
}

/* GemingaService */

static gboolean
geminga_service_real_check_settings (GemingaService *self,
                                     GemingaSettings *settings,
                                     GError **error)
{
  return TRUE;
}

/* GObject */

static void
geminga_service_constructed (GObject *object)
{
  GemingaServicePrivate *priv = get_private (GEMINGA_SERVICE (object));

  G_OBJECT_CLASS (geminga_service_parent_class)->constructed (object);

  if (priv->id == NULL || !g_application_id_is_valid (priv->id))
    g_error ("“%s” is not an id for a service: it takes the form org.example.Name",
             priv->id != NULL ? priv->id : "");

  priv->settings = geminga_settings_new (priv->id);
  geminga_settings_add_standard (priv->settings);
}

static void
geminga_service_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaServicePrivate *priv = get_private (GEMINGA_SERVICE (object));

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, priv->id);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, priv->settings);
      break;
    case PROP_WORKER_TYPE:
      g_value_set_gtype (value, priv->worker_type);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_service_set_property (GObject *object,
                              guint property_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  GemingaServicePrivate *priv = get_private (GEMINGA_SERVICE (object));

  switch (property_id)
    {
    case PROP_ID:
      priv->id = g_value_dup_string (value);
      break;
    case PROP_WORKER_TYPE:
      if (g_value_get_gtype (value) != G_TYPE_NONE)
        geminga_service_set_worker_type (GEMINGA_SERVICE (object), g_value_get_gtype (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_service_finalize (GObject *object)
{
  GemingaServicePrivate *priv = get_private (GEMINGA_SERVICE (object));

  g_clear_weak_pointer (&priv->system);
  g_free (priv->id);
  g_clear_object (&priv->settings);
  g_clear_pointer (&priv->handout, g_variant_unref);
  g_clear_pointer (&priv->taken, g_variant_unref);
  g_array_unref (priv->singles);
  g_ptr_array_unref (priv->services);
  g_ptr_array_unref (priv->sockets);

  G_OBJECT_CLASS (geminga_service_parent_class)->finalize (object);
}

static void
geminga_service_class_init (GemingaServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  geminga_translations_init ();
  object_class->constructed = geminga_service_constructed;
  object_class->get_property = geminga_service_get_property;
  object_class->set_property = geminga_service_set_property;
  object_class->finalize = geminga_service_finalize;
  klass->check_settings = geminga_service_real_check_settings;

  /**
   * GemingaService:id: (getter get_id)
   *
   * The id, such as `org.example.Hello`: its name on D-Bus and in the names of its files.
   *
   * Since: 0.1
   */
  props[PROP_ID] = g_param_spec_string (
      "id", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaService:settings: (getter get_settings)
   *
   * The settings, to which a program adds its own before it runs the service.
   *
   * Since: 0.1
   */
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, GEMINGA_TYPE_SETTINGS,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaService:worker-type: (getter get_worker_type) (setter set_worker_type)
   *
   * The class of actors that the workers are.
   *
   * Since: 0.1
   */
  props[PROP_WORKER_TYPE] =
      g_param_spec_gtype ("worker-type", NULL, NULL, G_TYPE_NONE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GemingaService::reopen-logs:
   * @self: the service
   *
   * Log files were moved away and have to be opened again. Emitted in every process.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REOPEN_LOGS] =
      g_signal_new ("reopen-logs", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
geminga_service_init (GemingaService *self)
{
  GemingaServicePrivate *priv = get_private (self);

  priv->monitor_type = GEMINGA_TYPE_MONITOR;
  priv->singles = new_specs ();
  priv->services = g_ptr_array_new_with_free_func (g_object_unref);
  priv->sockets = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Private API */

GType
geminga_service_get_monitor_type (GemingaService *self)
{
  return get_private (self)->monitor_type;
}

void
geminga_service_set_monitor_type (GemingaService *self, GType type)
{
  get_private (self)->monitor_type = type;
}

void
geminga_service_attach (GemingaService *self, GemingaSystem *system)
{
  GemingaServicePrivate *priv = get_private (self);
  g_autofree char *name = name_lookup (priv->id);

  g_set_weak_pointer (&priv->system, system);
  g_object_set_data_full (G_OBJECT (system), name, g_object_ref (self), g_object_unref);
}

GPtrArray *
geminga_service_list_all (GemingaService *self)
{
  GemingaServicePrivate *priv = get_private (self);
  GPtrArray *services = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (services, g_object_ref (self));
  for (guint i = 0; i < priv->services->len; i++)
    g_ptr_array_add (services, g_object_ref (g_ptr_array_index (priv->services, i)));

  return services;
}

gboolean
geminga_service_check_settings (GemingaService *self, GError **error)
{
  if (!check_placement (get_private (self), error) ||
      !geminga_service_check_scaling (get_private (self)->settings,
                                      get_placement (get_private (self)), error))
    return FALSE;

  return GEMINGA_SERVICE_GET_CLASS (self)->check_settings (self, get_private (self)->settings,
                                                           error);
}

gboolean
geminga_service_is_in_processes (GemingaService *self)
{
  GemingaServicePrivate *priv = get_private (self);

  for (guint i = 0; i < priv->singles->len; i++)
    if (g_array_index (priv->singles, GemingaPoolSpec, i).placement != GEMINGA_PLACEMENT_PROCESS)
      return FALSE;

  return priv->worker_type == G_TYPE_INVALID || get_placement (priv) == GEMINGA_PLACEMENT_PROCESS;
}

void
geminga_service_set_sockets (GemingaService *self, GPtrArray *sockets)
{
  GemingaServicePrivate *priv = get_private (self);

  g_ptr_array_set_size (priv->sockets, 0);
  for (guint i = 0; i < sockets->len; i++)
    g_ptr_array_add (priv->sockets, g_object_ref (g_ptr_array_index (sockets, i)));
}

void
geminga_service_foreach_class (GemingaService *self,
                               void (*func) (gpointer data, const char *actor, GType type),
                               gpointer data)
{
  GemingaServicePrivate *priv = get_private (self);

  if (priv->worker_type != G_TYPE_INVALID)
    func (data, "worker", priv->worker_type);
  for (guint i = 0; i < priv->singles->len; i++)
    {
      const GemingaPoolSpec *spec = &g_array_index (priv->singles, GemingaPoolSpec, i);

      func (data, spec->name, spec->type);
    }
}

void
geminga_service_fill_setup (GemingaService *self, GemingaMonitorSetup *setup)
{
  GemingaServicePrivate *priv = get_private (self);
  GemingaPlacement placement = get_placement (priv);

  setup->service_id = g_strdup (priv->id);
  setup->settings = g_object_ref (priv->settings);
  /* Ids are unique in a process, which several services may share. */
  setup->workers.name = placement == GEMINGA_PLACEMENT_PROCESS || !priv->is_one_of_several
                            ? g_strdup ("worker")
                            : g_strconcat (geminga_service_get_name (self), "Worker", NULL);
  setup->workers.type = priv->worker_type;
  setup->workers.placement = placement;
  if (priv->worker_type != G_TYPE_INVALID)
    setup->workers.properties = new_worker_properties (self, priv->worker_type);

  setup->singles = new_specs ();
  for (guint i = 0; i < priv->singles->len; i++)
    {
      GemingaPoolSpec spec = g_array_index (priv->singles, GemingaPoolSpec, i);

      spec.name = g_strdup (spec.name);
      spec.properties = spec.properties != NULL ? g_variant_ref (spec.properties) : NULL;
      g_array_append_val (setup->singles, spec);
    }
}

void
geminga_service_set_handout (GemingaService *self, GVariant *handout)
{
  GemingaServicePrivate *priv = get_private (self);

  g_clear_pointer (&priv->handout, g_variant_unref);
  if (handout != NULL)
    priv->handout = g_variant_ref_sink (handout);
}

GVariant *
geminga_service_get_handout (GemingaService *self)
{
  return get_private (self)->handout;
}

void
geminga_service_take_handout (GemingaService *self, GVariant *handout)
{
  g_clear_pointer (&get_private (self)->taken, g_variant_unref);
  get_private (self)->taken = g_variant_ref_sink (handout);
}

GVariant *
geminga_service_get_taken (GemingaService *self)
{
  return get_private (self)->taken;
}

const char *
geminga_service_get_name (GemingaService *self)
{
  const char *id = get_private (self)->id;

  return strrchr (id, '.') + 1;
}

void
geminga_service_emit_reopen_logs (GemingaService *self)
{
  g_signal_emit (self, signals[SIGNAL_REOPEN_LOGS], 0);
}

/* Public API */

/**
 * geminga_service_new:
 * @id: an id such as `org.example.Hello`
 *
 * Makes a service without anything in it.
 *
 * Returns: (transfer full): the service
 *
 * Since: 0.1
 */
GemingaService *
geminga_service_new (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  return g_object_new (GEMINGA_TYPE_SERVICE, "id", id, NULL);
}

/**
 * geminga_service_get_id: (get-property id)
 * @self: a service
 *
 * Tells the id.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
const char *
geminga_service_get_id (GemingaService *self)
{
  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), NULL);

  return get_private (self)->id;
}

/**
 * geminga_service_get_settings: (get-property settings)
 * @self: a service
 *
 * Gives the settings. A program may add its own before it runs the service, and read all of them in
 * every process once it runs.
 *
 * Returns: (transfer none): the settings
 *
 * Since: 0.1
 */
GemingaSettings *
geminga_service_get_settings (GemingaService *self)
{
  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), NULL);

  return get_private (self)->settings;
}

/**
 * geminga_service_get_worker_type: (get-property worker-type)
 * @self: a service
 *
 * Tells what the workers are.
 *
 * Returns: a class of actors, or %G_TYPE_INVALID if there are no workers
 *
 * Since: 0.1
 */
GType
geminga_service_get_worker_type (GemingaService *self)
{
  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), G_TYPE_INVALID);

  return get_private (self)->worker_type;
}

/**
 * geminga_service_set_worker_type: (set-property worker-type)
 * @self: a service that does not run yet
 * @type: a class of actors
 *
 * Says what the workers are. As many are kept alive as the setting `workers` says. If the class has a
 * construct property `service-id`, each gets the id of its service there.
 *
 * Since: 0.1
 */
void
geminga_service_set_worker_type (GemingaService *self, GType type)
{
  GemingaServicePrivate *priv;

  g_return_if_fail (GEMINGA_IS_SERVICE (self));
  g_return_if_fail (g_type_is_a (type, GEMINGA_TYPE_ACTOR));

  priv = get_private (self);
  if (priv->worker_type == type)
    return;

  priv->worker_type = type;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORKER_TYPE]);
}

/**
 * geminga_service_set_main_thread_only:
 * @self: a service that does not run yet
 * @main_thread_only: whether what its workers call must not run in other threads
 *
 * Says that the setting `placement` cannot be `thread`: the service then does not start and says why.
 *
 * Overlays of languages that cannot be called off the main thread say so when handlers in that language
 * are added.
 *
 * Since: 0.1
 */
void
geminga_service_set_main_thread_only (GemingaService *self, gboolean main_thread_only)
{
  g_return_if_fail (GEMINGA_IS_SERVICE (self));

  get_private (self)->is_main_thread_only = main_thread_only;
}

/**
 * geminga_service_add_actor:
 * @self: a service that does not run yet
 * @type: a class of actors
 * @id: its id, which it keeps when it is started again
 * @placement: where it shall run
 * @properties: (nullable): construct properties, `a{sv}` by property name; a floating reference is taken
 * @error: return location for an error
 *
 * Adds an actor of which there is one, kept alive as long as the service runs.
 *
 * Fails with %GEMINGA_ERROR_ALREADY_EXISTS if the service has an actor of that id, and with
 * %GEMINGA_ERROR_INVALID_ARGUMENTS if @type is no class of actors.
 *
 * Returns: whether it was added
 *
 * Since: 0.1
 */
gboolean
geminga_service_add_actor (GemingaService *self,
                           GType type,
                           const char *id,
                           GemingaPlacement placement,
                           GVariant *properties,
                           GError **error)
{
  g_autoptr (GVariant) sunk = properties != NULL ? g_variant_ref_sink (properties) : NULL;
  GemingaServicePrivate *priv;
  GemingaPoolSpec spec = { 0 };

  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), FALSE);
  g_return_val_if_fail (id != NULL && *id != '\0', FALSE);

  priv = get_private (self);
  if (!g_type_is_a (type, GEMINGA_TYPE_ACTOR))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "“%s” is not a class of actors", g_type_name (type));
      return FALSE;
    }
  if (!geminga_system_check_placement (type, placement, error))
    return FALSE;
  for (guint i = 0; i < priv->singles->len; i++)
    if (g_str_equal (g_array_index (priv->singles, GemingaPoolSpec, i).name, id))
      {
        g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS,
                     "Service “%s” has an actor “%s” already", priv->id, id);
        return FALSE;
      }

  spec.name = g_strdup (id);
  spec.is_single = TRUE;
  spec.type = type;
  spec.placement = placement;
  spec.properties = g_steal_pointer (&sunk);
  g_array_append_val (priv->singles, spec);

  return TRUE;
}

/**
 * geminga_service_add_service:
 * @self: the service whose id the program has on D-Bus
 * @prefix: what stands before the names of the other's settings, such as `admin`
 * @service: (transfer none): another service, that does not run yet
 * @error: return location for an error
 *
 * Lets another service run in the same program, under the same arbiter.
 *
 * Returns: whether it was added; it is not if the prefix is taken
 *
 * Since: 0.1
 */
gboolean
geminga_service_add_service (GemingaService *self,
                             const char *prefix,
                             GemingaService *service,
                             GError **error)
{
  GemingaServicePrivate *priv;

  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), FALSE);
  g_return_val_if_fail (GEMINGA_IS_SERVICE (service), FALSE);
  g_return_val_if_fail (prefix != NULL, FALSE);

  priv = get_private (self);
  for (guint i = 0; i <= priv->services->len; i++)
    {
      GemingaService *other = i == 0 ? self : g_ptr_array_index (priv->services, i - 1);

      if (g_str_equal (geminga_service_get_name (other), geminga_service_get_name (service)))
        {
          g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS,
                       "“%s” and “%s” cannot run in one program: their ids end with the same word",
                       geminga_service_get_id (other), geminga_service_get_id (service));
          return FALSE;
        }
    }
  if (!geminga_settings_add_prefixed (priv->settings, prefix, get_private (service)->settings,
                                      error))
    return FALSE;

  g_ptr_array_add (priv->services, g_object_ref (service));
  priv->is_one_of_several = TRUE;
  get_private (service)->is_one_of_several = TRUE;

  return TRUE;
}

/**
 * geminga_service_run:
 * @self: a service
 * @argc: the number of arguments
 * @argv: (array length=argc) (element-type filename): the command line, as main() got it
 *
 * Runs the service until it is told to stop.
 *
 * In a process that was started as a worker this serves; in any other it reads the settings, opens the
 * sockets and becomes the arbiter. SIGTERM and SIGINT stop gracefully, SIGQUIT at once, SIGHUP reloads,
 * SIGTTIN and SIGTTOU add and take away a worker, SIGUSR1 opens the log files again, SIGUSR2 executes
 * the program anew, SIGWINCH ends the workers.
 *
 * Returns: the exit status for main(): 0 if it was asked to stop, 2 if the settings are wrong or an
 *   address cannot be had, 1 if it failed otherwise
 *
 * Since: 0.1
 */
int
geminga_service_run (GemingaService *self, int argc, char **argv)
{
  g_auto (GStrv) arguments = NULL;

  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), 1);
  g_return_val_if_fail (argc == 0 || argv != NULL, 1);

  arguments = g_new0 (char *, (gsize) argc + 1);
  for (int i = 0; i < argc; i++)
    arguments[i] = g_strdup (argv[i]);

  return geminga_run (self, (const char *const *) arguments);
}

/**
 * geminga_service_list_sockets:
 * @self: a service that runs
 *
 * Lists the listening sockets of the service, which all its processes share.
 *
 * Returns: (transfer container) (element-type GSocket): the sockets
 *
 * Since: 0.1
 */
GPtrArray *
geminga_service_list_sockets (GemingaService *self)
{
  GPtrArray *sockets;

  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), NULL);

  sockets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < get_private (self)->sockets->len; i++)
    g_ptr_array_add (sockets, g_object_ref (g_ptr_array_index (get_private (self)->sockets, i)));

  return sockets;
}

/**
 * geminga_service_lookup:
 * @system: an actor system
 * @id: the id of a service
 *
 * Finds the service that runs in the process of an actor.
 *
 * Returns: (transfer none) (nullable): the service, if there is one
 *
 * Since: 0.1
 */
GemingaService *
geminga_service_lookup (GemingaSystem *system, const char *id)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (GEMINGA_IS_SYSTEM (system), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  name = name_lookup (id);

  return g_object_get_data (G_OBJECT (system), name);
}

/**
 * geminga_service_get_system:
 * @self: a service
 *
 * Gives the actor system of this process, through which what is no actor itself, such as the handler
 * of a request, finds and spawns actors.
 *
 * Returns: (transfer none) (nullable): the system while the service runs
 *
 * Since: 0.1
 */
GemingaSystem *
geminga_service_get_system (GemingaService *self)
{
  g_return_val_if_fail (GEMINGA_IS_SERVICE (self), NULL);

  return get_private (self)->system;
}
