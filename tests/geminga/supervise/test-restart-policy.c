/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-restart-policy-private.h"

#define SEED   42
#define MINUTE G_TIME_SPAN_MINUTE

static void
assert_next (GemingaRestartPolicy *policy, GemingaEnd end, gint64 now, double seconds)
{
  gint64 expected = (gint64) (seconds * G_TIME_SPAN_SECOND);
  gint64 delay = -1;

  g_assert_true (geminga_restart_policy_next (policy, end, now, &delay));
  g_test_message ("%" G_GINT64_FORMAT " for %g s", delay, seconds);
  g_assert_cmpint (delay, >=, expected * 3 / 4);
  g_assert_cmpint (delay, <=, expected * 5 / 4);
}

static void
assert_over (GemingaRestartPolicy *policy, GemingaEnd end, gint64 now)
{
  gint64 delay;

  g_assert_false (geminga_restart_policy_next (policy, end, now, &delay));
}

static void
test_back_off (void)
{
  static const double delays[] = { 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30 };
  GemingaRestartPolicy policy;

  geminga_restart_policy_init (&policy, G_N_ELEMENTS (delays), SEED);
  for (gsize i = 0; i < G_N_ELEMENTS (delays); i++)
    assert_next (&policy, GEMINGA_END_FAILED, 1000, delays[i]);
  geminga_restart_policy_clear (&policy);
}

static void
test_jitter (void)
{
  GemingaRestartPolicy one;
  GemingaRestartPolicy other;
  gint64 delays[2];

  geminga_restart_policy_init (&one, 8, 1);
  geminga_restart_policy_init (&other, 8, 2);
  for (guint i = 0; i < 5; i++)
    {
      geminga_restart_policy_next (&one, GEMINGA_END_FAILED, 0, &delays[0]);
      geminga_restart_policy_next (&other, GEMINGA_END_FAILED, 0, &delays[1]);
    }
  g_assert_cmpint (delays[0], !=, delays[1]);
  geminga_restart_policy_clear (&one);
  geminga_restart_policy_clear (&other);
}

static void
test_limit (void)
{
  GemingaRestartPolicy policy;

  geminga_restart_policy_init (&policy, 3, SEED);
  for (guint i = 0; i < 3; i++)
    geminga_restart_policy_next (&policy, GEMINGA_END_FAILED, i, &(gint64){ 0 });
  g_assert_cmpuint (geminga_restart_policy_count (&policy), ==, 3);
  assert_over (&policy, GEMINGA_END_FAILED, 3);
  g_assert_cmpuint (geminga_restart_policy_count (&policy), ==, 4);

  geminga_restart_policy_reset (&policy);
  g_assert_cmpuint (geminga_restart_policy_count (&policy), ==, 0);
  assert_next (&policy, GEMINGA_END_FAILED, 4, 0);
  geminga_restart_policy_clear (&policy);

  geminga_restart_policy_init (&policy, 0, SEED);
  assert_next (&policy, GEMINGA_END_WISHED, 0, 0);
  assert_over (&policy, GEMINGA_END_FAILED, 0);
  geminga_restart_policy_clear (&policy);
}

static void
test_memory (void)
{
  GemingaRestartPolicy policy;

  geminga_restart_policy_init (&policy, 2, SEED);
  assert_next (&policy, GEMINGA_END_FAILED, 0, 0);
  assert_next (&policy, GEMINGA_END_FAILED, 1, 0.1);
  /* One is forgotten, one is not. */
  assert_next (&policy, GEMINGA_END_FAILED, MINUTE + 1, 0.1);
  assert_over (&policy, GEMINGA_END_FAILED, MINUTE + 1);
  /* Both are. */
  assert_next (&policy, GEMINGA_END_FAILED, 3 * MINUTE, 0);
  geminga_restart_policy_clear (&policy);
}

static void
test_killed (void)
{
  GemingaRestartPolicy policy;

  geminga_restart_policy_init (&policy, 2, SEED);
  for (guint i = 0; i < 8; i++)
    assert_next (&policy, GEMINGA_END_KILLED, i, 0);
  assert_over (&policy, GEMINGA_END_KILLED, 8);
  geminga_restart_policy_clear (&policy);

  /* They do not make the wait after a failure longer, and count with it. */
  geminga_restart_policy_init (&policy, 2, SEED);
  for (guint i = 0; i < 4; i++)
    assert_next (&policy, GEMINGA_END_KILLED, i, 0);
  assert_next (&policy, GEMINGA_END_FAILED, 4, 0);
  assert_over (&policy, GEMINGA_END_FAILED, 5);
  geminga_restart_policy_clear (&policy);
}

static void
test_wished (void)
{
  GemingaRestartPolicy policy;

  geminga_restart_policy_init (&policy, 1, SEED);
  for (guint i = 0; i < 100; i++)
    assert_next (&policy, GEMINGA_END_WISHED, i, 0);
  g_assert_cmpuint (geminga_restart_policy_count (&policy), ==, 0);
  geminga_restart_policy_clear (&policy);
}

static void
test_calm (void)
{
  GemingaRestartPolicy policy;
  gint64 delay;

  geminga_restart_policy_init (&policy, 1, SEED);
  g_assert_true (geminga_restart_policy_is_calm (&policy, 1000));
  geminga_restart_policy_next (&policy, GEMINGA_END_WISHED, 1000, &delay);
  g_assert_true (geminga_restart_policy_is_calm (&policy, 1000));
  /* A failure more would be too much. */
  geminga_restart_policy_next (&policy, GEMINGA_END_KILLED, 1000, &delay);
  g_assert_false (geminga_restart_policy_is_calm (&policy, 1000));
  g_assert_true (geminga_restart_policy_is_calm (&policy, 1000 + 2 * MINUTE));
  policy.limit = 8;
  geminga_restart_policy_next (&policy, GEMINGA_END_FAILED, 1000 + 2 * MINUTE, &delay);
  g_assert_false (geminga_restart_policy_is_calm (&policy, 1000 + 2 * MINUTE));
  geminga_restart_policy_clear (&policy);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/restart-policy/back-off", test_back_off);
  g_test_add_func ("/supervise/restart-policy/jitter", test_jitter);
  g_test_add_func ("/supervise/restart-policy/limit", test_limit);
  g_test_add_func ("/supervise/restart-policy/memory", test_memory);
  g_test_add_func ("/supervise/restart-policy/killed", test_killed);
  g_test_add_func ("/supervise/restart-policy/wished", test_wished);
  g_test_add_func ("/supervise/restart-policy/calm", test_calm);

  return g_test_run ();
}
