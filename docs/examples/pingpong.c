/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two actors in two processes play ping-pong. The ball counts the messages: one there and one back in each
 * round. pingpong.py and pingpong.js do the same.
 *
 *     busctl --user call org.example.PingPong /org/geminga1/PingPong/ping org.example.Ping1 Play u 1000
 */
#include <geminga.h>

/* Pong, who returns the ball */

#define PONG_TYPE (pong_get_type ())
G_DECLARE_FINAL_TYPE (Pong, pong, EXAMPLE, PONG, GemingaActor)

struct _Pong
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Pong, pong, GEMINGA_TYPE_ACTOR)

static void
hit (GemingaActor *actor, GemingaCall *call)
{
  guint64 ball;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &ball);
  geminga_call_return_value (call, g_variant_new_uint64 (ball + 1));
}

static const GemingaCommandEntry pong_commands[] = {
  { "Hit", "(t)", "t", "ball", "Returns the ball", 0, hit },
};

static void
registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_system_register_name_finish (GEMINGA_SYSTEM (source), result, &error))
    geminga_actor_become_ready (actor);
  else
    geminga_actor_fail (actor, error);
}

static void
pong_started (GemingaActor *actor)
{
  geminga_actor_delay_ready (actor);
  geminga_system_register_name_async (geminga_actor_get_system (actor), "pong",
                                      geminga_actor_get_address (actor), NULL, registered,
                                      g_object_ref (actor));
}

static void
pong_class_init (PongClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  actor_class->started = pong_started;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Pong1");
  geminga_actor_class_add_commands (actor_class, pong_commands, G_N_ELEMENTS (pong_commands));
}

static void
pong_init (Pong *self)
{
}

/* Ping, who begins */

#define PING_TYPE (ping_get_type ())
G_DECLARE_FINAL_TYPE (Ping, ping, EXAMPLE, PING, GemingaActor)

struct _Ping
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Ping, ping, GEMINGA_TYPE_ACTOR)

typedef struct
{
  GemingaActor *actor;   /* (owned) */
  GemingaCall *call;     /* (owned): who wants to know how it went */
  GemingaActorRef *pong; /* (owned) (nullable) */
  guint32 n_rounds;
  guint64 ball;
  gint64 begin; /* microseconds */
} Game;

static void
game_free (Game *game)
{
  g_object_unref (game->actor);
  g_object_unref (game->call);
  g_clear_object (&game->pong);
  g_free (game);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Game, game_free)

static void returned (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes the game. What is asked here is part of the call, and within its deadline. */
static void
play_round (GemingaCall *call, gpointer user_data)
{
  g_autoptr (Game) game = user_data;

  if (game->n_rounds == 0)
    {
      gint64 duration = geminga_actor_get_time (game->actor) - game->begin;

      geminga_call_return_value (call, g_variant_new ("(tt)", game->ball, (guint64) duration));
      return;
    }

  game->n_rounds--;
  geminga_actor_ref_ask_async (game->pong, "Hit", g_variant_new ("(t)", game->ball + 1), -1,
                               geminga_call_get_cancellable (call), returned, game);
  g_steal_pointer (&game);
}

static void
returned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Game) game = user_data;
  g_autoptr (GemingaCall) call = g_object_ref (game->call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  g_variant_get (answer, "(t)", &game->ball);
  geminga_call_resume (call, play_round, g_steal_pointer (&game));
}

static void
found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Game) game = user_data;
  g_autoptr (GemingaCall) call = g_object_ref (game->call);
  g_autoptr (GError) error = NULL;

  game->pong = geminga_system_wait_for_name_finish (GEMINGA_SYSTEM (source), result, &error);
  if (game->pong == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  game->begin = geminga_actor_get_time (game->actor);
  geminga_call_resume (call, play_round, g_steal_pointer (&game));
}

static void
play (GemingaActor *actor, GemingaCall *call)
{
  Game *game = g_new0 (Game, 1);

  game->actor = g_object_ref (actor);
  game->call = g_object_ref (call);
  g_variant_get (geminga_call_get_arguments (call), "(u)", &game->n_rounds);
  geminga_system_wait_for_name_async (geminga_actor_get_system (actor), "pong", -1,
                                      geminga_call_get_cancellable (call), found, game);
}

static const GemingaCommandEntry ping_commands[] = {
  { "Play", "(u)", "(tt)", "rounds",
    "Plays so many rounds, and tells how many messages it took and how many microseconds", 0,
    play },
};

static void
ping_class_init (PingClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Ping1");
  geminga_actor_class_add_commands (actor_class, ping_commands, G_N_ELEMENTS (ping_commands));
}

static void
ping_init (Ping *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.PingPong");
  g_autoptr (GError) error = NULL;

  if (!geminga_service_add_actor (service, PING_TYPE, "ping", GEMINGA_PLACEMENT_PROCESS, NULL,
                                  &error) ||
      !geminga_service_add_actor (service, PONG_TYPE, "pong", GEMINGA_PLACEMENT_PROCESS, NULL,
                                  &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
