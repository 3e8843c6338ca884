/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-settings-private.h"

static GemingaSettings *
load (const char *const *argv)
{
  GemingaSettings *settings = geminga_settings_new ("org.example.Test");
  g_autoptr (GError) error = NULL;

  geminga_settings_add_standard (settings);
  geminga_settings_load (settings, argv, &error);
  g_assert_no_error (error);

  return settings;
}

static void
test_limits (void)
{
  static const char *const argv[] = { "test",
                                      "--max-restarts=3",
                                      "--graceful-timeout=500ms",
                                      "--max-age=1h",
                                      "--max-age-jitter=1m",
                                      "--max-memory=1k",
                                      NULL };
  g_autoptr (GemingaSettings) settings = load (argv);
  GemingaPoolLimits limits;

  geminga_pool_settings_get_limits (settings, &limits);
  g_assert_cmpuint (limits.max_restarts, ==, 3);
  g_assert_cmpint (limits.graceful_timeout, ==, 500 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (limits.max_age, ==, G_TIME_SPAN_HOUR);
  g_assert_cmpint (limits.max_age_jitter, ==, G_TIME_SPAN_MINUTE);
  g_assert_cmpuint (limits.max_memory, ==, 1024);
}

static void
test_scaler_limits (void)
{
  static const char *const argv[] = {
    "test", "--min-workers=2", "--max-workers=5", "--scale-target=40", "--scale-cool-down=10", NULL
  };
  g_autoptr (GemingaSettings) settings = load (argv);
  GemingaScalerLimits limits;

  geminga_pool_settings_get_scaler_limits (settings, &limits);
  g_assert_cmpuint (limits.minimum, ==, 2);
  g_assert_cmpuint (limits.maximum, ==, 5);
  g_assert_cmpfloat (limits.target, ==, 0.4);
  g_assert_cmpint (limits.cool_down, ==, 10 * G_TIME_SPAN_SECOND);
}

static void
test_n_workers (void)
{
  static const char *const none[] = { "test", "--workers=0", NULL };
  static const char *const three[] = { "test", "--workers=3", NULL };
  g_autoptr (GemingaSettings) settings = load (none);
  g_autoptr (GemingaSettings) others = load (three);

  g_assert_cmpuint (geminga_pool_settings_get_n_workers (settings), ==, 1);
  g_assert_cmpuint (geminga_pool_settings_get_n_workers (others), ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/pool-settings/limits", test_limits);
  g_test_add_func ("/supervise/pool-settings/scaler-limits", test_scaler_limits);
  g_test_add_func ("/supervise/pool-settings/n-workers", test_n_workers);

  return g_test_run ();
}
