/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-system.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_GROUP (geminga_group_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaGroup, geminga_group, GEMINGA, GROUP, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaGroup *geminga_group_new (GemingaSystem *system, const char *name) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_group_join_async (GemingaGroup *self,
                               GemingaActorRef *ref,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_group_join_finish (GemingaGroup *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_group_leave_async (GemingaGroup *self,
                                GemingaActorRef *ref,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_group_leave_finish (GemingaGroup *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_group_publish (GemingaGroup *self,
                                const char *command,
                                GVariant *arguments,
                                GError **error);

GEMINGA_AVAILABLE_IN_0_1
GemingaSystem *geminga_group_get_system (GemingaGroup *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_group_get_name (GemingaGroup *self);
GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_group_list_members (GemingaGroup *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_group_wait_ready_async (GemingaGroup *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_group_wait_ready_finish (GemingaGroup *self, GAsyncResult *result, GError **error);

G_END_DECLS
