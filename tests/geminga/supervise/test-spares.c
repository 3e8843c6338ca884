/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-spares-private.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "await.h"
#include "geminga-process-start-private.h"

/* The test is executed again for each process, and waits to be ended. */

G_GNUC_NORETURN static void
run_child (void)
{
  g_autoptr (GemingaProcessStart) started = geminga_process_start_read (NULL);

  g_assert_nonnull (started);
  for (;;)
    pause ();
}

typedef struct
{
  GemingaSystem *system;
  GemingaProgram *program;
  GemingaProcesses *processes;
  GemingaNode *node;
  GemingaSpares *spares;
  guint n_started;
  guint n_ended;
  guint n_own; /* of these, that were spares when they ended */
} Fixture;

static gboolean
spawn_process (gpointer data, guint32 node, GType type, int fd, GError **error)
{
  Fixture *self = data;

  self->n_started++;

  return geminga_processes_spawn (self->processes, node, type, fd, error);
}

static void
spare_taken (gpointer data, guint32 node)
{
  geminga_spares_note_taken (((Fixture *) data)->spares, node);
}

static void
process_ended (gpointer data, guint32 node, const GemingaProcessEnd *end)
{
  Fixture *self = data;

  self->n_ended++;
  self->n_own += geminga_spares_note_end (self->spares, node, end->why);
  geminga_node_drop_process (self->node, node, GEMINGA_EXIT_REASON_SIGNAL, end->why);
}

static void
process_dying (gpointer data, guint32 node)
{
}

static const GemingaNodeHooks hooks = { .spawn_process = spawn_process,
                                        .spare_taken = spare_taken };
static const GemingaProcessesFuncs funcs = { process_ended, process_dying };

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new ();

  self->system = geminga_system_new ();
  self->program = geminga_program_new (NULL);
  self->processes = geminga_processes_new (self->program, &funcs, self);
  geminga_processes_set_start (self->processes, g_variant_new ("a{sv}", NULL), sockets);
  self->node = geminga_node_new_root (self->system, &hooks, self);
  self->spares = geminga_spares_new (self->node, self->processes);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->spares, geminga_spares_free);
  g_clear_pointer (&self->processes, geminga_processes_free);
  g_clear_pointer (&self->node, geminga_node_free);
  geminga_program_free (self->program);
  g_object_unref (self->system);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
}

static GemingaSpare *
get_spare (Fixture *self, guint i)
{
  return &g_array_index (geminga_spares_list (self->spares), GemingaSpare, i);
}

static void
await_spares (Fixture *self, guint n_wanted)
{
  geminga_spares_set_n_wanted (self->spares, n_wanted);
  AWAIT (geminga_spares_list (self->spares)->len == n_wanted);
}

static void
test_wanted (Fixture *self, gconstpointer data)
{
  await_spares (self, 2);
  g_assert_cmpuint (self->n_started, ==, 2);
  g_assert_cmpuint (geminga_processes_get_n (self->processes), ==, 2);
  await_spares (self, 1);
  g_assert_cmpuint (get_spare (self, 0)->node, ==, 2);
  AWAIT (self->n_ended == 1);
  await_spares (self, 0);
  AWAIT (self->n_ended == 2);
  g_assert_cmpuint (self->n_own, ==, 0);
  g_assert_cmpuint (self->n_started, ==, 2);
}

static void
test_taken (Fixture *self, gconstpointer data)
{
  await_spares (self, 1);
  geminga_node_remove_spare (self->node, 1);
  geminga_spares_note_taken (self->spares, 1);
  geminga_spares_note_taken (self->spares, 17);
  g_assert_cmpuint (geminga_spares_list (self->spares)->len, ==, 0);
  AWAIT (geminga_spares_list (self->spares)->len == 1);
  g_assert_cmpuint (get_spare (self, 0)->node, ==, 2);
  g_assert_cmpuint (self->n_ended, ==, 0);
}

static void
test_renew (Fixture *self, gconstpointer data)
{
  await_spares (self, 2);
  geminga_spares_renew (self->spares);
  /* They are of use until then. */
  g_assert_cmpuint (geminga_spares_list (self->spares)->len, ==, 2);
  AWAIT (self->n_started == 4 && self->n_ended == 2);
  g_assert_cmpuint (geminga_spares_list (self->spares)->len, ==, 2);
  g_assert_cmpuint (get_spare (self, 0)->node, ==, 3);
}

static void
test_dismiss (Fixture *self, gconstpointer data)
{
  await_spares (self, 2);
  geminga_spares_dismiss (self->spares);
  g_assert_cmpuint (geminga_spares_list (self->spares)->len, ==, 0);
  AWAIT (self->n_ended == 2 && geminga_spares_list (self->spares)->len == 2);
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  await_spares (self, 1);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING,
                         "A spare process was killed by signal 9 (Killed)");
  geminga_processes_signal (self->processes, 1, SIGKILL);
  AWAIT (self->n_own == 1);
  g_test_assert_expected_messages ();
  AWAIT (geminga_spares_list (self->spares)->len == 1);
  g_assert_cmpuint (get_spare (self, 0)->node, ==, 2);
}

int
main (int argc, char *argv[])
{
  if (g_getenv (GEMINGA_WORKER_VARIABLE) != NULL)
    run_child ();

  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) \
  g_test_add ("/supervise/spares/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("wanted", test_wanted);
  ADD ("taken", test_taken);
  ADD ("renew", test_renew);
  ADD ("dismiss", test_dismiss);
  ADD ("ends", test_ends);

  return g_test_run ();
}
