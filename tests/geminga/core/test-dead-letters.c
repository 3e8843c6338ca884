/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "full-mailbox.h"

#define PATH "/org/geminga1/node/0/writer"

/* Helpers */

static void
on_arrived (GemingaDeadLetters *letters,
            const char *target,
            const char *command,
            GVariant *arguments,
            GemingaDeadLetterReason reason,
            const char *sender,
            gpointer user_data)
{
  g_autofree char *text = g_variant_print (arguments, FALSE);

  g_ptr_array_add (user_data,
                   g_strdup_printf ("%s %s%s %d %s", target, command, text, (int) reason, sender));
}

static GemingaDeadLetters *
listen_to (Scene *scene, GPtrArray *lines)
{
  GemingaDeadLetters *letters = geminga_dead_letters_new (scene->system);

  g_signal_connect (letters, "arrived", G_CALLBACK (on_arrived), lines);

  return letters;
}

static void
await_line (GPtrArray *lines, const char *format, GemingaDeadLetterReason reason)
{
  g_autofree char *line = g_strdup_printf ("%s %s %d (null)", PATH, format, (int) reason);

  AWAIT (lines->len > 0);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==, line);
  g_ptr_array_remove_index (lines, 0);
}

/* Tests */

static void
test_reasons (gconstpointer data)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GemingaDeadLetters) letters = NULL;
  Scene scene;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_DROP_OLDEST, 1);
  letters = listen_to (&scene, lines);
  tell_number (&scene, "Add", 1);
  tell_number (&scene, "Add", 2);
  await_line (lines, "Add(1,)", GEMINGA_DEAD_LETTER_REASON_DROPPED);
  scene_let_go (&scene);
  AWAIT_THREAD (scene_get_length (&scene) == 0);

  geminga_actor_ref_tell (scene.ref, "Nothing", NULL, NULL);
  await_line (lines, "Nothing()", GEMINGA_DEAD_LETTER_REASON_UNHANDLED);
  geminga_actor_ref_tell (scene.ref, "Read", g_variant_new ("(s)", "x"), NULL);
  await_line (lines, "Read('x',)", GEMINGA_DEAD_LETTER_REASON_UNHANDLED);
  geminga_actor_ref_tell (scene.ref, "Forget", NULL, NULL);
  await_line (lines, "Forget()", GEMINGA_DEAD_LETTER_REASON_UNHANDLED);
  g_assert_cmpuint (geminga_system_get_n_dead_letters (scene.system), ==, 4);

  geminga_actor_ref_stop (scene.ref);
  wait_ended (scene.ref, NULL);
  g_assert_true (geminga_actor_ref_tell (scene.ref, "Add", g_variant_new ("(u)", 3), NULL));
  await_line (lines, "Add(3,)", GEMINGA_DEAD_LETTER_REASON_ENDED);
  {
    g_autoptr (GVariant) none = ask (scene.ref, "Read", NULL, NULL);

    g_assert_null (none);
  }
  await_line (lines, "Read()", GEMINGA_DEAD_LETTER_REASON_ENDED);
  g_assert_cmpuint (geminga_system_get_n_dead_letters (scene.system), ==, 6);
  g_assert_true (geminga_dead_letters_get_system (letters) == scene.system);
  g_assert_cmpuint (geminga_dead_letters_get_n_missed (letters), ==, 0);
  g_clear_object (&letters);
  scene_end (&scene);
}

static void
test_full (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GemingaDeadLetters) letters = NULL;
  Scene scene;
  GAsyncResult **result;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_FAIL_CALLER, 1);
  letters = listen_to (&scene, lines);
  tell_number (&scene, "Add", 1);
  assert_refused (&scene, "Add", g_variant_new ("(u)", 2));
  result = begin_tell (&scene, "Add", g_variant_new ("(u)", 3), NULL);
  end_tell (&scene, result, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  await_line (lines, "Add(2,)", GEMINGA_DEAD_LETTER_REASON_FULL);
  await_line (lines, "Add(3,)", GEMINGA_DEAD_LETTER_REASON_FULL);
  g_clear_object (&letters);
  scene_end (&scene);
}

