/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-actor.h"

G_BEGIN_DECLS

/**
 * GemingaStateFlags:
 * @GEMINGA_STATE_FLAGS_NONE: commands that the state does not accept fail
 * @GEMINGA_STATE_FLAGS_POSTPONE: they wait for another state
 *
 * What a state does with commands that it does not accept.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  GEMINGA_STATE_FLAGS_NONE = 0,
  GEMINGA_STATE_FLAGS_POSTPONE = 1 << 0,
} GemingaStateFlags;

#define GEMINGA_TYPE_STATE_MACHINE (geminga_state_machine_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaStateMachine, geminga_state_machine, GEMINGA, STATE_MACHINE, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaStateMachine *geminga_state_machine_new (GemingaActor *actor) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_state_machine_add_state (GemingaStateMachine *self,
                                      const char *name,
                                      GemingaStateFlags flags,
                                      const char *const *commands,
                                      const char *const *next);
GEMINGA_AVAILABLE_IN_0_1
void geminga_state_machine_set_timeout (GemingaStateMachine *self,
                                        const char *name,
                                        guint timeout,
                                        const char *next);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_state_machine_go (GemingaStateMachine *self, const char *name, GError **error);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_state_machine_get_state (GemingaStateMachine *self);

G_END_DECLS
