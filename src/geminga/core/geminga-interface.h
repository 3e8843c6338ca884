/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-command.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_INTERFACE (geminga_interface_get_type ())

/**
 * GemingaInterface:
 *
 * What actors of a class accept and send: a D-Bus name, commands and events.
 *
 * An interface belongs to an actor class and is complete when the class has been initialised. Any
 * thread may read it.
 *
 * Since: 0.1
 */
typedef struct _GemingaInterface GemingaInterface;

GEMINGA_AVAILABLE_IN_0_1
GType geminga_interface_get_type (void) G_GNUC_CONST;

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_interface_get_name (GemingaInterface *self);
GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_interface_list_commands (GemingaInterface *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaCommand *geminga_interface_lookup_command (GemingaInterface *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_interface_list_events (GemingaInterface *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaCommand *geminga_interface_lookup_event (GemingaInterface *self, const char *name);

GEMINGA_AVAILABLE_IN_0_1
GemingaInterface *geminga_interface_ref (GemingaInterface *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_interface_unref (GemingaInterface *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaInterface, geminga_interface_unref)

G_END_DECLS
