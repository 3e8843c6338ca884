/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-router.h"
#include "geminga-service.h"
#include "geminga-static-files.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_WEB_SERVICE (geminga_web_service_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaWebService, geminga_web_service, GEMINGA, WEB_SERVICE, GemingaService)

GEMINGA_AVAILABLE_IN_0_1
GemingaWebService *geminga_web_service_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaRoute *geminga_web_service_add_route (GemingaWebService *self,
                                             const char *method,
                                             const char *path,
                                             GemingaRequestHandler handler,
                                             gpointer user_data,
                                             GDestroyNotify destroy);
GEMINGA_AVAILABLE_IN_0_1
void geminga_web_service_add_static (GemingaWebService *self,
                                     const char *prefix,
                                     GemingaStaticFiles *files);
GEMINGA_AVAILABLE_IN_0_1
void geminga_web_service_set_body_handler (GemingaWebService *self,
                                           GemingaRequestHandler handler,
                                           gpointer user_data,
                                           GDestroyNotify destroy);
GEMINGA_AVAILABLE_IN_0_1
GemingaRouter *geminga_web_service_get_router (GemingaWebService *self);

G_END_DECLS
