/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await.h"
#include "sample-actor.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "geminga-node-private.h"

/*
 * An actor system in which actors have any placement. The processes are real: the program executes
 * itself again, with its end of the link as descriptor 3.
 */

#define WORKER_VARIABLE "GEMINGA_TEST_WORKER"
#define WORKER_FD       3

typedef struct
{
  GemingaSystem *system;
  GemingaNode *node;   /* (nullable) */
  GHashTable *watches; /* (element-type guint32 Watch): of processes that live */
  GemingaPlacement placement;
  GemingaActorRef *ref; /* (owned): the actor most tests ask */
  gint64 death_known_at;
} World;

/* A process that is watched through its descriptor. */
typedef struct
{
  GSource source;
  World *world;
  guint32 node;
  GPid pid;
  int pidfd; /* (owned) */
} Watch;

/* The first process */

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Watch *self = (Watch *) source;
  World *world = self->world;
  g_autofree char *why = NULL;
  int status;

  world->death_known_at = g_get_monotonic_time ();
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  why = WIFSIGNALED (status) ? g_strdup_printf ("was killed by signal %d", WTERMSIG (status))
                             : g_strdup_printf ("exited with status %d", WEXITSTATUS (status));
  g_assert_true (WIFSIGNALED (status) ? WTERMSIG (status) == SIGKILL : WEXITSTATUS (status) == 0);
  if (world->node != NULL)
    geminga_node_drop_process (
        world->node, self->node,
        WIFSIGNALED (status) ? GEMINGA_EXIT_REASON_SIGNAL : GEMINGA_EXIT_REASON_LOST, why);
  g_hash_table_remove (world->watches, GUINT_TO_POINTER (self->node));
  close (self->pidfd);

  return G_SOURCE_REMOVE;
}

static GSourceFuncs watch_funcs = { NULL, NULL, watch_dispatch, NULL, NULL, NULL };

static gboolean
world_spawn_process (gpointer data, guint32 node, GType type, int fd, GError **error)
{
  World *self = data;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", error);
  const char *argv[] = { program, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), WORKER_VARIABLE, "1", TRUE);
  const int target_fd = WORKER_FD;
  GSource *source;
  Watch *watch;
  GPid pid;

  if (!g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *) environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1, -1, &fd,
                                         &target_fd, 1, &pid, NULL, NULL, NULL, error))
    return FALSE;

  source = g_source_new (&watch_funcs, sizeof (Watch));
  watch = (Watch *) source;
  watch->world = self;
  watch->node = node;
  watch->pid = pid;
  watch->pidfd = (int) syscall (SYS_pidfd_open, pid, 0);
  g_assert_cmpint (watch->pidfd, >=, 0);
  g_source_add_unix_fd (source, watch->pidfd, G_IO_IN);
  g_source_attach (source, NULL);
  g_source_unref (source);
  g_hash_table_insert (self->watches, GUINT_TO_POINTER (node), watch);

  return TRUE;
}

static void
world_kill_process (gpointer data, guint32 node)
{
  Watch *watch = g_hash_table_lookup (((World *) data)->watches, GUINT_TO_POINTER (node));

  if (watch != NULL)
    kill (watch->pid, SIGKILL);
}

static const GemingaNodeHooks world_hooks = {
  .spawn_process = world_spawn_process,
  .kill_process = world_kill_process,
};

static GemingaActorRef *
world_spawn (World *self, const char *id, GVariant *properties)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (self->system, SAMPLE_TYPE, id, self->placement, properties, &error);

  g_assert_no_error (error);
  g_assert_nonnull (ref);

  return ref;
}

static inline World *
world_make (GemingaPlacement placement, gboolean has_processes)
{
  World *self = g_new0 (World, 1);

  self->system = geminga_system_new ();
  self->watches = g_hash_table_new (NULL, NULL);
  self->placement = placement;
  if (has_processes)
    self->node = geminga_node_new_root (self->system, &world_hooks, self);
  self->ref = world_spawn (self, "sample", NULL);

  return self;
}

static inline World *
world_new (GemingaPlacement placement)
{
  return world_make (placement, placement == GEMINGA_PLACEMENT_PROCESS);
}

/* Also where the first actor has no process of its own. */
static inline World *
world_new_with_processes (GemingaPlacement placement)
{
  return world_make (placement, TRUE);
}

static void
world_free (World *self)
{
  stop_system (self->system);
  g_clear_object (&self->ref);
  g_clear_pointer (&self->node, geminga_node_free);
  AWAIT (g_hash_table_size (self->watches) == 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->system);
  g_hash_table_unref (self->watches);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* The other processes */

static void
worker_orphaned (gpointer data)
{
  g_main_loop_quit (data);
}

static int
run_worker (void)
{
  static const GemingaNodeHooks hooks = { .orphaned = worker_orphaned };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaNode *node;

  g_type_ensure (SAMPLE_TYPE);
  fcntl (WORKER_FD, F_SETFD, FD_CLOEXEC);
  node = geminga_node_new_worker (system, WORKER_FD, &hooks, loop);
  g_main_loop_run (loop);
  geminga_node_free (node);
  stop_system (system);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  return 0;
}
