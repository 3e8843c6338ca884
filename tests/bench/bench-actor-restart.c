/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

/*
 * A child fails when it is told to, its supervisor starts it again, and the new one tells its owner that
 * it is there, who tells it to fail once more; all in one loop. Erlang: the same, with a supervisor, one
 * for one, with one permanent child; then a new one of those for every hundred restarts.
 */

/* The child */

#define CHILD_TYPE (child_get_type ())
G_DECLARE_FINAL_TYPE (Child, child, BENCH, CHILD, GemingaActor)

struct _Child
{
  GemingaActor parent_instance;

  char *owner; /* (owned): the path */
};

G_DEFINE_FINAL_TYPE (Child, child, GEMINGA_TYPE_ACTOR)

static void
child_started (GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) owner = geminga_system_ref_actor (geminga_actor_get_system (actor),
                                                                BENCH_CHILD (actor)->owner, &error);

  if (owner == NULL)
    g_error ("The child does not find its owner: %s", error->message);
  geminga_actor_ref_tell (owner, "Started", NULL, NULL);
}

static void
child_crash (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "The child was told to crash");

  geminga_actor_fail (actor, error);
}

static void
child_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  BENCH_CHILD (object)->owner = g_value_dup_string (value);
}

static void
child_finalize (GObject *object)
{
  g_free (BENCH_CHILD (object)->owner);

  G_OBJECT_CLASS (child_parent_class)->finalize (object);
}

static void
child_class_init (ChildClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Crash", NULL, NULL, NULL, NULL, 0, child_crash },
  };

  G_OBJECT_CLASS (klass)->set_property = child_set_property;
  G_OBJECT_CLASS (klass)->finalize = child_finalize;
  GEMINGA_ACTOR_CLASS (klass)->started = child_started;

  g_object_class_install_property (
      G_OBJECT_CLASS (klass), 1,
      g_param_spec_string ("owner", NULL, NULL, NULL,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
child_init (Child *self)
{
}

/* The owner */

#define OWNER_TYPE (owner_get_type ())
G_DECLARE_FINAL_TYPE (Owner, owner, BENCH, OWNER, GemingaActor)

struct _Owner
{
  GemingaActor parent_instance;

  GemingaActorRef *supervisor; /* (owned) (nullable) */
  GemingaCall *running;        /* (owned) (nullable): answered when no restart is left */
  guint n_left;                /* in all */
  guint n_left_each;           /* of this supervisor */
  guint n_each;                /* restarts for each supervisor */
};

G_DEFINE_FINAL_TYPE (Owner, owner, GEMINGA_TYPE_ACTOR)

/* One child, at once restarted as often as it likes. */
static GVariant *
describe_supervisor (Owner *self)
{
  const char *path = geminga_actor_ref_get_path (geminga_actor_get_address (GEMINGA_ACTOR (self)));

  return g_variant_new_parsed ("{'max-restarts': <%u>, 'first-delay': <uint32 0>, 'children': <<[{"
                               "'id': <'child'>, 'type': <%s>, "
                               "'properties': <{'owner': <%s>}>}]>>}",
                               G_MAXUINT, g_type_name (CHILD_TYPE), path);
}

static void
start_supervisor (Owner *self)
{
  g_autoptr (GError) error = NULL;

  self->n_left_each = MIN (self->n_left, self->n_each);
  self->n_left -= self->n_left_each;
  self->supervisor =
      geminga_actor_spawn (GEMINGA_ACTOR (self), GEMINGA_TYPE_SUPERVISOR, NULL,
                           GEMINGA_PLACEMENT_SHARED, describe_supervisor (self), &error);
  if (self->supervisor == NULL)
    g_error ("The supervisor does not start: %s", error->message);
  geminga_actor_watch (GEMINGA_ACTOR (self), self->supervisor);
}

static void
owner_peer_ended (GemingaActor *actor,
                  GemingaActorRef *peer,
                  GemingaExitReason reason,
                  const GError *error)
{
  Owner *self = BENCH_OWNER (actor);

  if (error != NULL)
    g_error ("The supervisor does not go on: %s", error->message);

  g_clear_object (&self->supervisor);
  if (self->n_left > 0)
    {
      start_supervisor (self);
      return;
    }

  geminga_call_return_value (self->running, NULL);
  g_clear_object (&self->running);
}

static void
owner_run (GemingaActor *actor, GemingaCall *call)
{
  Owner *self = BENCH_OWNER (actor);

  g_variant_get (geminga_call_get_arguments (call), "(uu)", &self->n_left, &self->n_each);
  self->running = g_object_ref (call);
  start_supervisor (self);
}

static void
owner_started_child (GemingaActor *actor, GemingaCall *call)
{
  Owner *self = BENCH_OWNER (actor);
  g_autoptr (GemingaActorRef) child = geminga_call_dup_sender (call);

  if (self->n_left_each-- > 0)
    geminga_actor_ref_tell (child, "Crash", NULL, NULL);
  else
    geminga_actor_ref_stop (self->supervisor);
}

static void
owner_dispose (GObject *object)
{
  Owner *self = BENCH_OWNER (object);

  g_clear_object (&self->supervisor);
  g_clear_object (&self->running);

  G_OBJECT_CLASS (owner_parent_class)->dispose (object);
}

static void
owner_class_init (OwnerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Run", "(uu)", NULL, "n each", NULL, 0, owner_run },
    { "Started", NULL, NULL, NULL, NULL, 0, owner_started_child },
  };

  G_OBJECT_CLASS (klass)->dispose = owner_dispose;
  GEMINGA_ACTOR_CLASS (klass)->peer_ended = owner_peer_ended;

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
owner_init (Owner *self)
{
}

/* The figures */

static void
op_restart (gpointer data, guint n)
{
  bench_actor_ask_wait (data, "Run", g_variant_new ("(uu)", n, n));
}

static void
op_restart_in_hundreds (gpointer data, guint n)
{
  bench_actor_ask_wait (data, "Run", g_variant_new ("(uu)", n, 100));
}

/* Public API */

void
bench_actor_restart (GemingaSystem *system, BenchErlang *peer)
{
  static const BenchActorFigure figures[] = {
    { "actor/restart", op_restart, "restart", "Erlang supervisor", 10000, 11 },
    { "actor/restart/100-each", op_restart_in_hundreds, "restart-100", "Erlang supervisor", 10000,
      0 },
  };
  GemingaActorRef *owner = bench_actor_new (system, OWNER_TYPE, GEMINGA_PLACEMENT_SHARED);

  bench_actor_compare (figures, G_N_ELEMENTS (figures), owner, peer);
  bench_actor_end (owner);
}
