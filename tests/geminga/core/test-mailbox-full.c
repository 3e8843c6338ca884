/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "full-mailbox.h"

#define NUMBER(n) g_variant_new ("(u)", (guint32) (n))

/* Policies */

static void
test_fail_caller (gconstpointer data)
{
  Scene scene;
  GAsyncResult **asked;
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_FAIL_CALLER, 2);
  tell_number (&scene, "Add", 1);
  tell_number (&scene, "Add", 2);
  g_assert_cmpuint (scene_get_length (&scene), ==, 2);
  assert_refused (&scene, "Add", NUMBER (3));
  asked = begin_ask (&scene, "Add", NUMBER (4), NULL);
  told = begin_tell (&scene, "Add", NUMBER (5), NULL);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  end_tell (&scene, told, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  scene_assert_read (&scene, "1 2");
  g_assert_cmpuint (scene_get_length (&scene), ==, 0);
  scene_end (&scene);
}

static void
test_credit (gconstpointer data)
{
  Scene scene;
  GAsyncResult **first;
  GAsyncResult **second;
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_CREDIT, 2);
  tell_number (&scene, "Add", 1);
  tell_number (&scene, "Add", 2);
  assert_refused (&scene, "Add", NUMBER (3));
  first = begin_ask (&scene, "Add", NUMBER (4), NULL);
  told = begin_tell (&scene, "Add", NUMBER (5), NULL);
  second = begin_ask (&scene, "Add", NUMBER (6), NULL);
  g_assert_cmpuint (scene_get_length (&scene), ==, 2);
  g_assert_null (*told);
  scene_let_go (&scene);
  end_ask (&scene, first, 0, 0);
  end_tell (&scene, told, 0, 0);
  end_ask (&scene, second, 0, 0);
  scene_assert_read (&scene, "1 2 4 5 6");
  g_assert_cmpuint (scene_get_length (&scene), ==, 0);
  scene_end (&scene);
}

