/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-test-schedules.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* Helpers */

/* Of the schedule that runs, for the handler of the signal. 0: none does. */
static atomic_uint *
get_running_seed (void)
{
  static atomic_uint seed;

  return &seed;
}

/* An assertion that fails ends the program: say with what seed. Only what is safe in a handler. */
static void
on_abort (int number)
{
  char line[64] = "# replay with GEMINGA_TEST_SEED=";
  char digits[16];
  gsize length = strlen (line);
  gsize n_digits = 0;
  guint seed = atomic_load (get_running_seed ());

  for (; seed != 0; seed /= 10)
    digits[n_digits++] = (char) ('0' + seed % 10);
  while (n_digits > 0)
    line[length++] = digits[--n_digits];
  line[length++] = '\n';
  if (write (STDERR_FILENO, line, length) < 0)
    _exit (1);
  raise (number); /* which is not handled any more */
}

static gboolean
run_one (guint seed,
         gboolean keep_trace,
         GemingaTestScheduleFunc func,
         gpointer user_data,
         GError **error)
{
  g_autoptr (GemingaTestLoop) loop =
      g_object_new (GEMINGA_TEST_TYPE_LOOP, "seed", seed, "keep-trace", keep_trace, NULL);
  g_autofree char *trace = NULL;
  g_autofree char *problem = NULL;

  atomic_store (get_running_seed (), seed);
  problem = func (loop, user_data);
  atomic_store (get_running_seed (), 0);
  if (problem == NULL)
    return TRUE;

  trace = geminga_test_loop_dup_trace (loop);
  if (trace != NULL)
    g_printerr ("%s", trace);
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
               "With seed %u: %s. Replay with GEMINGA_TEST_SEED=%u", seed, problem, seed);

  return FALSE;
}

/* 0: all are to run. */
static gboolean
parse_seed (guint *seed, GError **error)
{
  const char *text = g_getenv ("GEMINGA_TEST_SEED");
  guint64 number = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &number, error))
    {
      g_prefix_error (error, "GEMINGA_TEST_SEED: ");
      return FALSE;
    }
  *seed = (guint) number;

  return TRUE;
}

static gboolean
run_all (guint n_schedules,
         guint only,
         GemingaTestScheduleFunc func,
         gpointer user_data,
         GError **error)
{
  if (only != 0)
    return run_one (only, TRUE, func, user_data, error);

  for (guint seed = 1; seed <= n_schedules; seed++)
    if (!run_one (seed, FALSE, func, user_data, error))
      return FALSE;

  return TRUE;
}

/* Public API */

/**
 * geminga_test_run_schedules:
 * @n_schedules: how many
 * @func: (scope call) (closure user_data): one run of the test
 * @user_data: data for @func
 * @error: return location for an error
 *
 * Runs a test many times, each time with a new [class@GemingaTesting.Loop] and another seed, from 1.
 *
 * If the environment variable `GEMINGA_TEST_SEED` is set, the test runs only once, with that seed, and
 * what has happened is printed if something is wrong. Should the program be aborted, as by an assertion,
 * the seed is printed as well.
 *
 * Returns: %TRUE if all is well, %FALSE with %GEMINGA_ERROR_FAILED, which names the seed, if not
 *
 * Since: 0.1
 */
gboolean
geminga_test_run_schedules (guint n_schedules,
                            GemingaTestScheduleFunc func,
                            gpointer user_data,
                            GError **error)
{
  struct sigaction action = { .sa_handler = on_abort, .sa_flags = (int) SA_RESETHAND };
  struct sigaction previous;
  gboolean is_well;
  guint only;

  g_return_val_if_fail (func != NULL, FALSE);

  if (!parse_seed (&only, error))
    return FALSE;

  sigaction (SIGABRT, &action, &previous);
  is_well = run_all (n_schedules, only, func, user_data, error);
  sigaction (SIGABRT, &previous, NULL);

  return is_well;
}
