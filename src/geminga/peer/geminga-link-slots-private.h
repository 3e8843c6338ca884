/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "geminga-wire-private.h"

G_BEGIN_DECLS

/*
 * GemingaLinkSlots: how large arrays of numbers, bytes above all, travel between two processes: in
 * pieces of memory that both have mapped. Each end has a pool of sealed memfds that it writes to; the
 * other end gets a descriptor once and knows the piece by its number from then on. It reads the array
 * where it is, and says when nobody needs it any more.
 *
 * The message itself has the body without the array, and says where that is:
 *
 *   v  the body, with an empty array in its place
 *   u  which of the body's members the array is
 *   u  the slot
 *   t  bytes
 *
 * Only arrays whose bytes are valid whatever they are travel so: the sender can change them while they
 * are read.
 */
typedef struct _GemingaLinkSlots GemingaLinkSlots;

/* GEMINGA_WIRE_EXTENSION_KIND of such a message. */
#define GEMINGA_LINK_KIND_SHARED 2

#define GEMINGA_LINK_MAX_SLOTS 16
/* Smaller arrays are copied into the message. */
#define GEMINGA_LINK_SHARED_SIZE ((gsize) 128 * 1024)

/*
 * In any thread: nobody needs what came in that slot any more. @is_known: the slot can be used again
 * without its descriptor.
 */
typedef void (*GemingaLinkSlotsFunc) (gpointer data, guint32 slot, gboolean is_known);

/* Each array that came holds a reference to @data. */
GemingaLinkSlots *geminga_link_slots_new (GemingaLinkSlotsFunc released,
                                          gpointer data,
                                          gpointer (*ref) (gpointer data),
                                          GDestroyNotify unref) G_GNUC_WARN_UNUSED_RESULT;
/* What came stays valid. */
void geminga_link_slots_free (GemingaLinkSlots *self);

/*
 * The body to send instead, and the slot that is taken; FALSE: send it as it is. @fds is set if the
 * other end has to be given the slot's descriptor.
 */
gboolean geminga_link_slots_pack (GemingaLinkSlots *self,
                                  GVariant *body,
                                  GVariant **packed,
                                  GUnixFDList **fds,
                                  guint32 *slot);
/* The other end does not need what is in the slot; also if what pack() made was not sent. */
void geminga_link_slots_release (GemingaLinkSlots *self, guint32 slot, gboolean is_known);

/*
 * Replaces the body of a message that is shared. @fds are the message's own; those of the slot are
 * taken away from it. @are_fds_lost: the descriptor did not arrive.
 */
gboolean geminga_link_slots_unpack (GemingaLinkSlots *self,
                                    GemingaWireMessage *message,
                                    GUnixFDList **fds,
                                    gboolean are_fds_lost,
                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaLinkSlots, geminga_link_slots_free)

G_END_DECLS
