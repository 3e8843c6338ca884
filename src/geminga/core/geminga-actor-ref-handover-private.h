/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gunixfdlist.h>

#include "geminga-actor-ref.h"

G_BEGIN_DECLS

/*
 * How one actor makes way for another, in any process; see geminga-mailbox-handover.c. Make the
 * successor with geminga_system_spawn_successor().
 */

/*
 * Has the actor pause and save its state, once it has finished what it had begun but after @patience
 * milliseconds at the latest. Then it either is paused, or an error says why it goes on, unless
 * the error is that it did not answer in time.
 */
void geminga_actor_ref_save_state_async (GemingaActorRef *self,
                                         guint patience,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GUnixFDList *geminga_actor_ref_save_state_finish (GemingaActorRef *self,
                                                  GAsyncResult *result,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* There is no successor: the actor goes on, with what has come meanwhile. */
void geminga_actor_ref_resume (GemingaActorRef *self);
/* The successor is ready: it gets what has come meanwhile, and what comes. */
void geminga_actor_ref_forward_to (GemingaActorRef *self, GemingaActorRef *successor);

G_END_DECLS
