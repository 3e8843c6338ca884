/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-call.h"
#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

GemingaActor *geminga_actor_make (GemingaMailbox *mailbox, GVariant *properties, GError **error);
void geminga_actor_run_started (GemingaActor *self);
void geminga_actor_run_stopping (GemingaActor *self);
void geminga_actor_run_peer_ended (GemingaActor *self,
                                   GemingaActorRef *peer,
                                   GemingaExitReason reason,
                                   const GError *error);
/* Takes the message; @trace is the number of a traced one, or 0. */
void geminga_actor_dispatch (GemingaActor *self, GemingaMessage *message, guint32 trace);
void geminga_actor_detach (GemingaActor *self);

/* Runs @func as if @call were being handled (again). The actor's loop only. */
void geminga_actor_resume (GemingaActor *self,
                           GemingaCall *call,
                           GemingaCallFunc func,
                           gpointer user_data);

GemingaMailbox *geminga_actor_get_mailbox (GemingaActor *self);

G_END_DECLS
