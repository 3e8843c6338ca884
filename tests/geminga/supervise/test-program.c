/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-program-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-error.h"

/* The test is executed again with this in its environment, and does what it says. */
#define MODE "TEST_PROGRAM_MODE"

static int
run_child (const char *mode, int argc, char *argv[])
{
  char text[64];
  gssize n_read;

  /* What it got as 3 is answered on 4. */
  if (g_str_equal (mode, "echo"))
    {
      n_read = read (3, text, sizeof text);
      return n_read > 0 && write (4, text, (gsize) n_read) == n_read && fcntl (5, F_GETFD) < 0
                 ? argc
                 : EXIT_FAILURE;
    }
  if (g_str_equal (mode, "stdin"))
    return read (STDIN_FILENO, text, sizeof text) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  if (g_str_equal (mode, "signals"))
    {
      sigset_t blocked;

      sigprocmask (SIG_BLOCK, NULL, &blocked);
      return sigismember (&blocked, SIGTERM) ||
             !sigismember (&blocked, GEMINGA_PROGRAM_KEPT_SIGNAL);
    }
  if (g_str_has_prefix (mode, "exec:"))
    {
      g_autoptr (GemingaProgram) program = geminga_program_new (NULL);
      int fd = atoi (mode + strlen ("exec:"));

      g_assert_cmpint (chdir ("/"), ==, 0);
      geminga_program_exec (program, NULL, MODE, "executed", &fd, 1, NULL);
      return EXIT_FAILURE;
    }
  if (g_str_equal (mode, "executed"))
    {
      g_autofree char *folder = g_get_current_dir ();

      return dprintf (3, "%d %s", (int) getpid (), folder) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }

  return EXIT_FAILURE;
}

static int
await_status (GPid pid)
{
  siginfo_t info = { 0 };

  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED), ==, 0);
  g_assert_cmpint (info.si_code, ==, CLD_EXITED);

  return info.si_status;
}

static GPid
spawn (GemingaProgram *program, const char *mode, const int *fds, gsize n_fds)
{
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_true (geminga_program_spawn (program, MODE, mode, fds, n_fds, &pid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pid, >, 0);

  return pid;
}

static void
test_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProgram) program = geminga_program_new (&error);
  g_autofree char *base = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (geminga_program_get_argv (program)[0], "test-program"));
  g_assert_true (g_path_is_absolute (geminga_program_get_path (program)));
  base = g_path_get_basename (geminga_program_get_path (program));
  g_assert_cmpstr (base, ==, "test-program");
}

static void
test_list_files (void)
{
  static const char *const argv[] = { "python3", "-u", "hello.py", "--config=x",
                                      "missing", "",   ".",        NULL };
  g_autofree char *folder = g_dir_make_tmp ("test-program-XXXXXX", NULL);
  g_autofree char *script = g_build_filename (folder, "hello.py", NULL);
  g_autoptr (GemingaProgram) program = geminga_program_new_for (argv, "/usr/bin/python3", folder);
  g_auto (GStrv) files = NULL;

  g_assert_true (g_file_set_contents (script, "", 0, NULL));
  files = geminga_program_list_files (program);
  g_assert_cmpuint (g_strv_length (files), ==, 1);
  g_assert_cmpstr (files[0], ==, script);
  g_assert_cmpstr (geminga_program_get_path (program), ==, "/usr/bin/python3");

  g_unlink (script);
  g_rmdir (folder);
}

static void
test_no_arguments (void)
{
  static const char *const argv[] = { NULL };
  g_autoptr (GemingaProgram) program = geminga_program_new_for (argv, "/bin/true", "/");
  g_auto (GStrv) files = geminga_program_list_files (program);

  g_assert_cmpuint (g_strv_length (files), ==, 0);
}

