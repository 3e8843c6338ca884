/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-timers.h"
#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

/* The timers of an actor. The actor's loop only. */
typedef struct _GemingaActorTimers GemingaActorTimers;

GemingaActorTimers *geminga_actor_timers_new (GemingaActor *actor) G_GNUC_WARN_UNUSED_RESULT;
/* None of them fires any more, and what they have sent is not handled. */
void geminga_actor_timers_free (GemingaActorTimers *self);

/*
 * Under its loop's lock: the mailbox of the actor that the armed timer will tell something once;
 * NULL: it is no such timer.
 */
GemingaMailbox *geminga_actor_timer_peek_locked (GemingaTimer *timer);

/* geminga-actor.c. NULL if the actor has never had any. */
GemingaActorTimers *geminga_actor_peek_timers (GemingaActor *self);
/* Makes them. */
GemingaActorTimers *geminga_actor_get_timers (GemingaActor *self);

G_END_DECLS
