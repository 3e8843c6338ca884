/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What actors say must be legal on D-Bus, or the bus closes the connection of the whole service. GVariant
 * knows more types and nests deeper, and GDBus sends some of what it should not.
 */

/* Bytes of a message: what system buses take at most. */
#define GEMINGA_BUS_MAX_MESSAGE (32 * 1024 * 1024)

/* Any thread. */
gboolean geminga_bus_check_message (GDBusMessage *message, GError **error);

/* The same for one value that is to be put into a variant. */
gboolean geminga_bus_is_legal (GVariant *value);

G_END_DECLS
