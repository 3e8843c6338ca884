/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-route.h"

#include "geminga-middleware.h"
#include "geminga-route-private.h"
#include "geminga-router-private.h"

/**
 * GemingaRoute:
 *
 * A path with methods, and who answers the requests for it.
 *
 * Routes are made by [method@Geminga.Router.add_route] and live as long as their router.
 *
 * A route is set up in the thread of its router, before requests come; after that it is only read.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GemingaRoute, geminga_route, G_TYPE_OBJECT)

/* GObject */

static void
geminga_route_finalize (GObject *object)
{
  GemingaRoute *self = GEMINGA_ROUTE (object);

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_weak_ref_clear (&self->router);
  g_free (self->pattern);
  g_free (self->name);
  g_strfreev (self->methods);
  g_array_unref (self->segments);
  g_ptr_array_unref (self->names);
  g_clear_pointer (&self->middleware, g_ptr_array_unref);

  G_OBJECT_CLASS (geminga_route_parent_class)->finalize (object);
}

static void
geminga_route_class_init (GemingaRouteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_route_finalize;
}

static void
geminga_route_init (GemingaRoute *self)
{
}

/* Private API */

GemingaRoute *
geminga_route_new (GemingaRouter *router,
                   const char *pattern,
                   GStrv methods,
                   GArray *segments,
                   GemingaRequestHandler handler,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  GemingaRoute *self = g_object_new (GEMINGA_TYPE_ROUTE, NULL);

  g_weak_ref_init (&self->router, router);
  self->pattern = g_strdup (pattern);
  self->methods = methods;
  self->segments = segments;
  self->names = geminga_route_pattern_list_names (segments);
  self->handler = handler;
  self->user_data = user_data;
  self->destroy = destroy;

  return self;
}

gboolean
geminga_route_has_method (GemingaRoute *self, const char *method)
{
  return g_strv_contains ((const char *const *) self->methods, method);
}

/* Public API */

/**
 * geminga_route_get_pattern:
 * @self: a route
 *
 * Gets the path as it was given, as `/users/{id:int}`. That of a router that it may be in is not part of it.
 *
 * Returns: (transfer none): the pattern
 *
 * Since: 0.1
 */
const char *
geminga_route_get_pattern (GemingaRoute *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTE (self), NULL);

  return self->pattern;
}

/**
 * geminga_route_get_methods:
 * @self: a route
 *
 * Gets the methods that were given, without those that are answered all by themselves.
 *
 * Returns: (transfer none) (array zero-terminated=1): the methods; `*` for all
 *
 * Since: 0.1
 */
const char *const *
geminga_route_get_methods (GemingaRoute *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTE (self), NULL);

  return (const char *const *) self->methods;
}

/**
 * geminga_route_set_name:
 * @self: a route
 * @name: (nullable): a name, or %NULL for none
 * @error: return location for an error
 *
 * Names the route, so that [method@Geminga.Router.build_path] finds it.
 *
 * It fails with %GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE when another route of the router has that name, and
 * with %GEMINGA_HTTP_ERROR_INVALID_ROUTE when the name is empty or the router is gone.
 *
 * Returns: %TRUE if that is its name now
 *
 * Since: 0.1
 */
gboolean
geminga_route_set_name (GemingaRoute *self, const char *name, GError **error)
{
  g_autoptr (GemingaRouter) router = NULL;

  g_return_val_if_fail (GEMINGA_IS_ROUTE (self), FALSE);

  router = g_weak_ref_get (&self->router);
  if (!geminga_router_rename (router, self, name, error))
    return FALSE;

  g_free (self->name);
  self->name = g_strdup (name);

  return TRUE;
}

/**
 * geminga_route_get_name:
 * @self: a route
 *
 * Gets the name of the route.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL when it has none
 *
 * Since: 0.1
 */
const char *
geminga_route_get_name (GemingaRoute *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTE (self), NULL);

  return self->name;
}

/**
 * geminga_route_add_middleware:
 * @self: a route
 * @middleware: a middleware
 *
 * Has the requests of the route pass a middleware, after those of the routers that it is in.
 *
 * Since: 0.1
 */
void
geminga_route_add_middleware (GemingaRoute *self, GemingaMiddleware *middleware)
{
  g_return_if_fail (GEMINGA_IS_ROUTE (self));
  g_return_if_fail (GEMINGA_IS_MIDDLEWARE (middleware));

  if (self->middleware == NULL)
    self->middleware = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->middleware, g_object_ref (middleware));
}
