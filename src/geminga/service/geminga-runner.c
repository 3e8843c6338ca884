/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "geminga-error.h"
#include "geminga-listen-private.h"
#include "geminga-worker-run-private.h"

/* The exit status for a configuration that is wrong, as shells and getopt have it. */
#define EXIT_USAGE 2

/* How long the end may take once there are no workers any more, in milliseconds. */
#define END_TIME 2000

/* What a process gets beyond its time for a graceful end, in milliseconds. */
#define END_SLACK 500

/* Helpers: life */

static GemingaRunner *
runner_new (GemingaService *service)
{
  GemingaRunner *self = g_new0 (GemingaRunner, 1);

  self->service = g_object_ref (service);
  self->services = geminga_service_list_all (service);
  self->settings = g_object_ref (geminga_service_get_settings (service));
  self->loop = g_main_loop_new (NULL, FALSE);
  self->signal_fd = -1;
  self->rollback_fd = -1;
  self->monitors = g_ptr_array_new ();
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->old_workers = g_array_new (FALSE, FALSE, sizeof (GemingaOldWorker));
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);

  return self;
}

static void
runner_free (GemingaRunner *self)
{
  for (guint i = 0; i < self->services->len; i++)
    g_signal_handlers_disconnect_by_data (
        geminga_service_get_settings (g_ptr_array_index (self->services, i)), self);
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (g_ptr_array_index (self->sources, i));
  g_ptr_array_unref (self->sources);
  if (self->leaving != NULL)
    g_source_destroy (self->leaving);
  g_clear_pointer (&self->leaving, g_source_unref);
  if (self->signal_fd >= 0)
    close (self->signal_fd);
  geminga_runner_forget_predecessor (self);
  g_clear_pointer (&self->watch, geminga_file_watch_free);
  g_strfreev (self->watched);
  g_clear_pointer (&self->good, g_ptr_array_unref);
  g_array_unref (self->old_workers);
  geminga_runner_forget_deadlocks (self);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->monitors);
  g_clear_pointer (&self->actors, g_hash_table_unref);
  g_clear_pointer (&self->pid_file, geminga_pid_file_free);
  g_clear_pointer (&self->daemon, geminga_daemon_free);
  g_clear_pointer (&self->notify, geminga_notify_free);
  g_clear_pointer (&self->program, geminga_program_free);
  g_main_loop_unref (self->loop);
  g_object_unref (self->settings);
  g_ptr_array_unref (self->services);
  g_object_unref (self->service);
  g_free (self);
}

static void
make_monitor (GemingaRunner *self, GemingaService *service)
{
  const char *name = geminga_service_get_name (service);
  g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (service);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  GemingaMonitorSetup setup = { 0 };

  for (guint i = 0; i < sockets->len; i++)
    g_ptr_array_add (addresses, geminga_listen_describe (g_ptr_array_index (sockets, i)));
  g_ptr_array_add (addresses, NULL);

  geminga_service_fill_setup (service, &setup);
  setup.sockets = (GStrv) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
  setup.funcs = &geminga_runner_monitor_funcs;
  setup.data = self;
  geminga_monitor_prepare (self->system, name, &setup);
  ref = geminga_system_spawn (self->system, geminga_service_get_monitor_type (service), name,
                              GEMINGA_PLACEMENT_SHARED, NULL, &error);
  if (ref == NULL)
    geminga_runner_fail (self, error->message);
}

/* The arbiter first, since the others report to it. */
static void
make_actors (GemingaRunner *self)
{
  g_autoptr (GemingaActorRef) arbiter = NULL;
  g_autoptr (GError) error = NULL;

  geminga_arbiter_prepare (self->system, self);
  arbiter = geminga_system_spawn (self->system, GEMINGA_TYPE_ARBITER, GEMINGA_ARBITER_ID,
                                  GEMINGA_PLACEMENT_SHARED, NULL, &error);
  if (arbiter == NULL)
    geminga_runner_fail (self, error->message);

  for (guint i = 0; i < self->services->len; i++)
    make_monitor (self, g_ptr_array_index (self->services, i));
}

