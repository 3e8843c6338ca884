/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-processes-private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "await.h"
#include "geminga-error.h"
#include "geminga-process-start-private.h"

/* The test is executed again for each process, and does what its settings say once it said "ready". */

static void
ignore_cb (int number)
{
}

static int
run_child (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProcessStart) started = geminga_process_start_read (&error);
  gint64 status = 0;
  const char *mode = "";

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (started->settings, "mode", "&s", &mode));
  g_variant_lookup (started->settings, "status", "x", &status);

  if (g_str_equal (mode, "exit"))
    return (int) status;
  if (g_str_equal (mode, "sockets"))
    return (int) started->sockets->len;
  if (g_str_equal (mode, "deaf"))
    signal (SIGTERM, ignore_cb);
  g_assert_cmpint (geminga_pulse_get_busy_since (started->pulse), ==, 0);
  g_assert_cmpint (write (started->link_fd, "r", 1), ==, 1);
  for (;;)
    pause ();
}

typedef struct
{
  GemingaProgram *program;
  GemingaProcesses *processes;
  int link_fd;
  guint n_ended;
  guint32 node;
  GPid pid;
  int code;
  int status;
  char *why;
} Fixture;

static void
on_ended (gpointer data, guint32 node, const GemingaProcessEnd *end)
{
  Fixture *self = data;

  self->n_ended++;
  self->node = node;
  self->pid = end->pid;
  self->code = end->code;
  self->status = end->status;
  g_free (self->why);
  self->why = g_strdup (end->why);
  g_assert_nonnull (end->lines);
  /* It is gone from the table by now. */
  g_assert_cmpint (geminga_processes_get_pid (self->processes, node), ==, 0);
}

static const GemingaProcessesFuncs funcs = { on_ended };

static void
set_up (Fixture *self, gconstpointer data)
{
  self->program = geminga_program_new (NULL);
  self->processes = geminga_processes_new (self->program, &funcs, self);
  self->link_fd = -1;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->processes, geminga_processes_free);
  geminga_program_free (self->program);
  if (self->link_fd >= 0)
    close (self->link_fd);
  g_free (self->why);
  /* Nobody is left, alive or dead. */
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
}

static void
choose (Fixture *self, const char *mode, gint64 status)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new ();
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "mode", "s", mode);
  g_variant_dict_insert (&settings, "status", "x", status);
  geminga_processes_set_start (self->processes, g_variant_dict_end (&settings), sockets);
}

static GPid
spawn (Fixture *self, guint32 node)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_assert_true (geminga_processes_spawn (self->processes, node, G_TYPE_INVALID, fds[1], &error));
  g_assert_no_error (error);
  close (fds[1]);
  if (self->link_fd >= 0)
    close (self->link_fd);
  self->link_fd = fds[0];
  g_assert_cmpint (geminga_processes_get_pid (self->processes, node), >, 0);

  return geminga_processes_get_pid (self->processes, node);
}

static GPid
spawn_ready (Fixture *self, guint32 node)
{
  GPid pid = spawn (self, node);
  char ready;

  g_assert_cmpint (read (self->link_fd, &ready, 1), ==, 1);

  return pid;
}

static void
test_exit (Fixture *self, gconstpointer data)
{
  GPid pid;

  choose (self, "exit", 7);
  pid = spawn (self, 5);
  g_assert_cmpuint (geminga_processes_get_n (self->processes), ==, 1);
  AWAIT (self->n_ended == 1);
  g_assert_cmpuint (self->node, ==, 5);
  g_assert_cmpint (self->pid, ==, pid);
  g_assert_cmpint (self->code, ==, CLD_EXITED);
  g_assert_cmpint (self->status, ==, 7);
  g_assert_cmpstr (self->why, ==, "exited with status 7");
  g_assert_cmpuint (geminga_processes_get_n (self->processes), ==, 0);
}

static void
test_signal (Fixture *self, gconstpointer data)
{
  choose (self, "wait", 0);
  spawn_ready (self, 1);
  geminga_processes_signal (self->processes, 2, SIGTERM);
  geminga_processes_signal (self->processes, 1, SIGTERM);
  AWAIT (self->n_ended == 1);
  g_assert_cmpint (self->code, ==, CLD_KILLED);
  g_assert_cmpint (self->status, ==, SIGTERM);
  g_assert_cmpstr (self->why, ==, "was killed by signal 15 (Terminated)");
  geminga_processes_signal (self->processes, 1, SIGTERM);
}

