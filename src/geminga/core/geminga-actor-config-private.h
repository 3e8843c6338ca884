/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"

G_BEGIN_DECLS

/* GVariant type of a property's values, or NULL if they have none. */
const GVariantType *geminga_property_get_variant_type (GParamSpec *pspec);

/* A new, non-floating variant with the property's value. */
GVariant *geminga_property_get_variant (GObject *object, GParamSpec *pspec);

/* Properties that subclasses of GemingaActor declare, readable, with a GVariant type. */
GPtrArray *geminga_actor_config_list_properties (GType type, GParamFlags flags);

GVariant *geminga_actor_config_get (GemingaActor *self, GParamFlags flags);
gboolean geminga_actor_config_set (GemingaActor *self, GVariant *config, GError **error);

/* Makes an object with construct properties from a{sv}. */
gboolean geminga_actor_config_check (GType type, GVariant *properties, GError **error);
GemingaActor *geminga_actor_config_construct (GType type, GVariant *properties, GError **error);

G_END_DECLS
