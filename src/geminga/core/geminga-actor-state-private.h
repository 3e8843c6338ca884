/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"

G_BEGIN_DECLS

/* Whether actors of that class save state for a successor. */
gboolean geminga_actor_class_saves_state (GType type);
/* What entries of state the class declares, sorted: a{ss}, names and types. */
GVariant *geminga_actor_class_describe_state (GemingaActorClass *klass) G_GNUC_WARN_UNUSED_RESULT;

/* In the actor's loop, as its code. NULL: it could not be saved; FALSE: it is not taken. */
GVariant *geminga_actor_run_save_state (GemingaActor *self,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean geminga_actor_run_restore_state (GemingaActor *self, GVariant *state, GError **error);

G_END_DECLS
