/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-arbiter.h"
#include "geminga-runner-private.h"

G_BEGIN_DECLS

/* The arbiter's id; it is found at /org/geminga1/node/0/arbiter from everywhere in the service. */
#define GEMINGA_ARBITER_ID "arbiter"

/* Before the arbiter is spawned. */
void geminga_arbiter_prepare (GemingaSystem *system, GemingaRunner *runner);

/* Once it has started; NULL before and after. */
GemingaArbiter *geminga_arbiter_lookup (GemingaSystem *system);

void geminga_arbiter_notify_state (GemingaArbiter *self);
void
geminga_arbiter_tell_started (GemingaArbiter *self, const char *path, const char *type, GPid pid);
void geminga_arbiter_tell_ended (GemingaArbiter *self, const char *path, const char *reason);
void geminga_arbiter_tell_dead_letter (GemingaArbiter *self,
                                       const char *target,
                                       const char *command,
                                       const char *reason);
void geminga_arbiter_tell_deadlock (GemingaArbiter *self, const char *chain, GVariant *actors);

G_END_DECLS
