/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-testing.h>
#include <string.h>

/* An actor that counts, keeps calls, and tells others. */

#define COUNTER_TYPE (counter_get_type ())
G_DECLARE_FINAL_TYPE (Counter, counter, TEST, COUNTER, GemingaActor)

struct _Counter
{
  GemingaActor parent_instance;

  guint next;
  gboolean is_out_of_order;
};

G_DEFINE_FINAL_TYPE (Counter, counter, GEMINGA_TYPE_ACTOR)

static GString *seen;

static void
counter_count (GemingaActor *actor, GemingaCall *call)
{
  Counter *self = TEST_COUNTER (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  if (number < self->next)
    self->is_out_of_order = TRUE;
  self->next = number + 1;
  g_string_append_printf (seen, "%s%u ", geminga_actor_get_id (actor), number);
  geminga_call_return_value (call, NULL);
}

static void
counter_is_in_order (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_boolean (!TEST_COUNTER (actor)->is_out_of_order));
}

static const GemingaCommandEntry counter_commands[] = {
  { "Count", "(u)", NULL, "number", NULL, 0, counter_count },
  { "IsInOrder", NULL, "b", NULL, NULL, 0, counter_is_in_order },
};

static void
counter_class_init (CounterClass *klass)
{
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), counter_commands,
                                    G_N_ELEMENTS (counter_commands));
}

static void
counter_init (Counter *self)
{
}

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (system, COUNTER_TYPE, id, GEMINGA_PLACEMENT_SHARED, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static void
count (GemingaActorRef *ref, guint number)
{
  g_autoptr (GError) error = NULL;

  /* What goes wrong is that the mailbox refuses it. */
  if (!geminga_actor_ref_tell (ref, "Count", g_variant_new ("(u)", number), &error))
    g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
run_until (GemingaTestLoop *loop, GAsyncResult **result)
{
  while (*result == NULL)
    g_assert_true (geminga_test_loop_step (loop));
}

static void
stop (GemingaTestLoop *loop, GemingaSystem *system)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_system_stop_async (system, NULL, keep_result_cb, &result);
  run_until (loop, &result);
  geminga_test_loop_settle (loop);
}

static GVariant *
ask (GemingaTestLoop *loop, GemingaActorRef *ref, const char *command, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (ref, command, NULL, -1, NULL, keep_result_cb, &result);
  run_until (loop, &result);

  return geminga_actor_ref_ask_finish (ref, result, error);
}

/* Three actors that get ten messages each, in whatever order. */
static char *
run_three (GemingaTestLoop *loop)
{
  static const char *const ids[] = { "a", "b", "c" };
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  seen = text;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GemingaActorRef) ref = spawn (system, ids[i]);

      for (guint j = 0; j < 10; j++)
        count (ref, j);
    }
  geminga_test_loop_advance (loop, 10000);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (system, ids[i], NULL);
      g_autoptr (GVariant) answer = NULL;
      gboolean is_in_order;

      g_object_set (loop, "has-faults", FALSE, NULL);
      if (ref == NULL)
        continue;
      answer = ask (loop, ref, "IsInOrder", NULL);
      g_variant_get (answer, "(b)", &is_in_order);
      g_assert_true (is_in_order);
    }
  stop (loop, system);

  return g_strdup (text->str);
}

/* Order */

static char *
run_seed (guint seed, char **digest)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (seed);
  char *text;

  g_assert_cmpuint (geminga_test_loop_get_seed (loop), ==, seed);
  g_object_set (loop, "delay-rate", 0.2, "send-failure-rate", 0.1, NULL);
  text = run_three (loop);
  *digest = geminga_test_loop_dup_digest (loop);

  return text;
}

static void
test_seeds (void)
{
  g_autoptr (GHashTable) digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint seed = 0; seed < 20; seed++)
    {
      g_autofree char *digest = NULL;
      g_autofree char *again = NULL;
      g_autofree char *first = run_seed (seed, &digest);
      g_autofree char *second = run_seed (seed, &again);

      g_assert_cmpstr (first, ==, second);
      g_assert_cmpstr (digest, ==, again);
      g_assert_true (g_hash_table_add (digests, g_steal_pointer (&digest)));
    }
}

/* Without faults all arrives, in an order that is not the one it was sent in. */
static void
test_order (void)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (3);
  g_autofree char *text = run_three (loop);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  g_assert_cmpuint (g_strv_length (words) - 1, ==, 30);
  g_assert_false (g_str_has_prefix (text, "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0"));
}

/* Time */

static void
test_time (void)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (1);
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (geminga_test_loop_get_time (loop), ==, G_TIME_SPAN_SECOND);
  geminga_test_loop_advance (loop, 3600000);
  g_assert_cmpint (geminga_test_loop_get_time (loop), ==, G_TIME_SPAN_SECOND + G_TIME_SPAN_HOUR);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_TIME_SPAN_MINUTE);
  g_assert_false (geminga_test_loop_step (loop));
}

