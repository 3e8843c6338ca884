/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-processes-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-cgroup-private.h"
#include "geminga-crash-private.h"
#include "geminga-death-watch-private.h"
#include "geminga-error.h"
#include "geminga-process-info-private.h"
#include "geminga-process-report-private.h"
#include "geminga-process-start-private.h"
#include "geminga-sandbox-private.h"

/* How long one that hangs may take to tell where, in milliseconds. */
#define ABORT_TIME 50

/* How long one may take from its last instruction to its end, in milliseconds: its memory may be large. */
#define DEATH_TIME 10000

typedef struct
{
  GemingaProcesses *owner; /* not owned */
  guint32 node;
  GPid pid;
  int pidfd;                    /* (owned) */
  GemingaPulse *pulse;          /* (owned) */
  GSource *source;              /* (owned) */
  GSource *grace;               /* (owned) (nullable): kills it */
  char *why;                    /* (owned) (nullable): why we killed it */
  gboolean is_aborted;          /* it is killed in a moment */
  gboolean has_limits;          /* and with that a cgroup */
  GemingaProcessReport *report; /* (owned) */
} Process;

struct _GemingaProcesses
{
  GemingaProgram *program; /* not owned */
  const GemingaProcessesFuncs *funcs;
  gpointer data;
  GMainContext *context; /* (owned) */
  GHashTable *by_node;   /* (owned) (element-type guint32 Process) */
  GVariant *settings;    /* (owned) */
  GPtrArray *sockets;    /* (owned) (element-type GSocket) */
  GHashTable *sandboxed; /* (owned) (element-type GType): classes whose processes were started */
  GemingaDeathWatch *deaths; /* (owned) */
};

/* Helpers: a process */

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
process_free (gpointer data)
{
  Process *self = data;

  drop_source (&self->source);
  drop_source (&self->grace);
  close (self->pidfd);
  geminga_process_report_unref (self->report);
  geminga_pulse_free (self->pulse);
  g_free (self->why);
  g_free (self);
}

static void
send_signal (Process *self, int signal_number)
{
  /* Not kill(): the number could be another process's by now. */
  syscall (SYS_pidfd_send_signal, self->pidfd, signal_number, NULL, 0);
}

/* A library in this process may wait for any child: then only that it has ended is known. */
static char *
describe_end (const siginfo_t *info, gboolean is_reaped)
{
  if (is_reaped)
    return g_strdup ("ended, and something else in this process took its exit status");

  return geminga_process_info_describe_end (info->si_code, info->si_status);
}

/* A report is of no worth if the process did not end that way. */
static char *
describe_sandbox (Process *self, const siginfo_t *info, const char *report)
{
  gboolean is_killed = info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED;

  if (is_killed && info->si_status == SIGSYS)
    return geminga_crash_describe_system_call (report);
  if (is_killed && info->si_status == SIGKILL && self->has_limits &&
      geminga_cgroup_ran_out_of_memory (self->pid))
    return g_strdup ("was killed by the system: it wanted more memory than its sandbox allows");

  return NULL;
}

