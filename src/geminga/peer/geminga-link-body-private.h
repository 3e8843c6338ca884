/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-wire-private.h"

G_BEGIN_DECLS

/*
 * Bodies with values that GVariant has and D-Bus has not: maybes, tuples of nothing, dictionary
 * entries by themselves. Between processes of one service they travel as GVariant has them in memory,
 * in a body that says so.
 */

/* GEMINGA_WIRE_EXTENSION_KIND of such a message. */
#define GEMINGA_LINK_KIND_PACKED 1

/* NULL: it is for D-Bus, or is nothing that can be packed either. */
GVariant *geminga_link_body_pack (GVariant *body) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces the body of a message that is packed, leaves those that are shared. FALSE: it is not what pack() makes. */
gboolean geminga_link_body_unpack (GemingaWireMessage *message, GError **error);

G_END_DECLS
