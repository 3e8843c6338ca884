/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-start-private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-error.h"
#include "geminga-process-report-private.h"
#include "geminga-program-private.h"

/* The test is executed again as a worker, and tells by its exit status what it found. */

enum
{
  FOUND_ALL = 10,
  FOUND_FAILURE,
};

static int
run_worker (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProcessStart) started = geminga_process_start_read (&error);
  g_autoptr (GVariant) again = NULL;
  const char *name = NULL;
  int parent_signal = 0;

  if (started == NULL)
    return error != NULL ? FOUND_FAILURE : EXIT_FAILURE;

  g_assert_no_error (error);
  g_assert_null (g_getenv (GEMINGA_WORKER_VARIABLE));
  g_assert_cmpint (started->link_fd, ==, 3);
  g_assert_cmpint (write (started->link_fd, "x", 1), ==, 1);
  g_assert_true (g_variant_lookup (started->settings, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "worker");
  g_assert_cmpint (geminga_pulse_get_busy_since (started->pulse), ==, 0);
  g_assert_cmpuint (started->sockets->len, ==, 1);
  g_assert_cmpint (g_socket_get_family (started->sockets->pdata[0]), ==, G_SOCKET_FAMILY_UNIX);
  prctl (PR_GET_PDEATHSIG, &parent_signal);
  g_assert_cmpint (parent_signal, ==, SIGKILL);
  g_assert_null (geminga_process_start_read (&error));
  g_assert_no_error (error);

  return FOUND_ALL;
}

static int
start_worker (const char *value, GVariant *settings, gsize n_fds)
{
  g_autoptr (GemingaProgram) program = geminga_program_new (NULL);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProcessReport) report = NULL;
  siginfo_t info = { 0 };
  int pair[2];
  int fds[5];
  GPid pid;
  g_autoptr (GemingaPulse) pulse = geminga_pulse_new (&fds[2], &error);

  g_assert_no_error (error);
  fds[1] = geminga_process_start_new_settings_fd (sunk, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  fds[0] = pair[0];
  report = geminga_process_report_new (&error);
  g_assert_no_error (error);
  fds[3] = geminga_process_report_get_fd (report);
  fds[4] = pair[0];
  g_assert_true (
      geminga_program_spawn (program, GEMINGA_WORKER_VARIABLE, value, fds, n_fds, &pid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED), ==, 0);
  g_assert_cmpint (info.si_code, ==, CLD_EXITED);
  for (guint i = 0; i < 2; i++)
    close (pair[i]);
  close (fds[1]);
  close (fds[2]);

  return info.si_status;
}

static GVariant *
new_settings (void)
{
  return g_variant_new_parsed ("{'name': <'worker'>}");
}

static void
test_read (void)
{
  g_autofree char *value = g_strdup_printf ("%d:1", (int) getpid ());

  g_assert_cmpint (start_worker (value, new_settings (), 5), ==, FOUND_ALL);
}

/* Then its real parent is gone. */
static void
test_read_for_another (void)
{
  g_assert_cmpint (start_worker ("1:1", new_settings (), 5), ==, EXIT_SUCCESS);
}

static void
test_read_fails (void)
{
  g_autofree char *too_many = g_strdup_printf ("%d:2", (int) getpid ());
  g_autofree char *far_too_many = g_strdup_printf ("%d:4294967295", (int) getpid ());
  const char *const values[] = { "", "1", "nonsense", too_many, far_too_many };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_test_message ("%s", values[i]);
      g_assert_cmpint (start_worker (values[i], new_settings (), 5), ==, FOUND_FAILURE);
    }
}

/* The test itself is no worker, but somebody says so. */
static void
test_read_here (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_process_start_read (&error));
  g_assert_no_error (error);

  g_setenv (GEMINGA_WORKER_VARIABLE, "nonsense", TRUE);
  g_assert_null (geminga_process_start_read (&error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  g_assert_nonnull (strstr (error->message, GEMINGA_WORKER_VARIABLE "=nonsense"));
  g_assert_null (g_getenv (GEMINGA_WORKER_VARIABLE));
}

static void
test_settings_fd (void)
{
  g_autoptr (GVariant) settings =
      g_variant_ref_sink (g_variant_new_parsed ("{'text': <'x'>, 'number': <int64 5>}"));
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autofree char *bytes = g_malloc (g_variant_get_size (settings) + 1);
  g_autoptr (GError) error = NULL;
  int fd = geminga_process_start_new_settings_fd (settings, &error);

  g_assert_no_error (error);
  g_assert_cmpint (pread (fd, bytes, g_variant_get_size (settings) + 1, 0), ==,
                   (gssize) g_variant_get_size (settings));
  g_assert_cmpmem (bytes, g_variant_get_size (settings), g_variant_get_data (settings),
                   g_variant_get_size (settings));
  close (fd);

  fd = geminga_process_start_new_settings_fd (nothing, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (lseek (fd, 0, SEEK_END), ==, 0);
  close (fd);
}

static void
test_value (void)
{
  g_autofree char *plain = geminga_process_start_dup_value (3, NULL, FALSE);
  g_autofree char *sandboxed = geminga_process_start_dup_value (3, "Reader", TRUE);
  g_autofree char *wanted = g_strdup_printf ("%d:3", (int) getpid ());
  g_autofree char *wanted_of_class = g_strdup_printf ("%d:3:1:Reader", (int) getpid ());

  g_assert_cmpstr (plain, ==, wanted);
  g_assert_cmpstr (sandboxed, ==, wanted_of_class);
}

int
main (int argc, char *argv[])
{
  if (g_getenv (GEMINGA_WORKER_VARIABLE) != NULL)
    return run_worker ();

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/process-start/read", test_read);
  g_test_add_func ("/supervise/process-start/read/for-another", test_read_for_another);
  g_test_add_func ("/supervise/process-start/read/fails", test_read_fails);
  g_test_add_func ("/supervise/process-start/read/here", test_read_here);
  g_test_add_func ("/supervise/process-start/settings-fd", test_settings_fd);
  g_test_add_func ("/supervise/process-start/value", test_value);

  return g_test_run ();
}
