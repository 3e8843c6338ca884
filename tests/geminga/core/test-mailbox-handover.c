/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "ledger-actor.h"

#include <string.h>

#include "geminga-actor-ref-handover-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"
#include "geminga-system-private.h"

/* Long enough for what the tests wait for. */
#define PATIENCE 20000

/* Helpers */

typedef struct
{
  GemingaPlacement placement;
  GemingaMailboxPolicy policy;
} Case;

static GemingaActorRef *
spawn (GemingaSystem *system, const Case *given, const char *id)
{
  GemingaActorClass *klass = g_type_class_ref (LEDGER_TYPE);
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref;

  geminga_actor_class_set_mailbox_policy (klass, given->policy);
  geminga_actor_class_set_mailbox_limit (klass, 4);
  ref = geminga_system_spawn (system, LEDGER_TYPE, id, given->placement, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wait_ready (ref, &error));
  g_assert_no_error (error);
  g_type_class_unref (klass);

  return ref;
}

static GUnixFDList *
save (GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_save_state_async (ref, PATIENCE, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_save_state_finish (ref, result, error);
}

static GUnixFDList *
save_plainly (GemingaActorRef *ref)
{
  g_autoptr (GError) error = NULL;
  GUnixFDList *saved = save (ref, &error);

  g_assert_no_error (error);
  g_assert_nonnull (saved);

  return saved;
}

static GemingaActorRef *
succeed (GemingaSystem *system, const Case *given, const char *id, GUnixFDList *saved)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn_successor (system, LEDGER_TYPE, id, given->placement,
                                                         NULL, saved, &error);

  g_assert_no_error (error);

  return ref;
}

static void
begin_add (GemingaActorRef *ref, guint32 number, GAsyncResult **result)
{
  geminga_actor_ref_ask_async (ref, "Add", g_variant_new ("(u)", number), -1, NULL, keep_result_cb,
                               result);
}

static guint32
end_add (GemingaActorRef *ref, GAsyncResult **result, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  guint32 count = 0;

  AWAIT (*result != NULL);
  answer = geminga_actor_ref_ask_finish (ref, *result, error);
  g_clear_object (result);
  if (answer != NULL)
    g_variant_get (answer, "(u)", &count);

  return count;
}

static void
assert_ledger (GemingaActorRef *ref, guint count, const char *numbers, gboolean is_restored)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Read", NULL, &error);
  g_autoptr (GVariant) expected =
      g_variant_ref_sink (g_variant_new ("(usb)", count, numbers, is_restored));

  g_assert_no_error (error);
  g_assert_cmpvariant (answer, expected);
}

/* To save overtakes: it is not told to before it has got what came before. */
static void
assert_begun (GemingaActorRef *ref)
{
  g_autoptr (GVariant) answer = ask (ref, "Read", NULL, NULL);

  g_assert_nonnull (answer);
}

/* Until what was posted before has been looked at: what waits is not answered. */
static void
await_idle (GemingaActorRef *ref)
{
  GemingaMailbox *mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (ref);

  AWAIT_THREAD (geminga_mailbox_get_length (mailbox) == 0);
}

/* Tests */

/* What comes while it makes way is not lost, is not handled twice, and in order. */
static void
test_hand_over (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GemingaActorRef) successor = NULL;
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) last = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (ref, "Add", g_variant_new ("(u)", 1));
  saved = save_plainly (ref);
  begin_add (ref, 2, &first);
  geminga_actor_ref_tell (ref, "Add", g_variant_new ("(u)", 3), NULL);
  begin_add (ref, 4, &last);
  if (given->policy == GEMINGA_MAILBOX_POLICY_FAIL_CALLER)
    await_idle (ref);

  successor = succeed (system, given, "ledger", saved);
  g_assert_true (wait_ready (successor, &error));
  g_assert_no_error (error);
  assert_ledger (successor, 1, "1 ", TRUE);
  g_assert_null (first);

  geminga_actor_ref_forward_to (ref, successor);
  g_assert_cmpuint (end_add (ref, &first, &error), ==, 2);
  g_assert_cmpuint (end_add (ref, &last, &error), ==, 4);
  g_assert_no_error (error);
  /* Who knows only the old one reaches the new one for ever. */
  ask_plainly (ref, "Add", g_variant_new ("(u)", 5));
  geminga_actor_ref_stop (ref);
  g_assert_true (wait_ended (ref, &error));
  ask_plainly (ref, "Add", g_variant_new ("(u)", 6));
  assert_ledger (successor, 6, "1 2 3 4 5 6 ", TRUE);

  g_clear_object (&ref);
  ref = geminga_system_ref_actor (system, "ledger", &error);
  g_assert_true (geminga_actor_ref_get_target (ref) == geminga_actor_ref_get_target (successor));
  g_clear_object (&ref);
  g_clear_object (&successor);
  end_system (g_steal_pointer (&system));
}

