/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-link-private.h"

G_BEGIN_DECLS

/*
 * Answers org.freedesktop.DBus.Introspectable, .Properties and .Peer for every actor of this process and for the
 * paths above, over links to other processes. Nothing is registered: the path says who is meant, and its class
 * what there is to say. FALSE: there is no such method. The thread of the link's loop.
 */
gboolean geminga_bus_answer_standard (GemingaSystem *system, const GemingaLinkCall *call);

G_END_DECLS
