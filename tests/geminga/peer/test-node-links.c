/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static double
get_double (GVariant *tuple)
{
  double value;

  g_variant_get (tuple, "(d)", &value);

  return value;
}

static void
test_third_party (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  g_autoptr (GemingaActorRef) here = geminga_system_spawn (service->system, PROBE_TYPE, "here",
                                                           GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  GemingaActorRef *targets[] = { two, here, one };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      const char *path = geminga_actor_ref_get_path (targets[i]);
      g_autoptr (GVariant) answer = ask (
          one, "Ask", g_variant_new ("(osv)", path, "Who", g_variant_new_string ("none")), &error);
      g_autoptr (GVariant) who = NULL;
      const char *sender;
      const char *receiver;

      g_test_message ("%s", path);
      g_assert_no_error (error);
      g_variant_get (answer, "(v)", &who);
      g_variant_get (who, "(&o&o)", &sender, &receiver);
      g_assert_cmpstr (receiver, ==, path);
      g_assert_cmpstr (sender, ==, geminga_actor_ref_get_path (one));
    }
}

/* Both ask to be connected to each other at once. */
static void
test_mutual (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  GAsyncResult *results[20] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    geminga_actor_ref_ask_async (i % 2 == 0 ? one : two, "Ask",
                                 g_variant_new ("(osv)",
                                                geminga_actor_ref_get_path (i % 2 == 0 ? two : one),
                                                "Add", g_variant_new ("(dd)", 1.0, (double) i)),
                                 -1, NULL, keep_result_cb, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer = NULL;
      g_autoptr (GVariant) sum = NULL;

      AWAIT (results[i] != NULL);
      answer = geminga_actor_ref_ask_finish (i % 2 == 0 ? one : two, results[i], &error);
      g_assert_no_error (error);
      g_variant_get (answer, "(v)", &sum);
      g_assert_cmpfloat (get_double (sum), ==, 1.0 + i);
      g_clear_object (&results[i]);
    }
}

static void
test_unknown_process (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (one, "Ask",
                      g_variant_new ("(osv)", "/org/geminga1/node/77/nobody", "Ping",
                                     g_variant_new_string ("none")),
                      &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpstr (error->message, ==, "There is no actor “nobody”: there is no process 77");
}

static void
test_forward (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) who = NULL;
  const char *receiver;

  who = ask (one, "Relay", g_variant_new ("(o)", geminga_actor_ref_get_path (two)), &error);
  g_assert_no_error (error);
  g_variant_get (who, "(&o&o)", NULL, &receiver);
  g_assert_cmpstr (receiver, ==, geminga_actor_ref_get_path (two));
}

/* What a worker handles for one that dies is cancelled. */
static void
test_caller_dies (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  g_autoptr (GVariant) answer = NULL;
  int n_before = g_atomic_int_get (&probe_n_cancelled);

  geminga_actor_ref_tell (one, "Ask",
                          g_variant_new ("(osv)", geminga_actor_ref_get_path (two), "Keep",
                                         g_variant_new_string ("none")),
                          NULL);
  /* Connected, and the call is over there. */
  answer = ask (one, "Ask",
                g_variant_new ("(osv)", geminga_actor_ref_get_path (two), "Ping",
                               g_variant_new_string ("none")),
                NULL);
  g_assert_nonnull (answer);
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL, "died");
  AWAIT_THREAD (g_atomic_int_get (&probe_n_cancelled) == n_before + 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-links/third-party", test_third_party);
  g_test_add_func ("/peer/node-links/mutual", test_mutual);
  g_test_add_func ("/peer/node-links/unknown-process", test_unknown_process);
  g_test_add_func ("/peer/node-links/forward", test_forward);
  g_test_add_func ("/peer/node-links/caller-dies", test_caller_dies);

  return g_test_run ();
}