static void
test_kill (Fixture *self, gconstpointer data)
{
  GPid pid;

  choose (self, "deaf", 0);
  pid = spawn_ready (self, 1);
  kill (pid, SIGSTOP);
  geminga_processes_kill (self->processes, 1, "was in the way");
  geminga_processes_kill (self->processes, 1, "was told twice");
  AWAIT (self->n_ended == 1);
  g_assert_cmpint (self->status, ==, SIGKILL);
  g_assert_cmpstr (self->why, ==, "was in the way");
  geminga_processes_kill (self->processes, 1, "is not there");
}

static void
test_expect_end (Fixture *self, gconstpointer data)
{
  choose (self, "deaf", 0);
  spawn_ready (self, 1);
  geminga_processes_expect_end (self->processes, 1, 1);
  geminga_processes_expect_end (self->processes, 1, 1000 * 1000);
  AWAIT (self->n_ended == 1);
  g_assert_cmpint (self->status, ==, SIGKILL);
  g_assert_cmpstr (self->why, ==, "did not end by itself in time");

  /* Who ends in time is not killed. */
  choose (self, "exit", 3);
  spawn (self, 2);
  geminga_processes_expect_end (self->processes, 2, 1000 * 1000);
  AWAIT (self->n_ended == 2);
  g_assert_cmpstr (self->why, ==, "exited with status 3");
  geminga_processes_expect_end (self->processes, 3, 1);
}

static void
test_all (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) nodes = NULL;
  guint32 sum = 0;

  choose (self, "wait", 0);
  for (guint32 i = 1; i <= 3; i++)
    spawn_ready (self, i);
  nodes = geminga_processes_list (self->processes);
  g_assert_cmpuint (nodes->len, ==, 3);
  for (guint i = 0; i < nodes->len; i++)
    sum += g_array_index (nodes, guint32, i);
  g_assert_cmpuint (sum, ==, 6);

  geminga_processes_signal_all (self->processes, SIGTERM);
  AWAIT (self->n_ended == 3);
  g_assert_cmpuint (geminga_processes_get_n (self->processes), ==, 0);
}

/* tear_down() frees it, and looks for who is left. */
static void
test_free (Fixture *self, gconstpointer data)
{
  choose (self, "deaf", 0);
  spawn_ready (self, 1);
  geminga_processes_expect_end (self->processes, 1, 1000 * 1000);
  spawn_ready (self, 2);
}

static void
test_sockets (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (sockets, g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                            G_SOCKET_PROTOCOL_TCP, NULL));
  geminga_processes_set_start (self->processes, g_variant_new_parsed ("{'mode': <'sockets'>}"),
                               sockets);
  spawn (self, 1);
  AWAIT (self->n_ended == 1);
  g_assert_cmpint (self->status, ==, 2);
}

/* Some parents ignore SIGCHLD, and their children inherit that. */
static void
test_ignored_child_signals (Fixture *self, gconstpointer data)
{
  geminga_processes_free (self->processes);
  signal (SIGCHLD, SIG_IGN);
  self->processes = geminga_processes_new (self->program, &funcs, self);
  choose (self, "exit", 7);
  spawn (self, 1);
  AWAIT (self->n_ended == 1);
  g_assert_cmpstr (self->why, ==, "exited with status 7");
}

static void
test_reaped_by_another (Fixture *self, gconstpointer data)
{
  GPid pid;

  choose (self, "exit", 7);
  pid = spawn (self, 1);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  AWAIT (self->n_ended == 1);
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->why, "something else"));
  g_assert_cmpuint (geminga_processes_get_n (self->processes), ==, 0);
}

static void
test_spawn_fails (Fixture *self, gconstpointer data)
{
  static const char *const argv[] = { "test", NULL };
  g_autoptr (GemingaProgram) program = geminga_program_new_for (argv, "/", "/nonexistent");
  g_autoptr (GemingaProcesses) processes = geminga_processes_new (program, &funcs, self);
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_processes_spawn (processes, 1, G_TYPE_INVALID, STDIN_FILENO, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_cmpuint (geminga_processes_get_n (processes), ==, 0);
}

#define ADD(path, func) \
  g_test_add ("/supervise/processes/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  if (g_getenv (GEMINGA_WORKER_VARIABLE) != NULL)
    return run_child ();

  g_test_init (&argc, &argv, NULL);

  ADD ("exit", test_exit);
  ADD ("signal", test_signal);
  ADD ("kill", test_kill);
  ADD ("expect-end", test_expect_end);
  ADD ("all", test_all);
  ADD ("free", test_free);
  ADD ("sockets", test_sockets);
  ADD ("ignored-child-signals", test_ignored_child_signals);
  ADD ("reaped-by-another", test_reaped_by_another);
  ADD ("spawn-fails", test_spawn_fails);

  return g_test_run ();
}
