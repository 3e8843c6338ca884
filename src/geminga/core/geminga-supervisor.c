/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-supervisor-private.h"

#include "geminga-actor-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"

#define DEFAULT_MAX_RESTARTS 5
#define DEFAULT_PERIOD       10000
#define DEFAULT_FIRST_DELAY  100
#define DEFAULT_MAX_DELAY    30000
#define DEFAULT_MAX_RECORDS  100

/**
 * GemingaSupervisor:
 *
 * An actor that starts other actors in order, restarts those that fail, and ends them in reverse order.
 *
 * Children are given with [method@Geminga.Supervisor.add_child], before or after it starts, with the
 * command `AddChild`, or with the property [property@Geminga.Supervisor:children]. Each has options: see
 * [method@Geminga.Supervisor.add_child]. A child may be a supervisor, so trees have any depth, and each
 * child any placement.
 *
 * When a child ends and is to be restarted, the [property@Geminga.Supervisor:strategy] says which others
 * are restarted with it. The first failure is mended at once; a child that fails again and again waits
 * longer each time. More than [property@Geminga.Supervisor:max-restarts] within
 * [property@Geminga.Supervisor:period] are too many: the supervisor fails, and whoever supervises it
 * decides.
 *
 * The supervisor is ready when its children are. It ends when they have ended. It answers `AddChild`,
 * `RemoveChild`, `RestartChild`, `ListChildren` and `GetRestarts`. Its methods may be called in its loop
 * only.
 *
 * Since: 0.1
 */
typedef struct
{
  GemingaSupervision supervision;
} GemingaSupervisorPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GemingaSupervisor, geminga_supervisor, GEMINGA_TYPE_ACTOR)

enum
{
  PROP_STRATEGY = 1,
  PROP_MAX_RESTARTS,
  PROP_PERIOD,
  PROP_FIRST_DELAY,
  PROP_MAX_DELAY,
  PROP_MAX_RECORDS,
  PROP_SUBTREE_MAX_RESTARTS,
  PROP_CHILDREN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers */

static guint *
get_number (GemingaSupervision *supervision, guint property_id)
{
  switch (property_id)
    {
    case PROP_MAX_RESTARTS:
      return &supervision->max_restarts;
    case PROP_PERIOD:
      return &supervision->period;
    case PROP_FIRST_DELAY:
      return &supervision->first_delay;
    case PROP_MAX_DELAY:
      return &supervision->max_delay;
    case PROP_MAX_RECORDS:
      return &supervision->max_records;
    case PROP_SUBTREE_MAX_RESTARTS:
      return &supervision->subtree_max_restarts;
    default:
      return NULL;
    }
}

static gboolean
add_from (GemingaSupervisor *self, GVariant *specs, GError **error)
{
  if (specs == NULL)
    return TRUE;
  if (!g_variant_is_of_type (specs, G_VARIANT_TYPE ("aa{sv}")))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "The children of supervisor “%s” must be “aa{sv}”, not “%s”",
                   geminga_actor_get_id (GEMINGA_ACTOR (self)), g_variant_get_type_string (specs));
      return FALSE;
    }

  for (gsize i = 0; i < g_variant_n_children (specs); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (specs, i);
      g_autoptr (GemingaChildSpec) spec = geminga_child_spec_parse (dict, error);

      if (spec == NULL || !geminga_supervisor_add_child (self, spec->id, spec->type, dict, error))
        return FALSE;
    }

  return TRUE;
}

static GemingaSupervised *
find (GemingaSupervisor *self, const char *id, GError **error)
{
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self);
  GemingaSupervised *child = g_hash_table_lookup (supervision->by_id, id);

  if (child == NULL)
    g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                 "Supervisor “%s” has no child “%s”", geminga_actor_get_id (GEMINGA_ACTOR (self)),
                 id);

  return child;
}

/* GemingaActor */

static void
geminga_supervisor_begun (GemingaActor *actor)
{
  GemingaSupervisor *self = GEMINGA_SUPERVISOR (actor);
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self);
  g_autoptr (GError) error = NULL;

  if (supervision->is_ending) /* since started() */
    return;

  if (add_from (self, supervision->specs, &error))
    geminga_supervision_begin (self);
  else
    geminga_actor_fail (actor, error);
}

static void
geminga_supervisor_end_begun (GemingaActor *actor)
{
  geminga_supervision_end (GEMINGA_SUPERVISOR (actor));
}

/* GObject */

