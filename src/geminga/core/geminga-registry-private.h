/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"

G_BEGIN_DECLS

/* Its path is /org/geminga1/node/0/registry in all processes. */
#define GEMINGA_REGISTRY_ID "registry"

/*
 * GemingaRegistry: the actor, in the root's process, that knows who has which name and who is in which
 * group. It is made when it is first needed, and what it knows of an actor ends with that actor.
 *
 * Publications do not pass through it: each process follows the groups that it publishes to, see
 * GemingaMembership, and the registry does not answer who joins before all of those know.
 */
#define GEMINGA_TYPE_REGISTRY (geminga_registry_get_type ())
G_DECLARE_FINAL_TYPE (GemingaRegistry, geminga_registry, GEMINGA, REGISTRY, GemingaActor)

/* How long a process may take to note who joined or left a group, in microseconds. */
#define GEMINGA_REGISTRY_PATIENCE (5 * G_TIME_SPAN_SECOND)

G_END_DECLS
