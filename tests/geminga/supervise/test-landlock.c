/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-landlock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#include "geminga-error.h"
#include "geminga-seccomp-private.h"
#include "geminga-threads-private.h"
#include "in-process.h"

static GPtrArray *
new_paths (const char *path)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (path != NULL)
    g_ptr_array_add (paths, g_strdup (path));

  return paths;
}

static int
try_open (const char *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC, 0600);

  if (fd < 0)
    return errno;

  close (fd);

  return 0;
}

static gboolean
skip_without (void)
{
  if (geminga_landlock_get_version () > 0)
    return FALSE;

  g_test_skip ("this kernel has no Landlock");
  return TRUE;
}

static void
run_restricted (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *other = g_build_filename (folder, "other", NULL);
  g_autoptr (GPtrArray) read_paths = new_paths ("/proc/self/status");
  g_autoptr (GPtrArray) write_paths = new_paths (folder);
  g_autoptr (GError) error = NULL;
  int rules = geminga_landlock_new_rules (read_paths, write_paths, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rules, >=, 0);
  g_assert_cmpint (try_open ("/dev/null", O_RDONLY), ==, 0);
  g_assert_true (geminga_threads_restrict (rules, &error));
  g_assert_no_error (error);

  g_assert_cmpint (try_open ("/dev/null", O_RDONLY), ==, EACCES);
  g_assert_cmpint (try_open ("/", O_RDONLY | O_DIRECTORY), ==, EACCES);
  g_assert_cmpint (try_open (file, O_WRONLY | O_CREAT), ==, 0);
  g_assert_cmpint (g_rename (file, other), ==, 0);
  g_assert_cmpint (g_unlink (other), ==, 0);
  g_assert_cmpint (g_mkdir ("/tmp/geminga-landlock", 0700), ==, -1);
  g_assert_cmpint (errno, ==, EACCES);
  /* The folder itself is its parent's, which is not allowed. */
  g_assert_cmpint (g_rmdir (folder), ==, -1);
}

static void
test_rules (void)
{
  if (!skip_without ())
    assert_in_process (run_restricted);
}

static void
test_no_such_path (void)
{
  g_autoptr (GPtrArray) none = new_paths (NULL);
  g_autoptr (GPtrArray) paths = new_paths ("/nonexistent/folder");
  g_autoptr (GError) error = NULL;

  if (skip_without ())
    return;

  g_assert_cmpint (geminga_landlock_new_rules (paths, none, &error), ==, -1);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_cmpstr (
      error->message, ==,
      "The sandbox cannot allow the path /nonexistent/folder: No such file or directory");
}

/* As in a container that knows no such call. */
static void
run_unsupported (void)
{
  g_autoptr (GPtrArray) calls = new_paths ("@service");
  g_autoptr (GPtrArray) none = new_paths (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_seccomp_apply (calls, GEMINGA_SYSTEM_CALL_ACTION_FAIL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (geminga_landlock_get_version (), ==, 0);
  g_assert_cmpint (geminga_landlock_new_rules (none, none, &error), ==, -1);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
}

static void
test_unsupported (void)
{
#ifdef HAVE_SECCOMP
  assert_in_process (run_unsupported);
#else
  (void) run_unsupported;
  g_test_skip ("built without libseccomp");
#endif
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/landlock/rules", test_rules);
  g_test_add_func ("/supervise/landlock/no-such-path", test_no_such_path);
  g_test_add_func ("/supervise/landlock/unsupported", test_unsupported);

  return g_test_run ();
}
