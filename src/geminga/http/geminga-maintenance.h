/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_MAINTENANCE (geminga_maintenance_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaMaintenance,
                      geminga_maintenance,
                      GEMINGA,
                      MAINTENANCE,
                      GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_maintenance_new (guint retry_after) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
void geminga_maintenance_set_active (GemingaMaintenance *self, gboolean active);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_maintenance_is_active (GemingaMaintenance *self);

G_END_DECLS
