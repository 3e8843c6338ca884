/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-restart-budget-private.h"

#define FIRST_SIZE 8u

/* Helpers */

static void
forget_old (GemingaRestartBudget *self, gint64 now)
{
  while (self->n_times > 0 && self->times[self->first] < now - self->period)
    {
      self->first = (self->first + 1) % self->n_allocated;
      self->n_times--;
    }
}

static void
grow (GemingaRestartBudget *self)
{
  guint n_allocated = MAX (FIRST_SIZE, 2 * self->n_allocated);
  gint64 *times = g_new (gint64, n_allocated);

  for (guint i = 0; i < self->n_times; i++)
    times[i] = self->times[(self->first + i) % self->n_allocated];
  g_free (self->times);
  self->times = times;
  self->first = 0;
  self->n_allocated = n_allocated;
}

/* Private API */

void
geminga_restart_budget_init (GemingaRestartBudget *self, guint limit, gint64 period)
{
  *self = (GemingaRestartBudget){ .limit = limit, .period = period };
}

void
geminga_restart_budget_clear (GemingaRestartBudget *self)
{
  g_clear_pointer (&self->times, g_free);
  self->n_allocated = 0;
  self->n_times = 0;
  self->first = 0;
}

gboolean
geminga_restart_budget_take (GemingaRestartBudget *self, gint64 now)
{
  if (self->limit == GEMINGA_RESTART_UNLIMITED)
    return TRUE;

  forget_old (self, now);
  if (self->n_times >= self->limit)
    return FALSE;

  if (self->n_times == self->n_allocated)
    grow (self);
  self->times[(self->first + self->n_times++) % self->n_allocated] = now;

  return TRUE;
}

gint64
geminga_restart_back_off (guint n_failures, gint64 first, gint64 max, double random)
{
  gint64 delay = first;

  if (n_failures < 2)
    return 0;

  for (guint i = 2; i < n_failures && delay < max; i++)
    delay *= 2;

  return (gint64) ((double) MIN (delay, max) * (0.75 + 0.5 * random));
}
