/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * GemingaBusGate: what stands between one connection and us. GDBus reads and writes in a thread of its
 * own; method calls to objects of ours are taken there and handled in our main context, one after the
 * other. What is unsent is known, and how many messages the connection has carried.
 *
 * Atomically counted: GDBus's thread holds a reference while it may still call us.
 */
typedef struct _GemingaBusGate GemingaBusGate;

/* In the main context; borrowed message. */
typedef void (*GemingaBusGateFunc) (GDBusMessage *message, gpointer user_data);

/* Messages are handled in @context until the gate is closed. */
GemingaBusGate *geminga_bus_gate_new (GDBusConnection *connection,
                                      GMainContext *context,
                                      GemingaBusGateFunc func,
                                      gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void geminga_bus_gate_close (GemingaBusGate *self);
GemingaBusGate *geminga_bus_gate_ref (GemingaBusGate *self);
void geminga_bus_gate_unref (GemingaBusGate *self);

/* Sends, or fails if the message is not legal on D-Bus; a connection that is gone is no failure. */
gboolean geminga_bus_gate_send (GemingaBusGate *self, GDBusMessage *message, GError **error);

/* Bytes, about, that were sent and are not written yet. */
gsize geminga_bus_gate_get_unsent (GemingaBusGate *self);
/* Messages that were written; GDBus cannot count beyond 2^32. */
guint64 geminga_bus_gate_get_n_written (GemingaBusGate *self);

/* Whether a message with that serial and path is for us; for tests. */
gboolean geminga_bus_gate_is_ours (GDBusMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaBusGate, geminga_bus_gate_unref)

G_END_DECLS
