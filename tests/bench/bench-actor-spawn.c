/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

#include <stdio.h>
#include <unistd.h>

/*
 * A million actors in one loop are spawned and wait for messages; then all are stopped. What one adds
 * to the resident memory is measured the first time, when there is no freed memory yet. Erlang: a
 * million processes that wait in a receive.
 */

#define N_ACTORS 1000000
#define N_RUNS   2

/* The actor */

#define IDLER_TYPE (idler_get_type ())
G_DECLARE_DERIVABLE_TYPE (Idler, idler, BENCH, IDLER, GemingaActor)

struct _IdlerClass
{
  GemingaActorClass parent_class;

  guint n_started;
};

G_DEFINE_TYPE (Idler, idler, GEMINGA_TYPE_ACTOR)

static void
idler_started (GemingaActor *actor)
{
  BENCH_IDLER_GET_CLASS (actor)->n_started++;
}

static void
idler_stopping (GemingaActor *actor)
{
  BENCH_IDLER_GET_CLASS (actor)->n_started--;
}

static void
idler_class_init (IdlerClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = idler_started;
  GEMINGA_ACTOR_CLASS (klass)->stopping = idler_stopping;
}

static void
idler_init (Idler *self)
{
}

/* Operations */

static void
wait_until_started (guint n)
{
  IdlerClass *klass = g_type_class_peek (IDLER_TYPE);

  while (klass->n_started != n)
    g_main_context_iteration (NULL, TRUE);
}

static void
op_spawn (gpointer data, guint n)
{
  for (guint i = 0; i < n; i++)
    g_object_unref (bench_actor_new (data, IDLER_TYPE, GEMINGA_PLACEMENT_SHARED));
  wait_until_started (n);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!geminga_system_stop_finish (GEMINGA_SYSTEM (source), result, &error))
    g_error ("The actors do not stop: %s", error->message);
  *(gboolean *) user_data = TRUE;
}

static void
op_stop (gpointer data, guint n)
{
  gboolean is_stopped = FALSE;

  geminga_system_stop_async (data, NULL, stopped_cb, &is_stopped);
  bench_wait_until (&is_stopped);
  g_assert (((IdlerClass *) g_type_class_peek (IDLER_TYPE))->n_started == 0);
}

static gsize
resident (void)
{
  g_autofree char *contents = NULL;
  gsize pages;

  if (!g_file_get_contents ("/proc/self/statm", &contents, NULL, NULL) ||
      sscanf (contents, "%*u %zu", &pages) != 1)
    g_error ("The resident memory of this process cannot be read");

  return pages * (gsize) sysconf (_SC_PAGESIZE);
}

/* Public API */

void
bench_actor_spawn (GemingaSystem *system, BenchErlang *peer)
{
  const char *peer_name = peer != NULL ? "Erlang spawn" : NULL;
  BenchFigure ours[2] = { { 0 } };
  BenchFigure theirs[2] = { { 0 } };
  gsize own_size = 0;
  gint64 peer_size = 0;

  /* What only the first one needs is no part of the size. */
  op_spawn (system, 1);
  op_stop (system, 1);

  for (guint i = 0; i < N_RUNS; i++)
    {
      const gsize before = resident ();
      gint64 size;

      bench_run (&ours[0], op_spawn, NULL, system, N_ACTORS);
      own_size = i == 0 ? (resident () - before) / N_ACTORS : own_size;
      bench_run (&ours[1], op_stop, NULL, system, N_ACTORS);

      if (peer == NULL)
        continue;
      size = bench_run_erlang (&theirs[0], peer, "spawn", N_ACTORS);
      peer_size = i == 0 ? size : peer_size;
      bench_run_erlang (&theirs[1], peer, "stop", N_ACTORS);
    }

  bench_print ("actor/spawn", &ours[0], peer_name, &theirs[0], 6);
  bench_print ("actor/spawn/stop", &ours[1], peer_name, &theirs[1], 0);
  g_print ("{\"name\":\"actor/spawn/size\",\"value\":%zu,\"unit\":\"bytes\",\"better\":\"less\","
           "\"gate\":\"value <= 256\"",
           own_size);
  if (peer != NULL)
    g_print (",\"peer\":\"Erlang\",\"peer_value\":%" G_GINT64_FORMAT, peer_size);
  g_print ("}\n");
}
