/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

static void
test_answer (Fixture *self, gconstpointer data)
{
  assert_answers (self, CALC_PATH, CALC, "Add", g_variant_new ("(dd)", 1.5, 2.0), "(3.5,)");
  assert_answers (self, CALC_PATH, CALC, "Divide", g_variant_new ("(ii)", 7, 2), "(3, 1)");
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  assert_answers (self, CALC_PATH, ACTOR, "Echo", g_variant_new ("(v)", g_variant_new_uint32 (5)),
                  "(<uint32 5>,)");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/calls/answer", Fixture, NULL, fixture_set_up, test_answer, fixture_tear_down);

  return g_test_run ();
}
