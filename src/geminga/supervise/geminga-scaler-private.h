/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * GemingaScaler: how many workers there shall be, from how busy those are that there are. It waits until
 * a load lasts before it adds workers, and for the cool-down before it takes one away; between the two
 * is a band in which nothing happens. It knows no clock: it is told the time.
 */
typedef struct
{
  guint minimum;
  guint maximum;
  double target;    /* the busy share that workers shall have, above 0 and below 1 */
  gint64 cool_down; /* microseconds */
} GemingaScalerLimits;

typedef struct
{
  GemingaScalerLimits limits;
  gint64 high_since; /* monotonic; 0: it is not */
  gint64 low_since;  /* the same */
} GemingaScaler;

/* Forgets what was measured. */
void geminga_scaler_reset (GemingaScaler *self, const GemingaScalerLimits *limits);
/* @busy is the mean share of the last second or so, at @now; at most a few seconds may lie between two. */
guint geminga_scaler_next (GemingaScaler *self, guint n_workers, double busy, gint64 now);

G_END_DECLS
