/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"

#include "geminga-caller-private.h"

/* A target that counts what it is told */

typedef struct
{
  GemingaTarget target;
  guint n_cancels;
} Callee;

static void
callee_post (GemingaTarget *target, GemingaMessage *message)
{
  g_assert_cmpint (message->kind, ==, GEMINGA_MESSAGE_CANCEL);
  ((Callee *) target)->n_cancels++;
  geminga_message_free (message);
}

static void
callee_free (GemingaTarget *target)
{
}

static gboolean
callee_has_ended (GemingaTarget *target)
{
  return FALSE;
}

static const GemingaTargetClass callee_class = { callee_post, callee_free, callee_has_ended };

static void
callee_init (Callee *self)
{
  *self = (Callee){ .n_cancels = 0 };
  geminga_target_init (&self->target, &callee_class, NULL, 0, "callee");
}

/* Nobody but the test holds it any more. */
static void
callee_clear (Callee *self)
{
  g_assert_cmpint (atomic_load (&self->target.ref_count), ==, 1);
  geminga_target_unref (&self->target);
}

/* What the callback got */

typedef struct
{
  guint n_callbacks;
  GVariant *result;     /* (owned) (nullable) */
  GError *error;        /* (owned) (nullable) */
  GAsyncResult *kept;   /* (owned) (nullable) */
  GAsyncResult *passed; /* not owned */
  gboolean is_keeping;
} Outcome;

static const int tag;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n_callbacks++;
  outcome->passed = result;
  g_assert_true (g_async_result_get_user_data (result) == user_data);
  g_assert_true (g_async_result_is_tagged (result, (gpointer) &tag));
  g_assert_false (g_async_result_is_tagged (result, outcome));
  g_assert_true (geminga_caller_is_valid (result, source, (gpointer) &tag));
  g_assert_false (geminga_caller_is_valid (result, outcome, (gpointer) &tag));
  outcome->result = geminga_caller_propagate (GEMINGA_CALLER (result), NULL, &outcome->error);
  if (outcome->is_keeping)
    outcome->kept = g_object_ref (result);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->result, g_variant_unref);
  g_clear_error (&outcome->error);
  g_clear_object (&outcome->kept);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static GemingaAsk *
ask_callee (Callee *callee, Outcome *outcome, GCancellable *cancellable, gint64 deadline)
{
  GemingaCallerArgs args = { NULL, (gpointer) &tag, cancellable, answered_cb, outcome };

  return geminga_caller_new (geminga_thread_get (), &callee->target, &args, deadline);
}

static gboolean
answer_number (GemingaAsk *ask, guint32 number)
{
  return geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new ("(u)", number)), NULL, NULL);
}

static void
assert_number (GVariant *result, guint expected)
{
  guint number;

  g_assert_cmpstr (g_variant_get_type_string (result), ==, "(u)");
  g_variant_get (result, "(u)", &number);
  g_assert_cmpuint (number, ==, expected);
}

/* Tests */

static void
test_answer (void)
{
  g_auto (Outcome) outcome = { 0 };
  Callee callee;
  GemingaAsk *ask;

  callee_init (&callee);
  ask = ask_callee (&callee, &outcome, NULL, 0);
  g_assert_true (answer_number (ask, 7));
  g_assert_false (answer_number (ask, 8));
  geminga_ask_unref (ask);
  g_assert_cmpuint (outcome.n_callbacks, ==, 0); /* not before who asked has returned */
  AWAIT (outcome.n_callbacks == 1);
  assert_number (outcome.result, 7);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (callee.n_cancels, ==, 0);
  callee_clear (&callee);
}

static gpointer
answer_in_thread (gpointer data)
{
  g_assert_true (answer_number (data, 3));
  geminga_ask_unref (data);

  return NULL;
}

static void
test_other_thread (void)
{
  g_auto (Outcome) outcome = { 0 };
  Callee callee;

  callee_init (&callee);
  g_thread_join (
      g_thread_new ("answers", answer_in_thread, ask_callee (&callee, &outcome, NULL, 0)));
  AWAIT (outcome.n_callbacks == 1);
  assert_number (outcome.result, 3);
  callee_clear (&callee);
}

