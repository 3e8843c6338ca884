/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-setup-private.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Helpers */

/* Changes things in a process of its own; FALSE in the one that only waits for it. */
static gboolean
is_subprocess (void)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  return FALSE;
}

static void
assert_name (const char *name, const char *expected)
{
  char kept[16] = "";

  geminga_process_set_name (name);
  g_assert_cmpint (prctl (PR_GET_NAME, kept), ==, 0);
  g_assert_cmpstr (kept, ==, expected);
}

/* Tests */

static void
test_umask (void)
{
  mode_t before = umask (022);

  geminga_process_set_umask (-1);
  g_assert_cmpint (umask (022), ==, 022);
  geminga_process_set_umask (077);
  g_assert_cmpint (umask (before), ==, 077);
}

static void
test_directory (void)
{
  g_autofree char *current = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_subprocess ())
    return;

  g_assert_true (geminga_process_check_directory ("/", &error));
  g_assert_no_error (error);
  g_assert_true (geminga_process_change_directory ("/", &error));
  g_assert_no_error (error);
  g_assert_true (geminga_process_change_directory ("", &error));
  g_assert_true (geminga_process_change_directory (NULL, &error));
  g_assert_true (geminga_process_check_directory ("", &error));
  g_assert_no_error (error);
  current = g_get_current_dir ();
  g_assert_cmpstr (current, ==, "/");
}

static void
test_bad_directory (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_process_check_directory ("/nonexistent", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "Cannot change to the directory /nonexistent: No such file or directory");
  g_clear_error (&error);
  g_assert_false (geminga_process_check_directory ("/dev/null", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_clear_error (&error);
  g_assert_false (geminga_process_change_directory ("/dev/null", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
}

static void
test_name (void)
{
  if (!is_subprocess ())
    return;

  assert_name ("hello", "hello");
  assert_name ("a-name-that-is-too-long", "a-name-that-is-");
  assert_name ("fourteen bytes\xc3\xbc", "fourteen bytes");
  assert_name ("", "");
}

static void
test_file_limit (void)
{
  struct rlimit limit;

  if (!is_subprocess ())
    return;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (geminga_process_raise_file_limit (), ==, limit.rlim_max);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, limit.rlim_max);
  g_assert_cmpuint (geminga_process_raise_file_limit (), ==, limit.rlim_max);
}

static void
test_program (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = geminga_process_dup_program (&error);
  g_auto (GStrv) arguments = NULL;

  g_assert_no_error (error);
  arguments = geminga_process_dup_arguments (&error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (program, G_FILE_TEST_IS_EXECUTABLE));
  g_assert_nonnull (strstr (arguments[0], "test-process-setup"));
}

/* Arguments that are empty, or last and empty, are arguments. */
static void
test_arguments (const char *const *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = geminga_process_dup_arguments (&error);

  g_assert_no_error (error);
  g_assert_cmpstrv (arguments, expected);
}

static void
test_empty_arguments (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = geminga_process_dup_program (&error);
  const char *const argv[] = { program, "--arguments", "", "a b", "", NULL };
  g_autoptr (GSubprocess) child = NULL;

  g_assert_no_error (error);
  child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  if (argc > 1 && strcmp (argv[1], "--arguments") == 0)
    {
      test_arguments ((const char *const *) argv);
      return 0;
    }

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/process-setup/umask", test_umask);
  g_test_add_func ("/supervise/process-setup/directory", test_directory);
  g_test_add_func ("/supervise/process-setup/bad-directory", test_bad_directory);
  g_test_add_func ("/supervise/process-setup/name", test_name);
  g_test_add_func ("/supervise/process-setup/file-limit", test_file_limit);
  g_test_add_func ("/supervise/process-setup/program", test_program);
  g_test_add_func ("/supervise/process-setup/empty-arguments", test_empty_arguments);

  return g_test_run ();
}
