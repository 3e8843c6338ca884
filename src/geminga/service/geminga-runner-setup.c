/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-process-enter-private.h"
#include "geminga-process-setup-private.h"

/* Helpers: settings */

static gboolean
check_settings (GemingaRunner *self, GError **error)
{
  for (guint i = 0; i < self->services->len; i++)
    if (!geminga_service_check_settings (g_ptr_array_index (self->services, i), error))
      return FALSE;

  return TRUE;
}

static void
on_file_changed (const char *file, gpointer user_data)
{
  GemingaRunner *self = user_data;

  g_info ("%s has changed", file);
  if (g_str_equal (file, geminga_program_get_path (self->program)))
    geminga_runner_want_upgrade (self);
  else
    geminga_runner_want_reload (self);
}

/* The program, the scripts it runs, and the configuration; none unless the setting says so. */
static GStrv
list_watched (GemingaRunner *self)
{
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_auto (GStrv) scripts = geminga_program_list_files (self->program);
  const char *const *configuration = geminga_settings_get_files (self->settings);

  if (geminga_settings_get_boolean (self->settings, "reload-on-change"))
    {
      g_strv_builder_add (files, geminga_program_get_path (self->program));
      g_strv_builder_addv (files, (const char **) scripts);
      g_strv_builder_addv (files, (const char **) configuration);
    }

  return g_strv_builder_end (files);
}

static void
watch_files (GemingaRunner *self)
{
  g_auto (GStrv) files = list_watched (self);
  g_autoptr (GError) error = NULL;

  /* A new watch would not know of a change that is yet to be told. */
  if (self->watched != NULL &&
      g_strv_equal ((const char *const *) self->watched, (const char *const *) files))
    return;

  g_clear_pointer (&self->watch, geminga_file_watch_free);
  g_strfreev (self->watched);
  self->watched = g_steal_pointer (&files);
  if (self->watched[0] == NULL)
    return;

  self->watch = geminga_file_watch_new ((const char *const *) self->watched,
                                        GEMINGA_FILE_WATCH_DELAY, on_file_changed, self, &error);
  if (self->watch == NULL)
    g_warning ("Changes of files are not noticed: %s", error->message);
}

/* What each process started from now on is given. */
static void
pack_start (GemingaRunner *self)
{
  g_autoptr (GVariant) packed = geminga_service_pack (self->services);

  if (self->processes == NULL)
    return;

  geminga_processes_set_start (self->processes, packed, self->sockets);
  if (self->spares != NULL)
    geminga_spares_renew (self->spares);
}

/* While new workers show whether new settings are any good the old ones keep theirs. */
static void
share_change (GemingaRunner *self)
{
  if (self->good == NULL)
    geminga_runner_tell_workers (self);
  else
    pack_start (self);
}

static void
on_setting_changed (GemingaSettings *settings, const char *name, gpointer user_data)
{
  GemingaRunner *self = user_data;

  if (g_str_equal (name, "log-level"))
    geminga_log_set_level (self->log, geminga_settings_get_string (settings, name), NULL);
  if (g_str_equal (name, "timeout"))
    geminga_heartbeat_set_timeout (
        self->heartbeat,
        (gint64) (geminga_settings_get_double (settings, name) * G_TIME_SPAN_SECOND));

  if (g_str_equal (name, "deadlock-interval"))
    geminga_runner_apply_deadlock_interval (self);
  if (g_str_equal (name, "spares"))
    geminga_runner_update_spares (self);
  share_change (self);
}

static void
on_other_setting_changed (GemingaSettings *settings, const char *name, gpointer user_data)
{
  share_change (user_data);
}

static void
follow_settings (GemingaRunner *self)
{
  g_signal_connect (self->settings, "changed", G_CALLBACK (on_setting_changed), self);
  for (guint i = 1; i < self->services->len; i++)
    g_signal_connect (geminga_service_get_settings (g_ptr_array_index (self->services, i)),
                      "changed", G_CALLBACK (on_other_setting_changed), self);
}

/* TRUE: another process is the service, and this one ends with the status. */
static gboolean
go_to_background (GemingaRunner *self, GError **error)
{
  if (self->daemon != NULL || geminga_runner_is_successor () ||
      !geminga_settings_get_boolean (self->settings, "daemon"))
    return FALSE;

  return geminga_daemon_start (&self->status, error);
}

static gboolean
is_in_processes (GemingaRunner *self)
{
  for (guint i = 0; i < self->services->len; i++)
    if (!geminga_service_is_in_processes (g_ptr_array_index (self->services, i)))
      return FALSE;

  return TRUE;
}

static gboolean
write_pid_file (GemingaRunner *self, GError **error)
{
  const char *path = geminga_settings_get_string (self->settings, "pid-file");

  if (path == NULL || *path == '\0')
    return TRUE;

  self->pid_file = geminga_pid_file_new (path, error);

  return self->pid_file != NULL;
}

/* For the runner's own files */

void
geminga_runner_tell_workers (GemingaRunner *self)
{
  g_autoptr (GVariant) packed = geminga_service_pack (self->services);

  pack_start (self);
  if (self->node != NULL)
    geminga_node_configure_all (self->node, packed);
}

gboolean
geminga_runner_check_settings (GemingaRunner *self, GError **error)
{
  return check_settings (self, error) &&
         geminga_service_configure_log (self->log, self->settings, error);
}

void
geminga_runner_apply_settings (GemingaRunner *self)
{
  double timeout = geminga_settings_get_double (self->settings, "timeout");

  geminga_heartbeat_set_timeout (self->heartbeat, (gint64) (timeout * G_TIME_SPAN_SECOND));
  geminga_runner_apply_deadlock_interval (self);
  pack_start (self);
  geminga_spares_dismiss (self->spares);
  watch_files (self);
}

gboolean
geminga_runner_prepare (GemingaRunner *self, const char *const *argv, GError **error)
{
  self->daemon = geminga_daemon_take ();
  self->program = geminga_program_new (error);
  if (self->program == NULL || !geminga_settings_load (self->settings, argv, error))
    return FALSE;

  /* The checks may make log files. */
  geminga_process_set_umask (geminga_settings_get_int (self->settings, "umask"));
  if (!check_settings (self, error) ||
      !geminga_process_enter_check (self->settings, is_in_processes (self), error))
    return FALSE;

  if (geminga_runner_is_trial ())
    {
      self->is_over = TRUE;
      return geminga_runner_tell_interfaces (self, error);
    }

  self->is_over = go_to_background (self, error);
  if (self->is_over)
    return TRUE;

  geminga_runner_block_signals ();
  self->log = geminga_log_install ();
  self->notify = geminga_notify_new ();
  if (!geminga_process_enter_arbiter (self->settings, error) ||
      !geminga_runner_get_sockets (self, error))
    return FALSE;

  if (!write_pid_file (self, error) ||
      !geminga_service_configure_log (self->log, self->settings, error))
    return FALSE;

  follow_settings (self);
  geminga_runner_log_sockets (self);

  return TRUE;
}
