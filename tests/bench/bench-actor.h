/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <geminga.h>

#include "bench-common.h"
#include "bench-erlang.h"

/* What the benchmarks of actors in one process share. Each figure runs in a process of its own. */

G_BEGIN_DECLS

/* Each measures its figures and prints them. The peer is NULL if Erlang is not installed. */
void bench_actor_tell (GemingaSystem *system, BenchErlang *peer);
void bench_actor_ask (GemingaSystem *system, BenchErlang *peer);
void bench_actor_threads (GemingaSystem *system, BenchErlang *peer);
void bench_actor_restart (GemingaSystem *system, BenchErlang *peer);
void bench_actor_spawn (GemingaSystem *system, BenchErlang *peer);

/* One figure: our operation and Erlang's by turns. */
typedef struct
{
  const char *name;
  BenchFunc run;         /* gets what bench_actor_compare() gets */
  const char *operation; /* of bench_peer.erl */
  const char *peer;      /* what that is */
  guint n;
  double gate; /* the least ratio, or 0 */
} BenchActorFigure;

void bench_actor_compare (const BenchActorFigure *figures,
                          gsize n_figures,
                          gpointer data,
                          BenchErlang *peer);

/* Spawns an actor that must start; consumes nothing. */
GemingaActorRef *bench_actor_new (GemingaSystem *system, GType type, GemingaPlacement placement);
/* Asks in the main loop; an error as answer ends the program. */
void bench_actor_begin_ask (GemingaActorRef *ref,
                            const char *command,
                            GVariant *arguments,
                            gboolean *is_done);
/* The same, and waits for the answer. */
void bench_actor_ask_wait (GemingaActorRef *ref, const char *command, GVariant *arguments);
/* Stops an actor and waits for its end; consumes the ref. */
void bench_actor_end (GemingaActorRef *ref);

G_END_DECLS