/* With SIGCHLD ignored, as some parents leave it, nobody would learn how a process ended. */
static void
expect_child_signals (void)
{
  struct sigaction action;

  if (sigaction (SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
    signal (SIGCHLD, SIG_DFL);
}

static gboolean
on_process_ended (int fd, GIOCondition condition, gpointer user_data)
{
  Process *self = user_data;
  GemingaProcesses *owner = self->owner;
  siginfo_t info = { 0 };
  g_autofree char *why = NULL;
  g_autofree char *report = NULL;
  g_auto (GStrv) lines = NULL;
  GemingaProcessEnd end;
  gboolean is_reaped;

  is_reaped = waitid ((idtype_t) P_PIDFD, (id_t) fd, &info, WEXITED | WNOHANG) != 0;
  if (is_reaped ? errno != ECHILD : info.si_pid == 0)
    return G_SOURCE_CONTINUE;

  geminga_death_watch_remove (owner->deaths, self->node);
  report = geminga_process_report_dup_text (self->report);
  lines = geminga_process_report_dup_log (self->report);
  why = self->why != NULL ? g_strdup (self->why) : describe_sandbox (self, &info, report);
  if (why == NULL)
    why = describe_end (&info, is_reaped);
  if (self->has_limits)
    geminga_cgroup_remove (self->pid);
  g_hash_table_steal (owner->by_node, GUINT_TO_POINTER (self->node));
  end = (GemingaProcessEnd){ self->pid, info.si_code, info.si_status,
                             why,       report,       (const char *const *) lines };
  owner->funcs->ended (owner->data, self->node, &end);
  process_free (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_grace_passed (gpointer user_data)
{
  Process *self = user_data;

  /* It is our doing, so its end shall not look like somebody else's. */
  if (self->why == NULL)
    self->why = g_strdup ("did not end by itself in time");
  send_signal (self, SIGKILL);

  return G_SOURCE_REMOVE;
}

static void
set_grace (Process *self, guint grace)
{
  drop_source (&self->grace);
  self->grace = g_timeout_source_new (grace);
  g_source_set_static_name (self->grace, "[geminga] process grace");
  g_source_set_callback (self->grace, on_grace_passed, self, NULL);
  g_source_attach (self->grace, self->owner->context);
}

static void
on_dying (gpointer data, guint32 node)
{
  GemingaProcesses *self = data;
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process == NULL)
    return;

  /* It can say so and live on. */
  if (process->grace == NULL)
    set_grace (process, DEATH_TIME);
  self->funcs->dying (self->data, node);
}

/* Takes @pulse. */
static gboolean
watch (GemingaProcesses *self,
       guint32 node,
       GPid pid,
       GemingaPulse *pulse,
       GemingaProcessReport *report,
       gboolean has_limits,
       GError **error)
{
  int pidfd = (int) syscall (SYS_pidfd_open, pid, 0);
  int code = errno;
  Process *process;

  if (pidfd < 0)
    {
      kill (pid, SIGKILL);
      waitpid (pid, NULL, 0);
      geminga_pulse_free (pulse);
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                   "process %d cannot be watched: %s", (int) pid, g_strerror (code));
      return FALSE;
    }

  process = g_new0 (Process, 1);
  process->owner = self;
  process->node = node;
  process->pid = pid;
  process->pidfd = pidfd;
  process->report = geminga_process_report_ref (report);
  process->pulse = pulse;
  process->has_limits = has_limits;
  process->source = g_unix_fd_source_new (pidfd, G_IO_IN);
  g_source_set_static_name (process->source, "[geminga] process");
  g_source_set_callback (process->source, G_SOURCE_FUNC (on_process_ended), process, NULL);
  g_source_attach (process->source, self->context);
  g_hash_table_replace (self->by_node, GUINT_TO_POINTER (node), process);

  return TRUE;
}

/* Of the first process of a class that has a sandbox the log says what that lacks. */
static char *
dup_value (GemingaProcesses *self, GType type)
{
  if (geminga_sandbox_peek_for_type (type) == NULL)
    return geminga_process_start_dup_value (self->sockets->len, NULL, FALSE);

  return geminga_process_start_dup_value (
      self->sockets->len, g_type_name (type),
      g_hash_table_add (self->sandboxed, GSIZE_TO_POINTER (type)));
}

/* The descriptors are duplicated. */
static gboolean
execute (GemingaProcesses *self,
         int link_fd,
         int settings_fd,
         int pulse_fd,
         int report_fd,
         GType type,
         GPid *pid,
         GError **error)
{
  const int own[] = { link_fd, settings_fd, pulse_fd, report_fd };
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *value = dup_value (self, type);

  g_array_append_vals (fds, own, G_N_ELEMENTS (own));
  for (guint i = 0; i < self->sockets->len; i++)
    {
      int socket_fd = g_socket_get_fd (g_ptr_array_index (self->sockets, i));

      g_array_append_val (fds, socket_fd);
    }

  return geminga_program_spawn (self->program, GEMINGA_WORKER_VARIABLE, value,
                                (const int *) (gpointer) fds->data, fds->len, pid, error);
}

/* Private API */

GemingaProcesses *
geminga_processes_new (GemingaProgram *program, const GemingaProcessesFuncs *funcs, gpointer data)
{
  GemingaProcesses *self = g_new0 (GemingaProcesses, 1);

  expect_child_signals ();
  self->program = program;
  self->funcs = funcs;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  self->by_node = g_hash_table_new_full (NULL, NULL, NULL, process_free);
  self->settings = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sandboxed = g_hash_table_new (NULL, NULL);
  self->deaths = geminga_death_watch_new (on_dying, self);

  return self;
}

void
geminga_processes_free (GemingaProcesses *self)
{
  GHashTableIter iter;
  gpointer process;

  g_hash_table_iter_init (&iter, self->by_node);
  while (g_hash_table_iter_next (&iter, NULL, &process))
    {
      send_signal (process, SIGKILL);
      waitpid (((Process *) process)->pid, NULL, 0);
    }

  geminga_death_watch_free (self->deaths);
  g_hash_table_unref (self->by_node);
  g_hash_table_unref (self->sandboxed);
  g_main_context_unref (self->context);
  g_variant_unref (self->settings);
  g_ptr_array_unref (self->sockets);
  g_free (self);
}

void
geminga_processes_set_start (GemingaProcesses *self, GVariant *settings, GPtrArray *sockets)
{
  g_variant_ref_sink (settings);
  g_variant_unref (self->settings);
  self->settings = settings;

  g_ptr_array_set_size (self->sockets, 0);
  for (guint i = 0; i < sockets->len; i++)
    g_ptr_array_add (self->sockets, g_object_ref (g_ptr_array_index (sockets, i)));
}

gboolean
geminga_processes_spawn (GemingaProcesses *self, guint32 node, GType type, int fd, GError **error)
{
  GemingaSandbox *sandbox = geminga_sandbox_peek_for_type (type);
  g_autoptr (GemingaProcessReport) report = geminga_process_report_new (error);
  g_autoptr (GemingaPulse) pulse = NULL;
  int settings_fd = -1;
  int pulse_fd = -1;
  gboolean is_spawned;
  GPid pid = 0;

  if (report != NULL)
    settings_fd = geminga_process_start_new_settings_fd (self->settings, error);
  if (settings_fd < 0)
    return FALSE;

  pulse = geminga_pulse_new (&pulse_fd, error);
  is_spawned = pulse != NULL && execute (self, fd, settings_fd, pulse_fd,
                                         geminga_process_report_get_fd (report), type, &pid, error);
  close (settings_fd);
  if (pulse_fd >= 0)
    close (pulse_fd);

  return is_spawned && watch (self, node, pid, g_steal_pointer (&pulse), report,
                              sandbox != NULL && geminga_sandbox_has_limits (sandbox), error);
}

void
geminga_processes_signal (GemingaProcesses *self, guint32 node, int signal_number)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process != NULL)
    send_signal (process, signal_number);
}

