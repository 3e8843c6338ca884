/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

#define NUMBER(n) g_variant_new ("(u)", (guint32) (n))

/* Helpers */

/* An actor in another process, whose mailbox takes two messages. */
static GemingaActorRef *
spawn_small (Service *service, GemingaMailboxPolicy policy)
{
  GemingaActorClass *klass = g_type_class_ref (PROBE_TYPE);
  GemingaActorRef *ref;

  geminga_actor_class_set_mailbox_policy (klass, policy);
  geminga_actor_class_set_mailbox_limit (klass, 2);
  ref = spawn_probe (service, "small");
  g_variant_unref (ask (ref, "Ping", NULL, NULL));
  geminga_actor_class_set_mailbox_policy (klass, GEMINGA_MAILBOX_POLICY_FAIL_CALLER);
  geminga_actor_class_set_mailbox_limit (klass, 65536);
  g_type_class_unref (klass);

  return ref;
}

/* Its process does nothing until the gate is open, and then finds everything at once. */
static void
open_gate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_mutex_unlock (&probe_gate);
}

/* It handles nothing until the gate is open. */
static void
occupy (GemingaActorRef *ref)
{
  int n_hanging = g_atomic_int_get (&probe_n_hanging);

  g_mutex_lock (&probe_gate);
  g_assert_true (geminga_actor_ref_tell (ref, "Hang", NULL, NULL));
  AWAIT_THREAD (g_atomic_int_get (&probe_n_hanging) > n_hanging);
}

static void
begin_tell (GemingaActorRef *ref, guint32 number, GAsyncResult **result)
{
  geminga_actor_ref_tell_async (ref, "Count", NUMBER (number), -1, NULL, keep_result_cb, result);
}

static void
begin_ask (GemingaActorRef *ref, guint32 number, GAsyncResult **result)
{
  geminga_actor_ref_ask_async (ref, "Count", NUMBER (number), -1, NULL, keep_result_cb, result);
}

static void
assert_counted (GemingaActorRef *ref, guint32 expected)
{
  g_autoptr (GVariant) answer = ask (ref, "Counted", NULL, NULL);
  gboolean is_in_order;
  guint32 number;

  g_variant_get (answer, "(ub)", &number, &is_in_order);
  g_assert_cmpuint (number, ==, expected);
  g_assert_true (is_in_order);
}

/* Tests */

/* Asks and awaited tells wait in the other process, in order; what is only told is refused there. */
static void
test_credit (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_small (service, GEMINGA_MAILBOX_POLICY_CREDIT);
  GAsyncResult *results[6] = { NULL };
  g_autoptr (GError) error = NULL;

  occupy (ref);
  for (guint32 i = 0; i < G_N_ELEMENTS (results); i++)
    if (i % 2 == 0)
      begin_tell (ref, i, &results[i]);
    else
      begin_ask (ref, i, &results[i]);
  g_assert_true (geminga_actor_ref_tell (ref, "Count", NUMBER (99), NULL));
  open_gate ();

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      AWAIT (results[i] != NULL);
      if (i % 2 == 0)
        {
          g_assert_true (geminga_actor_ref_tell_finish (ref, results[i], &error));
        }
      else
        {
          g_autoptr (GVariant) answer = geminga_actor_ref_ask_finish (ref, results[i], &error);

          g_assert_nonnull (answer);
        }
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }
  assert_counted (ref, 6);
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/small Count dead letter full"));
}

static void
test_credit_cancelled (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_small (service, GEMINGA_MAILBOX_POLICY_CREDIT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GAsyncResult) held = NULL;
  g_autoptr (GError) error = NULL;

  occupy (ref);
  begin_ask (ref, 0, &waiting);
  g_assert_true (geminga_actor_ref_tell (ref, "Count", NUMBER (1), NULL));
  geminga_actor_ref_tell_async (ref, "Count", NUMBER (99), -1, cancellable, keep_result_cb, &told);
  begin_ask (ref, 2, &held);
  g_cancellable_cancel (cancellable);
  open_gate ();
  AWAIT (told != NULL);
  g_assert_false (geminga_actor_ref_tell_finish (ref, told, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  AWAIT (waiting != NULL && held != NULL);
  g_variant_unref (geminga_actor_ref_ask_finish (ref, waiting, NULL));
  g_variant_unref (geminga_actor_ref_ask_finish (ref, held, NULL));
  assert_counted (ref, 3);
}

static void
test_drop_newest (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_small (service, GEMINGA_MAILBOX_POLICY_DROP_NEWEST);
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GError) error = NULL;

  occupy (ref);
  g_assert_true (geminga_actor_ref_tell (ref, "Count", NUMBER (0), NULL));
  g_assert_true (geminga_actor_ref_tell (ref, "Count", NUMBER (1), NULL));
  g_assert_true (geminga_actor_ref_tell (ref, "Count", NUMBER (97), NULL));
  begin_ask (ref, 98, &asked);
  begin_tell (ref, 99, &told);
  open_gate ();
  AWAIT (asked != NULL && told != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, asked, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  g_clear_error (&error);
  g_assert_false (geminga_actor_ref_tell_finish (ref, told, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  assert_counted (ref, 2);
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/small Count dead letter dropped"));
}

/* Letters of every process reach the root, also those that it sent itself. */
static void
test_letters (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) far = spawn_probe (service, "far");
  g_autoptr (GemingaActorRef) near = geminga_system_spawn (service->system, PROBE_TYPE, "near",
                                                           GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) nobody =
      geminga_system_ref_actor (service->system, "/org/geminga1/node/1/nobody", NULL);

  g_variant_unref (ask (far, "Ping", NULL, NULL));
  geminga_actor_ref_tell (far, "Nothing", NULL, NULL);
  geminga_actor_ref_tell (near, "Nothing", NULL, NULL);
  geminga_actor_ref_tell (nobody, "Add", NULL, NULL);
  geminga_actor_ref_tell (far, "no name", NULL, NULL);
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/far Nothing dead letter unhandled"));
  AWAIT (service_has_logged (service, "/org/geminga1/node/0/near Nothing dead letter unhandled"));
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/nobody Add dead letter ended"));
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/far no name dead letter unsendable"));

  geminga_actor_ref_stop (far);
  g_assert_true (wait_ended (far, NULL));
  geminga_actor_ref_tell (far, "Counted", NULL, NULL);
  AWAIT (service_has_logged (service, "/org/geminga1/node/1/far Counted dead letter ended"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-letters/credit", test_credit);
  g_test_add_func ("/peer/node-letters/credit-cancelled", test_credit_cancelled);
  g_test_add_func ("/peer/node-letters/drop-newest", test_drop_newest);
  g_test_add_func ("/peer/node-letters/letters", test_letters);

  return g_test_run ();
}
