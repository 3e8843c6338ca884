/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-scaling-private.h"

/* In seconds. */
#define INTERVAL 1

struct _GemingaScaling
{
  GemingaPool *pool; /* not owned */
  const GemingaScalingFuncs *funcs;
  gpointer data;
  GMainContext *context; /* (owned) */
  GemingaScaler scaler;
  gboolean is_resting;
  GSource *timer; /* (owned) (nullable) */
};

/* Helpers */

static gboolean
is_on (GemingaScaling *self)
{
  return !self->is_resting && self->scaler.limits.maximum > 0;
}

/* The mean of those that were asked before; negative: there are none. */
static double
measure (GemingaScaling *self)
{
  GPtrArray *children = geminga_pool_get_children (self->pool);
  double sum = 0;
  guint n_measured = 0;

  for (guint i = 0; i < children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (children, i);

      if (child->state != GEMINGA_CHILD_RUNNING || child->load.busy < 0)
        continue;
      sum += child->load.is_asked ? 1 : child->load.busy;
      n_measured++;
    }

  return n_measured > 0 ? sum / n_measured : -1;
}

static void
ask (GemingaScaling *self)
{
  GPtrArray *children = geminga_pool_get_children (self->pool);

  for (guint i = 0; i < children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (children, i);

      if (child->state != GEMINGA_CHILD_RUNNING || child->load.is_asked)
        continue;
      child->load.is_asked = TRUE;
      self->funcs->ask_idle (self->data, child);
    }
}

static void
scale (GemingaScaling *self, double busy)
{
  guint n_workers = geminga_pool_get_n_wanted (self->pool);
  guint n_wanted = geminga_scaler_next (&self->scaler, n_workers, busy, g_get_monotonic_time ());
  g_autofree char *why = NULL;

  if (n_wanted == n_workers)
    return;

  why = g_strdup_printf ("the workers are busy for %.0f %% of the time, with a target of %.0f %%",
                         busy * 100, self->scaler.limits.target * 100);
  self->funcs->scale (self->data, n_wanted, why);
}

static gboolean
on_timer (gpointer user_data)
{
  GemingaScaling *self = user_data;
  double busy = measure (self);

  /* Until all are there the others have more to do than later. */
  if (busy >= 0 &&
      geminga_pool_get_n_running (self->pool) == geminga_pool_get_n_wanted (self->pool))
    scale (self, busy);
  ask (self);

  return G_SOURCE_CONTINUE;
}

static void
stop_timer (GemingaScaling *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
update_timer (GemingaScaling *self)
{
  if (!is_on (self))
    {
      stop_timer (self);
      return;
    }
  if (self->timer != NULL)
    return;

  self->timer = g_timeout_source_new_seconds (INTERVAL);
  g_source_set_static_name (self->timer, "[geminga] scaling");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* Private API */

GemingaScaling *
geminga_scaling_new (GemingaPool *pool, const GemingaScalingFuncs *funcs, gpointer data)
{
  GemingaScaling *self = g_new0 (GemingaScaling, 1);

  self->pool = pool;
  self->funcs = funcs;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();

  return self;
}

void
geminga_scaling_free (GemingaScaling *self)
{
  stop_timer (self);
  g_main_context_unref (self->context);
  g_free (self);
}

void
geminga_scaling_set_limits (GemingaScaling *self, const GemingaScalerLimits *limits)
{
  const GemingaScalerLimits *old = &self->scaler.limits;

  if (old->minimum == limits->minimum && old->maximum == limits->maximum &&
      old->target == limits->target && old->cool_down == limits->cool_down)
    return;

  geminga_scaler_reset (&self->scaler, limits);
  update_timer (self);
}

void
geminga_scaling_rest (GemingaScaling *self)
{
  if (is_on (self))
    g_message ("The number of workers was set by hand: it is not scaled by load until the next "
               "reload");
  self->is_resting = TRUE;
  update_timer (self);
}

void
geminga_scaling_resume (GemingaScaling *self)
{
  GemingaScalerLimits limits = self->scaler.limits;

  if (!self->is_resting)
    return;

  self->is_resting = FALSE;
  geminga_scaler_reset (&self->scaler, &limits);
  update_timer (self);
}

guint
geminga_scaling_clamp (GemingaScaling *self, guint n_workers)
{
  const GemingaScalerLimits *limits = &self->scaler.limits;

  return is_on (self) ? CLAMP (n_workers, limits->minimum, limits->maximum) : n_workers;
}

void
geminga_scaling_note_idle (GemingaChild *child, gint64 idle, gint64 now)
{
  GemingaChildLoad *load = &child->load;

  load->is_asked = FALSE;
  if (idle < 0)
    return;

  if (load->now != 0 && now > load->now && idle >= load->idle)
    load->busy = CLAMP (1 - (double) (idle - load->idle) / (double) (now - load->now), 0, 1);
  load->idle = idle;
  load->now = now;
}
