/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-actor.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Actors in one process beside Erlang: "bench-actor [GROUP...]" runs all groups of figures or those
 * named, each in a process of its own, so that no one finds the memory as another has left it.
 */

typedef void (*GroupFunc) (GemingaSystem *system, BenchErlang *peer);

typedef struct
{
  const char *name;
  GroupFunc run;
} Group;

/* Helpers */

static void
ask_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    g_error ("The benchmark failed: %s", error->message);
  *(gboolean *) user_data = TRUE;
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!geminga_actor_ref_wait_ended_finish (GEMINGA_ACTOR_REF (source), result, &error))
    g_error ("An actor did not end as asked: %s", error->message);
  *(gboolean *) user_data = TRUE;
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
run_group (const Group *group)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  BenchErlang *peer = bench_erlang_new ();
  gboolean is_stopped = FALSE;

  group->run (system, peer);

  g_clear_pointer (&peer, bench_erlang_free);
  geminga_system_stop_async (system, NULL, stopped_cb, &is_stopped);
  bench_wait_until (&is_stopped);
}

/* Nothing of GLib has started a thread yet. */
static gboolean
run_apart (const Group *group)
{
  pid_t pid = fork ();
  int status = 0;

  if (pid == 0)
    {
      run_group (group);
      exit (0);
    }

  return pid > 0 && waitpid (pid, &status, 0) == pid && status == 0;
}

static gboolean
is_wanted (const Group *group, char **names)
{
  return names[0] == NULL || g_strv_contains ((const char *const *) names, group->name);
}

/* Public API */

void
bench_actor_compare (const BenchActorFigure *figures,
                     gsize n_figures,
                     gpointer data,
                     BenchErlang *peer)
{
  for (gsize i = 0; i < n_figures; i++)
    {
      BenchFigure ours = { 0 };
      BenchFigure theirs = { 0 };
      const gint64 start = g_get_monotonic_time ();

      for (guint j = 0; j < BENCH_RUNS && bench_has_time (j, start); j++)
        {
          bench_run (&ours, figures[i].run, NULL, data, figures[i].n);
          if (peer != NULL)
            bench_run_erlang (&theirs, peer, figures[i].operation, figures[i].n);
        }
      bench_print (figures[i].name, &ours, peer != NULL ? figures[i].peer : NULL, &theirs,
                   figures[i].gate);
    }
}

GemingaActorRef *
bench_actor_new (GemingaSystem *system, GType type, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, type, NULL, placement, NULL, &error);

  if (ref == NULL)
    g_error ("An actor does not start: %s", error->message);

  return ref;
}

void
bench_actor_begin_ask (GemingaActorRef *ref,
                       const char *command,
                       GVariant *arguments,
                       gboolean *is_done)
{
  geminga_actor_ref_ask_async (ref, command, arguments, G_MAXINT, NULL, ask_done_cb, is_done);
}

void
bench_actor_ask_wait (GemingaActorRef *ref, const char *command, GVariant *arguments)
{
  gboolean is_done = FALSE;

  bench_actor_begin_ask (ref, command, arguments, &is_done);
  bench_wait_until (&is_done);
}

void
bench_actor_end (GemingaActorRef *ref)
{
  gboolean is_done = FALSE;

  geminga_actor_ref_wait_ended_async (ref, NULL, ended_cb, &is_done);
  geminga_actor_ref_stop (ref);
  bench_wait_until (&is_done);
  g_object_unref (ref);
}

int
main (int argc, char **argv)
{
  static const Group groups[] = {
    { "tell", bench_actor_tell },       { "ask", bench_actor_ask },
    { "threads", bench_actor_threads }, { "restart", bench_actor_restart },
    { "spawn", bench_actor_spawn },
  };
  gboolean is_done = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (is_wanted (&groups[i], argv + 1) && !run_apart (&groups[i]))
        is_done = FALSE;
    }

  return is_done ? 0 : 1;
}
