/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-timers.h"

G_BEGIN_DECLS

/* The timers of an actor. The actor's loop only. */
typedef struct _GemingaActorTimers GemingaActorTimers;

GemingaActorTimers *geminga_actor_timers_new (GemingaActor *actor) G_GNUC_WARN_UNUSED_RESULT;
/* None of them fires any more, and what they have sent is not handled. */
void geminga_actor_timers_free (GemingaActorTimers *self);

/* geminga-actor.c. NULL if the actor has never had any. */
GemingaActorTimers *geminga_actor_peek_timers (GemingaActor *self);
/* Makes them. */
GemingaActorTimers *geminga_actor_get_timers (GemingaActor *self);

G_END_DECLS
