/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/* Whose end an actor wants to know of, or shares. The actor's loop only. */
typedef struct
{
  GHashTable *peers; /* (owned) (nullable) (element-type Peer Peer) */
  gboolean traps_exits;
} GemingaActorLinks;

/* NULL if the actor has never had any. */
GemingaActorLinks *geminga_actor_peek_links (GemingaActor *self);
/* Makes them. */
GemingaActorLinks *geminga_actor_get_links (GemingaActor *self);
void geminga_actor_clear_links (GemingaActor *self);

/* For the mailbox: a GEMINGA_MESSAGE_LINK, _UNLINK, _LINK_ENDED or _TOLD. The message stays the caller's. */
void geminga_actor_handle_told (GemingaActor *self, GemingaMessage *message);

G_END_DECLS
