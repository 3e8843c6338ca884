/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-info-private.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static GPid
spawn (const char *program, const char *argument)
{
  const char *argv[] = { program, argument, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_assert_true (g_spawn_async (NULL, (char **) argv, NULL,
                                G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                &error));
  g_assert_no_error (error);

  return pid;
}

static void
reap (GPid pid)
{
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_memory (void)
{
  const gsize size = 64 * 1024 * 1024;
  guint64 before = geminga_process_info_get_memory (getpid ());
  g_autofree char *block = g_malloc (size);
  guint64 after;

  g_assert_cmpuint (before, >, 0);
  memset (block, 1, size);
  after = geminga_process_info_get_memory (getpid ());
  g_assert_cmpuint (after, >=, before + size / 2);
  /* The thread sanitizer keeps several times as much beside it. */
  g_assert_cmpuint (after, <, before + 12 * size);
}

static void
test_memory_of_nobody (void)
{
  GPid pid = spawn ("true", NULL);

  reap (pid);
  g_assert_cmpuint (geminga_process_info_get_memory (pid), ==, 0);
  g_assert_cmpuint (geminga_process_info_get_memory (0), ==, 0);
}

static void
test_describe (void)
{
  GPid pid = spawn ("sleep", "1000");
  siginfo_t info;
  g_autofree char *self = geminga_process_info_describe (getpid ());
  g_autofree char *stopped = NULL;
  g_autofree char *dead = NULL;
  g_autofree char *gone = NULL;

  g_assert_true (g_str_has_prefix (self, "busy"));

  kill (pid, SIGSTOP);
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WSTOPPED), ==, 0);
  stopped = geminga_process_info_describe (pid);
  g_assert_true (g_str_has_prefix (stopped, "stopped by a signal"));

  kill (pid, SIGKILL);
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
  dead = geminga_process_info_describe (pid);
  g_assert_true (g_str_has_prefix (dead, "dead"));

  reap (pid);
  gone = geminga_process_info_describe (pid);
  g_assert_cmpstr (gone, ==, "gone");
}

static void
test_describe_end (void)
{
  static const struct
  {
    int code;
    int status;
    const char *text;
  } vectors[] = {
    { CLD_EXITED, 0, "exited with status 0" },
    { CLD_EXITED, 3, "exited with status 3" },
    { CLD_KILLED, SIGKILL, "was killed by signal 9 (Killed)" },
    { CLD_DUMPED, SIGSEGV, "was killed by signal 11 (Segmentation fault) and left a core dump" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text =
          geminga_process_info_describe_end (vectors[i].code, vectors[i].status);

      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/process-info/memory", test_memory);
  g_test_add_func ("/supervise/process-info/memory/of-nobody", test_memory_of_nobody);
  g_test_add_func ("/supervise/process-info/describe", test_describe);
  g_test_add_func ("/supervise/process-info/describe-end", test_describe_end);

  return g_test_run ();
}