static void
test_resume (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (ref, "Add", g_variant_new ("(u)", 1));
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&saved);
      saved = save_plainly (ref);
      begin_add (ref, 2, &first);
      begin_add (ref, 3, &second);
      geminga_actor_ref_resume (ref);
      g_assert_cmpuint (end_add (ref, &first, &error), ==, 2 + 2 * i);
      g_assert_cmpuint (end_add (ref, &second, &error), ==, 3 + 2 * i);
      g_assert_no_error (error);
    }
  assert_ledger (ref, 5, "1 2 3 2 3 ", FALSE);

  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* One successor is no good, and it takes the id with it; the next one is. */
static void
test_refused (gconstpointer data)
{
  static const struct
  {
    LedgerMood mood;
    const char *why;
  } cases[] = {
    { LEDGER_REFUSES, "does not take the state of its predecessor: the ink has run" },
    { LEDGER_REFUSES_SILENTLY, "returned FALSE and did not say why" },
  };
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GemingaActorRef) found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GUnixFDList) saved = save_plainly (ref);
      g_autoptr (GemingaActorRef) successor = NULL;
      g_autoptr (GError) error = NULL;

      g_atomic_int_set (&ledger_mood, cases[i].mood);
      successor = succeed (system, given, "ledger", saved);
      g_assert_false (wait_ended (successor, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED);
      g_assert_nonnull (strstr (error->message, cases[i].why));
      g_atomic_int_set (&ledger_mood, LEDGER_WORKS);
      geminga_actor_ref_resume (ref);
      ask_plainly (ref, "Add", g_variant_new ("(u)", i));
    }

  assert_ledger (ref, 2, "0 1 ", FALSE);
  found = geminga_system_ref_actor (system, "ledger", NULL);
  g_assert_true (geminga_actor_ref_get_target (ref) == geminga_actor_ref_get_target (found));
  g_clear_object (&found);
  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* What it has begun is in the state. */
static void
test_unfinished (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GemingaActorRef) successor = NULL;
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Later", NULL, -1, NULL, keep_result_cb, &begun);
  assert_begun (ref);
  saved = save_plainly (ref);
  AWAIT (begun != NULL);
  answer = geminga_actor_ref_ask_finish (ref, begun, &error);
  g_assert_no_error (error);
  successor = succeed (system, given, "ledger", saved);
  assert_ledger (successor, 100, "", TRUE);

  g_clear_object (&successor);
  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* It is not waited for for ever, and may still be answered. */
