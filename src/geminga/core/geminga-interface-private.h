/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-interface.h"

G_BEGIN_DECLS

/* The interface that a class itself declares, made on first use. Borrowed, lives as long as the type. */
GemingaInterface *geminga_interface_for_type (GType type);

/* The same, or NULL if the class declares nothing itself. */
GemingaInterface *geminga_interface_peek_for_type (GType type);

/* In the class itself or the nearest ancestor that has it. */
GemingaCommand *geminga_interface_find_command (GType type, const char *name);
GemingaInterface *geminga_interface_find_event (GType type, const char *name);

void geminga_interface_set_name (GemingaInterface *self, const char *name);
void geminga_interface_add_command (GemingaInterface *self, GemingaCommand *command);
void geminga_interface_add_event (GemingaInterface *self, GemingaCommand *event);

/* GObject property name <-> D-Bus member name: "max-size" <-> "MaxSize". */
char *geminga_interface_member_name (const char *property);

G_END_DECLS
