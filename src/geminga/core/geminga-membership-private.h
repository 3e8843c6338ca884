/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-ref.h"
#include "geminga-system.h"

G_BEGIN_DECLS

/*
 * GemingaMembership: who is in a group, as far as this process knows. All groups of that name in the
 * process share one. It asks the registry for what is newer than what it has, again and again, and no
 * loop is needed for that: the answer is taken over in whatever thread gives it. Thread-safe.
 */
typedef struct _GemingaMembership GemingaMembership;

/* Immutable. */
typedef struct
{
  guint64 serial;       /* grows from member to member */
  GemingaActorRef *ref; /* (owned) */
} GemingaMember;

/* An empty list of them; each holds a reference as g_atomic_rc_box_acquire () takes it. */
GPtrArray *geminga_members_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Something has changed. Called in any thread, with no lock held. */
typedef void (*GemingaMembershipFunc) (GObject *listener);

/*
 * The listener is told until it releases the membership, or is disposed of. It may be told before this
 * returns, and finds the membership at @place then.
 */
void geminga_membership_acquire (GemingaMembership **place,
                                 GemingaSystem *system,
                                 const char *name,
                                 GObject *listener,
                                 GemingaMembershipFunc func);
void geminga_membership_release (GemingaMembership *self, GObject *listener);

/*
 * A snapshot (element-type GemingaMember), by serial, which must not be changed. @is_known tells whether
 * the registry has told; if it cannot, there is an error.
 */
GPtrArray *
geminga_membership_ref_members (GemingaMembership *self, gboolean *is_known, GError **error);
/* Asks the registry once more if it could not be asked. */
void geminga_membership_refresh (GemingaMembership *self);

/* What is published before the members are known waits for that. */
void geminga_membership_publish (GemingaMembership *self, const char *command, GVariant *arguments);

G_END_DECLS
