/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-loop-private.h"

G_BEGIN_DECLS

/*
 * A binary heap of timers by their deadlines: an array (element-type GemingaTimer) of timers that know their
 * places. Whoever has it locks it.
 */

/* The timer that is due first; NULL: there is none. */
GemingaTimer *geminga_timer_heap_peek (GPtrArray *self);
/* Its deadline, or GEMINGA_LOOP_NEVER. */
gint64 geminga_timer_heap_get_deadline (GPtrArray *self);

/* With its deadline set. */
void geminga_timer_heap_add (GPtrArray *self, GemingaTimer *timer);
void geminga_timer_heap_remove (GPtrArray *self, GemingaTimer *timer);

G_END_DECLS
