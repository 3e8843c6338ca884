/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-pool-private.h"
#include "geminga-scaler-private.h"

G_BEGIN_DECLS

/*
 * GemingaScaling: scales a pool of processes by load. Every second it asks each for how long its main
 * loop had nothing to do; one that does not answer until the next time is busy. In the thread-default
 * main context.
 */
typedef struct _GemingaScaling GemingaScaling;

typedef struct
{
  /* Answered with geminga_scaling_note_idle(), or never. */
  void (*ask_idle) (gpointer data, GemingaChild *child);
  /* There shall be so many. @why ends the sentence "scaled to … since …". */
  void (*scale) (gpointer data, guint n_workers, const char *why);
} GemingaScalingFuncs;

GemingaScaling *geminga_scaling_new (GemingaPool *pool,
                                     const GemingaScalingFuncs *funcs,
                                     gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Before its pool. */
void geminga_scaling_free (GemingaScaling *self);

/* With a maximum of 0 nothing is scaled. */
void geminga_scaling_set_limits (GemingaScaling *self, const GemingaScalerLimits *limits);
/* Somebody has scaled by hand, who knows better. */
void geminga_scaling_rest (GemingaScaling *self);
/* From now on by load again. */
void geminga_scaling_resume (GemingaScaling *self);
/* So many within the limits, unless it rests or there are none. */
guint geminga_scaling_clamp (GemingaScaling *self, guint n_workers);

/*
 * @idle is how long the child's main loop has had nothing to do by @now; microseconds, of its clock.
 * Negative: it does not know.
 */
void geminga_scaling_note_idle (GemingaChild *child, gint64 idle, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaScaling, geminga_scaling_free)

G_END_DECLS
