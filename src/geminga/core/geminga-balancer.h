/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-actor-ref.h"

G_BEGIN_DECLS

/**
 * GemingaBalancing:
 * @GEMINGA_BALANCING_ROUND_ROBIN: one after the other
 * @GEMINGA_BALANCING_LEAST_LOADED: the one that has to answer the fewest asks of this balancer
 * @GEMINGA_BALANCING_CONSISTENT_HASH: the one that the key stands for, always the same as long as it is there
 *
 * How a balancer chooses.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_BALANCING_ROUND_ROBIN,
  GEMINGA_BALANCING_LEAST_LOADED,
  GEMINGA_BALANCING_CONSISTENT_HASH,
} GemingaBalancing;

#define GEMINGA_TYPE_BALANCER (geminga_balancer_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaBalancer, geminga_balancer, GEMINGA, BALANCER, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaBalancer *geminga_balancer_new (GListModel *members,
                                       GemingaBalancing balancing) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_balancer_tell (GemingaBalancer *self,
                                const char *key,
                                const char *command,
                                GVariant *arguments,
                                GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_balancer_ask_async (GemingaBalancer *self,
                                 const char *key,
                                 const char *command,
                                 GVariant *arguments,
                                 int timeout,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_balancer_ask_finish (GemingaBalancer *self, GAsyncResult *result, GError **error);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_balancer_choose (GemingaBalancer *self, const char *key, GError **error);

GEMINGA_AVAILABLE_IN_0_1
GListModel *geminga_balancer_get_members (GemingaBalancer *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaBalancing geminga_balancer_get_balancing (GemingaBalancer *self);

G_END_DECLS