static void
test_spawn (void)
{
  const char *argv[] = { "test", "two words", "", NULL };
  g_autoptr (GemingaProgram) program = geminga_program_new_for (argv, "/nonexistent", "/");
  char text[8] = "";
  int to[2];
  int from[2];
  int other[2];
  GPid pid;

  /* The numbers of ours collide with those that the child gets. */
  g_assert_cmpint (pipe2 (other, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (to, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (from, O_CLOEXEC), ==, 0);
  pid = spawn (program, "echo", (const int[]){ to[0], from[1] }, 2);
  g_assert_cmpint (write (to[1], "hello", 5), ==, 5);
  g_assert_cmpint (await_status (pid), ==, 3);
  g_assert_cmpint (read (from[0], text, 5), ==, 5);
  g_assert_cmpstr (text, ==, "hello");
  for (guint i = 0; i < 2; i++)
    {
      close (to[i]);
      close (from[i]);
      close (other[i]);
    }
}

static void
test_spawn_standard_input (void)
{
  g_autoptr (GemingaProgram) program = geminga_program_new (NULL);

  g_assert_cmpint (await_status (spawn (program, "stdin", NULL, 0)), ==, 0);
}

static void
test_spawn_signals (void)
{
  g_autoptr (GemingaProgram) program = geminga_program_new (NULL);
  sigset_t set;
  GPid pid;

  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigprocmask (SIG_BLOCK, &set, NULL);
  pid = spawn (program, "signals", NULL, 0);
  sigprocmask (SIG_UNBLOCK, &set, NULL);
  g_assert_cmpint (await_status (pid), ==, 0);
}

static void
test_spawn_fails (void)
{
  static const char *const argv[] = { "test", NULL };
  g_autoptr (GemingaProgram) program =
      geminga_program_new_for (argv, "/nonexistent/program", "/nonexistent/folder");
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_false (geminga_program_spawn (program, MODE, "stdin", NULL, 0, &pid, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
}

static void
test_spawn_new (void)
{
  static const char *const argv[] = { "true", NULL };
  g_autoptr (GemingaProgram) good = geminga_program_new_for (argv, "/bin/true", "/");
  g_autoptr (GemingaProgram) gone = geminga_program_new_for (argv, "/nonexistent/program", "/");
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_true (geminga_program_spawn_new (good, MODE, "new", NULL, 0, &pid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (await_status (pid), ==, 0);

  g_assert_false (geminga_program_spawn_new (gone, MODE, "new", NULL, 0, &pid, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_nonnull (strstr (error->message, "/nonexistent/program"));
}

static void
test_exec (void)
{
  g_autoptr (GemingaProgram) program = geminga_program_new (NULL);
  g_autofree char *folder = g_get_current_dir ();
  g_autofree char *expected = NULL;
  char text[4096] = "";
  int fds[2];
  GPid pid;

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  /* The child has the pipe as 3, and so does what it becomes, in the folder of its start. */
  pid = spawn (program, "exec:3", &fds[1], 1);
  close (fds[1]);
  g_assert_cmpint (await_status (pid), ==, 0);
  g_assert_cmpint (read (fds[0], text, sizeof text - 1), >, 0);
  expected = g_strdup_printf ("%d %s", (int) pid, folder);
  g_assert_cmpstr (text, ==, expected);
  close (fds[0]);
}

static void
test_exec_fails (void)
{
  static const char *const argv[] = { "test", NULL };
  g_autoptr (GemingaProgram) program = geminga_program_new_for (argv, "/nonexistent/program", "/");
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  geminga_program_exec (program, NULL, MODE, "new", fds, 2, &error);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_nonnull (strstr (error->message, "/nonexistent/program"));
  after = g_get_current_dir ();
  g_assert_cmpstr (after, ==, before);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (fcntl (fds[i], F_GETFD), ==, FD_CLOEXEC);
      close (fds[i]);
    }
}

int
main (int argc, char *argv[])
{
  const char *mode = g_getenv (MODE);

  if (mode != NULL)
    return run_child (mode, argc, argv);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/program/new", test_new);
  g_test_add_func ("/supervise/program/list-files", test_list_files);
  g_test_add_func ("/supervise/program/no-arguments", test_no_arguments);
  g_test_add_func ("/supervise/program/spawn", test_spawn);
  g_test_add_func ("/supervise/program/spawn/standard-input", test_spawn_standard_input);
  g_test_add_func ("/supervise/program/spawn/signals", test_spawn_signals);
  g_test_add_func ("/supervise/program/spawn/fails", test_spawn_fails);
  g_test_add_func ("/supervise/program/spawn-new", test_spawn_new);
  g_test_add_func ("/supervise/program/exec", test_exec);
  g_test_add_func ("/supervise/program/exec/fails", test_exec_fails);

  return g_test_run ();
}
