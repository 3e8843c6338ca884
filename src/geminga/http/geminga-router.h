/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"
#include "geminga-route.h"

G_BEGIN_DECLS

/**
 * GemingaSlashPolicy:
 * @GEMINGA_SLASH_POLICY_STRICT: a path with another slash is another path
 * @GEMINGA_SLASH_POLICY_REDIRECT: the client is sent to the path that has a route, with status 308
 * @GEMINGA_SLASH_POLICY_IGNORE: the route answers as if the path were its own
 *
 * What a router does with a path that has a slash too many or too few.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_SLASH_POLICY_STRICT,
  GEMINGA_SLASH_POLICY_REDIRECT,
  GEMINGA_SLASH_POLICY_IGNORE,
} GemingaSlashPolicy;

#define GEMINGA_TYPE_ROUTER (geminga_router_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaRouter, geminga_router, GEMINGA, ROUTER, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaRouter *geminga_router_new (void) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_router_set_trailing_slash (GemingaRouter *self, GemingaSlashPolicy policy);
GEMINGA_AVAILABLE_IN_0_1
GemingaSlashPolicy geminga_router_get_trailing_slash (GemingaRouter *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_router_set_double_slash (GemingaRouter *self, GemingaSlashPolicy policy);
GEMINGA_AVAILABLE_IN_0_1
GemingaSlashPolicy geminga_router_get_double_slash (GemingaRouter *self);

GEMINGA_AVAILABLE_IN_0_1
GemingaRoute *geminga_router_add_route (GemingaRouter *self,
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
gboolean geminga_router_mount (GemingaRouter *self,
                               const char *prefix,
                               const char *name,
                               GemingaRouter *router,
                               GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_router_add_middleware (GemingaRouter *self, GemingaMiddleware *middleware);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_router_get_n_routes (GemingaRouter *self);
GEMINGA_AVAILABLE_IN_0_1
char *
geminga_router_build_path (GemingaRouter *self, const char *name, GVariant *values, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_router_handle (GemingaRouter *self, GemingaRequest *request);

G_END_DECLS
