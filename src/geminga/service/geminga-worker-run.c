/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-worker-run-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "geminga-bus-standard-private.h"
#include "geminga-crash-private.h"
#include "geminga-error.h"
#include "geminga-idle-meter-private.h"
#include "geminga-node-private.h"
#include "geminga-process-enter-private.h"
#include "geminga-program-private.h"
#include "geminga-sandbox-private.h"

typedef struct
{
  GPtrArray *services; /* (owned) (element-type GemingaService) */
  GemingaSettings *settings;
  GemingaLog *log;
  GemingaSystem *system;
  GemingaNode *node;
  GMainLoop *loop;
  GemingaIdleMeter *idle_meter; /* (owned) (nullable): while a service is scaled by load */
  GemingaSandbox *sandbox;      /* not owned (nullable): put on, unless that failed */
  GError *unconfined;           /* (owned) (nullable): why that failed; there is no actor then */
} Worker;

/* Helpers */

/* Somebody asks this process, not the service: what it is for ends, and then it. */
static gboolean
on_stop (gpointer user_data)
{
  Worker *self = user_data;
  g_auto (GStrv) ids = geminga_system_list_actors (self->system);

  /* A spare process is for nothing yet. */
  if (ids[0] == NULL)
    g_main_loop_quit (self->loop);

  for (gsize i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (self->system, ids[i], NULL);

      if (ref != NULL)
        geminga_actor_ref_stop (ref);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
on_reopen_logs (gpointer user_data)
{
  Worker *self = user_data;

  /* The log itself says what went wrong. */
  geminga_log_reopen (self->log, NULL);
  g_ptr_array_foreach (self->services, (GFunc) geminga_service_emit_reopen_logs, NULL);

  return G_SOURCE_CONTINUE;
}

/* What a terminal sends to the whole group is the arbiter's to act upon. */
static gboolean
on_ignored (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* The same before there are handlers; log files are yet to be opened. */
static void
ignore_early_signals (void)
{
  static const int numbers[] = { SIGUSR1, SIGINT, SIGHUP, SIGUSR2 };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    signal (numbers[i], SIG_IGN);
}

static void
take_signals (Worker *self)
{
  sigset_t kept;

  g_unix_signal_add (SIGTERM, on_stop, self);
  g_unix_signal_add (SIGUSR1, on_reopen_logs, self);
  g_unix_signal_add (SIGINT, on_ignored, self);
  g_unix_signal_add (SIGHUP, on_ignored, self);
  g_unix_signal_add (SIGUSR2, on_ignored, self);
  signal (SIGPIPE, SIG_IGN);

  /* It may have come before there was a handler. */
  sigemptyset (&kept);
  sigaddset (&kept, GEMINGA_PROGRAM_KEPT_SIGNAL);
  pthread_sigmask (SIG_UNBLOCK, &kept, NULL);
}

/* What only the first user may read, such as a key, is read now. */
static gboolean
check_settings (Worker *self, GError **error)
{
  for (guint i = 0; i < self->services->len; i++)
    if (!geminga_service_check_settings (g_ptr_array_index (self->services, i), error))
      return FALSE;

  return TRUE;
}

/* Before the first thread of GLib's own is started. Who spawns the actor learns what goes wrong. */
static gboolean
enter (Worker *self, GemingaProcessStart *started, GError **error)
{
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;

  if (started->type != NULL)
    self->sandbox = geminga_sandbox_peek_for_type (g_type_from_name (started->type));
  if (self->sandbox == NULL)
    return geminga_process_enter_worker (self->settings, &confine, error);

  if (!geminga_confine_begin (&confine, self->sandbox, started->is_first, getppid (),
                              &self->unconfined) ||
      !geminga_process_enter_worker (self->settings, &confine, &self->unconfined))
    g_prefix_error (&self->unconfined, _ ("An actor of class %s cannot run here: "), started->type);

  return TRUE;
}

static gboolean
configure (Worker *self, GemingaProcessStart *started, GError **error)
{
  return geminga_service_unpack (self->services, started->settings, started->sockets, error) &&
         geminga_service_configure_log (self->log, self->settings, error) &&
         check_settings (self, error) && enter (self, started, error);
}

/* It costs a little each time that something happens. */
static void
update_idle_meter (Worker *self)
{
  gboolean is_wanted = FALSE;

  for (guint i = 0; i < self->services->len; i++)
    is_wanted = is_wanted || geminga_settings_get_int (geminga_service_get_settings (
                                                           g_ptr_array_index (self->services, i)),
                                                       "max-workers") > 0;

  if (!is_wanted)
    g_clear_pointer (&self->idle_meter, geminga_idle_meter_free);
  else if (self->idle_meter == NULL)
    self->idle_meter = geminga_idle_meter_new ();
}

/* GemingaNodeHooks */

static gint64
worker_get_idle (gpointer data)
{
  Worker *self = data;

  return self->idle_meter != NULL ? geminga_idle_meter_get_idle (self->idle_meter) : -1;
}

static void
worker_orphaned (gpointer data)
{
  g_main_loop_quit (((Worker *) data)->loop);
}

/* Settings have changed while the service runs. */
static void
worker_configured (gpointer data, GVariant *configuration)
{
  Worker *self = data;
  g_autoptr (GError) error = NULL;

  if (!geminga_service_unpack_settings (self->services, configuration, &error) ||
      !geminga_log_set_level (self->log, geminga_settings_get_string (self->settings, "log-level"),
                              &error))
    g_warning ("This worker keeps its settings: %s", error->message);
  geminga_service_apply_deadlock_interval (self->settings, self->system);
  update_idle_meter (self);
}

static gboolean
worker_standard_called (gpointer data, const GemingaLinkCall *call)
{
  return geminga_bus_answer_standard (((Worker *) data)->system, call);
}

static gboolean
worker_admit (gpointer data, GType type, GError **error)
{
  Worker *self = data;

  if (self->unconfined != NULL)
    {
      g_propagate_error (error, g_error_copy (self->unconfined));
      return FALSE;
    }
  if (geminga_sandbox_peek_for_type (type) == self->sandbox)
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               _ ("An actor of class %s cannot have a process that has begun without its sandbox: "
                  "register the class before geminga_service_run()"),
               g_type_name (type));

  return FALSE;
}

static const GemingaNodeHooks worker_hooks = {
  .standard_called = worker_standard_called,
  .admit = worker_admit,
  .get_idle = worker_get_idle,
  .configured = worker_configured,
  .orphaned = worker_orphaned,
};

/* Helpers: life */

/* So that an actor that this process is given later need not wait for it. */
static void
load_classes (Worker *self)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      GType type = geminga_service_get_worker_type (g_ptr_array_index (self->services, i));

      /* Kept as long as the process. */
      if (type != G_TYPE_INVALID)
        g_type_class_ref (type);
    }
}

