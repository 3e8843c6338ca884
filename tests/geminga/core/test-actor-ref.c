/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include <string.h>

#include "geminga-actor-ref-private.h"

/* Paths */

static void
test_paths (void)
{
  static const char *const rows[][2] = {
    { "calc", "/org/geminga1/node/0/calc" }, { "Sample-1", "/org/geminga1/node/0/Sample_2d1" },
    { "a_b", "/org/geminga1/node/0/a_5fb" }, { "größe", "/org/geminga1/node/0/gr_c3_b6_c3_9fe" },
    { "a/b", "/org/geminga1/node/0/a_2fb" },
  };
  g_autoptr (GemingaSystem) system = geminga_system_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GemingaActorRef) ref = geminga_system_spawn (system, SAMPLE_TYPE, rows[i][0],
                                                              GEMINGA_PLACEMENT_SHARED, NULL, NULL);
      g_autofree char *id = NULL;
      guint32 node = 1;

      g_assert_cmpstr (geminga_actor_ref_get_id (ref), ==, rows[i][0]);
      g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, rows[i][1]);
      g_assert_true (geminga_actor_ref_get_path (ref) == geminga_actor_ref_get_path (ref));
      g_assert_true (g_variant_is_object_path (geminga_actor_ref_get_path (ref)));
      g_assert_true (geminga_target_parse_path (rows[i][1], &node, &id));
      g_assert_cmpuint (node, ==, 0);
      g_assert_cmpstr (id, ==, rows[i][0]);
    }
  end_system (g_steal_pointer (&system));
}

static void
test_parse_path (void)
{
  static const struct
  {
    const char *path;
    guint32 node;
    const char *id; /* NULL: it is none */
  } rows[] = {
    { "/org/geminga1/node/4294967295/x", G_MAXUINT32, "x" },
    { "/org/geminga1/node/3/_", 3, "" },
    { "/org/geminga1/node/3/_2E_2f", 3, "./" },
    { "/org/geminga1/node/3/", 0, NULL },
    { "/org/geminga1/node/3", 0, NULL },
    { "/org/geminga1/node/-3/x", 0, NULL },
    { "/org/geminga1/node/+3/x", 0, NULL },
    { "/org/geminga1/node/ 3/x", 0, NULL },
    { "/org/geminga1/node/4294967296/x", 0, NULL },
    { "/org/geminga1/node/3/x/y", 0, NULL },
    { "/org/geminga1/node/3/x_", 0, NULL },
    { "/org/geminga1/node/3/_2", 0, NULL },
    { "/org/geminga1/node/3/_g0", 0, NULL },
    { "/org/geminga1/node/3/x_00y", 0, NULL },
    { "/org/geminga1/node/3/_ff", 0, NULL },
    { "/org/geminga1/nodes/3/x", 0, NULL },
    { "", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *id = NULL;
      guint32 node = 0;

      g_test_message ("%s", rows[i].path);
      g_assert_cmpint (geminga_target_parse_path (rows[i].path, &node, &id), ==,
                       rows[i].id != NULL);
      g_assert_cmpstr (id, ==, rows[i].id);
      if (rows[i].id != NULL)
        g_assert_cmpuint (node, ==, rows[i].node);
    }
}

static void
test_equal (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaSystem) other_system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) same = geminga_system_ref_actor (system, "x", NULL);
  g_autoptr (GemingaActorRef) other =
      geminga_system_spawn (system, SAMPLE_TYPE, "y", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) elsewhere =
      geminga_system_spawn (other_system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  g_assert_true (geminga_actor_ref_equal (ref, same));
  g_assert_false (geminga_actor_ref_equal (ref, other));
  g_assert_false (geminga_actor_ref_equal (ref, elsewhere));
  end_system (g_steal_pointer (&system));
  end_system (g_steal_pointer (&other_system));
}

/* Waiting */

