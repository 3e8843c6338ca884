/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

/*
 * Four actors, each in a thread of its own, tell one actor of the main loop as fast as they can; an
 * operation is one message, sent and handled. Erlang: four processes send to one whose messages are
 * kept off its heap, which is the faster way there. As in Erlang, the mailbox takes everything.
 */

#define N_SENDERS 4

/* Who is told */

#define RECEIVER_TYPE (receiver_get_type ())
G_DECLARE_FINAL_TYPE (Receiver, receiver, BENCH, RECEIVER, GemingaActor)

struct _Receiver
{
  GemingaActor parent_instance;

  GemingaCall *expecting; /* (owned) (nullable): answered when no message is left */
  guint n_left;
};

G_DEFINE_FINAL_TYPE (Receiver, receiver, GEMINGA_TYPE_ACTOR)

static void
receiver_expect (GemingaActor *actor, GemingaCall *call)
{
  Receiver *self = BENCH_RECEIVER (actor);

  g_variant_get (geminga_call_get_arguments (call), "(u)", &self->n_left);
  self->expecting = g_object_ref (call);
}

static void
receiver_ping (GemingaActor *actor, GemingaCall *call)
{
  Receiver *self = BENCH_RECEIVER (actor);

  if (--self->n_left > 0)
    return;

  geminga_call_return_value (self->expecting, NULL);
  g_clear_object (&self->expecting);
}

static void
receiver_dispose (GObject *object)
{
  g_clear_object (&BENCH_RECEIVER (object)->expecting);

  G_OBJECT_CLASS (receiver_parent_class)->dispose (object);
}

static void
receiver_class_init (ReceiverClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Expect", "u", NULL, "n", NULL, 0, receiver_expect },
    { "Ping", NULL, NULL, NULL, NULL, 0, receiver_ping },
  };

  G_OBJECT_CLASS (klass)->dispose = receiver_dispose;

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
  geminga_actor_class_set_mailbox_limit (GEMINGA_ACTOR_CLASS (klass), G_MAXUINT);
}

static void
receiver_init (Receiver *self)
{
}

/* Who tells */

#define SENDER_TYPE (sender_get_type ())
G_DECLARE_FINAL_TYPE (Sender, sender, BENCH, SENDER, GemingaActor)

struct _Sender
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Sender, sender, GEMINGA_TYPE_ACTOR)

static void
sender_send (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) receiver = NULL;
  const char *id;
  guint n;

  g_variant_get (geminga_call_get_arguments (call), "(&su)", &id, &n);
  receiver = geminga_system_ref_actor (geminga_actor_get_system (actor), id, NULL);
  for (guint i = 0; i < n; i++)
    geminga_actor_ref_tell (receiver, "Ping", NULL, NULL);
}

static void
sender_class_init (SenderClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Send", "(su)", NULL, "receiver n", NULL, 0, sender_send },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
sender_init (Sender *self)
{
}

/* The figure */

typedef struct
{
  GemingaActorRef *receiver;
  GemingaActorRef *senders[N_SENDERS];
} Actors;

static void
op_threads (gpointer data, guint n)
{
  Actors *actors = data;
  gboolean is_done = FALSE;

  bench_actor_begin_ask (actors->receiver, "Expect", g_variant_new ("(u)", n), &is_done);
  for (guint i = 0; i < N_SENDERS; i++)
    geminga_actor_ref_tell (
        actors->senders[i], "Send",
        g_variant_new ("(su)", geminga_actor_ref_get_id (actors->receiver), n / N_SENDERS), NULL);
  bench_wait_until (&is_done);
}

/* Public API */

void
bench_actor_threads (GemingaSystem *system, BenchErlang *peer)
{
  static const BenchActorFigure figures[] = {
    { "actor/threads-4to1", op_threads, "threads", "Erlang send", 400000, 1.9 },
  };
  Actors actors = { bench_actor_new (system, RECEIVER_TYPE, GEMINGA_PLACEMENT_SHARED) };

  for (guint i = 0; i < N_SENDERS; i++)
    actors.senders[i] = bench_actor_new (system, SENDER_TYPE, GEMINGA_PLACEMENT_THREAD);

  bench_actor_compare (figures, G_N_ELEMENTS (figures), &actors, peer);

  for (guint i = 0; i < N_SENDERS; i++)
    bench_actor_end (actors.senders[i]);
  bench_actor_end (actors.receiver);
}
