/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static void
test_taken (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GError) error = NULL;
  guint32 first = geminga_node_add_spare (service->node, &error);
  guint32 second = geminga_node_add_spare (service->node, &error);
  g_autoptr (GemingaActorRef) one = NULL;
  g_autoptr (GemingaActorRef) two = NULL;
  g_autoptr (GemingaActorRef) three = NULL;
  g_autoptr (GVariant) sum = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (second, ==, 2);

  one = spawn_probe (service, "one");
  g_assert_cmpstr (geminga_actor_ref_get_path (one), ==, "/org/geminga1/node/1/one");
  g_assert_true (service_has_logged (service, "spare 1"));
  two = spawn_probe (service, "two");
  g_assert_cmpstr (geminga_actor_ref_get_path (two), ==, "/org/geminga1/node/2/two");
  three = spawn_probe (service, "three");
  g_assert_cmpstr (geminga_actor_ref_get_path (three), ==, "/org/geminga1/node/3/three");

  sum = ask (one, "Add", g_variant_new ("(dd)", 1.5, 2.0), &error);
  g_assert_no_error (error);
  g_assert_true (wait_ready (two, &error));
  g_assert_true (wait_ready (three, &error));
}

static void
test_removed (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = NULL;

  g_assert_cmpuint (geminga_node_add_spare (service->node, NULL), ==, 1);
  geminga_node_remove_spare (service->node, 1);
  geminga_node_remove_spare (service->node, 1);
  ref = spawn_probe (service, "one");
  g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, "/org/geminga1/node/2/one");
  g_assert_true (wait_ready (ref, NULL));
}

/* It is dead, which nobody has said to the node yet. */
static void
test_gone (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = NULL;

  g_assert_cmpuint (geminga_node_add_spare (service->node, NULL), ==, 1);
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_KILLED, "was killed");
  ref = spawn_probe (service, "one");
  g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, "/org/geminga1/node/2/one");
  g_assert_true (wait_ready (ref, NULL));
}

static void
test_cannot_be_started (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GError) error = NULL;

  service->may_not_spawn = TRUE;
  g_assert_cmpuint (geminga_node_add_spare (service->node, &error), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, "Cannot start a spare process: no such program");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-spares/taken", test_taken);
  g_test_add_func ("/peer/node-spares/removed", test_removed);
  g_test_add_func ("/peer/node-spares/gone", test_gone);
  g_test_add_func ("/peer/node-spares/cannot-be-started", test_cannot_be_started);

  return g_test_run ();
}