typedef void (*WaitFunc) (GemingaActorRef *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

static void
cancel_wait (GemingaActorRef *ref, WaitFunc wait, GCancellable *cancellable)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wait (ref, cancellable, keep_result_cb, &result);
  g_cancellable_cancel (cancellable);
  AWAIT (result != NULL);
  if (wait == geminga_actor_ref_wait_ready_async)
    g_assert_false (geminga_actor_ref_wait_ready_finish (ref, result, &error));
  else
    g_assert_false (geminga_actor_ref_wait_ended_finish (ref, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_wait_cancelled (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GCancellable) ready = g_cancellable_new ();
  g_autoptr (GCancellable) ended = g_cancellable_new ();

  for (guint i = 0; i < 2; i++)
    {
      cancel_wait (ref, geminga_actor_ref_wait_ready_async, ready);
      cancel_wait (ref, geminga_actor_ref_wait_ended_async, ended);
    }
  ask_plainly (ref, "Ping", NULL);
  end_system (g_steal_pointer (&system));
}

/* Asking */

static void
test_ask_refused (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (ref, "Ping", g_variant_new_int32 (1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpstr (error->message, ==, "Arguments of Ping must be a tuple, not “i”");
  g_clear_error (&error);
  g_assert_false (geminga_actor_ref_tell (ref, "Ping", g_variant_new_int32 (1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  end_system (g_steal_pointer (&system));
}

/* A mailbox that is not full accepts at once. */
static void
test_tell_awaited (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GAsyncResult) wrong = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  geminga_actor_ref_tell_async (ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), -1, NULL,
                                keep_result_cb, &told);
  geminga_actor_ref_tell_async (ref, "Add", g_variant_new_int32 (1), -1, NULL, keep_result_cb,
                                &wrong);
  geminga_actor_ref_tell_async (ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), -1, cancellable,
                                keep_result_cb, &cancelled);
  AWAIT (told != NULL && wrong != NULL && cancelled != NULL);
  g_assert_true (geminga_actor_ref_tell_finish (ref, told, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_actor_ref_tell_finish (ref, wrong, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_false (geminga_actor_ref_tell_finish (ref, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  {
    g_autoptr (GVariant) added = ask (ref, "Added", NULL, NULL);
    guint32 n_added;

    g_variant_get (added, "(u)", &n_added);
    g_assert_cmpuint (n_added, ==, 1);
  }

  geminga_actor_ref_stop (ref);
  wait_ended (ref, NULL);
  geminga_actor_ref_tell_async (ref, "Add", NULL, -1, NULL, keep_result_cb, &late);
  AWAIT (late != NULL);
  g_assert_false (geminga_actor_ref_tell_finish (ref, late, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  end_system (g_steal_pointer (&system));
}

static void
test_ask_no_time (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Keep", NULL, 0, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, "Actor “x” did not answer before the deadline");
  g_clear_object (&result);
  end_system (g_steal_pointer (&system));
}

/* From outside of any loop: the answer comes where the thread runs one. */
static gpointer
ask_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;

  g_main_context_push_thread_default (context);
  geminga_actor_ref_ask_async (data, "Added", NULL, -1, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  answer = geminga_actor_ref_ask_finish (data, result, NULL);
  g_assert_nonnull (answer);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_ask_in_threads (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "x", GEMINGA_PLACEMENT_THREAD, NULL, NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_in_thread, ref);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  stop_system (system);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/actor-ref/paths", test_paths);
  g_test_add_func ("/core/actor-ref/parse-path", test_parse_path);
  g_test_add_func ("/core/actor-ref/equal", test_equal);
  g_test_add_func ("/core/actor-ref/wait-cancelled", test_wait_cancelled);
  g_test_add_func ("/core/actor-ref/ask/refused", test_ask_refused);
  g_test_add_func ("/core/actor-ref/tell/awaited", test_tell_awaited);
  g_test_add_func ("/core/actor-ref/ask/no-time", test_ask_no_time);
  g_test_add_func ("/core/actor-ref/ask/in-threads", test_ask_in_threads);

  return g_test_run ();
}
