/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-actor.h"
#include "geminga-settings.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_SERVICE (geminga_service_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_DERIVABLE_TYPE (GemingaService, geminga_service, GEMINGA, SERVICE, GObject)

/**
 * GemingaServiceClass:
 * @parent_class: the parent class
 * @check_settings: looks at the settings once all are read, in the main process; also on a reload
 *
 * What a class of services may override.
 *
 * Since: 0.1
 */
struct _GemingaServiceClass
{
  GObjectClass parent_class;

  gboolean (*check_settings) (GemingaService *self, GemingaSettings *settings, GError **error);

  /*< private >*/
  gpointer padding[8];
};

GEMINGA_AVAILABLE_IN_0_1
GemingaService *geminga_service_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_service_get_id (GemingaService *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaSettings *geminga_service_get_settings (GemingaService *self);
GEMINGA_AVAILABLE_IN_0_1
GType geminga_service_get_worker_type (GemingaService *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_service_set_worker_type (GemingaService *self, GType type);
GEMINGA_AVAILABLE_IN_0_1
void geminga_service_set_main_thread_only (GemingaService *self, gboolean main_thread_only);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_service_add_actor (GemingaService *self,
                                    GType type,
                                    const char *id,
                                    GemingaPlacement placement,
                                    GVariant *properties,
                                    GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_service_add_service (GemingaService *self,
                                      const char *prefix,
                                      GemingaService *service,
                                      GError **error);

GEMINGA_AVAILABLE_IN_0_1
int geminga_service_run (GemingaService *self, int argc, char **argv);

GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_service_list_sockets (GemingaService *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaSystem *geminga_service_get_system (GemingaService *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaService *geminga_service_lookup (GemingaSystem *system, const char *id);

G_END_DECLS
