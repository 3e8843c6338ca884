/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-scaler-private.h"

#include <math.h>

/* So long workers have to be busier than they shall before there are more. */
#define RISE_TIME (2 * G_TIME_SPAN_SECOND)

/* One worker less must leave the others so far below the target. */
#define LOW_SHARE 0.8

/* Helpers */

/* The time since when it has been so, or 0. */
static gint64
follow (gint64 since, gboolean is_so, gint64 now)
{
  if (!is_so)
    return 0;

  return since != 0 ? since : now;
}

static gboolean
has_lasted (gint64 since, gint64 time, gint64 now)
{
  return since != 0 && now - since >= time;
}

/* At most twice as many: what they share may be what is short. */
static guint
choose_more (GemingaScaler *self, guint n_workers, double busy)
{
  guint n_needed = (guint) ceil (n_workers * busy / self->limits.target);

  return CLAMP (n_needed, n_workers + 1, 2 * n_workers);
}

static guint
choose (GemingaScaler *self, guint n_workers, double busy, gint64 now)
{
  if (has_lasted (self->high_since, RISE_TIME, now))
    return choose_more (self, n_workers, busy);
  if (has_lasted (self->low_since, self->limits.cool_down, now))
    return n_workers - 1;

  return n_workers;
}

/* Private API */

void
geminga_scaler_reset (GemingaScaler *self, const GemingaScalerLimits *limits)
{
  *self = (GemingaScaler){ .limits = *limits };
}

guint
geminga_scaler_next (GemingaScaler *self, guint n_workers, double busy, gint64 now)
{
  double fewer = n_workers > 1 ? n_workers * busy / (n_workers - 1) : 1;
  guint n_wanted;

  self->high_since = follow (self->high_since, busy > self->limits.target, now);
  self->low_since = follow (self->low_since, fewer < LOW_SHARE * self->limits.target, now);

  n_wanted = choose (self, n_workers, busy, now);
  n_wanted = CLAMP (n_wanted, self->limits.minimum, self->limits.maximum);
  if (n_wanted != n_workers)
    self->high_since = self->low_since = 0;

  return n_wanted;
}
