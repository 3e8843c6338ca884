/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-settings-private.h"

/* Helpers */

static gint64
get_time (GemingaSettings *settings, const char *name)
{
  return (gint64) (geminga_settings_get_double (settings, name) * G_TIME_SPAN_SECOND);
}

/* Private API */

void
geminga_pool_settings_get_limits (GemingaSettings *settings, GemingaPoolLimits *limits)
{
  limits->max_restarts = (guint) geminga_settings_get_int (settings, "max-restarts");
  limits->graceful_timeout = get_time (settings, "graceful-timeout");
  limits->max_age = get_time (settings, "max-age");
  limits->max_age_jitter = get_time (settings, "max-age-jitter");
  limits->max_memory = (guint64) geminga_settings_get_int (settings, "max-memory");
}

void
geminga_pool_settings_get_scaler_limits (GemingaSettings *settings, GemingaScalerLimits *limits)
{
  limits->minimum = (guint) geminga_settings_get_int (settings, "min-workers");
  limits->maximum = (guint) geminga_settings_get_int (settings, "max-workers");
  limits->target = (double) geminga_settings_get_int (settings, "scale-target") / 100;
  limits->cool_down = get_time (settings, "scale-cool-down");
}

/* With no workers of their own the main process does the work, for debugging. */
guint
geminga_pool_settings_get_n_workers (GemingaSettings *settings)
{
  return (guint) MAX (geminga_settings_get_int (settings, "workers"), 1);
}
