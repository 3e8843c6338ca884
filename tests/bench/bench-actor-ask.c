/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

/*
 * An actor asks another one of its loop, each ask with a deadline: one after the other, or a thousand at
 * once. Erlang: a process calls a gen_server with a timeout, or a thousand processes do.
 */

/* Who is asked */

#define SERVER_TYPE (server_get_type ())
G_DECLARE_FINAL_TYPE (Server, server, BENCH, SERVER, GemingaActor)

struct _Server
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Server, server, GEMINGA_TYPE_ACTOR)

static void
server_check (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, NULL);
}

static void
server_add (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  geminga_call_return_value (call, g_variant_new_uint64 (number + 1));
}

static void
server_class_init (ServerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Check", NULL, NULL, NULL, NULL, 0, server_check },
    { "Add", "t", "t", "number", NULL, 0, server_add },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
server_init (Server *self)
{
}

/* Who asks */

#define CLIENT_TYPE (client_get_type ())
G_DECLARE_FINAL_TYPE (Client, client, BENCH, CLIENT, GemingaActor)

struct _Client
{
  GemingaActor parent_instance;

  GemingaActorRef *server; /* (owned) (nullable) */
  GemingaCall *running;    /* (owned) (nullable): answered when all asks are */
  GAsyncReadyCallback done_cb;
  guint n_left; /* to be sent */
  guint n_open;
};

G_DEFINE_FINAL_TYPE (Client, client, GEMINGA_TYPE_ACTOR)

static GVariant *
finish_ask (GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    g_error ("An ask failed: %s", error->message);

  return answer;
}

static void
check_next (Client *self, GAsyncReadyCallback callback)
{
  self->n_left--;
  self->n_open++;
  geminga_actor_ref_ask_async (self->server, "Check", NULL, -1, NULL, callback, self);
}

static void
add_next (Client *self, GAsyncReadyCallback callback)
{
  self->n_left--;
  self->n_open++;
  geminga_actor_ref_ask_async (self->server, "Add", g_variant_new ("(t)", (guint64) self->n_left),
                               -1, NULL, callback, self);
}

static void
end_run (Client *self)
{
  g_autoptr (GemingaCall) running = g_steal_pointer (&self->running);

  geminga_call_return_value (running, NULL);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (GVariant) answer = finish_ask (source, result);

  self->n_open--;
  if (self->n_left > 0)
    check_next (self, checked_cb);
  else if (self->n_open == 0)
    end_run (self);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (GVariant) answer = finish_ask (source, result);
  guint64 number;

  g_variant_get (answer, "(t)", &number);
  self->n_open--;
  if (self->n_left > 0)
    add_next (self, added_cb);
  else if (self->n_open == 0)
    end_run (self);
}

/* GemingaActor */

static void
client_meet (GemingaActor *actor, GemingaCall *call)
{
  Client *self = BENCH_CLIENT (actor);
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  g_clear_object (&self->server);
  self->server = geminga_system_ref_actor (geminga_actor_get_system (actor), id, NULL);
  geminga_call_return_value (call, NULL);
}

static void
client_run (GemingaActor *actor, GemingaCall *call)
{
  Client *self = BENCH_CLIENT (actor);
  guint n_at_once;

  g_variant_get (geminga_call_get_arguments (call), "(uu)", &self->n_left, &n_at_once);
  self->running = g_object_ref (call);
  for (guint i = 0; i < n_at_once; i++)
    check_next (self, checked_cb);
}

static void
client_run_number (GemingaActor *actor, GemingaCall *call)
{
  Client *self = BENCH_CLIENT (actor);
  guint n_at_once;

  g_variant_get (geminga_call_get_arguments (call), "(uu)", &self->n_left, &n_at_once);
  self->running = g_object_ref (call);
  for (guint i = 0; i < n_at_once; i++)
    add_next (self, added_cb);
}

/* GObject */

static void
client_dispose (GObject *object)
{
  Client *self = BENCH_CLIENT (object);

  g_clear_object (&self->server);
  g_clear_object (&self->running);

  G_OBJECT_CLASS (client_parent_class)->dispose (object);
}

static void
client_class_init (ClientClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Meet", "s", NULL, "server", NULL, 0, client_meet },
    { "Run", "(uu)", NULL, "n at-once", NULL, 0, client_run },
    { "RunNumber", "(uu)", NULL, "n at-once", NULL, 0, client_run_number },
  };

  G_OBJECT_CLASS (klass)->dispose = client_dispose;

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
client_init (Client *self)
{
}

/* The figures */

static void
run_asks (GemingaSystem *system, const char *command, guint n, guint n_at_once)
{
  GemingaActorRef *server = bench_actor_new (system, SERVER_TYPE, GEMINGA_PLACEMENT_SHARED);
  GemingaActorRef *client = bench_actor_new (system, CLIENT_TYPE, GEMINGA_PLACEMENT_SHARED);

  bench_actor_ask_wait (client, "Meet", g_variant_new ("(s)", geminga_actor_ref_get_id (server)));
  bench_actor_ask_wait (client, command, g_variant_new ("(uu)", n, n_at_once));

  bench_actor_end (client);
  bench_actor_end (server);
}

static void
op_ask (gpointer data, guint n)
{
  run_asks (data, "Run", n, 1);
}

static void
op_ask_many (gpointer data, guint n)
{
  run_asks (data, "Run", n, 1000);
}

static void
op_ask_number (gpointer data, guint n)
{
  run_asks (data, "RunNumber", n, 1);
}

/* Public API */

void
bench_actor_ask (GemingaSystem *system, BenchErlang *peer)
{
  static const BenchActorFigure figures[] = {
    { "actor/ask", op_ask, "ask", "gen_server:call", 200000, 5 },
    { "actor/ask/1000-open", op_ask_many, "ask-1000", "gen_server:call", 200000, 5 },
    { "actor/ask/number", op_ask_number, "ask-number", "gen_server:call", 200000, 0 },
  };

  bench_actor_compare (figures, G_N_ELEMENTS (figures), system, peer);
}