static gboolean
on_watchdog (gpointer user_data)
{
  geminga_notify_watchdog (((GemingaRunner *) user_data)->notify);

  return G_SOURCE_CONTINUE;
}

/* Twice as often as it has to be, as sd_watchdog_enabled() recommends. */
static void
feed_watchdog (GemingaRunner *self)
{
  guint64 interval = geminga_notify_get_watchdog_interval (self->notify) / 2;
  GSource *source;

  if (interval == 0)
    return;

  source = g_timeout_source_new ((guint) MAX (interval / G_TIME_SPAN_MILLISECOND, 1));
  g_source_set_static_name (source, "[geminga] watchdog");
  g_source_set_callback (source, on_watchdog, self, NULL);
  geminga_runner_add_source (self, source);
}

static void
start (GemingaRunner *self)
{
  g_autoptr (GError) error = NULL;

  self->system = geminga_system_new ();
  self->node = geminga_node_new_root (self->system, &geminga_runner_node_hooks, self);
  self->processes = geminga_processes_new (self->program, &geminga_runner_processes_funcs, self);
  self->heartbeat = geminga_heartbeat_new (self->node, geminga_runner_process_hung, self);
  self->spares = geminga_spares_new (self->node, self->processes);
  for (guint i = 0; i < self->services->len; i++)
    geminga_service_attach (g_ptr_array_index (self->services, i), self->system);

  if (!geminga_runner_take_signals (self, &error))
    {
      geminga_runner_fail (self, error->message);
      return;
    }

  feed_watchdog (self);
  geminga_runner_apply_settings (self);
  geminga_runner_start_bus (self);
  make_actors (self);
}

/* Helpers: the end */

static gboolean
on_end_time (gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = TRUE;

  return G_SOURCE_REMOVE;
}

static void
on_system_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_stopped = user_data;

  geminga_system_stop_finish (GEMINGA_SYSTEM (source), result, NULL);
  *is_stopped = TRUE;
}

typedef struct
{
  GemingaBus *bus;
  gboolean is_off;
} Leaving;

static void
on_bus_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Leaving *leaving = user_data;
  g_autoptr (GError) error = NULL;

  if (!geminga_bus_stop_finish (leaving->bus, result, &error))
    g_debug ("The bus was not left in order: %s", error->message);
  leaving->is_off = TRUE;
}

/* Monitors have none left, but others have spawned processes too: they get the time that workers got. */
static void
end_processes (GemingaRunner *self)
{
  double grace = geminga_settings_get_double (self->settings, "graceful-timeout");
  gboolean is_over = FALSE;
  guint timer;

  if (geminga_processes_get_n (self->processes) == 0 || self->is_quick)
    return;

  geminga_processes_signal_all (self->processes, SIGTERM);
  timer = g_timeout_add ((guint) (grace * 1000) + END_SLACK, on_end_time, &is_over);
  while (geminga_processes_get_n (self->processes) > 0 && !is_over && !self->is_quick)
    g_main_context_iteration (NULL, TRUE);
  if (is_over)
    g_warning ("%s: %u processes that were spawned did not stop within %g s and are killed",
               geminga_service_get_id (self->service), geminga_processes_get_n (self->processes),
               grace);
  else
    g_source_remove (timer);
}

/* Processes that others have spawned, the actors of this one, the name on the bus. */
static void
end (GemingaRunner *self)
{
  gboolean is_over = FALSE;
  gboolean is_stopped = FALSE;
  Leaving leaving = { self->bus, self->bus == NULL };
  guint timer = g_timeout_add (END_TIME, on_end_time, &is_over);

  /* An upgrade that was begun finds that it comes too late. */
  while (self->is_upgrading && !is_over)
    g_main_context_iteration (NULL, TRUE);
  /* What was asked for over the bus gets its answer. */
  while (!is_over && g_main_context_iteration (NULL, FALSE))
    continue;
  geminga_runner_stop_all_traces (self);
  end_processes (self);
  geminga_system_stop_async (self->system, NULL, on_system_stopped, &is_stopped);
  if (self->bus != NULL)
    geminga_bus_stop_async (self->bus, NULL, on_bus_stopped, &leaving);
  while (!is_stopped || !leaving.is_off)
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (timer);

  g_clear_pointer (&self->bus, geminga_bus_free);
  g_clear_pointer (&self->spares, geminga_spares_free);
  geminga_node_free (self->node);
  g_clear_pointer (&self->heartbeat, geminga_heartbeat_free);
  g_clear_pointer (&self->processes, geminga_processes_free);
  geminga_listen_unlink (self->sockets);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&self->system);
}

