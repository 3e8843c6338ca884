/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-route-tree-private.h"
#include "geminga-router.h"

G_BEGIN_DECLS

/* Shared by the parts of the router only. */
struct _GemingaRouter
{
  GObject parent_instance;

  GemingaRouteNode *root;
  GHashTable *names;     /* name to GemingaRoute, which the tree keeps */
  GPtrArray *mounts;     /* (element-type GemingaRouteMount): in the tree, which owns them */
  GPtrArray *middleware; /* (nullable) (element-type GemingaMiddleware) */
  guint n_routes;
  guint n_above; /* routers that it is in, at most */
  GemingaSlashPolicy trailing_slash;
  GemingaSlashPolicy double_slash;
};

/* Notes a new name of a route; @self is NULL when the router is gone. */
gboolean
geminga_router_rename (GemingaRouter *self, GemingaRoute *route, const char *name, GError **error);

G_END_DECLS
