/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-idle-meter-private.h"

static gboolean
work_cb (gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    continue;

  return G_SOURCE_REMOVE;
}

static gboolean
wake_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_idle (void)
{
  GemingaIdleMeter *meter = geminga_idle_meter_new ();
  gint64 start = g_get_monotonic_time ();
  gboolean is_over = FALSE;
  gint64 idle;

  g_assert_cmpint (geminga_idle_meter_get_idle (meter), ==, 0);
  g_timeout_add (20, wake_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  idle = geminga_idle_meter_get_idle (meter);
  g_assert_cmpint (idle, >=, 15 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (idle, <=, g_get_monotonic_time () - start);

  geminga_idle_meter_free (meter);
}

static void
test_busy (void)
{
  GemingaIdleMeter *meter = geminga_idle_meter_new ();
  gint64 start = g_get_monotonic_time ();

  g_idle_add (work_cb, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpint (g_get_monotonic_time () - start - geminga_idle_meter_get_idle (meter), >=,
                   20 * G_TIME_SPAN_MILLISECOND);

  geminga_idle_meter_free (meter);
}

/* What runs before everything else does not hide the meter. */
static void
test_busy_with_high_priority (void)
{
  GemingaIdleMeter *meter = geminga_idle_meter_new ();
  gint64 idle;

  g_idle_add_full (G_PRIORITY_HIGH, work_cb, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  idle = geminga_idle_meter_get_idle (meter);
  g_assert_cmpint (idle, <, 20 * G_TIME_SPAN_MILLISECOND);

  geminga_idle_meter_free (meter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/idle-meter/idle", test_idle);
  g_test_add_func ("/supervise/idle-meter/busy", test_busy);
  g_test_add_func ("/supervise/idle-meter/busy/high-priority", test_busy_with_high_priority);

  return g_test_run ();
}
