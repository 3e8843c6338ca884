/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-actor.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_SYSTEM (geminga_system_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaSystem, geminga_system, GEMINGA, SYSTEM, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaSystem *geminga_system_new (void) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_system_spawn (GemingaSystem *self,
                                       GType type,
                                       const char *id,
                                       GemingaPlacement placement,
                                       GVariant *properties,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *
geminga_system_ref_actor (GemingaSystem *self, const char *id_or_path, GError **error);
GEMINGA_AVAILABLE_IN_0_1
char **geminga_system_list_actors (GemingaSystem *self);
GEMINGA_AVAILABLE_IN_0_1
guint64 geminga_system_get_n_dead_letters (GemingaSystem *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_system_set_deadlock_interval (GemingaSystem *self, guint interval);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_system_get_deadlock_interval (GemingaSystem *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_system_register_name_async (GemingaSystem *self,
                                         const char *name,
                                         GemingaActorRef *ref,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_system_register_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_system_unregister_name_async (GemingaSystem *self,
                                           const char *name,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_system_unregister_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_system_lookup_name_async (GemingaSystem *self,
                                       const char *name,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *
geminga_system_lookup_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_system_wait_for_name_async (GemingaSystem *self,
                                         const char *name,
                                         int timeout,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *
geminga_system_wait_for_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_system_list_names_async (GemingaSystem *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GVariant *
geminga_system_list_names_finish (GemingaSystem *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_system_stop_async (GemingaSystem *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_system_stop_finish (GemingaSystem *self, GAsyncResult *result, GError **error);

G_END_DECLS
