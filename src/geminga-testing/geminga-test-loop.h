/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_TESTING_INSIDE) && !defined(GEMINGA_TESTING_COMPILATION)
#error "Include <geminga-testing.h> instead."
#endif

#include <geminga.h>

G_BEGIN_DECLS

#define GEMINGA_TEST_TYPE_LOOP (geminga_test_loop_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaTestLoop, geminga_test_loop, GEMINGA_TEST, LOOP, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaTestLoop *geminga_test_loop_new (guint seed) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
guint geminga_test_loop_get_seed (GemingaTestLoop *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_test_loop_spare (GemingaTestLoop *self, const char *actor);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_test_loop_step (GemingaTestLoop *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_test_loop_settle (GemingaTestLoop *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_test_loop_advance (GemingaTestLoop *self, guint interval);

GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_test_loop_get_time (GemingaTestLoop *self);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_test_loop_choose (GemingaTestLoop *self, guint n_choices);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_test_loop_dup_digest (GemingaTestLoop *self);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_test_loop_dup_trace (GemingaTestLoop *self);

G_END_DECLS
