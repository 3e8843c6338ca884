/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"

G_BEGIN_DECLS

/* Declares the commands that every actor answers. */
void geminga_actor_builtin_install (GemingaActorClass *klass);

void geminga_actor_builtin_property_changed (GemingaActor *self,
                                             GemingaSystem *system,
                                             GParamSpec *pspec);

G_END_DECLS
