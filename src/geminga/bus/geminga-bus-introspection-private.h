/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-command.h"
#include "geminga-interface.h"

G_BEGIN_DECLS

/* One interface of an actor class, as D-Bus sees it. */
typedef struct
{
  GDBusInterfaceInfo *info; /* (owned) */
  GemingaInterface *source; /* (owned) */
  GPtrArray *properties; /* (owned) (element-type GParamSpec): in the order of info->properties */
} GemingaBusInterface;

/*
 * GemingaBusClass: what D-Bus sees of an actor class: its own interface and those of its ancestors,
 * without what is private to actors. Immutable; one thread at a time counts its references.
 */
typedef struct
{
  guint ref_count;
  GType type;
  GPtrArray *interfaces; /* (owned) (element-type GemingaBusInterface) */
} GemingaBusClass;

GemingaBusClass *geminga_bus_class_new (GType type) G_GNUC_WARN_UNUSED_RESULT;
GemingaBusClass *geminga_bus_class_ref (GemingaBusClass *self);
void geminga_bus_class_unref (GemingaBusClass *self);

/* Borrowed, or NULL. */
GemingaBusInterface *geminga_bus_class_find (GemingaBusClass *self, const char *interface);
/* The command that is a method of that interface; borrowed, or NULL. */
GemingaCommand *geminga_bus_interface_find_method (GemingaBusInterface *self, const char *member);
/* Whether only actors may see the event; what is not declared is not private. */
gboolean geminga_bus_class_is_private_event (GemingaBusClass *self,
                                             const char *interface,
                                             const char *member);
/* Index among the interface's properties, or -1. */
int geminga_bus_interface_find_property (GemingaBusInterface *self, const char *name);

/*
 * From what an actor's GetProperties answered: one value of the right type that is legal, or NULL; all that are
 * there, as a{sv}, floating.
 */
GVariant *geminga_bus_interface_pick_property (GemingaBusInterface *self,
                                               guint index,
                                               GVariant *values) G_GNUC_WARN_UNUSED_RESULT;
GVariant *geminga_bus_interface_pick_properties (GemingaBusInterface *self, GVariant *values);
/* The same of all interfaces, as a{sa{sv}}; @values may be NULL: nothing is known. */
GVariant *geminga_bus_class_pick_properties (GemingaBusClass *self, GVariant *values);

/* The names of the interfaces, as "as", floating. */
GVariant *geminga_bus_class_list_names (GemingaBusClass *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaBusClass, geminga_bus_class_unref)

G_END_DECLS
