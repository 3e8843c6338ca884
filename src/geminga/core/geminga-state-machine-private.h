/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-call.h"
#include "geminga-state-machine.h"

G_BEGIN_DECLS

/* For the actor: has its class handle the call, if the state accepts it, and what has waited for that. */
void geminga_state_machine_handle (GemingaStateMachine *self, GemingaCall *call);
/* The actor ends: what has waited goes. */
void geminga_state_machine_detach (GemingaStateMachine *self);

/* geminga-actor.c. FALSE: there is one. */
gboolean geminga_actor_set_state_machine (GemingaActor *self, GemingaStateMachine *machine);

G_END_DECLS
