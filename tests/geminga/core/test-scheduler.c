/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "manual-clock.h"
#include "sample-actor.h"

#include <string.h>

/* The rest is tested with what it is there for, see tests/geminga-testing. */

static void
test_install (void)
{
  static const GemingaScheduler other = {
    manual_get_time, manual_choose, manual_inject, manual_note, { NULL }
  };

  manual_clock_install ();
  g_assert_false (geminga_scheduler_install (NULL, &other, NULL));
  g_assert_true (geminga_scheduler_is_idle (NULL));
  g_assert_cmpint (geminga_scheduler_get_next_deadline (NULL), ==, G_MAXINT64);
  manual_clock_uninstall ();
  manual_clock_install ();
  manual_clock_uninstall ();
}

static void
test_actors_live (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;

  manual_clock_install ();
  ref = geminga_system_spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_assert_false (geminga_scheduler_is_idle (NULL));
  g_assert_false (geminga_scheduler_uninstall (NULL));
  g_assert_true (wait_ready (ref, NULL));
  stop_system (system);
  manual_clock_uninstall ();

  /* What has ended answers without it. */
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (ask (ref, "Ping", NULL, &error));
    g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  }
}

/* A deadline passes when the clock says so. */
static void
test_deadline (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  manual_clock_install ();
  ref = geminga_system_spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  geminga_actor_ref_ask_async (ref, "Keep", NULL, 3600000, NULL, keep_result_cb, &result);
  manual_clock_advance (3599999);
  g_assert_null (result);
  manual_clock_advance (1);
  g_assert_nonnull (result);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  stop_system (system);
  manual_clock_uninstall ();
}

/* Those that do not end are killed, by the same clock. */
static void
test_stop_grace (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  manual_clock_install ();
  ref = geminga_system_spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  ask_plainly (ref, "Hold", NULL);
  geminga_system_stop_async (system, NULL, keep_result_cb, &result);
  manual_clock_advance (4999);
  g_assert_null (result);
  manual_clock_advance (1);
  g_assert_nonnull (result);
  g_assert_true (geminga_system_stop_finish (system, result, NULL));
  manual_clock_uninstall ();
}

/* Whatever the placement, there is one loop. */
static void
test_placement (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) info = NULL;
  const char *placement;

  manual_clock_install ();
  ref = geminga_system_spawn (system, SAMPLE_TYPE, NULL, GPOINTER_TO_INT (data), NULL, &error);
  g_assert_no_error (error);
  answer = ask (ref, "Info", NULL, &error);
  g_assert_no_error (error);
  info = g_variant_get_child_value (answer, 0);
  g_assert_true (g_variant_lookup (info, "placement", "&s", &placement));
  g_assert_cmpstr (placement, ==,
                   GPOINTER_TO_INT (data) == GEMINGA_PLACEMENT_THREAD ? "thread" : "process");
  stop_system (system);
  manual_clock_uninstall ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/scheduler/install", test_install);
  g_test_add_func ("/core/scheduler/actors-live", test_actors_live);
  g_test_add_func ("/core/scheduler/deadline", test_deadline);
  g_test_add_func ("/core/scheduler/stop-grace", test_stop_grace);
  g_test_add_data_func ("/core/scheduler/placement/thread",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), test_placement);
  g_test_add_data_func ("/core/scheduler/placement/process",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_PROCESS), test_placement);

  return g_test_run ();
}
