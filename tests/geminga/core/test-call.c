/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"

#include <string.h>
#include <unistd.h>

#include "geminga-call-private.h"

/* An actor that hands its calls to the test. */

#define GIVER_TYPE (giver_get_type ())
G_DECLARE_FINAL_TYPE (Giver, giver, TEST, GIVER, GemingaActor)

struct _Giver
{
  GemingaActor parent_instance;
  GPtrArray *calls; /* (owned) (element-type GemingaCall) */
};

G_DEFINE_FINAL_TYPE (Giver, giver, GEMINGA_TYPE_ACTOR)

static void
giver_give (GemingaActor *actor, GemingaCall *call)
{
  g_ptr_array_add (TEST_GIVER (actor)->calls, g_object_ref (call));
}

static void
giver_take (GemingaActor *actor, GemingaCall *call)
{
  /* Without an answer: there is none to wait for. */
}

static void
giver_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_GIVER (object)->calls);

  G_OBJECT_CLASS (giver_parent_class)->finalize (object);
}

static void
giver_class_init (GiverClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Give", NULL, NULL, NULL, NULL, 0, giver_give },
    { "GiveOne", "i", "d", NULL, NULL, 0, giver_give },
    { "GiveTwo", NULL, "(is)", NULL, NULL, 0, giver_give },
    { "GiveTuple", NULL, "((is))", NULL, NULL, 0, giver_give },
    { "GiveHandle", NULL, "h", NULL, NULL, 0, giver_give },
    { "Take", NULL, NULL, NULL, NULL, GEMINGA_COMMAND_FLAGS_NO_REPLY, giver_take },
  };

  G_OBJECT_CLASS (klass)->finalize = giver_finalize;
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static GPtrArray *current_calls;

static void
giver_init (Giver *self)
{
  self->calls = g_ptr_array_ref (current_calls);
}

/* Fixture */

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref;
  GPtrArray *calls;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->system = geminga_system_new ();
  self->calls = current_calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->ref = geminga_system_spawn (self->system, GIVER_TYPE, "giver", GEMINGA_PLACEMENT_SHARED,
                                    NULL, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_set_size (self->calls, 0);
  g_clear_object (&self->result);
  g_clear_object (&self->ref);
  end_system (self->system);
  g_ptr_array_unref (self->calls);
}

/* The call that comes of an ask. */
static GemingaCall *
begin (Fixture *self, const char *command, GVariant *arguments, GCancellable *cancellable)
{
  guint n_before = self->calls->len;

  geminga_actor_ref_ask_async (self->ref, command, arguments, -1, cancellable, keep_result_cb,
                               &self->result);
  AWAIT (self->calls->len > n_before);

  return g_ptr_array_index (self->calls, n_before);
}

static char *
finish (Fixture *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;

  AWAIT (self->result != NULL);
  answer = geminga_actor_ref_ask_finish (self->ref, self->result, error);
  g_clear_object (&self->result);

  return answer != NULL ? g_variant_print (answer, TRUE) : NULL;
}

/* Tests */

static void
test_look (Fixture *self, gconstpointer data)
{
  GemingaCall *call = begin (self, "GiveOne", g_variant_new ("(i)", 7), NULL);
  g_autofree char *text = g_variant_print (geminga_call_get_arguments (call), FALSE);
  g_autofree char *answer = NULL;

  g_assert_cmpstr (geminga_call_get_command (call), ==, "GiveOne");
  g_assert_cmpstr (text, ==, "(7,)");
  g_assert_null (geminga_call_get_fds (call));
  g_assert_null (geminga_call_dup_sender (call));
  g_assert_cmpint (geminga_call_get_deadline (call), >, g_get_monotonic_time ());
  g_assert_true (geminga_call_expects_answer (call));
  g_assert_false (geminga_call_is_answered (call));
  g_assert_cmpstr (geminga_command_get_name (geminga_call_get_declaration (call)), ==, "GiveOne");
  geminga_call_return_value (call, g_variant_new_double (1));
  g_assert_true (geminga_call_is_answered (call));
  answer = finish (self, NULL);
  g_assert_cmpstr (answer, ==, "(1.0,)");
}

