/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-actor.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_MONITOR (geminga_monitor_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaMonitor, geminga_monitor, GEMINGA, MONITOR, GemingaActor)

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_monitor_get_service_id (GemingaMonitor *self);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_monitor_get_n_workers (GemingaMonitor *self);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_monitor_get_n_running (GemingaMonitor *self);

G_END_DECLS
