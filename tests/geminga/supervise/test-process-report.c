/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-report-private.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that joins, logs, writes and ends. */
static void
run_process (GemingaProcessReport *report, const char *text)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      int fd = geminga_process_report_get_fd (report);
      GemingaLogTail *log = geminga_process_report_join (fd, NULL);
      gsize size = strlen (text);

      if (log == NULL || write (fd, text, size) != (gssize) size)
        _exit (1);
      geminga_log_tail_append (log, "said\n");
      _exit (0);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

static void
test_text (void)
{
  g_autoptr (GemingaProcessReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) no_lines = NULL;
  g_auto (GStrv) lines = NULL;

  report = geminga_process_report_new (&error);
  g_assert_no_error (error);
  g_assert_null (geminga_process_report_dup_text (report));
  no_lines = geminga_process_report_dup_log (report);
  g_assert_cmpuint (g_strv_length (no_lines), ==, 0);
  run_process (report, "fell\nhere\xff\n");
  text = geminga_process_report_dup_text (report);
  g_assert_cmpstr (text, ==, "fell\nhere\357\277\275");
  lines = geminga_process_report_dup_log (report);
  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  g_assert_cmpstr (lines[0], ==, "said");
}

static void
test_life (void)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  atomic_uint *life = geminga_process_report_get_life (report);

  g_assert_cmpuint (atomic_load (life), ==, 0);
  run_process (report, "");
  g_assert_cmpuint (atomic_load (life) & FUTEX_OWNER_DIED, !=, 0);
}

/* A process cannot make the arbiter read where nothing is. */
static void
test_sealed (void)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  int fd = geminga_process_report_get_fd (report);

  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  g_assert_cmpint (fcntl (fd, F_GET_SEALS), ==, GEMINGA_PROCESS_REPORT_SEALS);
}

static void
test_join_fails (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_process_report_join (-1, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/process-report/text", test_text);
  g_test_add_func ("/supervise/process-report/life", test_life);
  g_test_add_func ("/supervise/process-report/sealed", test_sealed);
  g_test_add_func ("/supervise/process-report/join/fails", test_join_fails);

  return g_test_run ();
}
