/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-restart-policy-private.h"

/* The intensity of OTP's supervisors, with a longer memory because of the back-off. */
#define PERIOD G_TIME_SPAN_MINUTE

#define FIRST_DELAY (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_DELAY   (30 * G_TIME_SPAN_SECOND)

/* What an end costs, in quarters of a failure. */
#define COST_FAILED 4
#define COST_KILLED 1

typedef struct
{
  gint64 time;
  guint cost;
} Record;

/* Helpers */

static void
forget_old (GemingaRestartPolicy *self, gint64 now)
{
  guint n_old = 0;

  while (n_old < self->recent->len &&
         g_array_index (self->recent, Record, n_old).time < now - PERIOD)
    n_old++;
  if (n_old > 0)
    g_array_remove_range (self->recent, 0, n_old);
}

static guint
sum_cost (GemingaRestartPolicy *self)
{
  guint cost = 0;

  for (guint i = 0; i < self->recent->len; i++)
    cost += g_array_index (self->recent, Record, i).cost;

  return cost;
}

static guint
count_failures (GemingaRestartPolicy *self)
{
  guint n_failures = 0;

  for (guint i = 0; i < self->recent->len; i++)
    if (g_array_index (self->recent, Record, i).cost == COST_FAILED)
      n_failures++;

  return n_failures;
}

static gint64
back_off (GemingaRestartPolicy *self, guint n_failures)
{
  gint64 delay = FIRST_DELAY;

  if (n_failures < 2)
    return 0;

  for (guint i = 2; i < n_failures && delay < MAX_DELAY; i++)
    delay *= 2;

  return (gint64) ((double) MIN (delay, MAX_DELAY) *
                   g_rand_double_range (self->random, 0.75, 1.25));
}

/* Private API */

void
geminga_restart_policy_init (GemingaRestartPolicy *self, guint limit, guint32 seed)
{
  self->limit = limit;
  self->random = g_rand_new_with_seed (seed);
  self->recent = g_array_new (FALSE, FALSE, sizeof (Record));
}

void
geminga_restart_policy_clear (GemingaRestartPolicy *self)
{
  g_clear_pointer (&self->random, g_rand_free);
  g_clear_pointer (&self->recent, g_array_unref);
}

gboolean
geminga_restart_policy_next (GemingaRestartPolicy *self, GemingaEnd end, gint64 now, gint64 *delay)
{
  Record record = { now, end == GEMINGA_END_KILLED ? COST_KILLED : COST_FAILED };

  *delay = 0;
  forget_old (self, now);
  if (end == GEMINGA_END_WISHED)
    return TRUE;

  g_array_append_val (self->recent, record);
  if (sum_cost (self) > self->limit * COST_FAILED)
    return FALSE;

  if (end == GEMINGA_END_FAILED)
    *delay = back_off (self, count_failures (self));

  return TRUE;
}

gboolean
geminga_restart_policy_is_calm (GemingaRestartPolicy *self, gint64 now)
{
  forget_old (self, now);

  return count_failures (self) == 0 && sum_cost (self) + COST_FAILED <= self->limit * COST_FAILED;
}

void
geminga_restart_policy_reset (GemingaRestartPolicy *self)
{
  g_array_set_size (self->recent, 0);
}

guint
geminga_restart_policy_count (GemingaRestartPolicy *self)
{
  return self->recent->len;
}
