/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

/*
 * A child fails, its supervisor sees that and spawns it again under the same name, and asks it to fail
 * once more when it is ready; all in one loop. The supervisor is the least there can be: it waits for
 * the end of its child. Erlang: a supervisor, one for one, with one permanent child; then a new one of
 * those for every hundred restarts.
 */

/* The child */

#define CHILD_TYPE (child_get_type ())
G_DECLARE_FINAL_TYPE (Child, child, BENCH, CHILD, GemingaActor)

struct _Child
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Child, child, GEMINGA_TYPE_ACTOR)

static void
child_crash (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "The child was told to crash");

  geminga_actor_fail (actor, error);
}

static void
child_class_init (ChildClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Crash", NULL, NULL, NULL, NULL, 0, child_crash },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
child_init (Child *self)
{
}

/* The supervisor */

#define GUARD_TYPE (guard_get_type ())
G_DECLARE_FINAL_TYPE (Guard, guard, BENCH, GUARD, GemingaActor)

struct _Guard
{
  GemingaActor parent_instance;

  GemingaActorRef *child; /* (owned) (nullable) */
  GemingaCall *running;   /* (owned) (nullable): answered when no restart is left */
  guint n_left;
};

G_DEFINE_FINAL_TYPE (Guard, guard, GEMINGA_TYPE_ACTOR)

static void child_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
start_child (Guard *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->child);
  self->child = geminga_actor_spawn (GEMINGA_ACTOR (self), CHILD_TYPE, "child",
                                     GEMINGA_PLACEMENT_SHARED, NULL, &error);
  if (self->child == NULL)
    g_error ("The child does not start: %s", error->message);
  geminga_actor_ref_wait_ended_async (self->child, NULL, child_ended_cb, self);
  geminga_actor_ref_tell (self->child, "Crash", NULL, NULL);
}

static void
child_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Guard *self = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_actor_ref_wait_ended_finish (GEMINGA_ACTOR_REF (source), result, &error))
    g_error ("The child ended as if it was asked to");
  if (--self->n_left > 0)
    {
      start_child (self);
      return;
    }

  geminga_call_return_value (self->running, NULL);
  g_clear_object (&self->running);
}

static void
guard_run (GemingaActor *actor, GemingaCall *call)
{
  Guard *self = BENCH_GUARD (actor);

  g_variant_get (geminga_call_get_arguments (call), "(u)", &self->n_left);
  self->running = g_object_ref (call);
  start_child (self);
}

static void
guard_dispose (GObject *object)
{
  Guard *self = BENCH_GUARD (object);

  g_clear_object (&self->child);
  g_clear_object (&self->running);

  G_OBJECT_CLASS (guard_parent_class)->dispose (object);
}

static void
guard_class_init (GuardClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Run", "u", NULL, "n", NULL, 0, guard_run },
  };

  G_OBJECT_CLASS (klass)->dispose = guard_dispose;

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
guard_init (Guard *self)
{
}

/* The figure */

static void
op_restart (gpointer data, guint n)
{
  bench_actor_ask_wait (data, "Run", g_variant_new ("(u)", n));
}

/* Public API */

void
bench_actor_restart (GemingaSystem *system, BenchErlang *peer)
{
  static const BenchActorFigure figures[] = {
    { "actor/restart", op_restart, "restart", "Erlang supervisor", 10000, 11 },
    { "actor/restart/100-each", op_restart, "restart-100", "Erlang supervisor", 10000, 0 },
  };
  GemingaActorRef *guard = bench_actor_new (system, GUARD_TYPE, GEMINGA_PLACEMENT_SHARED);

  bench_actor_compare (figures, G_N_ELEMENTS (figures), guard, peer);
  bench_actor_end (guard);
}
