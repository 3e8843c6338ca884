/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

/*
 * Two actors of one loop tell each other a command in turns; an operation is a round trip, two messages
 * that are sent and handled. Erlang: two processes that send each other a message in turns.
 */

#define PLAYER_TYPE (player_get_type ())
G_DECLARE_FINAL_TYPE (Player, player, BENCH, PLAYER, GemingaActor)

struct _Player
{
  GemingaActor parent_instance;

  GemingaActorRef *other; /* (owned) (nullable) */
  GemingaCall *serving;   /* (owned) (nullable): answered when no round trip is left */
  guint64 n_left;         /* round trips */
};

G_DEFINE_FINAL_TYPE (Player, player, GEMINGA_TYPE_ACTOR)

/* Helpers */

static void
tell (Player *self, const char *command, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;

  if (!geminga_actor_ref_tell (self->other, command, arguments, &error))
    g_error ("The ball is lost: %s", error->message);
}

static void
end_game (Player *self)
{
  g_autoptr (GemingaCall) serving = g_steal_pointer (&self->serving);

  geminga_call_return_value (serving, NULL);
}

/* GemingaActor */

static void
player_meet (GemingaActor *actor, GemingaCall *call)
{
  Player *self = BENCH_PLAYER (actor);
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  g_clear_object (&self->other);
  self->other = geminga_system_ref_actor (geminga_actor_get_system (actor), id, NULL);
  geminga_call_return_value (call, NULL);
}

static void
player_serve (GemingaActor *actor, GemingaCall *call)
{
  Player *self = BENCH_PLAYER (actor);

  g_variant_get (geminga_call_get_arguments (call), "(t)", &self->n_left);
  self->serving = g_object_ref (call);
  tell (self, "Ping", NULL);
}

static void
player_ping (GemingaActor *actor, GemingaCall *call)
{
  Player *self = BENCH_PLAYER (actor);

  if (self->serving != NULL && --self->n_left == 0)
    end_game (self);
  else
    tell (self, "Ping", NULL);
}

static void
player_serve_number (GemingaActor *actor, GemingaCall *call)
{
  Player *self = BENCH_PLAYER (actor);
  guint64 n;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &n);
  self->serving = g_object_ref (call);
  tell (self, "Count", g_variant_new ("(t)", 2 * n - 1));
}

static void
player_count (GemingaActor *actor, GemingaCall *call)
{
  Player *self = BENCH_PLAYER (actor);
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  if (number == 0)
    end_game (self);
  else
    tell (self, "Count", g_variant_new ("(t)", number - 1));
}

/* GObject */

static void
player_dispose (GObject *object)
{
  Player *self = BENCH_PLAYER (object);

  g_clear_object (&self->other);
  g_clear_object (&self->serving);

  G_OBJECT_CLASS (player_parent_class)->dispose (object);
}

static void
player_class_init (PlayerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Meet", "s", NULL, "other", NULL, 0, player_meet },
    { "Serve", "t", NULL, "n", NULL, 0, player_serve },
    { "Ping", NULL, NULL, NULL, NULL, 0, player_ping },
    { "ServeNumber", "t", NULL, "n", NULL, 0, player_serve_number },
    { "Count", "t", NULL, "number", NULL, 0, player_count },
  };

  G_OBJECT_CLASS (klass)->dispose = player_dispose;

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
player_init (Player *self)
{
}

/* The figures */

static void
play (GemingaSystem *system, const char *serve, guint n)
{
  GemingaActorRef *a = bench_actor_new (system, PLAYER_TYPE, GEMINGA_PLACEMENT_SHARED);
  GemingaActorRef *b = bench_actor_new (system, PLAYER_TYPE, GEMINGA_PLACEMENT_SHARED);

  bench_actor_ask_wait (a, "Meet", g_variant_new ("(s)", geminga_actor_ref_get_id (b)));
  bench_actor_ask_wait (b, "Meet", g_variant_new ("(s)", geminga_actor_ref_get_id (a)));
  bench_actor_ask_wait (a, serve, g_variant_new ("(t)", (guint64) n));

  bench_actor_end (a);
  bench_actor_end (b);
}

static void
op_tell (gpointer data, guint n)
{
  play (data, "Serve", n);
}

static void
op_tell_number (gpointer data, guint n)
{
  play (data, "ServeNumber", n);
}

/* Public API */

void
bench_actor_tell (GemingaSystem *system, BenchErlang *peer)
{
  static const BenchActorFigure figures[] = {
    { "actor/tell", op_tell, "tell", "Erlang send", 500000, 5 },
    { "actor/tell/number", op_tell_number, "tell-number", "Erlang send", 200000, 0 },
  };

  bench_actor_compare (figures, G_N_ELEMENTS (figures), system, peer);
}