static void
run (Worker *self, int fd, GemingaPulse *pulse)
{
  GSource *source = geminga_pulse_create_source (pulse);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->system = geminga_system_new ();
  geminga_service_apply_deadlock_interval (self->settings, self->system);
  self->node = geminga_node_new_worker (self->system, fd, &worker_hooks, self);
  for (guint i = 0; i < self->services->len; i++)
    geminga_service_attach (g_ptr_array_index (self->services, i), self->system);
  take_signals (self);
  if (self->sandbox == NULL)
    load_classes (self);
  update_idle_meter (self);
  g_source_attach (source, NULL);

  g_main_loop_run (self->loop);

  g_clear_pointer (&self->idle_meter, geminga_idle_meter_free);
  g_source_destroy (source);
  g_source_unref (source);
  geminga_node_free (self->node);
  g_main_loop_unref (self->loop);
}

/* Private API */

int
geminga_run_worker (GemingaService *service, GemingaProcessStart *started)
{
  Worker self = { .services = geminga_service_list_all (service),
                  .settings = geminga_service_get_settings (service),
                  .log = geminga_log_install () };
  g_autoptr (GError) error = NULL;
  int fd = started->link_fd;

  geminga_log_keep_lines (self.log, started->log);
  geminga_crash_take_signals ();
  ignore_early_signals ();
  if (!configure (&self, started, &error))
    {
      g_warning ("The worker cannot start: %s", error->message);
      return EXIT_FAILURE;
    }

  started->link_fd = -1;
  run (&self, fd, started->pulse);

  /* The system is not freed: whatever still refers to its actors ends with the process. */
  g_ptr_array_unref (self.services);
  g_clear_error (&self.unconfined);

  return EXIT_SUCCESS;
}
