/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_TESTING_INSIDE) && !defined(GEMINGA_TESTING_COMPILATION)
#error "Include <geminga-testing.h> instead."
#endif

#include "geminga-test-loop.h"

G_BEGIN_DECLS

/**
 * GemingaTestScheduleFunc:
 * @loop: a new test loop
 * @user_data: what was given with the function
 *
 * One run of a test. It ends all actors that it spawns.
 *
 * Returns: (transfer full) (nullable): what is wrong, or %NULL if all is well
 *
 * Since: 0.1
 */
typedef char *(*GemingaTestScheduleFunc) (GemingaTestLoop *loop, gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_test_run_schedules (guint n_schedules,
                                     GemingaTestScheduleFunc func,
                                     gpointer user_data,
                                     GError **error);

G_END_DECLS
