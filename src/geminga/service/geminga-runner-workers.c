/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <signal.h>
#include <sys/wait.h>

#include "geminga-actor-ref-private.h"
#include "geminga-process-info-private.h"
#include "geminga-scaling-private.h"

/* How long a process may take to end after its actor, in milliseconds. */
#define PROCESS_END_TIME 2000

/* Helpers */

static GemingaChild *
find_child (GemingaRunner *self, guint32 node)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      GemingaChild *child = geminga_monitor_find_node (g_ptr_array_index (self->monitors, i), node);

      if (child != NULL)
        return child;
    }

  return NULL;
}

/* A program does not send these to itself when it crashes. */
static gboolean
is_from_outside (int code, int status)
{
  return code == CLD_KILLED && (status == SIGKILL || status == SIGTERM || status == SIGINT ||
                                status == SIGQUIT || status == SIGHUP);
}

static gboolean
are_all_settled (GemingaRunner *self)
{
  if (self->monitors->len < self->services->len)
    return FALSE;

  for (guint i = 0; i < self->monitors->len; i++)
    if (!geminga_monitor_is_settled (g_ptr_array_index (self->monitors, i)))
      return FALSE;

  return TRUE;
}

static void
become_ready (GemingaRunner *self)
{
  self->was_ready = TRUE;
  geminga_runner_forget_predecessor (self);
  geminga_runner_set_state (self, GEMINGA_RUNNER_RUNNING);
  geminga_runner_dismiss_old_workers (self, FALSE);
  if (self->daemon != NULL)
    geminga_daemon_ready (self->daemon);
  g_clear_pointer (&self->daemon, geminga_daemon_free);
  g_info ("%s is ready", geminga_service_get_id (self->service));
  geminga_runner_check_wishes (self);
}

static void
log_end (GemingaMonitor *monitor, GemingaChild *child, const char *reason)
{
  const char *service = geminga_monitor_get_service_id (monitor);
  /* What goes on the sentence, or is one of its own: a message. */
  const char *colon = reason != NULL && g_ascii_isupper (*reason) ? ":" : "";

  if (reason == NULL)
    g_info ("%s: %s [%d] has stopped", service, child->id, (int) child->pid);
  else if (child->pid != 0)
    g_warning ("%s: %s [%d]%s %s", service, child->id, (int) child->pid, colon, reason);
  else
    g_warning ("%s: %s%s %s", service, child->id, colon, reason);
}

/* GemingaMonitorFuncs */

static void
monitor_started (gpointer data, GemingaMonitor *monitor)
{
  GemingaRunner *self = data;

  g_ptr_array_add (self->monitors, monitor);
  /* Whoever stops the service before its monitors are there wants no workers. */
  if (self->state == GEMINGA_RUNNER_STOPPING)
    geminga_monitor_end_children (monitor, FALSE);
}

static void
monitor_stopped (gpointer data, GemingaMonitor *monitor)
{
  GemingaRunner *self = data;

  g_ptr_array_remove (self->monitors, monitor);
}

static void
monitor_spawned (gpointer data, GemingaMonitor *monitor, GemingaChild *child)
{
  GemingaRunner *self = data;

  if (child->node != 0)
    child->pid = geminga_processes_get_pid (self->processes, child->node);
}

static void
monitor_ended (gpointer data, GemingaMonitor *monitor, GemingaChild *child, const char *reason)
{
  GemingaRunner *self = data;

  log_end (monitor, child, reason);
  if (reason != NULL && self->state != GEMINGA_RUNNER_STOPPING)
    geminga_monitor_record (monitor, child, reason);
  if (child->node != 0)
    geminga_processes_expect_end (self->processes, child->node, PROCESS_END_TIME);
}

static void
monitor_kill (gpointer data, GemingaChild *child, const char *why)
{
  GemingaRunner *self = data;

  geminga_node_expect_end (self->node, child->node, GEMINGA_EXIT_REASON_KILLED);
  geminga_processes_kill (self->processes, child->node, why);
}

static void
monitor_changed (gpointer data, GemingaMonitor *monitor)
{
  GemingaRunner *self = data;

  if (!self->was_ready && !self->is_going_back && self->state == GEMINGA_RUNNER_STARTING &&
      are_all_settled (self))
    become_ready (self);
  geminga_runner_update_spares (self);
  geminga_runner_check_leaving (self);
  geminga_runner_check_end (self);
}

static void
monitor_gave_up (gpointer data, GemingaMonitor *monitor, const char *why)
{
  geminga_runner_fail (data, why);
}

static void
on_idle_time (gpointer data, guint32 node, gint64 idle, gint64 now)
{
  GemingaChild *child = find_child (data, node);

  if (child != NULL)
    geminga_scaling_note_idle (child, idle, now);
}

