/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib.h>

#include "geminga-restart-budget-private.h"

static void
test_take (void)
{
  GemingaRestartBudget budget;

  geminga_restart_budget_init (&budget, 3, 100);
  for (gint64 i = 0; i < 3; i++)
    g_assert_true (geminga_restart_budget_take (&budget, 1000 + i * 10));
  g_assert_false (geminga_restart_budget_take (&budget, 1030));
  g_assert_false (geminga_restart_budget_take (&budget, 1100));

  /* The first is forgotten, and what was refused does not count. */
  g_assert_true (geminga_restart_budget_take (&budget, 1101));
  g_assert_false (geminga_restart_budget_take (&budget, 1102));
  g_assert_true (geminga_restart_budget_take (&budget, 1111));
  geminga_restart_budget_clear (&budget);
}

/* Around the ring, while it grows. */
static void
test_ring (void)
{
  GemingaRestartBudget budget;

  geminga_restart_budget_init (&budget, 20, 99);
  for (gint64 i = 0; i < 1000; i++)
    g_assert_true (geminga_restart_budget_take (&budget, i * 5));
  g_assert_cmpuint (budget.n_allocated, <=, 64);
  g_assert_false (geminga_restart_budget_take (&budget, 999 * 5));
  geminga_restart_budget_clear (&budget);
}

static void
test_limits (void)
{
  GemingaRestartBudget none;
  GemingaRestartBudget any;

  geminga_restart_budget_init (&none, 0, 100);
  g_assert_false (geminga_restart_budget_take (&none, 1));
  geminga_restart_budget_init (&any, GEMINGA_RESTART_UNLIMITED, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_true (geminga_restart_budget_take (&any, 1));
  g_assert_null (any.times);
  geminga_restart_budget_clear (&none);
  geminga_restart_budget_clear (&any);
}

static void
test_back_off (void)
{
  static const gint64 expected[] = { 0, 0, 100, 200, 400, 800, 1000, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpint (geminga_restart_back_off (i, 100, 1000, 0.5), ==, expected[i]);
      g_assert_cmpint (geminga_restart_back_off (i, 100, 1000, 0), ==, expected[i] * 3 / 4);
      g_assert_cmpint (geminga_restart_back_off (i, 100, 1000, 1), ==, expected[i] * 5 / 4);
    }
  g_assert_cmpint (geminga_restart_back_off (1000000, 1, G_MAXINT, 0.5), ==, G_MAXINT);
  g_assert_cmpint (geminga_restart_back_off (9, 0, 1000, 0.5), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/restart-budget/take", test_take);
  g_test_add_func ("/core/restart-budget/ring", test_ring);
  g_test_add_func ("/core/restart-budget/limits", test_limits);
  g_test_add_func ("/core/restart-budget/back-off", test_back_off);

  return g_test_run ();
}
