/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-testing.h>
#include <stdlib.h>

typedef struct
{
  guint n_runs;
  guint last_seed;
  guint bad_seed;
} Runs;

static char *
run (GemingaTestLoop *loop, gpointer user_data)
{
  Runs *self = user_data;

  self->n_runs++;
  self->last_seed = geminga_test_loop_get_seed (loop);

  return self->last_seed == self->bad_seed ? g_strdup ("It is bad") : NULL;
}

static void
test_all (void)
{
  Runs runs = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_test_run_schedules (10, run, &runs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (runs.n_runs, ==, 10);
  g_assert_cmpuint (runs.last_seed, ==, 10);
}

static void
test_fails (void)
{
  Runs runs = { .bad_seed = 4 };
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_test_run_schedules (10, run, &runs, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "With seed 4: It is bad. Replay with GEMINGA_TEST_SEED=4");
  g_assert_cmpuint (runs.n_runs, ==, 4);
}

static void
test_replay (void)
{
  Runs runs = { .bad_seed = 4 };
  g_autoptr (GError) error = NULL;

  g_setenv ("GEMINGA_TEST_SEED", "4", TRUE);
  g_assert_false (geminga_test_run_schedules (2, run, &runs, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_cmpuint (runs.n_runs, ==, 1);
  g_clear_error (&error);

  g_setenv ("GEMINGA_TEST_SEED", "5", TRUE);
  g_assert_true (geminga_test_run_schedules (2, run, &runs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (runs.last_seed, ==, 5);

  g_setenv ("GEMINGA_TEST_SEED", "five", TRUE);
  g_assert_false (geminga_test_run_schedules (2, run, &runs, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "GEMINGA_TEST_SEED: "));
  g_unsetenv ("GEMINGA_TEST_SEED");
}

static char *
abort_at_seed (GemingaTestLoop *loop, gpointer user_data)
{
  if (geminga_test_loop_get_seed (loop) == 12)
    abort (); /* as an assertion does, but in a subprocess of a test that only exits */

  return NULL;
}

static void
test_aborted (void)
{
  if (g_test_subprocess ())
    {
      geminga_test_run_schedules (20, abort_at_seed, NULL, NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*replay with GEMINGA_TEST_SEED=12\n*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("GEMINGA_TEST_SEED");

  g_test_add_func ("/testing/test-schedules/all", test_all);
  g_test_add_func ("/testing/test-schedules/fails", test_fails);
  g_test_add_func ("/testing/test-schedules/replay", test_replay);
  g_test_add_func ("/testing/test-schedules/aborted", test_aborted);

  return g_test_run ();
}
