/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-scaling-private.h"

#include "await.h"
#include "geminga.h"

/* How the number follows is the scaler's; the whole is tested with real processes. */

typedef struct
{
  GemingaSystem *system;
  GemingaPool *pool;
  GemingaScaling *scaling;
  guint n_asked;
} Fixture;

static void
pool_nothing (gpointer data, GemingaChild *child)
{
}

static void
pool_ended (gpointer data, GemingaChild *child, const char *reason)
{
}

static void
pool_changed (gpointer data)
{
}

/* All that a pool calls for actors that live in its process and are well. */
static const GemingaPoolFuncs pool_funcs = { .spawned = pool_nothing,
                                             .ended = pool_ended,
                                             .changed = pool_changed };

static void
ask_idle (gpointer data, GemingaChild *child)
{
  Fixture *self = data;

  /* Busy, twice in a row, and then not there. */
  if (self->n_asked++ < 3)
    geminga_scaling_note_idle (child, 0, self->n_asked * G_TIME_SPAN_SECOND);
}

static void
scale (gpointer data, guint n_workers, const char *why)
{
  Fixture *self = data;

  g_assert_cmpstr (why, ==, "the workers are busy for 100 % of the time, with a target of 50 %");
  geminga_pool_scale (self->pool, n_workers);
}

static const GemingaScalingFuncs funcs = { ask_idle, scale };

static void
set_up (Fixture *self, gconstpointer data)
{
  const GemingaScalerLimits limits = { 1, 4, 0.5, G_TIME_SPAN_MINUTE };
  GemingaPoolSpec spec = { .name = g_strdup ("mule"),
                           .type = GEMINGA_TYPE_ACTOR,
                           .placement = GEMINGA_PLACEMENT_SHARED };

  self->system = geminga_system_new ();
  self->pool = geminga_pool_new (self->system, &spec, &pool_funcs, self);
  self->scaling = geminga_scaling_new (self->pool, &funcs, self);
  geminga_scaling_set_limits (self->scaling, &limits);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_scaling_free (self->scaling);
  geminga_pool_free (self->pool);
  geminga_system_stop_async (self->system, NULL, await_keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  await_idle ();
  g_object_unref (self->system);
}

static void
test_busy (Fixture *self, gconstpointer data)
{
  geminga_pool_scale (self->pool, 1);
  AWAIT (geminga_pool_get_n_running (self->pool) == 2);
  g_assert_cmpuint (self->n_asked, >=, 3);
}

static void
test_clamp (Fixture *self, gconstpointer data)
{
  const GemingaScalerLimits none = { 1, 0, 0.5, G_TIME_SPAN_MINUTE };

  g_assert_cmpuint (geminga_scaling_clamp (self->scaling, 9), ==, 4);
  g_assert_cmpuint (geminga_scaling_clamp (self->scaling, 0), ==, 1);
  geminga_scaling_rest (self->scaling);
  g_assert_cmpuint (geminga_scaling_clamp (self->scaling, 9), ==, 9);
  geminga_scaling_resume (self->scaling);
  g_assert_cmpuint (geminga_scaling_clamp (self->scaling, 9), ==, 4);
  geminga_scaling_set_limits (self->scaling, &none);
  g_assert_cmpuint (geminga_scaling_clamp (self->scaling, 9), ==, 9);
}

static void
test_note_idle (void)
{
  GemingaChild child = { .load = { .busy = -1, .is_asked = TRUE } };

  geminga_scaling_note_idle (&child, -1, 1000);
  g_assert_false (child.load.is_asked);
  g_assert_cmpfloat (child.load.busy, <, 0);
  geminga_scaling_note_idle (&child, 500, 1000);
  g_assert_cmpfloat (child.load.busy, <, 0);
  geminga_scaling_note_idle (&child, 1250, 2000);
  g_assert_cmpfloat (child.load.busy, ==, 0.25);
  /* Rounding does not make it more than idle. */
  geminga_scaling_note_idle (&child, 2251, 3000);
  g_assert_cmpfloat (child.load.busy, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) \
  g_test_add ("/supervise/scaling/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("busy", test_busy);
  ADD ("clamp", test_clamp);
  g_test_add_func ("/supervise/scaling/note-idle", test_note_idle);

  return g_test_run ();
}
