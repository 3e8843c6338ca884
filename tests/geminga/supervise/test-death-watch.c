/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-death-watch-private.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "await.h"

typedef struct
{
  GemingaDeathWatch *watch;
  GArray *dead; /* (element-type guint32) */
} Fixture;

static void
on_dying (gpointer data, guint32 node)
{
  Fixture *self = data;

  g_array_append_val (self->dead, node);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->watch = geminga_death_watch_new (on_dying, self);
  self->dead = g_array_new (FALSE, FALSE, sizeof (guint32));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->watch, geminga_death_watch_free);
  g_array_unref (self->dead);
}

static gboolean
can_watch (void)
{
  syscall (SYS_futex_waitv, NULL, 0, 0, NULL, 0);
  if (errno != ENOSYS && errno != EPERM)
    return TRUE;

  g_test_skip ("the kernel cannot wait for several locks");
  return FALSE;
}

/* A process that has joined and waits to be killed. */
static pid_t
start_process (GemingaProcessReport *report)
{
  int fds[2];
  pid_t pid;
  char letter;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      if (!geminga_process_report_join (geminga_process_report_get_fd (report), NULL) ||
          write (fds[1], "j", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }

  g_assert_cmpint (read (fds[0], &letter, 1), ==, 1);
  close (fds[0]);
  close (fds[1]);

  return pid;
}

static void
end_process (pid_t pid)
{
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_dying (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) reports =
      g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_process_report_unref);
  pid_t pids[3];

  if (!can_watch ())
    return;

  for (guint32 i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      GemingaProcessReport *report = geminga_process_report_new (NULL);

      g_ptr_array_add (reports, report);
      pids[i] = start_process (report);
      geminga_death_watch_add (self->watch, i + 1, report);
    }

  end_process (pids[1]);
  AWAIT (self->dead->len == 1);
  g_assert_cmpuint (g_array_index (self->dead, guint32, 0), ==, 2);
  geminga_death_watch_remove (self->watch, 1);
  end_process (pids[0]);
  end_process (pids[2]);
  AWAIT (self->dead->len == 2);
  g_assert_cmpuint (g_array_index (self->dead, guint32, 1), ==, 3);
  geminga_death_watch_remove (self->watch, 3);
}

/* Who has not joined, or is dead by then, is not watched. */
static void
test_not_joined (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);

  geminga_death_watch_add (self->watch, 1, report);
  end_process (start_process (report));
  geminga_death_watch_add (self->watch, 2, report);
  await_idle ();
  g_assert_cmpuint (self->dead->len, ==, 0);
}

/* What the process writes there does not hang or spin the watch. */
static void
test_spoiled (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  g_autoptr (GemingaProcessReport) other = geminga_process_report_new (NULL);
  pid_t pid = start_process (report);
  pid_t other_pid = start_process (other);

  if (can_watch ())
    {
      geminga_death_watch_add (self->watch, 1, report);
      atomic_store (geminga_process_report_get_life (report), 0);
      geminga_death_watch_add (self->watch, 2, other);
      AWAIT (self->dead->len == 1);
    }
  end_process (pid);
  end_process (other_pid);
}

static void
test_free_while_watching (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (NULL);
  pid_t pid = start_process (report);

  geminga_death_watch_add (self->watch, 1, report);
  g_clear_pointer (&self->watch, geminga_death_watch_free);
  end_process (pid);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) \
  g_test_add ("/supervise/death-watch/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("dying", test_dying);
  ADD ("not-joined", test_not_joined);
  ADD ("spoiled", test_spoiled);
  ADD ("free", test_free_while_watching);

  return g_test_run ();
}
