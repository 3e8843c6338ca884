/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-ref.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

GemingaActorRef *geminga_actor_ref_new (GemingaTarget *target);
/* Whether the object is a ref of this target. */
gboolean geminga_actor_ref_is_of (gpointer object, const GemingaTarget *target);
GemingaTarget *geminga_actor_ref_get_target (GemingaActorRef *self);

#define GEMINGA_TARGET_PATH_PREFIX "/org/geminga1/node/"

/* "/org/geminga1/node/NODE/ID" and back. */
char *geminga_target_dup_path (GemingaTarget *target);
gboolean geminga_target_parse_path (const char *path, guint32 *node, char **id);

/* As an element of an object path, or of a bus name: what is no letter or digit is "_xx", in hex. */
char *geminga_target_escape (const char *id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
