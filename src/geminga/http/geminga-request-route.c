/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"
#include "geminga-request-private.h"
#include "geminga-route-private.h"

/* What a request knows of its router and route. */

/* Helpers */

static void
answer_without_route (GemingaRequest *self)
{
  guint status = self->found.status;
  const char *detail = self->found.detail;

  if (status == 308)
    {
      geminga_request_respond_redirect (self, status, detail);
      return;
    }

  if (detail != NULL)
    geminga_request_set_response_header (self, "Allow", detail, NULL);
  if (status == 204)
    geminga_request_respond_empty (self, status);
  else
    geminga_request_respond_status (self, status, NULL);
}

/* Private API */

void
geminga_request_clear_route (GemingaRequest *self)
{
  GemingaRequestRoute *found = &self->found;

  g_clear_object (&found->route);
  g_clear_object (&found->router);
  g_clear_pointer (&found->detail, g_free);
  g_clear_pointer (&found->params, g_free);
  g_clear_pointer (&found->text, g_free);
  g_clear_pointer (&found->rest, g_free);
  found->n_params = 0;
}

void
geminga_request_set_router (GemingaRequest *self, GemingaRouter *router)
{
  g_object_ref (router);
  geminga_request_clear_route (self);
  self->found.router = router;
}

void
geminga_request_set_route (GemingaRequest *self, GemingaRoute *route)
{
  g_set_object (&self->found.route, route);
}

void
geminga_request_set_outcome (GemingaRequest *self, guint status, char *detail)
{
  self->found.status = status;
  self->found.detail = detail;
}

void
geminga_request_take_params (GemingaRequest *self,
                             GemingaHttpPair *params,
                             guint n_params,
                             char *text,
                             char *rest)
{
  self->found.params = params;
  self->found.n_params = n_params;
  self->found.text = text;
  self->found.rest = rest;
}

void
geminga_request_run_handler (GemingaRequest *self)
{
  GemingaRoute *route = self->found.route;

  if (route != NULL)
    route->handler (self, route->user_data);
  else
    answer_without_route (self);
}

/* Public API */

/**
 * geminga_request_get_route:
 * @self: a request
 *
 * Gets the route that answers the request.
 *
 * Returns: (transfer none) (nullable): the route, or %NULL when there is none for it
 *
 * Since: 0.1
 */
GemingaRoute *
geminga_request_get_route (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->found.route;
}

/**
 * geminga_request_build_path:
 * @self: a request that a router was given
 * @name: the name of a route
 * @values: (nullable): the values of the path parameters and of the query, a{sv}; a floating one is consumed
 * @error: return location for an error
 *
 * Makes the path of a route of the same router, see [method@Geminga.Router.build_path].
 *
 * Returns: (transfer full): the path, encoded
 *
 * Since: 0.1
 */
char *
geminga_request_build_path (GemingaRequest *self,
                            const char *name,
                            GVariant *values,
                            GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (self->found.router != NULL, NULL);

  return geminga_router_build_path (self->found.router, name, values, error);
}
