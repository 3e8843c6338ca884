/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-listen-private.h"
#include "geminga-process-enter-private.h"

/* Helpers: sockets */

static GPtrArray *
open_sockets (GemingaService *service, GError **error)
{
  GemingaSettings *settings = geminga_service_get_settings (service);
  const char *const *addresses = geminga_settings_get_strv (settings, "bind");

  if (addresses == NULL || addresses[0] == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);

  return geminga_listen_open (addresses, (int) geminga_settings_get_int (settings, "backlog"),
                              error);
}

static guint
count_bindings (GemingaService *service)
{
  const char *const *addresses =
      geminga_settings_get_strv (geminga_service_get_settings (service), "bind");

  return addresses != NULL ? g_strv_length ((GStrv) addresses) : 0;
}

/* Those of systemd, or of the program that this one replaces, go to the services in their order. */
static void
share_sockets (GemingaRunner *self, GPtrArray *given)
{
  guint n_taken = 0;

  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);
      gboolean is_last = i + 1 == self->services->len;
      guint n_sockets =
          is_last ? given->len - n_taken : MIN (count_bindings (service), given->len - n_taken);
      g_autoptr (GPtrArray) own = g_ptr_array_new ();

      for (guint j = 0; j < n_sockets; j++)
        g_ptr_array_add (own, g_ptr_array_index (given, n_taken++));
      geminga_service_set_sockets (service, own);
    }
}

static gboolean
open_all_sockets (GemingaRunner *self, GError **error)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);
      g_autoptr (GPtrArray) sockets = open_sockets (service, error);

      if (sockets == NULL)
        return FALSE;
      geminga_service_set_sockets (service, sockets);
      g_ptr_array_extend (self->sockets, sockets, (GCopyFunc) g_object_ref, NULL);
    }

  return TRUE;
}

/* Sockets that were handed over come first: who did that meant it. */
static gboolean
get_sockets (GemingaRunner *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) given = NULL;

  if (!geminga_runner_inherit (self, error))
    return FALSE;
  if (self->sockets->len > 0)
    {
      share_sockets (self, self->sockets);
      return TRUE;
    }

  given = geminga_listen_take_systemd (&local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (given == NULL)
    return open_all_sockets (self, error);

  g_ptr_array_extend (self->sockets, given, (GCopyFunc) g_object_ref, NULL);
  share_sockets (self, self->sockets);

  return TRUE;
}

static void
log_sockets (GemingaRunner *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      g_autofree char *address = geminga_listen_describe (g_ptr_array_index (self->sockets, i));

      g_info ("%s listens on %s", geminga_service_get_id (self->service), address);
    }
}

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
  g_autoptr (GError) error = NULL;

  g_info ("%s has changed", file);
  if (g_str_equal (file, geminga_program_get_path (self->program)))
    geminga_runner_upgrade (self, geminga_runner_log_failure, NULL);
  else if (!geminga_runner_reload (self, NULL, NULL, &error))
    g_warning ("The settings are not reloaded, the old ones stay: %s", error->message);
}

static void
watch_files (GemingaRunner *self)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_auto (GStrv) scripts = geminga_program_list_files (self->program);
  const char *const *configuration = geminga_settings_get_files (self->settings);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->watch, geminga_file_watch_free);
  if (!geminga_settings_get_boolean (self->settings, "reload-on-change"))
    return;

  g_ptr_array_add (files, (gpointer) geminga_program_get_path (self->program));
  for (gsize i = 0; scripts[i] != NULL; i++)
    g_ptr_array_add (files, scripts[i]);
  for (gsize i = 0; configuration != NULL && configuration[i] != NULL; i++)
    g_ptr_array_add (files, (gpointer) configuration[i]);
  g_ptr_array_add (files, NULL);

  self->watch = geminga_file_watch_new ((const char *const *) files->pdata,
                                        GEMINGA_FILE_WATCH_DELAY, on_file_changed, self, &error);
  if (self->watch == NULL)
    g_warning ("Changes of files are not noticed: %s", error->message);
}

/* Those that are there, and those that are started later. */
static void
tell_workers (GemingaRunner *self)
{
  g_autoptr (GVariant) packed = geminga_service_pack (self->services);

  geminga_runner_pack_start (self);
  if (self->node != NULL)
    geminga_node_configure_all (self->node, packed);
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

  if (g_str_equal (name, "spares"))
    geminga_runner_update_spares (self);
  tell_workers (self);
}

static void
on_other_setting_changed (GemingaSettings *settings, const char *name, gpointer user_data)
{
  tell_workers (user_data);
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
geminga_runner_pack_start (GemingaRunner *self)
{
  g_autoptr (GVariant) packed = geminga_service_pack (self->services);

  if (self->processes == NULL)
    return;

  geminga_processes_set_start (self->processes, packed, self->sockets);
  if (self->spares != NULL)
    geminga_spares_renew (self->spares);
}

gboolean
geminga_runner_apply_settings (GemingaRunner *self, GError **error)
{
  double timeout = geminga_settings_get_double (self->settings, "timeout");

  if (!check_settings (self, error) ||
      !geminga_service_configure_log (self->log, self->settings, error))
    return FALSE;

  geminga_heartbeat_set_timeout (self->heartbeat, (gint64) (timeout * G_TIME_SPAN_SECOND));
  geminga_runner_pack_start (self);
  watch_files (self);

  return TRUE;
}

gboolean
geminga_runner_prepare (GemingaRunner *self, const char *const *argv, GError **error)
{
  self->daemon = geminga_daemon_take ();
  self->program = geminga_program_new (error);
  if (self->program == NULL || !geminga_settings_load (self->settings, argv, error) ||
      !check_settings (self, error) ||
      !geminga_process_enter_check (self->settings, is_in_processes (self), error))
    return FALSE;

  self->is_over = geminga_runner_is_trial () || go_to_background (self, error);
  if (self->is_over)
    return TRUE;

  self->log = geminga_log_install ();
  self->notify = geminga_notify_new ();
  if (!geminga_process_enter_arbiter (self->settings, error) || !get_sockets (self, error))
    return FALSE;

  if (!write_pid_file (self, error) ||
      !geminga_service_configure_log (self->log, self->settings, error))
    return FALSE;

  follow_settings (self);
  log_sockets (self);

  return TRUE;
}
