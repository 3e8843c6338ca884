/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-daemon-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-process-setup-private.h"

/* The descriptor that a service in the background writes to, for its test. */
#define REPORT 7

/* Helpers: what is executed */

static gboolean
is_null (int fd)
{
  struct stat status;
  struct stat null;

  return fstat (fd, &status) == 0 && stat ("/dev/null", &null) == 0 &&
         status.st_rdev == null.st_rdev;
}

static int
run_second (GemingaDaemon *daemon, const char *role)
{
  if (strcmp (role, "fail") == 0)
    {
      geminga_daemon_fail (daemon, "Cannot listen: no");
      return 70;
    }
  if (strcmp (role, "signal") == 0)
    {
      signal (SIGTERM, SIG_DFL);
      raise (SIGTERM);
    }
  if (strcmp (role, "status") == 0)
    return 3;

  geminga_daemon_ready (daemon);
  /* What comes after is not heard. */
  geminga_daemon_ready (daemon);
  geminga_daemon_fail (daemon, "no");
  dprintf (REPORT, "session %d, null %d%d%d, variable %d", getsid (0) == getpid (), is_null (0),
           is_null (1), is_null (2), g_getenv ("GEMINGA_DAEMON_FD") != NULL);
  return 0;
}

static int
run_role (const char *role)
{
  g_autoptr (GemingaDaemon) daemon = geminga_daemon_take ();
  g_autoptr (GError) error = NULL;
  int status = -1;

  if (daemon != NULL)
    return run_second (daemon, role);
  if (!geminga_daemon_start (&status, &error))
    g_error ("%s", error->message);

  return status;
}

/* Helpers */

typedef struct
{
  int status; /* or minus the signal */
  char *output;
  char *report;
} Result;

static void
result_clear (Result *self)
{
  g_free (self->output);
  g_free (self->report);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static char *
read_all (int fd)
{
  g_autoptr (GString) all = g_string_new (NULL);
  char text[256];
  gssize length;

  while ((length = read (fd, text, sizeof text)) > 0)
    g_string_append_len (all, text, length);

  return g_strdup (all->str);
}

static void
run (const char *role, Result *result)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = geminga_process_dup_program (&error);
  int fds[2];

  g_assert_no_error (error);
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  g_subprocess_launcher_take_fd (launcher, fds[1], REPORT);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "--role", role, NULL);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);

  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &result->output, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result->status = g_subprocess_get_exit_status (process);
  /* Ends with the process in the background. */
  result->report = read_all (fds[0]);
  close (fds[0]);
}

/* Tests */

static void
test_ready (void)
{
  g_auto (Result) result = { 0 };

  run ("ready", &result);
  g_assert_cmpint (result.status, ==, 0);
  g_assert_cmpstr (result.output, ==, "");
  g_assert_cmpstr (result.report, ==, "session 1, null 111, variable 0");
}

static void
test_fail (void)
{
  g_auto (Result) result = { 0 };

  run ("fail", &result);
  g_assert_cmpint (result.status, ==, 70);
  g_assert_cmpstr (result.output, ==, "geminga: Cannot listen: no\n");
  g_assert_cmpstr (result.report, ==, "");
}

static void
test_status (void)
{
  g_auto (Result) result = { 0 };

  run ("status", &result);
  g_assert_cmpint (result.status, ==, 3);
  g_assert_cmpstr (result.output, ==, "");
}

static void
test_signal (void)
{
  g_auto (Result) result = { 0 };

  run ("signal", &result);
  g_assert_cmpint (result.status, ==, 128 + SIGTERM);
  g_assert_cmpstr (result.output, ==,
                   "geminga: The service was ended by a signal before it was ready: Terminated\n");
}

static void
test_not_second (void)
{
  static const char *const values[] = { "", "x", "-1", "2", "9999" };
  int fd = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  g_autofree char *number = g_strdup_printf ("%d", fd);

  g_unsetenv ("GEMINGA_DAEMON_FD");
  g_assert_null (geminga_daemon_take ());
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_setenv ("GEMINGA_DAEMON_FD", values[i], TRUE);
      g_assert_null (geminga_daemon_take ());
      g_assert_null (g_getenv ("GEMINGA_DAEMON_FD"));
    }
  g_setenv ("GEMINGA_DAEMON_FD", number, TRUE);
  g_assert_null (geminga_daemon_take ());
  close (fd);
}

/* The first process is gone: the service runs all the same. */
static void
test_nobody_waits (void)
{
  g_autoptr (GemingaDaemon) daemon = NULL;
  g_autofree char *number = NULL;
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  number = g_strdup_printf ("%d", fds[1]);
  g_setenv ("GEMINGA_DAEMON_FD", number, TRUE);
  daemon = geminga_daemon_take ();
  g_assert_nonnull (daemon);
  close (fds[0]);
  geminga_daemon_fail (daemon, "to nobody");
}

int
main (int argc, char *argv[])
{
  if (argc > 2 && strcmp (argv[1], "--role") == 0)
    return run_role (argv[2]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/daemon/ready", test_ready);
  g_test_add_func ("/supervise/daemon/fail", test_fail);
  g_test_add_func ("/supervise/daemon/status", test_status);
  g_test_add_func ("/supervise/daemon/signal", test_signal);
  g_test_add_func ("/supervise/daemon/not-second", test_not_second);
  g_test_add_func ("/supervise/daemon/nobody-waits", test_nobody_waits);

  return g_test_run ();
}
