/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

typedef struct _GemingaMiddleware GemingaMiddleware;

#define GEMINGA_TYPE_ROUTE (geminga_route_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaRoute, geminga_route, GEMINGA, ROUTE, GObject)

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_route_get_pattern (GemingaRoute *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_route_get_methods (GemingaRoute *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_route_set_name (GemingaRoute *self, const char *name, GError **error);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_route_get_name (GemingaRoute *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_route_add_middleware (GemingaRoute *self, GemingaMiddleware *middleware);

G_END_DECLS