void
geminga_processes_kill (GemingaProcesses *self, guint32 node, const char *why)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process == NULL)
    return;

  if (process->why == NULL)
    process->why = g_strdup (why);
  if (!process->is_aborted)
    send_signal (process, SIGKILL);
}

void
geminga_processes_abort (GemingaProcesses *self, guint32 node, const char *why)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process == NULL)
    return;

  if (!process->is_aborted && !geminga_process_info_is_stopped (process->pid))
    {
      process->is_aborted = TRUE;
      send_signal (process, SIGABRT);
      set_grace (process, ABORT_TIME);
    }
  geminga_processes_kill (self, node, why);
}

void
geminga_processes_note_started (GemingaProcesses *self, guint32 node)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process != NULL)
    geminga_death_watch_add (self->deaths, node, process->report);
}

void
geminga_processes_expect_end (GemingaProcesses *self, guint32 node, guint grace)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  if (process != NULL && process->grace == NULL)
    set_grace (process, grace);
}

void
geminga_processes_signal_all (GemingaProcesses *self, int signal_number)
{
  GHashTableIter iter;
  gpointer process;

  g_hash_table_iter_init (&iter, self->by_node);
  while (g_hash_table_iter_next (&iter, NULL, &process))
    send_signal (process, signal_number);
}

GPid
geminga_processes_get_pid (GemingaProcesses *self, guint32 node)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  return process != NULL ? process->pid : 0;
}

GemingaPulse *
geminga_processes_get_pulse (GemingaProcesses *self, guint32 node)
{
  Process *process = g_hash_table_lookup (self->by_node, GUINT_TO_POINTER (node));

  return process != NULL ? process->pulse : NULL;
}

guint
geminga_processes_get_n (GemingaProcesses *self)
{
  return g_hash_table_size (self->by_node);
}

GArray *
geminga_processes_take_stopped (GemingaProcesses *self)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer process;

  g_hash_table_iter_init (&iter, self->by_node);
  while (g_hash_table_iter_next (&iter, NULL, &process))
    {
      Process *candidate = process;
      siginfo_t info = { 0 };

      /* One that has ended meanwhile fails, which its own descriptor tells. */
      if (waitid ((idtype_t) P_PIDFD, (id_t) candidate->pidfd, &info, WSTOPPED | WNOHANG) == 0 &&
          info.si_pid != 0)
        g_array_append_val (nodes, candidate->node);
    }

  return nodes;
}

GArray *
geminga_processes_list (GemingaProcesses *self)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->by_node);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    {
      guint32 number = GPOINTER_TO_UINT (node);

      g_array_append_val (nodes, number);
    }

  return nodes;
}
