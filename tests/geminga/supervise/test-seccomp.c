/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-seccomp-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-crash-private.h"
#include "geminga-error.h"
#include "geminga-process-report-private.h"
#include "in-process.h"

#ifdef HAVE_SECCOMP

static gboolean
apply (const char *names, GemingaSystemCallAction action, GError **error)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();

  for (gsize i = 0; list[i] != NULL; i++)
    g_ptr_array_add (array, list[i]);

  return geminga_seccomp_apply (array, action, error);
}

static int
try_open (void)
{
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return errno;

  close (fd);

  return 0;
}

static gpointer
give_back (gpointer data)
{
  return data;
}

/* What links do with memory in which they pass large arrays on. */
static void
share_memory (void)
{
  int fd = memfd_create ("shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  struct stat status;
  char *bytes;

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (ftruncate (fd, 4096));
  g_assert_no_errno (fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
  g_assert_cmpint (fcntl (fd, F_GET_SEALS), ==, F_SEAL_SHRINK | F_SEAL_GROW);
  bytes = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (bytes != MAP_FAILED);
  bytes[0] = 1;
  g_assert_no_errno (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
  g_assert_cmpint (bytes[0], ==, 0);
  g_assert_no_errno (fstat (fd, &status));
  g_assert_cmpint (status.st_size, ==, 4096);
  munmap (bytes, 4096);
  close (fd);
}

/* Threads and what GLib's loop needs, and nothing with files, sockets and processes. */
static void
run_basic (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_assert_true (apply ("@basic", GEMINGA_SYSTEM_CALL_ACTION_FAIL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (try_open (), ==, EPERM);
  g_assert_cmpint (socket (AF_UNIX, SOCK_STREAM, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (fork (), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  share_memory ();
  g_assert_true (g_thread_join (g_thread_new ("one", give_back, loop)) == loop);
  g_timeout_add (1, G_SOURCE_FUNC (g_main_loop_quit), loop);
  g_idle_add_once ((GSourceOnceFunc) g_main_loop_quit, loop);
  g_main_loop_run (loop);
}

static void
run_groups (void)
{
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_true (apply ("@io @network sethostname", GEMINGA_SYSTEM_CALL_ACTION_FAIL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (try_open (), ==, 0);
  fd = socket (AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_cmpint (umount ("/nonexistent"), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint ((int) syscall (SYS_sethostname, NULL, -1), ==, -1);
  g_assert_cmpint (errno, ==, EINVAL);
}

static void
run_service (void)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_assert_true (apply ("@service", GEMINGA_SYSTEM_CALL_ACTION_FAIL, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_command_line_sync ("true", NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (umount ("/nonexistent"), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
}

static void
test_allow (gconstpointer func)
{
  assert_in_process ((void (*) (void)) func);
}

static void
test_kill (void)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  g_autofree char *text = NULL;
  g_autofree char *why = NULL;
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      if (geminga_process_report_get_fd (report) != GEMINGA_PROCESS_REPORT_FD)
        dup2 (geminga_process_report_get_fd (report), GEMINGA_PROCESS_REPORT_FD);
      signal (SIGSYS, SIG_DFL);
      if (geminga_process_report_join (GEMINGA_PROCESS_REPORT_FD, NULL))
        geminga_crash_take_signals ();
      if (apply ("@io", GEMINGA_SYSTEM_CALL_ACTION_KILL, NULL))
        umount ("/nonexistent");
      _exit (EXIT_FAILURE);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
  text = geminga_process_report_dup_text (report);
  why = geminga_crash_describe_system_call (text);
  g_assert_cmpstr (why, ==,
                   "was ended by seccomp: its sandbox does not allow the system call “umount2”");
}

static void
run_unknown (void)
{
  static const char *const names[][2] = {
    { "@io make_coffee", "There is no system call “make_coffee”" },
    { "@coffee", "There is no group of system calls “@coffee”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (apply (names[i][0], GEMINGA_SYSTEM_CALL_ACTION_KILL, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
      g_assert_cmpstr (error->message, ==, names[i][1]);
      /* Nothing was changed. */
      g_assert_cmpint (try_open (), ==, 0);
    }
}

static void
test_names (void)
{
  g_autofree char *known = geminga_seccomp_dup_name (SYS_umount2);
  g_autofree char *unknown = geminga_seccomp_dup_name (99999);

  g_assert_cmpstr (known, ==, "umount2");
  g_assert_cmpstr (unknown, ==, "99999");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/supervise/seccomp/basic", run_basic, test_allow);
  g_test_add_data_func ("/supervise/seccomp/groups", run_groups, test_allow);
  g_test_add_data_func ("/supervise/seccomp/service", run_service, test_allow);
  g_test_add_data_func ("/supervise/seccomp/unknown", run_unknown, test_allow);
  g_test_add_func ("/supervise/seccomp/kill", test_kill);
  g_test_add_func ("/supervise/seccomp/names", test_names);

  return g_test_run ();
}

#else

static void
test_unsupported (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_seccomp_apply (names, GEMINGA_SYSTEM_CALL_ACTION_KILL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/seccomp/unsupported", test_unsupported);

  return g_test_run ();
}

#endif
