/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-target-private.h"

/* An ask that says what it got */

typedef struct
{
  GemingaAsk parent;
  GString *log; /* not owned */
} LoggedAsk;

static void
logged_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  g_autofree char *text = result != NULL ? g_variant_print (result, FALSE) : NULL;

  g_string_append_printf (((LoggedAsk *) ask)->log, "%s %s %s;", text != NULL ? text : "-",
                          fds != NULL ? "fds" : "-", error != NULL ? error->message : "-");
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  g_clear_error (&error);
}

static void
logged_free (GemingaAsk *ask)
{
  g_string_append (((LoggedAsk *) ask)->log, "freed;");
}

static const GemingaAskClass logged_class = { sizeof (LoggedAsk), logged_deliver, logged_free };

static GemingaAsk *
logged_new (GString *log)
{
  LoggedAsk *self = geminga_ask_alloc (&logged_class);

  self->log = log;

  return &self->parent;
}

/* A target that says what it got */

typedef struct
{
  GemingaTarget target;
  GString *log; /* not owned */
} LoggedTarget;

static void
logged_target_post (GemingaTarget *target, GemingaMessage *message)
{
  g_string_append_printf (((LoggedTarget *) target)->log, "post %d;", message->kind);
  geminga_message_free (message);
}

static void
logged_target_free (GemingaTarget *target)
{
  /* It still has its name. */
  g_string_append_printf (((LoggedTarget *) target)->log, "free %s;", target->id);
  g_free (target);
}

static gboolean
logged_target_has_ended (GemingaTarget *target)
{
  return target->node == 1;
}

static const GemingaTargetClass logged_target_class = { logged_target_post, logged_target_free,
                                                        logged_target_has_ended };

static GemingaTarget *
logged_target_new (GString *log, guint32 node)
{
  LoggedTarget *self = g_new0 (LoggedTarget, 1);

  geminga_target_init (&self->target, &logged_target_class, NULL, node, "name");
  self->log = log;

  return &self->target;
}

/* Tests */

static void
test_answer (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GemingaAsk *ask = logged_new (log);

  g_assert_false (geminga_ask_is_answered (ask));
  g_assert_true (geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new ("(i)", 1)),
                                     g_object_ref (fds), NULL));
  g_assert_true (geminga_ask_is_answered (ask));
  /* Whoever comes later is told, and what he brought is freed. */
  g_assert_false (geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new ("(i)", 2)),
                                      g_object_ref (fds), NULL));
  g_assert_false (
      geminga_ask_answer (ask, NULL, NULL, g_error_new_literal (GEMINGA_ERROR, 0, "late")));
  geminga_ask_unref (geminga_ask_ref (ask));
  geminga_ask_unref (ask);
  g_assert_cmpstr (log->str, ==, "(1,) fds -;freed;");
  g_assert_finalize_object (g_steal_pointer (&fds));
}

static gpointer
answer_in_thread (gpointer data)
{
  return GINT_TO_POINTER (
      geminga_ask_answer (data, g_variant_ref_sink (g_variant_new ("()")), NULL, NULL));
}

static void
test_answer_race (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GString) log = g_string_new (NULL);
      GemingaAsk *ask = logged_new (log);
      GThread *threads[4];
      int n_taken = 0;

      for (guint j = 0; j < 4; j++)
        threads[j] = g_thread_new ("answer", answer_in_thread, ask);
      for (guint j = 0; j < 4; j++)
        n_taken += GPOINTER_TO_INT (g_thread_join (threads[j]));
      g_assert_cmpint (n_taken, ==, 1);
      geminga_ask_unref (ask);
      g_assert_cmpstr (log->str, ==, "() - -;freed;");
    }
}

static void
test_forward (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) targets = g_string_new (NULL);
  g_autoptr (GemingaAsk) ask = logged_new (log);
  GemingaTarget *one = logged_target_new (targets, 0);
  GemingaTarget *two = logged_target_new (targets, 0);
  GemingaTarget *found;

  g_assert_null (geminga_ask_ref_forwarded (ask));
  geminga_ask_forward (ask, one);
  geminga_target_unref (one);
  found = geminga_ask_ref_forwarded (ask);
  g_assert_true (found == one);
  geminga_target_unref (found);
  geminga_ask_forward (ask, two);
  g_assert_cmpstr (targets->str, ==, "free name;");
  geminga_target_unref (two);
  g_clear_pointer (&ask, geminga_ask_unref);
  g_assert_cmpstr (targets->str, ==, "free name;free name;");
}

static void
test_message (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  GemingaAsk *ask = logged_new (log);

  geminga_message_refuse (geminga_message_new (GEMINGA_MESSAGE_CALL, NULL), 0, "nobody hears");
  geminga_message_refuse (geminga_message_new (GEMINGA_MESSAGE_CALL, ask),
                          GEMINGA_ERROR_NO_SUCH_ACTOR, "no %s", "actor");
  geminga_message_refuse (geminga_message_new (GEMINGA_MESSAGE_CALL, ask), 0, "again");
  geminga_ask_unref (ask);
  g_assert_cmpstr (log->str, ==, "- - no actor;freed;");
}

static void
test_target (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  GemingaTarget *target = logged_target_new (log, 0);
  g_autoptr (GemingaTarget) other = logged_target_new (log, 1);

  geminga_target_post (target, geminga_message_new (GEMINGA_MESSAGE_KILL, NULL));
  geminga_target_unref (geminga_target_ref (target));
  g_assert_false (geminga_target_has_ended (target));
  g_assert_true (geminga_target_has_ended (other));
  geminga_target_unref (target);
  g_assert_cmpstr (log->str, ==, "post 5;free name;");
}

/* While a loop is dispatched, a thread takes references in advance; then it gives back what is left. */
static void
test_stock (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  GemingaThread *thread = geminga_thread_get ();
  GemingaTarget *target = logged_target_new (log, 0);
  GemingaTarget *other = logged_target_new (log, 0);

  geminga_target_ref_from_stock (target, thread);
  g_assert_cmpint (target->ref_count, ==, 2);
  geminga_target_unref_into_stock (target, thread);
  g_assert_cmpint (target->ref_count, ==, 1);

  thread->dispatching = loop;
  for (guint i = 0; i < 1000; i++)
    geminga_target_ref_from_stock (target, thread);
  g_assert_cmpint (target->ref_count, >=, 1001);
  geminga_target_ref_from_stock (other, thread); /* there is one stock */
  g_assert_cmpint (target->ref_count, ==, 1001);
  g_assert_cmpint (other->ref_count, ==, 2);
  for (guint i = 0; i < 1000; i++)
    geminga_target_unref_into_stock (target, thread);
  geminga_target_unref_into_stock (other, thread);
  g_assert_cmpint (target->ref_count, ==, 1);
  geminga_target_unref_into_stock (other, thread); /* the last one */
  g_assert_cmpstr (log->str, ==, "");
  geminga_target_return_stock (&thread->stock);
  thread->dispatching = NULL;

  g_assert_cmpstr (log->str, ==, "free name;");
  geminga_target_unref (target);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/target/answer", test_answer);
  g_test_add_func ("/core/target/answer/race", test_answer_race);
  g_test_add_func ("/core/target/forward", test_forward);
  g_test_add_func ("/core/target/message", test_message);
  g_test_add_func ("/core/target/target", test_target);
  g_test_add_func ("/core/target/stock", test_stock);

  return g_test_run ();
}