static void
test_late (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Begin", NULL, -1, NULL, keep_result_cb, &begun);
  assert_begun (ref);
  geminga_actor_ref_save_state_async (ref, 1, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  saved = geminga_actor_ref_save_state_finish (ref, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (saved);
  g_assert_null (begun);
  geminga_actor_ref_stop (ref);
  AWAIT (begun != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, begun, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);

  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

static void
test_cannot_save (gconstpointer data)
{
  static const struct
  {
    LedgerMood mood;
    const char *why;
  } cases[] = {
    { LEDGER_SAVES_NOTHING, "could not save its state: it gave none" },
    { LEDGER_SAVES_NONSENSE, "it gave a value of type “u”, not “a{sv}”" },
    { LEDGER_SAVES_TOO_MUCH, "“colour” is no entry of the state of class Ledger" },
  };
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_atomic_int_set (&ledger_mood, cases[i].mood);
      g_assert_null (save (ref, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, cases[i].why));
      g_atomic_int_set (&ledger_mood, LEDGER_WORKS);
      /* It goes on by itself. */
      ask_plainly (ref, "Add", g_variant_new ("(u)", i));
    }
  assert_ledger (ref, 3, "0 1 2 ", FALSE);

  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* As many as may wait in the mailbox; senders see what they would see of one that is busy. */
static void
test_full (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GUnixFDList) saved = save_plainly (ref);
  GAsyncResult *results[8] = { NULL };
  guint n_refused = 0;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      begin_add (ref, i, &results[i]);
      if (given->policy == GEMINGA_MAILBOX_POLICY_FAIL_CALLER)
        await_idle (ref);
    }
  geminga_actor_ref_resume (ref);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      if (end_add (ref, &results[i], &error) == 0)
        {
          g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
          n_refused++;
        }
    }
  g_assert_cmpuint (n_refused, ==, given->policy == GEMINGA_MAILBOX_POLICY_FAIL_CALLER ? 4 : 0);

  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

static void
count_cb (GemingaAsk *ask, const char *command, guint64 step, gpointer user_data)
{
  guint *n_adds = user_data;

  *n_adds += g_str_equal (command, "Add");
}

static guint
count_waiting (GemingaActorRef *ref)
{
  guint n_adds = 0;

  geminga_mailbox_peek_waiting ((GemingaMailbox *) geminga_actor_ref_get_target (ref), 10, count_cb,
                                &n_adds);

  return n_adds;
}

/* Who waits for it can be seen, wherever the message is by now. It is for its loop's thread to look. */
static void
test_seen (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GUnixFDList) saved = save_plainly (ref);
  GAsyncResult *results[2] = { NULL, NULL };

  begin_add (ref, 1, &results[0]);
  begin_add (ref, 2, &results[1]);
  if (given->placement == GEMINGA_PLACEMENT_SHARED)
    {
      g_assert_cmpuint (count_waiting (ref), ==, 2);
      for (guint i = 0; i < 10; i++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (count_waiting (ref), ==, 2);
    }
  geminga_actor_ref_resume (ref);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (end_add (ref, &results[i], &error), ==, i + 1);
      g_assert_no_error (error);
    }
  if (given->placement == GEMINGA_PLACEMENT_SHARED)
    g_assert_cmpuint (count_waiting (ref), ==, 0);

  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* Those who do not wait any more are not handled, whether it has a successor by then or not. */
static void
test_cancelled (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GUnixFDList) saved = save_plainly (ref);
  g_autoptr (GemingaActorRef) successor = NULL;
  g_autoptr (GCancellable) early = g_cancellable_new ();
  g_autoptr (GCancellable) late = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Add", g_variant_new ("(u)", 1), -1, early, keep_result_cb,
                               &first);
  geminga_actor_ref_ask_async (ref, "Begin", NULL, -1, late, keep_result_cb, &second);
  g_cancellable_cancel (early);
  AWAIT (first != NULL);
  successor = succeed (system, given, "ledger", saved);
  geminga_actor_ref_forward_to (ref, successor);
  /* By way of the one that forwards: it has found its successor. */
  assert_ledger (ref, 0, "", TRUE);
  g_cancellable_cancel (late);
  AWAIT (second != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_object (&successor);
  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* What it has put aside goes along, what its timers have sent does not. */
static void
test_put_aside (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
  g_autoptr (GemingaActorRef) successor = NULL;
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GAsyncResult) stashed = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Stash", NULL, -1, NULL, keep_result_cb, &stashed);
  ask_plainly (ref, "SetTimer", NULL);
  ask_plainly (ref, "Add", g_variant_new ("(u)", 1));
  saved = save_plainly (ref);
  successor = succeed (system, given, "ledger", saved);
  geminga_actor_ref_forward_to (ref, successor);
  AWAIT (stashed != NULL);
  answer = geminga_actor_ref_ask_finish (ref, stashed, &error);
  g_assert_no_error (error);
  geminga_actor_ref_stop (ref);
  wait_ended (ref, NULL);
  /* Either before it was saved or not at all. */
  {
    g_autoptr (GVariant) read = ask (successor, "Read", NULL, &error);
    guint32 count;

    g_variant_get (read, "(usb)", &count, NULL, NULL);
    g_assert_true (count == 1 || count == 1001);
  }

  g_clear_object (&successor);
  g_clear_object (&ref);
  end_system (g_steal_pointer (&system));
}

/* It ends while it makes way: what waits fails, unless somebody has taken it over. */
static void
test_ended (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (GemingaSystem) system = geminga_system_new ();

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GemingaActorRef) ref = spawn (system, given, "ledger");
      g_autoptr (GUnixFDList) saved = save_plainly (ref);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      begin_add (ref, 1, &result);
      g_assert_null (save (ref, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
      g_clear_error (&error);
      if (i == 0)
        geminga_actor_ref_stop (ref);
      else
        geminga_actor_ref_kill (ref);
      end_add (ref, &result, &error);
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
      g_clear_error (&error);
      wait_ended (ref, NULL);
      g_assert_null (save (ref, &error));
      g_assert_nonnull (error);
    }

  end_system (g_steal_pointer (&system));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    Case given;
  } cases[] = {
    { "shared", { GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_FAIL_CALLER } },
    { "thread", { GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_FAIL_CALLER } },
    { "credit", { GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_CREDIT } },
    { "thread-credit", { GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_CREDIT } },
  };
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "hand-over", test_hand_over }, { "resume", test_resume },
    { "refused", test_refused },     { "unfinished", test_unfinished },
    { "late", test_late },           { "cannot-save", test_cannot_save },
    { "full", test_full },           { "cancelled", test_cancelled },
    { "put-aside", test_put_aside }, { "ended", test_ended },
    { "seen", test_seen },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path =
            g_strdup_printf ("/core/mailbox-handover/%s/%s", cases[i].name, tests[j].name);

        g_test_add_data_func (path, &cases[i].given, tests[j].func);
      }

  return g_test_run ();
}
