/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-actor-ref.h"
#include "geminga-actor.h"

G_BEGIN_DECLS

/**
 * GemingaStrategy:
 * @GEMINGA_STRATEGY_ONE_FOR_ONE: that one alone
 * @GEMINGA_STRATEGY_ONE_FOR_ALL: all children
 * @GEMINGA_STRATEGY_REST_FOR_ONE: that one and those that were added after it
 *
 * Which children a supervisor restarts when one fails.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_STRATEGY_ONE_FOR_ONE,
  GEMINGA_STRATEGY_ONE_FOR_ALL,
  GEMINGA_STRATEGY_REST_FOR_ONE,
} GemingaStrategy;

/**
 * GemingaRestart:
 * @GEMINGA_RESTART_PERMANENT: always
 * @GEMINGA_RESTART_TRANSIENT: unless it ends normally
 * @GEMINGA_RESTART_TEMPORARY: never; it is forgotten when it ends
 *
 * When a child that has ended is started again.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_RESTART_PERMANENT,
  GEMINGA_RESTART_TRANSIENT,
  GEMINGA_RESTART_TEMPORARY,
} GemingaRestart;

#define GEMINGA_TYPE_SUPERVISOR (geminga_supervisor_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_DERIVABLE_TYPE (GemingaSupervisor, geminga_supervisor, GEMINGA, SUPERVISOR, GemingaActor)

/**
 * GemingaSupervisorClass:
 * @parent_class: the parent class
 *
 * What a class of supervisors may override: what any actor may.
 *
 * Since: 0.1
 */
struct _GemingaSupervisorClass
{
  GemingaActorClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_supervisor_add_child (GemingaSupervisor *self,
                                       const char *id,
                                       GType type,
                                       GVariant *options,
                                       GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_supervisor_remove_child (GemingaSupervisor *self, const char *id, GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_supervisor_restart_child (GemingaSupervisor *self, const char *id, GError **error);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_supervisor_ref_child (GemingaSupervisor *self, const char *id);

G_END_DECLS
