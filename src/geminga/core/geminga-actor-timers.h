/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-actor.h"

G_BEGIN_DECLS

/**
 * GemingaTimerFlags:
 * @GEMINGA_TIMER_FLAGS_NONE: it fires once
 * @GEMINGA_TIMER_FLAGS_PERIODIC: it fires again and again
 *
 * How a timer behaves.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  GEMINGA_TIMER_FLAGS_NONE = 0,
  GEMINGA_TIMER_FLAGS_PERIODIC = 1 << 0,
} GemingaTimerFlags;

/**
 * GemingaActorFunc:
 * @self: the actor
 * @user_data: what was given with the function
 *
 * Something that an actor does in its loop, as it handles a message.
 *
 * Since: 0.1
 */
typedef void (*GemingaActorFunc) (GemingaActor *self, gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
guint geminga_actor_add_timer (GemingaActor *self,
                               guint interval,
                               GemingaTimerFlags flags,
                               const char *command,
                               GVariant *arguments,
                               GError **error);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_actor_add_timer_func (GemingaActor *self,
                                    guint interval,
                                    GemingaTimerFlags flags,
                                    GemingaActorFunc func,
                                    gpointer user_data,
                                    GDestroyNotify notify,
                                    GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_actor_remove_timer (GemingaActor *self, guint id);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_set_periodic_interval (GemingaActor *self, guint interval);

GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_actor_get_time (GemingaActor *self);

G_END_DECLS
