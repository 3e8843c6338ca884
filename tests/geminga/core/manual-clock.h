/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

/*
 * A scheduler for tests of the library itself, in the default main context: time is moved by hand, and
 * nothing is left to chance. It starts at one second.
 */
typedef struct
{
  gint64 now;
} ManualClock;

static ManualClock manual_clock;

static inline gint64
manual_get_time (gpointer user_data)
{
  return manual_clock.now;
}

static inline guint
manual_choose (gpointer user_data, guint n_choices)
{
  return 0;
}

static inline GemingaFault
manual_inject (gpointer user_data,
               GemingaFaultPoint point,
               const char *actor,
               const char *detail,
               gint64 *delay)
{
  return GEMINGA_FAULT_NONE;
}

static inline void
manual_note (gpointer user_data, const char *event, const char *actor, const char *detail)
{
}

static inline void
manual_clock_install (void)
{
  static const GemingaScheduler scheduler = {
    manual_get_time, manual_choose, manual_inject, manual_note, { NULL }
  };

  manual_clock.now = G_TIME_SPAN_SECOND;
  g_assert_true (geminga_scheduler_install (NULL, &scheduler, NULL));
}

static inline void
manual_clock_uninstall (void)
{
  g_assert_true (geminga_scheduler_uninstall (NULL));
}

static inline void
manual_clock_advance (guint milliseconds)
{
  gint64 end = manual_clock.now + (gint64) milliseconds * G_TIME_SPAN_MILLISECOND;
  gint64 next;

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  while ((next = geminga_scheduler_get_next_deadline (NULL)) <= end)
    {
      manual_clock.now = MAX (next, manual_clock.now);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  manual_clock.now = MAX (end, manual_clock.now);
}