/* Neither what was replaced nor what nobody waits for any more gets lost. */
static void
test_none (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Scene scene;
  GAsyncResult **result;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_COALESCE, 4);
  tell_key (&scene, "a", 1);
  tell_key (&scene, "a", 2);
  result = begin_ask (&scene, "Add", g_variant_new ("(u)", 3), cancellable);
  g_cancellable_cancel (cancellable);
  end_ask (&scene, result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scene_assert_read (&scene, "2");
  g_assert_cmpuint (geminga_system_get_n_dead_letters (scene.system), ==, 0);
  scene_end (&scene);
}

/* A listener that does not keep up, or does not want to, knows what it has missed. */
static void
test_missed (gconstpointer data)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GemingaDeadLetters) letters = NULL;
  guint max_rate = GPOINTER_TO_UINT (data);
  guint n_told = max_rate != 0 ? max_rate : 1024;
  guint64 n_missed = 0;
  Scene scene;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_DROP_NEWEST, 1);
  letters =
      g_object_new (GEMINGA_TYPE_DEAD_LETTERS, "system", scene.system, "max-rate", max_rate, NULL);
  g_assert_cmpuint (geminga_dead_letters_get_max_rate (letters), ==, max_rate);
  g_signal_connect (letters, "arrived", G_CALLBACK (on_arrived), lines);
  for (guint32 i = 0; i < 1 + 2000; i++)
    tell_number (&scene, "Add", i);
  AWAIT (lines->len >= n_told);
  g_object_get (letters, "n-missed", &n_missed, NULL);
  g_assert_cmpuint (n_missed + lines->len, ==, 2000);
  /* A second may begin in between. */
  g_assert_cmpuint (lines->len % n_told, ==, 0);
  g_assert_cmpuint (geminga_system_get_n_dead_letters (scene.system), ==, 2000);
  g_clear_object (&letters);
  scene_end (&scene);
}

static gpointer
tell_from_thread (gpointer data)
{
  Scene *scene = data;

  for (guint32 i = 0; i < 100; i++)
    tell_number (scene, "Add", i);

  return NULL;
}

/* Letters come in the listener's thread, and none after it is gone. */
static void
test_threads (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GemingaDeadLetters *letters;
  GThread *threads[2];
  Scene scene;

  scene_begin (&scene, GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_DROP_OLDEST, 1);
  letters = listen_to (&scene, lines);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sender", tell_from_thread, &scene);
  AWAIT (lines->len >= 50);
  g_signal_handlers_disconnect_by_data (letters, lines);
  g_object_unref (letters);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (geminga_system_get_n_dead_letters (scene.system), ==, 199);
  scene_end (&scene);
}

/* A ref outlives its system, and what is sent to it then gets lost without a trace. */
static void
test_late (void)
{
  Scene scene;
  g_autoptr (GemingaActorRef) ref = NULL;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_FAIL_CALLER, 1);
  ref = g_object_ref (scene.ref);
  scene_end (&scene);
  g_assert_true (geminga_actor_ref_tell (ref, "Add", g_variant_new ("(u)", 1), NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/core/dead-letters/reasons/shared",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), test_reasons);
  g_test_add_data_func ("/core/dead-letters/reasons/thread",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), test_reasons);
  g_test_add_func ("/core/dead-letters/full", test_full);
  g_test_add_func ("/core/dead-letters/none", test_none);
  g_test_add_data_func ("/core/dead-letters/missed/pending", GUINT_TO_POINTER (0), test_missed);
  g_test_add_data_func ("/core/dead-letters/missed/rate", GUINT_TO_POINTER (10), test_missed);
  g_test_add_func ("/core/dead-letters/threads", test_threads);
  g_test_add_func ("/core/dead-letters/late", test_late);

  return g_test_run ();
}
