/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-request.h"
#include "geminga-route-pattern-private.h"

G_BEGIN_DECLS

typedef struct _GemingaRouter GemingaRouter;

/* Shared by routes and routers only. */
struct _GemingaRoute
{
  GObject parent_instance;

  GWeakRef router;
  char *pattern;
  char *name; /* (nullable) */
  GStrv methods;
  GArray *segments; /* (element-type GemingaRouteSegment) */
  GPtrArray *names; /* (element-type utf8): of the parameters, in their order */
  GemingaRequestHandler handler;
  gpointer user_data;
  GDestroyNotify destroy;
  GPtrArray *middleware; /* (nullable) (element-type GemingaMiddleware) */
};

/* Takes over @methods and @segments. */
GemingaRoute *geminga_route_new (GemingaRouter *router,
                                 const char *pattern,
                                 GStrv methods,
                                 GArray *segments,
                                 GemingaRequestHandler handler,
                                 gpointer user_data,
                                 GDestroyNotify destroy);
gboolean geminga_route_has_method (GemingaRoute *self, const char *method);

G_END_DECLS