static void
monitor_ask_idle (gpointer data, GemingaChild *child)
{
  GemingaRunner *self = data;

  geminga_node_ask_idle (self->node, child->node, on_idle_time, self);
}

/* They are for all services; the first one shows them. */
static void
monitor_foreach_spare (gpointer data,
                       GemingaMonitor *monitor,
                       GemingaMonitorSpareFunc func,
                       gpointer func_data)
{
  GemingaRunner *self = data;
  GArray *spares = geminga_spares_list (self->spares);

  if (!g_str_equal (geminga_monitor_get_service_id (monitor),
                    geminga_service_get_id (self->service)))
    return;

  for (guint i = 0; i < spares->len; i++)
    {
      GemingaSpare *spare = &g_array_index (spares, GemingaSpare, i);

      func (func_data, spare->node, geminga_processes_get_pid (self->processes, spare->node),
            spare->started_at);
    }
}

const GemingaMonitorFuncs geminga_runner_monitor_funcs = {
  monitor_started, monitor_stopped, monitor_spawned,  monitor_ended,         monitor_kill,
  monitor_changed, monitor_gave_up, monitor_ask_idle, monitor_foreach_spare,
};

/* GemingaProcessesFuncs */

/* Where it hung may have been found out before. */
static void
add_report (GemingaChild *child, const char *report)
{
  g_autofree char *detail = g_steal_pointer (&child->detail);

  child->detail =
      g_strconcat (detail != NULL ? detail : "", detail != NULL ? "\n" : "", report, NULL);
}

static void
process_ended (gpointer data, guint32 node, const GemingaProcessEnd *end)
{
  GemingaRunner *self = data;
  GemingaChild *child = find_child (self, node);

  if (child != NULL && end->report != NULL)
    add_report (child, end->report);
  if (child != NULL && child->lines == NULL)
    child->lines = g_strdupv ((GStrv) end->lines);

  if (child != NULL)
    geminga_pool_note_process_end (child->pool, child, end->why,
                                   is_from_outside (end->code, end->status));
  else
    geminga_spares_note_end (self->spares, node, end->why);
  geminga_heartbeat_remove (self->heartbeat, node);
  geminga_node_drop_process (
      self->node, node,
      end->code == CLD_EXITED ? GEMINGA_EXIT_REASON_LOST : GEMINGA_EXIT_REASON_SIGNAL, end->why);
  geminga_runner_forget_node (self, node);
}

static void
process_dying (gpointer data, guint32 node)
{
  GemingaChild *child = find_child (data, node);

  if (child != NULL)
    geminga_pool_note_process_dying (child->pool, child);
}

const GemingaProcessesFuncs geminga_runner_processes_funcs = { process_ended, process_dying };

/* For the runner's own files */

GemingaMonitor *
geminga_runner_find_monitor (GemingaRunner *self, const char *service_id)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      GemingaMonitor *monitor = g_ptr_array_index (self->monitors, i);

      if (g_str_equal (geminga_monitor_get_service_id (monitor), service_id))
        return monitor;
    }

  return NULL;
}

void
geminga_runner_update_spares (GemingaRunner *self)
{
  gboolean is_running =
      self->state == GEMINGA_RUNNER_RUNNING || self->state == GEMINGA_RUNNER_RELOADING;
  gboolean are_needed = FALSE;

  if (self->spares == NULL)
    return;

  for (guint i = 0; i < self->monitors->len; i++)
    are_needed =
        are_needed || geminga_monitor_needs_processes (g_ptr_array_index (self->monitors, i));

  geminga_spares_set_n_wanted (
      self->spares,
      is_running && are_needed ? (guint) geminga_settings_get_int (self->settings, "spares") : 0);
}

void
geminga_runner_process_hung (gpointer data, guint32 node)
{
  GemingaRunner *self = data;
  GemingaChild *child = find_child (self, node);
  g_autofree char *why = g_strdup_printf ("did not respond for %g s",
                                          geminga_settings_get_double (self->settings, "timeout"));

  geminga_node_expect_end (self->node, node, GEMINGA_EXIT_REASON_TIMED_OUT);
  if (child == NULL)
    {
      geminga_processes_abort (self->processes, node, why);
      return;
    }

  if (child->detail == NULL)
    child->detail = geminga_process_info_describe (child->pid);
  geminga_processes_abort (self->processes, node, why);
  geminga_pool_kill_child (child->pool, child, why);
}

void
geminga_runner_replace_worker (GemingaRunner *self, guint32 node, const char *id)
{
  GemingaChild *child = find_child (self, node);

  for (guint i = 0; child == NULL && i < self->monitors->len; i++)
    child = geminga_monitor_find_child (g_ptr_array_index (self->monitors, i), id);
  if (child != NULL)
    geminga_pool_replace_child (child->pool, child, "has served as many requests as it may");
}