/* Wrong settings are one line; help and version are what was asked for. */
static int
refuse (GemingaRunner *self, const GError *error)
{
  if (g_error_matches (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_HELP) ||
      g_error_matches (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_VERSION))
    {
      fprintf (stdout, "%s\n", error->message);
      return EXIT_SUCCESS;
    }

  /* The process that waits for this one prints it. */
  if (self->daemon != NULL)
    {
      geminga_daemon_fail (self->daemon, error->message);
      return EXIT_USAGE;
    }

  /* Not g_printerr(), which spoils quotation marks where no locale is set, as in many containers. */
  fprintf (stderr, "%s: %s\n", g_get_prgname () != NULL ? g_get_prgname () : "geminga",
           error->message);

  return EXIT_USAGE;
}

static int
run_arbiter (GemingaService *service, const char *const *argv)
{
  GemingaRunner *self = runner_new (service);
  g_autoptr (GError) error = NULL;
  int status;

  if (!geminga_runner_prepare (self, argv, &error) || error != NULL)
    {
      /* It has taken the place of a program that worked. */
      geminga_runner_roll_back (self, error->message, TRUE);
      self->status = refuse (self, error);
      geminga_listen_unlink (self->sockets);
    }
  else if (!self->is_over)
    {
      start (self);
      if (self->status == EXIT_SUCCESS || self->n_stops == 0)
        g_main_loop_run (self->loop);
      end (self);
    }
  status = self->status;
  runner_free (self);

  return status;
}

/* The log and errors begin with it. */
static void
name_program (const char *const *argv)
{
  g_autofree char *name = argv != NULL && argv[0] != NULL ? g_path_get_basename (argv[0]) : NULL;

  if (name != NULL && g_get_prgname () == NULL)
    g_set_prgname (name);
}

/* For the runner's own files */

void
geminga_runner_set_state (GemingaRunner *self, GemingaRunnerState state)
{
  GemingaArbiter *arbiter = geminga_arbiter_lookup (self->system);

  if (self->state == state)
    return;

  self->state = state;
  geminga_runner_update_spares (self);
  geminga_notify_status (self->notify, "%s", geminga_runner_get_state (self));
  switch (state)
    {
    case GEMINGA_RUNNER_RUNNING:
      geminga_notify_ready (self->notify);
      break;
    case GEMINGA_RUNNER_RELOADING:
      geminga_notify_reloading (self->notify);
      break;
    case GEMINGA_RUNNER_STOPPING:
      geminga_notify_stopping (self->notify);
      break;
    case GEMINGA_RUNNER_STARTING:
    default:
      break;
    }
  if (arbiter != NULL)
    geminga_arbiter_notify_state (arbiter);
}

void
geminga_runner_add_source (GemingaRunner *self, GSource *source)
{
  g_source_attach (source, NULL);
  g_ptr_array_add (self->sources, source);
}

void
geminga_runner_check_end (GemingaRunner *self)
{
  if (self->state != GEMINGA_RUNNER_STOPPING || self->old_workers->len > 0)
    return;

  for (guint i = 0; i < self->monitors->len; i++)
    if (!geminga_monitor_is_empty (g_ptr_array_index (self->monitors, i)))
      return;

  g_main_loop_quit (self->loop);
}

void
geminga_runner_fail (GemingaRunner *self, const char *why)
{
  if (geminga_runner_roll_back (self, why, FALSE))
    return;

  /* The log's level error shows it, but unlike g_critical() it is not a mistake of the program. */
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "MESSAGE", "%s cannot go on: %s",
                    geminga_service_get_id (self->service), why);
  if (self->daemon != NULL)
    geminga_daemon_fail (self->daemon, why);
  g_clear_pointer (&self->daemon, geminga_daemon_free);
  self->status = EXIT_FAILURE;
  geminga_runner_stop (self, FALSE);
}

