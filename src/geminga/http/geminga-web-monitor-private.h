/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-monitor-private.h"

G_BEGIN_DECLS

/* The monitor of a web service: knows what all its workers have done, those that ended too. */
#define GEMINGA_TYPE_WEB_MONITOR (geminga_web_monitor_get_type ())
G_DECLARE_FINAL_TYPE (GemingaWebMonitor, geminga_web_monitor, GEMINGA, WEB_MONITOR, GemingaMonitor)

G_END_DECLS
