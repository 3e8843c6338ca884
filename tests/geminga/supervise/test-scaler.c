/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-scaler-private.h"

#define SECONDS(n) ((n) *G_TIME_SPAN_SECOND)

/* A second apart, from a time that is not 0. */
typedef struct
{
  GemingaScaler scaler;
  guint n_workers;
  gint64 now;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const GemingaScalerLimits limits = { 1, 8, 0.5, SECONDS (10) };

  geminga_scaler_reset (&self->scaler, &limits);
  self->n_workers = 2;
  self->now = 1000;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
}

static void
pass (Fixture *self, guint n_seconds, double busy)
{
  for (guint i = 0; i < n_seconds; i++)
    {
      self->now += SECONDS (1);
      self->n_workers = geminga_scaler_next (&self->scaler, self->n_workers, busy, self->now);
    }
}

static void
test_rise (Fixture *self, gconstpointer data)
{
  pass (self, 2, 0.6);
  g_assert_cmpuint (self->n_workers, ==, 2);
  pass (self, 1, 0.6);
  g_assert_cmpuint (self->n_workers, ==, 3);
  /* The new one has its time to show. */
  pass (self, 2, 0.6);
  g_assert_cmpuint (self->n_workers, ==, 3);
  pass (self, 1, 0.6);
  g_assert_cmpuint (self->n_workers, ==, 4);
}

static void
test_rise_twofold (Fixture *self, gconstpointer data)
{
  pass (self, 3, 1);
  g_assert_cmpuint (self->n_workers, ==, 4);
  pass (self, 3, 1);
  g_assert_cmpuint (self->n_workers, ==, 8);
  pass (self, 30, 1);
  g_assert_cmpuint (self->n_workers, ==, 8);
}

static void
test_peak (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      pass (self, 2, 1);
      pass (self, 1, 0.45);
    }
  g_assert_cmpuint (self->n_workers, ==, 2);
}

static void
test_fall (Fixture *self, gconstpointer data)
{
  pass (self, 10, 0.1);
  g_assert_cmpuint (self->n_workers, ==, 2);
  pass (self, 1, 0.1);
  g_assert_cmpuint (self->n_workers, ==, 1);
  pass (self, 100, 0);
  g_assert_cmpuint (self->n_workers, ==, 1);
}

/* One less would have too much, or nearly: nothing swings. */
static void
test_band (Fixture *self, gconstpointer data)
{
  pass (self, 100, 0.21);
  g_assert_cmpuint (self->n_workers, ==, 2);
  pass (self, 100, 0.5);
  g_assert_cmpuint (self->n_workers, ==, 2);
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  const GemingaScalerLimits limits = { 3, 4, 0.5, SECONDS (10) };

  geminga_scaler_reset (&self->scaler, &limits);
  pass (self, 1, 0);
  g_assert_cmpuint (self->n_workers, ==, 3);
  self->n_workers = 9;
  pass (self, 1, 0.4);
  g_assert_cmpuint (self->n_workers, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) \
  g_test_add ("/supervise/scaler/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("rise", test_rise);
  ADD ("rise/twofold", test_rise_twofold);
  ADD ("peak", test_peak);
  ADD ("fall", test_fall);
  ADD ("band", test_band);
  ADD ("limits", test_limits);

  return g_test_run ();
}
