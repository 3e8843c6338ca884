/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_ROUTER (geminga_router_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaRouter, geminga_router, GEMINGA, ROUTER, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaRouter *geminga_router_new (void) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_router_add_route (GemingaRouter *self,
                               const char *method,
                               const char *path,
                               GemingaRequestHandler handler,
                               gpointer user_data,
                               GDestroyNotify destroy);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_router_check_route (GemingaRouter *self,
                                     const char *method,
                                     const char *path,
                                     GError **error);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_router_get_n_routes (GemingaRouter *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_router_handle (GemingaRouter *self, GemingaRequest *request);

G_END_DECLS
