/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static void
test_ask (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "calc");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sum = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) dict = NULL;
  const char *placement;

  g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, "/org/geminga1/node/1/calc");
  sum = ask (ref, "Add", g_variant_new ("(dd)", 1.5, 2.0), &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (g_variant_get_double (g_variant_get_child_value (sum, 0)), ==, 3.5);

  info = ask (ref, "Info", NULL, &error);
  g_assert_no_error (error);
  dict = g_variant_get_child_value (info, 0);
  g_assert_true (g_variant_lookup (dict, "placement", "&s", &placement));
  g_assert_cmpstr (placement, ==, "process");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node/ask", test_ask);

  return g_test_run ();
}
