/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-monitor-private.h"

#include "geminga-pool-settings-private.h"

/* How many workers a monitor keeps: by its settings, by load, by hand. */

/* Helpers */

static GemingaPool *
get_workers (GemingaMonitor *self)
{
  return g_ptr_array_index (self->pools, 0);
}

static void
scale (GemingaMonitor *self, guint n_workers)
{
  GemingaPool *workers = get_workers (self);

  if (geminga_pool_get_spec (workers)->type == G_TYPE_INVALID ||
      geminga_pool_get_n_wanted (workers) == n_workers)
    return;

  geminga_wishes_supersede (self->wishes, GEMINGA_WISH_SCALE, n_workers,
                            "the number of workers was changed again");
  geminga_pool_scale (workers, n_workers);
  g_object_notify (G_OBJECT (self), "workers");
}

static void
apply_limits (GemingaMonitor *self)
{
  GemingaPoolLimits limits;
  GemingaScalerLimits scaler_limits;

  geminga_pool_settings_get_limits (self->setup.settings, &limits);
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_set_limits (g_ptr_array_index (self->pools, i), &limits);

  geminga_pool_settings_get_scaler_limits (self->setup.settings, &scaler_limits);
  geminga_scaling_set_limits (self->scaling, &scaler_limits);
}

/* GemingaScalingFuncs */

static void
scaling_ask_idle (gpointer data, GemingaChild *child)
{
  GemingaMonitor *self = data;

  self->setup.funcs->ask_idle (self->setup.data, child);
}

static void
scaling_scale (gpointer data, guint n_workers, const char *why)
{
  GemingaMonitor *self = data;

  g_message ("%s: scaled from %u to %u workers since %s", self->setup.service_id,
             geminga_monitor_get_n_workers (self), n_workers, why);
  scale (self, n_workers);
}

static const GemingaScalingFuncs scaling_funcs = { scaling_ask_idle, scaling_scale };

/* Private API */

void
geminga_monitor_start_scaling (GemingaMonitor *self)
{
  self->scaling = geminga_scaling_new (get_workers (self), &scaling_funcs, self);
  apply_limits (self);
}

void
geminga_monitor_configure (GemingaMonitor *self)
{
  apply_limits (self);
  scale (self, geminga_scaling_clamp (self->scaling, geminga_monitor_get_n_workers (self)));
}

void
geminga_monitor_scale_by_hand (GemingaMonitor *self, guint n_workers)
{
  geminga_scaling_rest (self->scaling);
  scale (self, n_workers);
}

void
geminga_monitor_scale_by_load (GemingaMonitor *self)
{
  geminga_scaling_resume (self->scaling);
  scale (self, geminga_scaling_clamp (self->scaling, geminga_monitor_get_n_workers (self)));
}
