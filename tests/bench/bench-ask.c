/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Asks between two actors of one loop, each with a deadline and an answer, one after the other; and tells
 * from four threads to one actor. The peer is what a program would write with GLib alone: a source for
 * each message, a GTask for each answer.
 */
#include "geminga.h"

#include "bench-common.h"

#define N_ASKS    200000
#define N_THREADS 4
#define N_TELLS   100000 /* by each */

/* The actor that is asked */

#define COUNTER_TYPE (counter_get_type ())
G_DECLARE_FINAL_TYPE (Counter, counter, BENCH, COUNTER, GemingaActor)

struct _Counter
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Counter, counter, GEMINGA_TYPE_ACTOR)

static gint64 n_told;

static void
counter_next (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  geminga_call_return_value (call, g_variant_new_uint64 (number + 1));
}

static void
counter_note (GemingaActor *actor, GemingaCall *call)
{
  n_told++;
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry commands[] = {
  { "Next", "(t)", "t", "number", NULL, 0, counter_next },
  { "Note", "(t)", NULL, "number", NULL, GEMINGA_COMMAND_FLAGS_NO_REPLY, counter_note },
};

static void
counter_class_init (CounterClass *klass)
{
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
  geminga_actor_class_set_mailbox_limit (GEMINGA_ACTOR_CLASS (klass), G_MAXINT);
}

static void
counter_init (Counter *self)
{
}

/* Asks */

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Measurement *measurement = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  g_assert_no_error (error);
  measurement->n_operations = (gint64) g_variant_get_uint64 (answer);
  if (measurement->n_operations < N_ASKS)
    geminga_actor_ref_ask_async (GEMINGA_ACTOR_REF (source), "Next",
                                 g_variant_new ("(t)", measurement->n_operations), -1, NULL,
                                 on_answer, measurement);
}

static void
measure_asks (GemingaActorRef *ref, Measurement *measurement)
{
  measure_begin (measurement, 0);
  geminga_actor_ref_ask_async (ref, "Next", g_variant_new ("(t)", (guint64) 0), -1, NULL, on_answer,
                               measurement);
  while (measurement->n_operations < N_ASKS)
    g_main_context_iteration (NULL, TRUE);
  measure_end (measurement);
}

static gboolean
plain_handle (gpointer user_data)
{
  GTask *task = user_data;
  guint64 number;

  g_variant_get (g_task_get_task_data (task), "(t)", &number);
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_new_uint64 (number + 1)),
                         (GDestroyNotify) g_variant_unref);

  return G_SOURCE_REMOVE;
}

static void
plain_ask (guint64 number, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_task_set_task_data (task, g_variant_ref_sink (g_variant_new ("(t)", number)),
                        (GDestroyNotify) g_variant_unref);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_task_attach_source (task, source, plain_handle);
}

static void
on_plain_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Measurement *measurement = user_data;
  g_autoptr (GVariant) answer = g_task_propagate_pointer (G_TASK (result), NULL);

  measurement->n_operations = (gint64) g_variant_get_uint64 (answer);
  if (measurement->n_operations < N_ASKS)
    plain_ask ((guint64) measurement->n_operations, on_plain_answer, measurement);
}

static void
measure_plain_asks (Measurement *measurement)
{
  measure_begin (measurement, 0);
  plain_ask (0, on_plain_answer, measurement);
  while (measurement->n_operations < N_ASKS)
    g_main_context_iteration (NULL, TRUE);
  measure_end (measurement);
}

/* Tells from threads */

static gpointer
tell (gpointer user_data)
{
  for (guint64 i = 0; i < N_TELLS; i++)
    {
      g_autoptr (GError) error = NULL;

      geminga_actor_ref_tell (user_data, "Note", g_variant_new ("(t)", i), &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static gboolean
plain_note (gpointer user_data)
{
  n_told++;

  return G_SOURCE_REMOVE;
}

static gpointer
plain_tell (gpointer user_data)
{
  for (guint64 i = 0; i < N_TELLS; i++)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, plain_note, g_variant_ref_sink (g_variant_new ("(t)", i)),
                             (GDestroyNotify) g_variant_unref);
      g_source_attach (source, NULL);
    }

  return NULL;
}

static void
measure_tells (GThreadFunc func, gpointer data, Measurement *measurement)
{
  GThread *threads[N_THREADS];

  n_told = 0;
  measure_begin (measurement, 0);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("teller", func, data);
  while (n_told < (gint64) N_THREADS * N_TELLS)
    g_main_context_iteration (NULL, TRUE);
  measurement->n_operations = n_told;
  measure_end (measurement);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = geminga_system_stop_finish (GEMINGA_SYSTEM (source), result, NULL);
}

int
main (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = geminga_system_spawn (system, COUNTER_TYPE, "counter",
                                                          GEMINGA_PLACEMENT_SHARED, NULL, &error);
  Measurement own = { 0 }, plain = { 0 };
  gboolean is_stopped = FALSE;

  g_assert_no_error (error);
  /* The main thread owns the context before others attach to it. */
  g_assert_true (g_main_context_acquire (NULL));

  measure_asks (ref, &own);
  measure_plain_asks (&plain);
  measure_print ("ask/one loop", &own, "GTask and a source", &plain);

  measure_tells (tell, ref, &own);
  measure_tells (plain_tell, NULL, &plain);
  measure_print ("ask/4 threads tell", &own, "a source each", &plain);

  geminga_system_stop_async (system, NULL, on_stopped, &is_stopped);
  while (!is_stopped)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
