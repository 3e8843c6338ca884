/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-common.h"

#include <geminga.h>

/*
 * Messages inside one process: an ask in one loop, an ask between two threads, and a message that
 * nobody answers. The peers do the same with what GLib has: a task that completes in an idle source,
 * an idle source of the other thread's context that answers with one of ours, and
 * g_main_context_invoke_full().
 */

#define N_LOCAL  200000
#define N_THREAD 50000
#define N_TELL   200000

/* The actor */

#define NULL_TYPE (null_actor_get_type ())
G_DECLARE_FINAL_TYPE (NullActor, null_actor, BENCH, NULL_ACTOR, GemingaActor)

struct _NullActor
{
  GemingaActor parent_instance;
  guint64 sum;
};

G_DEFINE_FINAL_TYPE (NullActor, null_actor, GEMINGA_TYPE_ACTOR)

static void
null_actor_add (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  BENCH_NULL_ACTOR (actor)->sum += number;
  geminga_call_return_value (call, g_variant_new_uint64 (number));
}

static void
null_actor_class_init (NullActorClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Add", "t", "t", "number", NULL, 0, null_actor_add },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, 1);
}

static void
null_actor_init (NullActor *self)
{
}

/* Asks, one after the other or many at once */

typedef struct
{
  GemingaActorRef *ref;
  guint n_left; /* to be sent */
  guint n_open;
} Asking;

static void ask_next (Asking *self);

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *self = user_data;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, NULL);

  g_assert (answer != NULL);
  self->n_open--;
  ask_next (self);
}

static void
ask_next (Asking *self)
{
  if (self->n_left == 0)
    return;

  self->n_left--;
  self->n_open++;
  geminga_actor_ref_ask_async (self->ref, "Add", g_variant_new ("(t)", (guint64) 1), -1, NULL,
                               asked_cb, self);
}

static void
run_asks (GemingaActorRef *ref, guint n, guint n_at_once)
{
  Asking asking = { ref, n, 0 };

  for (guint i = 0; i < n_at_once; i++)
    ask_next (&asking);
  while (asking.n_open > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
op_ask (gpointer data, guint n)
{
  run_asks (data, n, 1);
}

static void
op_ask_many (gpointer data, guint n)
{
  run_asks (data, n, 1000);
}

/* All but the last are told; the last is asked. */
static void
op_tell (gpointer data, guint n)
{
  for (guint done = 0; done < n; done += 10000)
    {
      for (guint i = 1; i < 10000; i++)
        geminga_actor_ref_tell (data, "Add", g_variant_new ("(t)", (guint64) 1), NULL);
      run_asks (data, 1, 1);
    }
}

/* The peers */

static void
task_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer = g_task_propagate_pointer (G_TASK (result), NULL);

  g_assert (answer != NULL);
  (*(guint *) user_data)--;
}

static gboolean
return_task_cb (gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GVariant) answer = g_variant_ref (g_task_get_task_data (task));
  guint64 number;

  g_variant_get (answer, "(t)", &number);
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_new ("(t)", number)),
                         (GDestroyNotify) g_variant_unref);

  return G_SOURCE_REMOVE;
}

static void
op_task (gpointer data, guint n)
{
  GMainContext *context = data;

  for (guint i = 0; i < n; i++)
    {
      guint n_open = 1;
      GTask *task = g_task_new (NULL, NULL, task_done_cb, &n_open);
      g_autoptr (GSource) source = g_idle_source_new ();

      g_task_set_task_data (task, g_variant_ref_sink (g_variant_new ("(t)", (guint64) 1)),
                            (GDestroyNotify) g_variant_unref);
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, return_task_cb, task, g_object_unref);
      g_source_attach (source, context);
      while (n_open > 0)
        g_main_context_iteration (NULL, TRUE);
    }
}

typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  guint64 sum;
} Other;

static gpointer
run_other (gpointer data)
{
  Other *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
take_number_cb (gpointer user_data)
{
  guint64 number;

  g_variant_get (user_data, "(t)", &number);

  return G_SOURCE_REMOVE;
}

static gboolean
quit_flag_cb (gpointer user_data)
{
  g_atomic_int_set ((int *) user_data, 1);
  g_main_context_wakeup (NULL);

  return G_SOURCE_REMOVE;
}

static void
op_invoke (gpointer data, guint n)
{
  GMainContext *context = data;

  for (guint done = 0; done < n; done += 10000)
    {
      int is_done = 0;

      for (guint i = 1; i < 10000; i++)
        g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, take_number_cb,
                                    g_variant_ref_sink (g_variant_new ("(t)", (guint64) 1)),
                                    (GDestroyNotify) g_variant_unref);
      g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, quit_flag_cb, &is_done, NULL);
      while (!g_atomic_int_get (&is_done))
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
compare (const char *name,
         BenchFunc ours,
         gpointer our_data,
         const char *peer,
         BenchFunc theirs,
         gpointer their_data,
         guint n)
{
  BenchFigure figure = { 0 };
  BenchFigure other = { 0 };

  for (guint i = 0; i < BENCH_RUNS; i++)
    {
      bench_run (&figure, ours, NULL, our_data, n);
      if (theirs != NULL)
        bench_run (&other, theirs, NULL, their_data, n);
    }
  bench_print (name, &figure, peer, &other, 0);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

int
main (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) shared =
      geminga_system_spawn (system, NULL_TYPE, NULL, GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) threaded =
      geminga_system_spawn (system, NULL_TYPE, NULL, GEMINGA_PLACEMENT_THREAD, NULL, NULL);
  Other other = { .context = g_main_context_new () };
  gboolean is_stopped = FALSE;

  other.loop = g_main_loop_new (other.context, FALSE);
  other.thread = g_thread_new ("other", run_other, &other);

  compare ("ask/one-loop", op_ask, shared, "GTask", op_task, NULL, N_LOCAL);
  compare ("ask/one-loop/1000-open", op_ask_many, shared, NULL, NULL, NULL, N_LOCAL);
  compare ("ask/threads", op_ask, threaded, "GTask and idle source", op_task, other.context,
           N_THREAD);
  compare ("ask/threads/1000-open", op_ask_many, threaded, NULL, NULL, NULL, N_LOCAL);
  compare ("ask/tell", op_tell, threaded, "g_main_context_invoke_full", op_invoke, other.context,
           N_TELL);

  g_main_loop_quit (other.loop);
  g_thread_join (other.thread);
  geminga_system_stop_async (system, NULL, stopped_cb, &is_stopped);
  while (!is_stopped)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
