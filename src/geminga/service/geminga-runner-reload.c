/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-error.h"

/*
 * A reload has three chances to fail: what is written cannot be read, a service does not like it, or the
 * new workers do not start with it. Each time the values from before stay, or come back: whoever is started
 * later, as in place of a worker that dies, is given those.
 */

/* Something that is done once all monitors have done it. */
typedef struct
{
  GemingaRunner *runner;
  GemingaRunnerFunc func; /* (nullable) */
  gpointer data;
  guint number; /* of the reload */
  guint n_left;
  char *failure; /* (owned) (nullable) */
} Undertaking;

/* Helpers: what was before */

/* The new values are good. */
static void
keep_settings (GemingaRunner *self)
{
  if (self->good == NULL)
    return;

  g_clear_pointer (&self->good, g_ptr_array_unref);
  geminga_runner_tell_workers (self);
}

static void
restore_settings (GemingaRunner *self)
{
  g_autoptr (GemingaSettingsState) good = g_steal_pointer (&self->good);
  g_autoptr (GError) error = NULL;

  if (good == NULL)
    return;

  g_warning ("%s: the settings from before the reload are in force again",
             geminga_service_get_id (self->service));
  geminga_settings_restore (self->settings, good);
  if (!geminga_runner_check_settings (self, &error))
    g_warning ("They would not be taken now: %s", error->message);
  geminga_runner_apply_settings (self);
  geminga_runner_tell_workers (self);
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_replace_since (g_ptr_array_index (self->monitors, i), self->reloaded_at,
                                   "was started with settings that are not in force");
}

/* Helpers: undertakings */

static void
finish_undertaking (Undertaking *undertaking)
{
  GemingaRunner *self = undertaking->runner;

  if (undertaking->number == self->n_reloads)
    {
      if (self->state != GEMINGA_RUNNER_STOPPING)
        keep_settings (self);
      if (self->state == GEMINGA_RUNNER_RELOADING)
        geminga_runner_set_state (self, GEMINGA_RUNNER_RUNNING);
    }
  if (undertaking->func != NULL)
    undertaking->func (undertaking->data, undertaking->failure);
  g_free (undertaking->failure);
  g_free (undertaking);
  geminga_runner_check_wishes (self);
}

static void
on_monitor_settled (gpointer data, GemingaOutcome outcome, const char *failure)
{
  Undertaking *undertaking = data;
  GemingaRunner *self = undertaking->runner;

  if (failure != NULL && undertaking->failure == NULL)
    undertaking->failure = g_strdup (failure);
  /* At once: others may take long to settle. */
  if (outcome == GEMINGA_OUTCOME_FAILED && undertaking->number == self->n_reloads &&
      self->state != GEMINGA_RUNNER_STOPPING)
    restore_settings (self);
  if (--undertaking->n_left == 0)
    finish_undertaking (undertaking);
}

static void
await_monitors (GemingaRunner *self, GemingaRunnerFunc func, gpointer data)
{
  Undertaking *undertaking = g_new0 (Undertaking, 1);

  undertaking->runner = self;
  undertaking->func = func;
  undertaking->data = data;
  undertaking->number = self->n_reloads;
  undertaking->n_left = self->monitors->len + 1;
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_when_settled (g_ptr_array_index (self->monitors, i), GEMINGA_WISH_REPLACE,
                                  on_monitor_settled, undertaking);
  on_monitor_settled (undertaking, GEMINGA_OUTCOME_DONE, NULL);
}

static void
tell_pending (GemingaRunner *self)
{
  const char *const *pending = geminga_settings_get_pending (self->settings);

  for (gsize i = 0; pending != NULL && pending[i] != NULL; i++)
    g_message ("The new value of the setting “%s” takes effect when the service is started again",
               pending[i]);
}

static gboolean
check (gpointer data, GError **error)
{
  return geminga_runner_check_settings (data, error);
}

/* Helpers: reading */

/* Those before a reload whose workers are not there yet are still the ones to go back to. */
static gboolean
read_settings (GemingaRunner *self, GError **error)
{
  g_autoptr (GemingaSettingsState) before = geminga_settings_save (self->settings);
  gboolean is_first = self->good == NULL;

  if (is_first)
    {
      self->good = g_steal_pointer (&before);
      self->reloaded_at = g_get_real_time ();
    }
  if (geminga_settings_reload_checked (self->settings, check, self, error))
    {
      geminga_runner_apply_settings (self);
      return TRUE;
    }

  /* What a check has read of files, such as a certificate, goes with the values. */
  geminga_runner_check_settings (self, NULL);
  if (is_first)
    g_clear_pointer (&self->good, g_ptr_array_unref);

  return FALSE;
}

/* For the runner's own files */

void
geminga_runner_want_reload (GemingaRunner *self)
{
  g_autoptr (GError) error = NULL;

  /* The program that takes over reads the settings anyway. */
  if (self->is_leaving)
    self->wants_reload = TRUE;
  else if (!geminga_runner_reload (self, NULL, NULL, &error))
    g_warning ("The settings are not reloaded, the old ones stay: %s", error->message);
}

void
geminga_runner_want_upgrade (GemingaRunner *self)
{
  if (self->state == GEMINGA_RUNNER_RUNNING && !self->is_upgrading)
    {
      geminga_runner_upgrade (self, FALSE, geminga_runner_log_failure, NULL);
      return;
    }
  if (self->state == GEMINGA_RUNNER_STOPPING)
    return;

  if (!self->wants_upgrade)
    g_info ("The service is %s; the upgrade comes after that",
            self->is_upgrading ? "upgrading" : geminga_runner_get_state (self));
  self->wants_upgrade = TRUE;
}

void
geminga_runner_check_wishes (GemingaRunner *self)
{
  if (self->is_upgrading || self->state != GEMINGA_RUNNER_RUNNING)
    return;

  if (self->wants_reload)
    {
      self->wants_reload = FALSE;
      geminga_runner_want_reload (self);
    }
  if (self->wants_upgrade && self->state == GEMINGA_RUNNER_RUNNING)
    {
      self->wants_upgrade = FALSE;
      geminga_runner_want_upgrade (self);
    }
}

/* Private API */

gboolean
geminga_runner_reload (GemingaRunner *self, GemingaRunnerFunc func, gpointer data, GError **error)
{
  if (self->state == GEMINGA_RUNNER_STOPPING || self->is_leaving)
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                           self->is_leaving ? "The service is being upgraded"
                                            : "The service is stopping");
      return FALSE;
    }
  if (!read_settings (self, error))
    return FALSE;

  tell_pending (self);

  /* A service that is starting is not ready before it is, whatever it does meanwhile. */
  if (self->was_ready)
    geminga_runner_set_state (self, GEMINGA_RUNNER_RELOADING);
  self->n_reloads++;
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_replace (g_ptr_array_index (self->monitors, i));
  await_monitors (self, func, data);

  return TRUE;
}