static void
test_error (void)
{
  g_auto (Outcome) outcome = { 0 };
  Callee callee;
  GemingaAsk *ask;

  callee_init (&callee);
  ask = ask_callee (&callee, &outcome, NULL, 0);
  geminga_ask_answer (ask, NULL, NULL,
                      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "gone"));
  geminga_ask_unref (ask);
  AWAIT (outcome.n_callbacks == 1);
  g_assert_error (outcome.error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  callee_clear (&callee);
}

static void
test_deadline (void)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND;
  Callee callee;
  GemingaAsk *ask;

  callee_init (&callee);
  ask = ask_callee (&callee, &outcome, NULL, deadline);
  AWAIT (outcome.n_callbacks == 1);
  g_assert_cmpint (g_get_monotonic_time (), >=, deadline);
  g_assert_error (outcome.error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  g_assert_cmpuint (callee.n_cancels, ==, 1);
  g_assert_false (answer_number (ask, 1)); /* too late */
  geminga_ask_unref (ask);
  callee_clear (&callee);
}

/* Before the ask, while it waits, and when it is answered already. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) waiting = { 0 };
  g_auto (Outcome) late = { 0 };
  Callee callee;
  GemingaAsk *asks[3];

  callee_init (&callee);
  asks[0] = ask_callee (&callee, &answered, cancellable, 0);
  asks[1] = ask_callee (&callee, &waiting, cancellable, 0);
  g_assert_true (answer_number (asks[0], 1));
  g_cancellable_cancel (cancellable);
  asks[2] = ask_callee (&callee, &late, cancellable, 0);
  g_assert_true (geminga_ask_is_answered (asks[2]));
  AWAIT (answered.n_callbacks + waiting.n_callbacks + late.n_callbacks == 3);
  g_assert_no_error (answered.error);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (callee.n_cancels, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    geminga_ask_unref (asks[i]);
  callee_clear (&callee);
}

/* A result that somebody keeps, even weakly, is nobody else's. */
static void
test_kept (void)
{
  g_auto (Outcome) first = { .is_keeping = TRUE };
  g_auto (Outcome) second = { 0 };
  g_auto (Outcome) third = { 0 };
  Callee callee;
  gpointer weak = NULL;
  Outcome *outcomes[] = { &first, &second, &third };

  callee_init (&callee);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      GemingaAsk *ask = ask_callee (&callee, outcomes[i], NULL, 0);

      answer_number (ask, i);
      geminga_ask_unref (ask);
      AWAIT (outcomes[i]->n_callbacks == 1);
    }
  g_assert_true (second.passed != first.kept);
  g_assert_true (third.passed == second.passed);
  g_assert_true (g_async_result_get_user_data (first.kept) == &first);

  weak = first.kept;
  g_object_add_weak_pointer (weak, &weak);
  g_clear_object (&first.kept);
  g_assert_null (weak);
  callee_clear (&callee);
}

static gpointer
ask_and_end (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_for_context (context);
  g_auto (Outcome) outcome = { 0 };
  GemingaAsk *ask;

  g_main_context_push_thread_default (context);
  ask = ask_callee (data, &outcome, NULL, 0);
  geminga_loop_run_down (loop);
  g_main_context_pop_thread_default (context);
  g_assert_cmpuint (outcome.n_callbacks, ==, 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  geminga_ask_unref (ask);

  return NULL;
}

static void
test_loop_ends (void)
{
  Callee callee;

  callee_init (&callee);
  g_thread_join (g_thread_new ("asks", ask_and_end, &callee));
  g_assert_cmpuint (callee.n_cancels, ==, 1);
  callee_clear (&callee);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/caller/answer", test_answer);
  g_test_add_func ("/core/caller/other-thread", test_other_thread);
  g_test_add_func ("/core/caller/error", test_error);
  g_test_add_func ("/core/caller/deadline", test_deadline);
  g_test_add_func ("/core/caller/cancel", test_cancel);
  g_test_add_func ("/core/caller/kept", test_kept);
  g_test_add_func ("/core/caller/loop-ends", test_loop_ends);

  return g_test_run ();
}
