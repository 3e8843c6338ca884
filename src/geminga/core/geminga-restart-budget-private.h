/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As many as one likes. */
#define GEMINGA_RESTART_UNLIMITED G_MAXUINT

/*
 * GemingaRestartBudget: how often something may be restarted: @limit times within @period. All zeros
 * allow nothing.
 */
typedef struct
{
  guint limit;
  gint64 period; /* microseconds */
  gint64 *times; /* (owned) (nullable): a ring of the last restarts */
  guint n_allocated;
  guint first;
  guint n_times;
} GemingaRestartBudget;

void geminga_restart_budget_init (GemingaRestartBudget *self, guint limit, gint64 period);
void geminga_restart_budget_clear (GemingaRestartBudget *self);

/* Times are monotonic microseconds. FALSE: it is used up. */
gboolean geminga_restart_budget_take (GemingaRestartBudget *self, gint64 now);

/*
 * How long to wait before a restart, in the unit of @first: nothing after the first failure in a row,
 * then @first, twice that, and so on up to @max, each a quarter more or less at random so that siblings
 * do not start all together.
 */
gint64 geminga_restart_back_off (guint n_failures, gint64 first, gint64 max, double random);

G_END_DECLS