static void
geminga_supervisor_get_property (GObject *object,
                                 guint property_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  GemingaSupervision *supervision =
      geminga_supervisor_get_supervision (GEMINGA_SUPERVISOR (object));
  guint *number = get_number (supervision, property_id);

  if (number != NULL)
    g_value_set_uint (value, *number);
  else if (property_id == PROP_STRATEGY)
    g_value_set_enum (value, (int) supervision->strategy);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
geminga_supervisor_set_property (GObject *object,
                                 guint property_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  GemingaSupervision *supervision =
      geminga_supervisor_get_supervision (GEMINGA_SUPERVISOR (object));
  guint *number = get_number (supervision, property_id);

  if (number != NULL)
    *number = g_value_get_uint (value);
  else if (property_id == PROP_STRATEGY)
    supervision->strategy = (GemingaStrategy) g_value_get_enum (value);
  else if (property_id == PROP_CHILDREN)
    supervision->specs = g_value_dup_variant (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
geminga_supervisor_dispose (GObject *object)
{
  GemingaSupervisor *self = GEMINGA_SUPERVISOR (object);
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self);
  GemingaMailbox *mailbox = geminga_actor_get_mailbox (GEMINGA_ACTOR (self));

  geminga_supervision_clear (supervision);
  if (supervision->start_timer_at != 0)
    geminga_loop_disarm (mailbox->loop, &supervision->start_timer);
  supervision->start_timer_at = 0;
  g_clear_object (&supervision->report_to);

  G_OBJECT_CLASS (geminga_supervisor_parent_class)->dispose (object);
}

static void
geminga_supervisor_finalize (GObject *object)
{
  GemingaSupervision *supervision =
      geminga_supervisor_get_supervision (GEMINGA_SUPERVISOR (object));

  geminga_supervisor_clear_records (supervision);
  geminga_restart_budget_clear (&supervision->budget);
  geminga_restart_budget_clear (&supervision->subtree_budget);
  g_clear_pointer (&supervision->random, g_rand_free);
  g_clear_pointer (&supervision->specs, g_variant_unref);
  g_hash_table_unref (supervision->by_id);
  g_ptr_array_unref (supervision->children);

  G_OBJECT_CLASS (geminga_supervisor_parent_class)->finalize (object);
}

static GParamSpec *
number_property (const char *name, guint max, guint fallback)
{
  return g_param_spec_uint (name, NULL, NULL, 0, max, fallback,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
}

static void
make_numbers (void)
{
  /**
   * GemingaSupervisor:max-restarts:
   *
   * How many restarts there may be within the [property@Geminga.Supervisor:period]; %G_MAXUINT for any
   * number.
   *
   * Since: 0.1
   */
  props[PROP_MAX_RESTARTS] = number_property ("max-restarts", G_MAXUINT, DEFAULT_MAX_RESTARTS);

  /**
   * GemingaSupervisor:period:
   *
   * How long a restart counts, in milliseconds; a child that has run so long starts afresh.
   *
   * Since: 0.1
   */
  props[PROP_PERIOD] = number_property ("period", G_MAXINT, DEFAULT_PERIOD);

  /**
   * GemingaSupervisor:first-delay:
   *
   * How long a child waits that fails for the second time in a row, in milliseconds; each further
   * failure doubles it, and a quarter more or less is left to chance. 0: it never waits.
   *
   * Since: 0.1
   */
  props[PROP_FIRST_DELAY] = number_property ("first-delay", G_MAXINT, DEFAULT_FIRST_DELAY);

  /**
   * GemingaSupervisor:max-delay:
   *
   * How long a child waits at most, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_MAX_DELAY] = number_property ("max-delay", G_MAXINT, DEFAULT_MAX_DELAY);

  /**
   * GemingaSupervisor:max-records:
   *
   * How many failures are remembered for `GetRestarts`.
   *
   * Since: 0.1
   */
  props[PROP_MAX_RECORDS] = number_property ("max-records", 100000, DEFAULT_MAX_RECORDS);

  /**
   * GemingaSupervisor:subtree-max-restarts:
   *
   * How many restarts there may be within the [property@Geminga.Supervisor:period] in the whole tree
   * below, whichever supervisor makes them; 0 for any number.
   *
   * Since: 0.1
   */
  props[PROP_SUBTREE_MAX_RESTARTS] = number_property ("subtree-max-restarts", G_MAXUINT, 0);
}

static void
geminga_supervisor_class_init (GemingaSupervisorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  object_class->get_property = geminga_supervisor_get_property;
  object_class->set_property = geminga_supervisor_set_property;
  object_class->dispose = geminga_supervisor_dispose;
  object_class->finalize = geminga_supervisor_finalize;

  actor_class->begun = geminga_supervisor_begun;
  actor_class->end_begun = geminga_supervisor_end_begun;

  /**
   * GemingaSupervisor:strategy:
   *
   * Which children are restarted when one fails.
   *
   * Since: 0.1
   */
  props[PROP_STRATEGY] = g_param_spec_enum (
      "strategy", NULL, NULL, GEMINGA_TYPE_STRATEGY, GEMINGA_STRATEGY_ONE_FOR_ONE,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  make_numbers ();

  /**
   * GemingaSupervisor:children:
   *
   * The first children, as `aa{sv}`: for each an `id`, the name of its class as `type`, and options as
   * [method@Geminga.Supervisor.add_child] takes them.
   *
   * Since: 0.1
   */
  props[PROP_CHILDREN] =
      g_param_spec_variant ("children", NULL, NULL, G_VARIANT_TYPE_ANY, NULL,
                            G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);

  geminga_supervisor_install_commands (actor_class);
}

static void
geminga_supervisor_init (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self);

  supervision->children = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_supervised_free);
  supervision->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/* For the supervisor's own files */

GemingaSupervision *
geminga_supervisor_get_supervision (GemingaSupervisor *self)
{
  GemingaSupervisorPrivate *priv = geminga_supervisor_get_instance_private (self);

  return &priv->supervision;
}

/* Public API */

/**
 * geminga_supervisor_add_child:
 * @self: a supervisor
 * @id: the child's id, unique among the actors of its process
 * @type: an actor class
 * @options: (nullable): `a{sv}`, see below; a floating reference is taken
 * @error: return location for an error
 *
 * Adds a child after those that there are. Before the supervisor starts, or in `started()`, children are
 * noted; then it is started in its turn.
 *
 * Options: `properties` (`a{sv}`), its construct properties; `placement` (`s`), "shared", "thread" or
 * "process"; `restart` (`s`), "permanent", "transient" or "temporary"; `shutdown` (`i`), how many
 * milliseconds it may take to end before it is killed, 5000 if nothing is said, 0 or "kill" for none, -1
 * for any number; `start-timeout` (`u`), how many milliseconds it may take to be ready, 30000 if nothing
 * is said, 0 for any number; `significant` (`b`), the supervisor ends when this child has and is not
 * restarted; `max-restarts` and `period` (`u`), a budget of its own.
 *
 * Returns: %TRUE, or %FALSE with %GEMINGA_ERROR_INVALID_ARGUMENTS if something about it is wrong,
 *   %GEMINGA_ERROR_ALREADY_EXISTS if there is such a child, %GEMINGA_ERROR_UNSUPPORTED_PLACEMENT if the
 *   class cannot run there, %GEMINGA_ERROR_INVALID_STATE if the supervisor ends
 *
 * Since: 0.1
 */
gboolean
geminga_supervisor_add_child (GemingaSupervisor *self,
                              const char *id,
                              GType type,
                              GVariant *options,
                              GError **error)
{
  g_autoptr (GVariant) sunk = options != NULL ? g_variant_ref_sink (options) : NULL;
  GemingaSupervision *supervision;
  GemingaChildSpec *spec;

  g_return_val_if_fail (GEMINGA_IS_SUPERVISOR (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  supervision = geminga_supervisor_get_supervision (self);
  if (supervision->is_ending)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE, "Supervisor “%s” is ending",
                   geminga_actor_get_id (GEMINGA_ACTOR (self)));
      return FALSE;
    }
  if (g_hash_table_contains (supervision->by_id, id))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS,
                   "There is a child “%s” already", id);
      return FALSE;
    }

  spec = geminga_child_spec_new (id, type, sunk, error);
  if (spec == NULL)
    return FALSE;

  geminga_supervision_add (self, spec);
  geminga_supervision_advance (self);

  return TRUE;
}

/**
 * geminga_supervisor_remove_child:
 * @self: a supervisor
 * @id: a child's id
 * @error: return location for an error
 *
 * Ends a child, within its grace time, and forgets it.
 *
 * Returns: %TRUE if there is such a child, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if there is none
 *
 * Since: 0.1
 */
gboolean
geminga_supervisor_remove_child (GemingaSupervisor *self, const char *id, GError **error)
{
  GemingaSupervised *child;

  g_return_val_if_fail (GEMINGA_IS_SUPERVISOR (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  child = find (self, id, error);
  if (child == NULL)
    return FALSE;

  geminga_supervision_remove (self, child);

  return TRUE;
}

/**
 * geminga_supervisor_restart_child:
 * @self: a supervisor
 * @id: a child's id
 * @error: return location for an error
 *
 * Ends a child, within its grace time, and starts it again; one that has ended, or waits, is started.
 * This does not count as a failure.
 *
 * Returns: %TRUE if there is such a child, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if there is none
 *
 * Since: 0.1
 */
gboolean
geminga_supervisor_restart_child (GemingaSupervisor *self, const char *id, GError **error)
{
  GemingaSupervised *child;

  g_return_val_if_fail (GEMINGA_IS_SUPERVISOR (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  child = find (self, id, error);
  if (child == NULL)
    return FALSE;

  geminga_supervision_restart (self, child);

  return TRUE;
}

/**
 * geminga_supervisor_ref_child:
 * @self: a supervisor
 * @id: a child's id
 *
 * Gives the actor that a child is at the moment.
 *
 * Returns: (transfer full) (nullable): its ref, or %NULL if there is no such child, or it is down
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_supervisor_ref_child (GemingaSupervisor *self, const char *id)
{
  GemingaSupervised *child;

  g_return_val_if_fail (GEMINGA_IS_SUPERVISOR (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  child = find (self, id, NULL);

  return child != NULL && child->ref != NULL ? g_object_ref (child->ref) : NULL;
}