/* Nothing else is left to do, so the clock jumps to the deadline. */
static void
test_jump (void)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (1);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "a");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (loop, "delay-rate", 1.0, "max-delay", 1000000000, NULL);
  geminga_actor_ref_ask_async (ref, "Ping", NULL, 60000, NULL, keep_result_cb, &result);
  geminga_test_loop_settle (loop);
  g_assert_null (result);
  g_assert_cmpint (geminga_test_loop_get_time (loop), ==, G_TIME_SPAN_SECOND);
  run_until (loop, &result);
  g_assert_cmpint (geminga_test_loop_get_time (loop), ==, G_TIME_SPAN_SECOND + G_TIME_SPAN_MINUTE);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  stop (loop, system);
}

/* Faults */

typedef struct
{
  const char *property;
  const char *fault;
  const char *other;
} FaultVector;

static const FaultVector fault_vectors[] = {
  { "send-failure-rate", "refuse", "refuse" },
  { "delay-rate", "delay", "delay" },
  { "crash-rate", "crash", "kill" },
};

static void
on_fault (GemingaTestLoop *loop, const char *fault, const char *actor, gpointer user_data)
{
  g_assert_cmpstr (actor, ==, "a");
  g_string_append_printf (user_data, "%s ", fault);
}

static void
test_fault (gconstpointer data)
{
  const FaultVector *vector = data;
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (1);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "a");
  g_autoptr (GemingaActorRef) spared = spawn (system, "b");
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  geminga_test_loop_settle (loop);
  geminga_test_loop_spare (loop, "b");
  g_object_set (loop, vector->property, 1.0, NULL);
  g_signal_connect (loop, "fault", G_CALLBACK (on_fault), faults);
  answer = ask (loop, spared, "Ping", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (faults->str, ==, "");
  g_clear_pointer (&answer, g_variant_unref);

  answer = ask (loop, ref, "Ping", &error);
  g_assert_true (g_str_has_prefix (faults->str, vector->fault) ||
                 g_str_has_prefix (faults->str, vector->other));
  if (g_str_equal (vector->fault, "delay"))
    g_assert_nonnull (answer);
  else
    g_assert_null (answer);
  if (g_str_equal (vector->fault, "refuse"))
    g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  stop (loop, system);
}

static void
test_spawn_fault (void)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (1);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (loop, "spawn-failure-rate", 1.0, NULL);
  g_assert_null (
      geminga_system_spawn (system, COUNTER_TYPE, "a", GEMINGA_PLACEMENT_SHARED, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_object_set (loop, "has-faults", FALSE, NULL);
  ref = spawn (system, "a");
  stop (loop, system);
}

/* Messages that are under way when it is over are refused. */
static void
test_under_way (void)
{
  GemingaTestLoop *loop = geminga_test_loop_new (1);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "a");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (loop, "delay-rate", 1.0, "max-delay", 1000000000, NULL);
  geminga_actor_ref_ask_async (ref, "Ping", NULL, G_MAXINT, NULL, keep_result_cb, &result);
  stop (loop, system);
  g_assert_finalize_object (loop);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

/* The trace */

static void
test_trace (void)
{
  g_autoptr (GemingaTestLoop) loop =
      g_object_new (GEMINGA_TEST_TYPE_LOOP, "seed", 1, "keep-trace", TRUE, NULL);
  g_autofree char *text = run_three (loop);
  g_autofree char *trace = geminga_test_loop_dup_trace (loop);

  g_assert_nonnull (strstr (trace, "1.000000 spawn a Counter\n"));
  g_assert_nonnull (strstr (trace, "1.000000 send b Count\n"));
  g_assert_nonnull (strstr (trace, "1.000000 start c\n"));
  g_assert_nonnull (strstr (trace, " run c\n"));
  g_assert_nonnull (strstr (trace, " end a normal\n"));
}

static void
test_no_trace (void)
{
  g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (1);

  g_assert_null (geminga_test_loop_dup_trace (loop));
}

/* Mistakes */

static void
test_two (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GemingaTestLoop) one = geminga_test_loop_new (1);
      g_autoptr (GemingaTestLoop) two = geminga_test_loop_new (2);

      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*There is a GemingaTestLoop in this main context already*");
}

static void
test_actors_left (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GemingaSystem) system = geminga_system_new ();
      g_autoptr (GemingaTestLoop) loop = geminga_test_loop_new (7);
      g_autoptr (GemingaActorRef) ref = spawn (system, "a");

      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*seed 7 is let go of while actors live*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/testing/test-loop/seeds", test_seeds);
  g_test_add_func ("/testing/test-loop/order", test_order);
  g_test_add_func ("/testing/test-loop/time", test_time);
  g_test_add_func ("/testing/test-loop/jump", test_jump);
  for (guint i = 0; i < G_N_ELEMENTS (fault_vectors); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/testing/test-loop/fault/%s", fault_vectors[i].property);

      g_test_add_data_func (path, &fault_vectors[i], test_fault);
    }
  g_test_add_func ("/testing/test-loop/fault/spawn", test_spawn_fault);
  g_test_add_func ("/testing/test-loop/under-way", test_under_way);
  g_test_add_func ("/testing/test-loop/trace", test_trace);
  g_test_add_func ("/testing/test-loop/no-trace", test_no_trace);
  g_test_add_func ("/testing/test-loop/two", test_two);
  g_test_add_func ("/testing/test-loop/actors-left", test_actors_left);

  return g_test_run ();
}