static void
test_results (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *command;
    const char *value; /* NULL: none */
    const char *answer;
  } rows[] = {
    { "Give", NULL, "()" },
    { "Give", "()", "()" },
    { "GiveTwo", "(1, 'x')", "(1, 'x')" },
    { "GiveTuple", "(1, 'x')", "((1, 'x'),)" },
    { "GiveTuple", "((1, 'x'),)", "((1, 'x'),)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GemingaCall *call = begin (self, rows[i].command, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *answer = NULL;

      geminga_call_return_value (call, rows[i].value != NULL ? g_variant_new_parsed (rows[i].value)
                                                             : NULL);
      answer = finish (self, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (answer, ==, rows[i].answer);
    }
}

static void
test_wrong_result (Fixture *self, gconstpointer data)
{
  static const char *const wrong[] = { "'x'", "1", "()", "(1.5, 2.5)" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      GemingaCall *call = begin (self, "GiveOne", g_variant_new ("(i)", 1), NULL);
      g_autoptr (GError) error = NULL;

      g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*GiveOne*“giver”*where “(d)”*");
      geminga_call_return_value (call, g_variant_new_parsed (wrong[i]));
      g_test_assert_expected_messages ();
      g_assert_null (finish (self, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, "GiveOne"));
    }
}

static void
test_error (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) given = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
  g_autoptr (GError) error = NULL;

  geminga_call_return_error (begin (self, "Give", NULL, NULL), given);
  g_assert_null (finish (self, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpstr (error->message, ==, "full");
  g_clear_error (&error);

  geminga_call_return_error_literal (begin (self, "Give", NULL, NULL), G_IO_ERROR, G_IO_ERROR_BUSY,
                                     "busy");
  g_assert_null (finish (self, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);

  geminga_call_refuse (begin (self, "Give", NULL, NULL), GEMINGA_ERROR_NOT_AUTHORIZED, "no %d", 1);
  g_assert_null (finish (self, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_AUTHORIZED);
  g_assert_cmpstr (error->message, ==, "no 1");
  geminga_call_refuse (g_ptr_array_index (self->calls, 0), 0, "too late");
}

static void
test_dropped (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (self, "Give", NULL, NULL);
  g_ptr_array_set_size (self->calls, 0);
  g_assert_null (finish (self, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DROPPED);
  g_assert_nonnull (strstr (error->message, "Give in actor “giver”"));
}

/* A command that has no reply: who asks nevertheless does not wait, and does not fail. */
static void
test_no_reply (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (self->ref, "Take", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (answer), ==, 0);
}

static gpointer
answer_in_thread (gpointer data)
{
  geminga_call_return_value (data, NULL);

  return NULL;
}

static void
test_answer_in_thread (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;

  g_thread_join (g_thread_new ("answer", answer_in_thread, begin (self, "Give", NULL, NULL)));
  answer = finish (self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, "()");
}

static void
test_tell (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, 0, "nobody hears");
  GemingaCall *call;

  for (guint i = 0; i < 3; i++)
    geminga_actor_ref_tell (self->ref, "Give", NULL, NULL);
  AWAIT (self->calls->len == 3);
  call = g_ptr_array_index (self->calls, 0);
  g_assert_false (geminga_call_expects_answer (call));
  g_assert_cmpint (geminga_call_get_deadline (call), ==, 0);
  g_assert_nonnull (geminga_call_get_cancellable (call));
  geminga_call_return_value (call, NULL);
  geminga_call_return_error (g_ptr_array_index (self->calls, 1), error);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GemingaCall *call = begin (self, "Give", NULL, cancellable);
  GCancellable *seen = geminga_call_get_cancellable (call);
  g_autoptr (GError) error = NULL;
  guint n_cancelled = 0;

  g_assert_true (geminga_call_get_cancellable (call) == seen);
  g_cancellable_connect (seen, G_CALLBACK (on_cancelled), &n_cancelled, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (self, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  AWAIT (n_cancelled == 1);
  /* It may still be answered. */
  geminga_call_return_value (call, NULL);
  g_assert_true (geminga_call_get_cancellable (call) == seen);
}

/* Who looks for the first time afterwards sees it too. */
static void
test_cancelled_before (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GemingaCall *call = begin (self, "Give", NULL, cancellable);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (finish (self, &error));
  ask_plainly (self->ref, "Ping", NULL);
  g_assert_true (g_cancellable_is_cancelled (geminga_call_get_cancellable (call)));
}

static void
test_fds (Fixture *self, gconstpointer data)
{
  GemingaCall *call = begin (self, "GiveHandle", NULL, NULL);
  g_autoptr (GUnixFDList) given = g_unix_fd_list_new ();
  g_autoptr (GUnixFDList) got = NULL;
  g_autoptr (GVariant) answer = NULL;

  g_unix_fd_list_append (given, STDERR_FILENO, NULL);
  geminga_call_return_value_with_fds (call, g_variant_new_handle (0), given);
  AWAIT (self->result != NULL);
  answer = geminga_actor_ref_ask_with_fds_finish (self->ref, &got, self->result, NULL);
  g_assert_nonnull (answer);
  g_assert_cmpint (g_unix_fd_list_get_length (got), ==, 1);
}

static void
test_forward (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) other = geminga_system_spawn (self->system, GIVER_TYPE, "other",
                                                            GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  GemingaCall *call = begin (self, "GiveOne", g_variant_new ("(i)", 7), NULL);
  GemingaCall *forwarded;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;

  geminga_call_forward (call, other);
  g_assert_true (geminga_call_is_answered (call));
  AWAIT (self->calls->len == 2);
  forwarded = g_ptr_array_index (self->calls, 1);
  g_assert_cmpint (geminga_call_get_deadline (forwarded), ==, geminga_call_get_deadline (call));
  g_assert_true (geminga_call_get_arguments (forwarded) == geminga_call_get_arguments (call));
  geminga_call_return_value (forwarded, g_variant_new_double (2));
  answer = finish (self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, "(2.0,)");

  /* The end of who answers is the answer. */
  geminga_call_forward (begin (self, "GiveOne", g_variant_new ("(i)", 7), NULL), other);
  AWAIT (self->calls->len == 4);
  geminga_actor_ref_stop (other);
  g_assert_null (finish (self, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_clear_error (&error);
  geminga_call_forward (begin (self, "GiveOne", g_variant_new ("(i)", 7), NULL), other);
  g_assert_null (finish (self, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

/* Answering twice is a mistake in the program. */
static void
test_twice (void)
{
  if (g_test_subprocess ())
    {
      Fixture fixture = { 0 };
      GemingaCall *call;

      set_up (&fixture, NULL);
      call = begin (&fixture, "Give", NULL, NULL);
      geminga_call_return_value (call, NULL);
      geminga_call_return_value (call, NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*claim_answer*");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/core/call/look", test_look },
    { "/core/call/results", test_results },
    { "/core/call/wrong-result", test_wrong_result },
    { "/core/call/error", test_error },
    { "/core/call/dropped", test_dropped },
    { "/core/call/no-reply", test_no_reply },
    { "/core/call/answer-in-thread", test_answer_in_thread },
    { "/core/call/tell", test_tell },
    { "/core/call/cancelled", test_cancelled },
    { "/core/call/cancelled/before", test_cancelled_before },
    { "/core/call/fds", test_fds },
    { "/core/call/forward", test_forward },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/core/call/twice", test_twice);

  return g_test_run ();
}
