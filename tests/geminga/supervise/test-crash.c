/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-crash-private.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-process-report-private.h"

static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };

static void
handle_cb (int number)
{
  _exit (42);
}

static void
ready_child (GemingaProcessReport *report)
{
  const struct rlimit no_core = { 0, 0 };
  int fd = geminga_process_report_get_fd (report);

  setrlimit (RLIMIT_CORE, &no_core);
  if (fd != GEMINGA_PROCESS_REPORT_FD)
    dup2 (fd, GEMINGA_PROCESS_REPORT_FD);
  if (!geminga_process_report_join (GEMINGA_PROCESS_REPORT_FD, NULL))
    _exit (EXIT_FAILURE);
  /* As without a sanitizer. */
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    signal (numbers[i], SIG_DFL);
}

static int
await (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);

  return status;
}

static void
test_crash (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
      g_autofree char *text = NULL;
      pid_t pid = fork ();
      int status;

      if (pid == 0)
        {
          ready_child (report);
          geminga_crash_take_signals ();
          raise (numbers[i]);
          _exit (EXIT_FAILURE);
        }

      status = await (pid);
      g_assert_true (WIFSIGNALED (status));
      g_assert_cmpint (WTERMSIG (status), ==, numbers[i]);
      text = geminga_process_report_dup_text (report);
      g_assert_nonnull (text);
      g_assert_nonnull (strstr (text, "test-crash"));
    }
}

static void
test_own_handler (void)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      ready_child (report);
      signal (SIGSEGV, handle_cb);
      geminga_crash_take_signals ();
      raise (SIGSEGV);
      _exit (EXIT_FAILURE);
    }

  status = await (pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 42);
  g_assert_null (geminga_process_report_dup_text (report));
}

/* The program has another file where the report was. */
static void
test_another_file (void)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  int fd = g_file_open_tmp (NULL, &path, NULL);
  pid_t pid = fork ();

  if (pid == 0)
    {
      ready_child (report);
      geminga_crash_take_signals ();
      dup2 (fd, GEMINGA_PROCESS_REPORT_FD);
      raise (SIGSEGV);
      _exit (EXIT_FAILURE);
    }

  g_assert_true (WIFSIGNALED (await (pid)));
  g_assert_null (geminga_process_report_dup_text (report));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "");
  close (fd);
  unlink (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/crash/crash", test_crash);
  g_test_add_func ("/supervise/crash/own-handler", test_own_handler);
  g_test_add_func ("/supervise/crash/another-file", test_another_file);

  return g_test_run ();
}