void
geminga_runner_log_failure (gpointer data, const char *failure)
{
  if (failure != NULL)
    g_warning ("The program goes on as it is: %s", failure);
}

/* Private API */

int
geminga_run (GemingaService *service, const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProcessStart) started = geminga_process_start_read (&error);

  name_program (argv);
  if (error != NULL)
    {
      fprintf (stderr, "%s: %s\n", g_get_prgname () != NULL ? g_get_prgname () : "geminga",
               error->message);
      return EXIT_USAGE;
    }

  return started != NULL ? geminga_run_worker (service, started) : run_arbiter (service, argv);
}

void
geminga_runner_stop (GemingaRunner *self, gboolean is_quick)
{
  self->n_stops++;
  self->is_quick = self->is_quick || is_quick;
  if (self->state != GEMINGA_RUNNER_STOPPING)
    g_info ("%s stops", geminga_service_get_id (self->service));
  geminga_runner_set_state (self, GEMINGA_RUNNER_STOPPING);
  geminga_runner_abort_trial (self);
  geminga_runner_dismiss_old_workers (self, is_quick);
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_end_children (g_ptr_array_index (self->monitors, i), is_quick);
  geminga_runner_check_end (self);
}

void
geminga_runner_reopen_logs (GemingaRunner *self)
{
  /* This process first, which makes the files the workers' own. The log itself says what went wrong. */
  geminga_log_reopen (self->log, NULL);
  for (guint i = 0; i < self->services->len; i++)
    geminga_service_emit_reopen_logs (g_ptr_array_index (self->services, i));
  geminga_processes_signal_all (self->processes, SIGUSR1);
  geminga_runner_signal_old_workers (self, SIGUSR1);
}

void
geminga_runner_pause (GemingaRunner *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_stop_children (g_ptr_array_index (self->monitors, i), FALSE);
}

void
geminga_runner_scale_by (GemingaRunner *self, int difference)
{
  GemingaMonitor *monitor =
      geminga_runner_find_monitor (self, geminga_service_get_id (self->service));
  gint64 n_workers = (monitor != NULL ? (gint64) geminga_monitor_get_n_workers (monitor)
                                      : geminga_settings_get_int (self->settings, "workers")) +
                     difference;
  g_autoptr (GError) error = NULL;

  if (n_workers < 1)
    g_message ("There is one worker left; it stays");
  else if (!geminga_settings_set_value (self->settings, "workers", g_variant_new_int64 (n_workers),
                                        &error))
    g_warning ("The number of workers stays: %s", error->message);
  else if (monitor != NULL)
    geminga_monitor_scale_by_hand (monitor, (guint) n_workers);
}

GemingaService *
geminga_runner_find_service (GemingaRunner *self, const char *id_or_name, GError **error)
{
  if (*id_or_name == '\0')
    return self->service;

  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);

      if (g_str_equal (geminga_service_get_id (service), id_or_name) ||
          g_str_equal (geminga_service_get_name (service), id_or_name))
        return service;
    }

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               "There is no service “%s” here", id_or_name);

  return NULL;
}

GemingaService *
geminga_runner_get_service (GemingaRunner *self)
{
  return self->service;
}

GPtrArray *
geminga_runner_get_services (GemingaRunner *self)
{
  return self->services;
}

const char *
geminga_runner_get_state (GemingaRunner *self)
{
  static const char *const names[] = { "starting", "running", "reloading", "stopping" };

  return names[self->state];
}

GVariant *
geminga_runner_list_restarts (GemingaRunner *self)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_add_records (g_ptr_array_index (self->monitors, i), &list);

  return g_variant_builder_end (&list);
}

gboolean
geminga_runner_set_log_level (GemingaRunner *self, const char *level, GError **error)
{
  return geminga_settings_set_value (self->settings, "log-level", g_variant_new_string (level),
                                     error);
}