/* Who waits for room may give up, and leaves none of it behind. */
static void
test_credit_cancelled (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Scene scene;
  GAsyncResult **asked;
  GAsyncResult **told;
  GAsyncResult **waiting;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  waiting = begin_ask (&scene, "Add", NUMBER (1), cancellable);
  asked = begin_ask (&scene, "Add", NUMBER (2), cancellable);
  told = begin_tell (&scene, "Add", NUMBER (3), cancellable);
  g_cancellable_cancel (cancellable);
  end_ask (&scene, waiting, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  end_ask (&scene, asked, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  end_tell (&scene, told, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scene_assert_read (&scene, "");
  tell_number (&scene, "Add", 4);
  scene_assert_read (&scene, "4");
  scene_end (&scene);
}

static void
test_credit_timed_out (void)
{
  Scene scene;
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GError) error = NULL;

  scene_begin (&scene, GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  tell_number (&scene, "Add", 1);
  geminga_actor_ref_ask_async (scene.ref, "Add", NUMBER (2), 1, NULL, keep_result_cb, &asked);
  geminga_actor_ref_tell_async (scene.ref, "Add", NUMBER (3), 1, NULL, keep_result_cb, &told);
  AWAIT (asked != NULL && told != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (scene.ref, asked, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (geminga_actor_ref_tell_finish (scene.ref, told, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  scene_assert_read (&scene, "1");
  scene_end (&scene);
}

static void
test_drop_oldest (gconstpointer data)
{
  Scene scene;
  GAsyncResult **asked;
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_DROP_OLDEST, 2);
  asked = begin_ask (&scene, "Add", NUMBER (1), NULL);
  tell_number (&scene, "Add", 2);
  tell_number (&scene, "Add", 3);
  tell_number (&scene, "Add", 4);
  told = begin_tell (&scene, "Add", NUMBER (5), NULL);
  g_assert_cmpuint (scene_get_length (&scene), ==, 2);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  end_tell (&scene, told, 0, 0);
  scene_assert_read (&scene, "4 5");
  scene_end (&scene);
}

static void
test_drop_newest (gconstpointer data)
{
  Scene scene;
  GAsyncResult **asked;
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_DROP_NEWEST, 2);
  tell_number (&scene, "Add", 1);
  tell_number (&scene, "Add", 2);
  tell_number (&scene, "Add", 3);
  asked = begin_ask (&scene, "Add", NUMBER (4), NULL);
  told = begin_tell (&scene, "Add", NUMBER (5), NULL);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  end_tell (&scene, told, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  scene_assert_read (&scene, "1 2");
  scene_end (&scene);
}

static void
test_coalesce (gconstpointer data)
{
  Scene scene;
  GAsyncResult **asked;
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_COALESCE, 4);
  tell_key (&scene, "a", 1);
  asked = begin_ask (&scene, "Write", g_variant_new ("(su)", "b", 2), NULL);
  tell_number (&scene, "Note", 3);
  tell_number (&scene, "Add", 4);
  /* The mailbox is full: there is room for what replaces something. */
  tell_key (&scene, "a", 5);
  told = begin_tell (&scene, "Write", g_variant_new ("(su)", "b", 6), NULL);
  tell_number (&scene, "Note", 7);
  assert_refused (&scene, "Add", NUMBER (8));
  assert_refused (&scene, "Write", g_variant_new ("(su)", "c", 9));
  g_assert_cmpuint (scene_get_length (&scene), ==, 4);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_SUPERSEDED);
  end_tell (&scene, told, 0, 0);
  scene_assert_read (&scene, "5 6 7 4");
  /* What has been handled is not replaced. */
  tell_key (&scene, "a", 10);
  tell_number (&scene, "Note", 11);
  scene_assert_read (&scene, "5 6 7 4 10 11");
  scene_end (&scene);
}

/* Arguments that the command does not take have no key, and are refused as ever. */
static void
test_coalesce_nonsense (void)
{
  Scene scene;
  GAsyncResult **asked;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_COALESCE, 4);
  tell_key (&scene, "a", 1);
  asked = begin_ask (&scene, "Write", NULL, NULL);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  asked = begin_ask (&scene, "Nothing", NULL, NULL);
  end_ask (&scene, asked, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND);
  scene_assert_read (&scene, "1");
  scene_end (&scene);
}

/* Priorities */

static void
test_urgent (gconstpointer data)
{
  Scene scene;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_FAIL_CALLER, 2);
  tell_number (&scene, "Add", 1);
  tell_number (&scene, "Add", 2);
  tell_number (&scene, "Hurry", 3);
  assert_refused (&scene, "Add", NUMBER (4));
  tell_number (&scene, "Hurry", 5);
  assert_refused (&scene, "Hurry", NUMBER (6));
  scene_assert_read (&scene, "3 5 1 2");
  scene_end (&scene);
}

/* A stop overtakes what is urgent, and what waits for room. */
static void
test_stop (gconstpointer data)
{
  Scene scene;
  GAsyncResult **results[3];
  GAsyncResult **told;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  results[0] = begin_ask (&scene, "Hurry", NUMBER (1), NULL);
  results[1] = begin_ask (&scene, "Add", NUMBER (2), NULL);
  results[2] = begin_ask (&scene, "Add", NUMBER (3), NULL);
  told = begin_tell (&scene, "Hurry", NUMBER (4), NULL);
  geminga_actor_ref_stop (scene.ref);
  scene_let_go (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    end_ask (&scene, results[i], GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  AWAIT (*told != NULL);
  g_clear_object (told);
  g_free (told);

  results[0] = begin_ask (&scene, "Add", NUMBER (5), NULL);
  told = begin_tell (&scene, "Add", NUMBER (6), NULL);
  end_ask (&scene, results[0], GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  end_tell (&scene, told, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  scene_end (&scene);
}

/* A killed actor lets nobody wait, also if its handler does not return. */
static void
test_kill (void)
{
  Scene scene;
  GAsyncResult **first;
  GAsyncResult **held;

  scene_begin (&scene, GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  first = begin_ask (&scene, "Add", NUMBER (1), NULL);
  held = begin_ask (&scene, "Add", NUMBER (2), NULL);
  geminga_actor_ref_kill (scene.ref);
  end_ask (&scene, first, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  end_ask (&scene, held, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  scene_end (&scene);
}

/* A message from the same loop may be dropped by another thread: it does not touch the sender's count. */
static gpointer
tell_once (gpointer data)
{
  tell_number (data, "Add", 2);

  return NULL;
}

static void
test_sender (void)
{
  Scene scene;
  GemingaTarget *target;
  GemingaMessage *message;

  scene_begin (&scene, GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_DROP_OLDEST, 1);
  target = geminga_actor_ref_get_target (scene.ref);
  message = geminga_message_new (GEMINGA_MESSAGE_CALL, NULL);
  message->command = g_ref_string_new ("Add");
  message->arguments = g_variant_ref_sink (NUMBER (1));
  message->sender = target;
  message->has_local_sender = TRUE;
  geminga_target_ref_locally (target);
  geminga_target_post (target, message);
  g_assert_cmpuint (target->n_local_refs, ==, 1);
  g_thread_join (g_thread_new ("other", tell_once, &scene));
  g_assert_cmpuint (target->n_local_refs, ==, 1);
  scene_assert_read (&scene, "2");
  scene_end (&scene);
}

/* Many senders at once: each ask is answered, in whatever order. */
typedef struct
{
  GemingaActorRef *ref;
  guint n_refused;
} Sender;

static gpointer
send_many (gpointer data)
{
  Sender *sender = data;

  for (guint32 i = 0; i < 2000; i++)
    if (!geminga_actor_ref_tell (sender->ref, i % 3 == 0 ? "Hurry" : "Add", NUMBER (0), NULL))
      sender->n_refused++;

  return NULL;
}

static void
test_senders (gconstpointer data)
{
  Scene scene;
  Sender senders[4] = { { NULL } };
  GThread *threads[4];
  g_autoptr (GVariant) answer = NULL;
  guint n_refused = 0;
  const char *text;

  scene_begin (&scene, GPOINTER_TO_INT (data), GEMINGA_MAILBOX_POLICY_CREDIT, 100);
  scene_let_go (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      senders[i].ref = scene.ref;
      threads[i] = g_thread_new ("sender", send_many, &senders[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_thread_join (threads[i]);
      n_refused += senders[i].n_refused;
    }
  answer = ask (scene.ref, "Read", NULL, NULL);
  g_variant_get (answer, "(&s)", &text);
  g_assert_cmpuint (strlen (text) / 2 + 1, ==, 8000 - n_refused);
  g_assert_cmpuint (scene_get_length (&scene), ==, 0);
  scene_end (&scene);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "fail-caller", test_fail_caller },
    { "credit", test_credit },
    { "credit-cancelled", test_credit_cancelled },
    { "drop-oldest", test_drop_oldest },
    { "drop-newest", test_drop_newest },
    { "coalesce", test_coalesce },
    { "urgent", test_urgent },
    { "stop", test_stop },
    { "senders", test_senders },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *shared = g_strdup_printf ("/core/mailbox-full/%s/shared", tests[i].name);
      g_autofree char *thread = g_strdup_printf ("/core/mailbox-full/%s/thread", tests[i].name);

      g_test_add_data_func (shared, GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), tests[i].func);
      g_test_add_data_func (thread, GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), tests[i].func);
    }
  g_test_add_func ("/core/mailbox-full/credit-timed-out", test_credit_timed_out);
  g_test_add_func ("/core/mailbox-full/coalesce-nonsense", test_coalesce_nonsense);
  g_test_add_func ("/core/mailbox-full/kill", test_kill);
  g_test_add_func ("/core/mailbox-full/sender", test_sender);

  return g_test_run ();
}
