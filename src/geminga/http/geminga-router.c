/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-router.h"

#include <string.h>

#include "geminga-http-enums.h"
#include "geminga-http-error.h"
#include "geminga-middleware.h"
#include "geminga-request-private.h"
#include "geminga-route-private.h"
#include "geminga-router-private.h"

/**
 * GemingaRouter:
 *
 * Finds the handler of a request by its method and path.
 *
 * A path is made of segments. `{name}` takes one segment of any text, `{name:TYPE}` one of a type:
 *
 * - `str`, text, with the limits `min`, `max` and `length`, in characters
 * - `int`, an integer, with `min`, `max` and `digits`: exactly so many, no sign
 * - `float`, a number, with `min` and `max`
 * - `any(a,b)`, one of these texts
 * - `path`, all that is left; it must be the last
 *
 * Limits stand in brackets: `{year:int(digits=4)}`, `{code:str(min=2,max=8)}`. At the end of a path,
 * parameters may have defaults, as in `/news/{page:int=1}`: they may be left out.
 *
 * Text goes before parameters, the types in the order any, int, float, str, those with limits before
 * those without, then a router that is mounted there, and `path` comes last; among equals the first that
 * was added is tried first. When a way leads nowhere, the next is tried. Segments are decoded after the
 * path was split, so `%2F` is part of a value.
 *
 * `HEAD` is answered by the route of `GET`, `OPTIONS` by the methods there are, unknown paths by status
 * 404 and other methods of known paths by 405, unless there is a route for them.
 *
 * A router is bound to the main context in which requests are handled. Routes may be added at any time.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GemingaRouter, geminga_router, G_TYPE_OBJECT)

enum
{
  PROP_TRAILING_SLASH = 1,
  PROP_DOUBLE_SLASH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers: tree */

static GArray *
check_route (GemingaRouter *self, const char *path, GStrv methods, GError **error)
{
  g_autoptr (GArray) segments = geminga_route_pattern_parse (path, error);
  GemingaRoute *other = NULL;

  if (segments == NULL)
    return NULL;

  other = geminga_route_node_find_conflict (self->root, segments, (const char *const *) methods);
  if (other != NULL)
    {
      guint i = 0;

      while (!geminga_route_has_method (other, methods[i]))
        i++;
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE,
                   "There is a route for %s %s already: %s", methods[i], path, other->pattern);
      return NULL;
    }

  return g_steal_pointer (&segments);
}

static gboolean
contains (GemingaRouter *self, GemingaRouter *other)
{
  if (self == other)
    return TRUE;

  for (guint i = 0; i < self->mounts->len; i++)
    {
      GemingaRouteMount *mount = g_ptr_array_index (self->mounts, i);

      if (contains (GEMINGA_ROUTER (mount->router), other))
        return TRUE;
    }

  return FALSE;
}

/* How many routers are below each other in it. */
static guint
get_height (GemingaRouter *self)
{
  guint height = 0;

  for (guint i = 0; i < self->mounts->len; i++)
    {
      GemingaRouteMount *mount = g_ptr_array_index (self->mounts, i);

      height = MAX (height, get_height (GEMINGA_ROUTER (mount->router)) + 1);
    }

  return height;
}

static void
set_above (GemingaRouter *self, guint n_above)
{
  if (n_above <= self->n_above)
    return;

  self->n_above = n_above;
  for (guint i = 0; i < self->mounts->len; i++)
    {
      GemingaRouteMount *mount = g_ptr_array_index (self->mounts, i);

      set_above (GEMINGA_ROUTER (mount->router), n_above + 1);
    }
}

static gboolean
check_mount (GemingaRouter *self, const char *prefix, GemingaRouter *router, GError **error)
{
  if (contains (router, self))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Prefix “%s”: a router cannot be mounted in itself", prefix);
      return FALSE;
    }

  if (self->n_above + 1 + get_height (router) > GEMINGA_ROUTE_MAX_DEPTH)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Prefix “%s”: more than %d routers would be mounted in each other", prefix,
                   GEMINGA_ROUTE_MAX_DEPTH);
      return FALSE;
    }

  return TRUE;
}

/* Helpers: answers */

static char *
format_allow (GPtrArray *allow)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < allow->len; i++)
    {
      const char *method = g_ptr_array_index (allow, i);

      if (strcmp (method, "OPTIONS") == 0 || strcmp (method, "HEAD") == 0)
        continue;
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", method);
      if (strcmp (method, "GET") == 0)
        g_string_append (list, ", HEAD");
    }

  if (g_ptr_array_find_with_equal_func (allow, "HEAD", g_str_equal, NULL) &&
      !g_ptr_array_find_with_equal_func (allow, "GET", g_str_equal, NULL))
    g_string_append_printf (list, "%sHEAD", list->len > 0 ? ", " : "");

  g_string_append_printf (list, "%sOPTIONS", list->len > 0 ? ", " : "");

  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* NULL: the client would be sent to another host. */
static char *
make_location (GemingaRequest *request, gboolean is_merged, gboolean is_toggled)
{
  const char *path = geminga_request_get_raw_path (request);
  const char *query = geminga_request_get_raw_query (request);
  g_autoptr (GString) location = g_string_new (NULL);

  for (const char *p = path; *p != '\0'; p++)
    {
      if (!is_merged || p == path || p[0] != '/' || p[-1] != '/')
        g_string_append_c (location, *p);
    }

  if (is_toggled && location->str[location->len - 1] == '/')
    g_string_truncate (location, location->len - 1);
  else if (is_toggled)
    g_string_append_c (location, '/');
  if (query != NULL)
    g_string_append_printf (location, "?%s", query);

  if (g_str_has_prefix (location->str, "//"))
    return NULL;

  return g_string_free (g_steal_pointer (&location), FALSE);
}

/* TRUE: the path has a route or other methods. The flags tell what was changed to find it. */
static gboolean
search (GemingaRouter *self, GemingaRouteMatch *match, gboolean *is_merged, gboolean *is_toggled)
{
  if (self->double_slash != GEMINGA_SLASH_POLICY_STRICT)
    *is_merged = geminga_route_match_merge_slashes (match);

  if (geminga_route_match_find (match, self->root) || match->allow != NULL)
    return TRUE;
  if (self->trailing_slash == GEMINGA_SLASH_POLICY_STRICT ||
      !geminga_route_match_toggle_slash (match))
    return FALSE;

  *is_toggled = TRUE;

  return geminga_route_match_find (match, self->root) || match->allow != NULL;
}

static void
find (GemingaRouter *self, GemingaRequest *request, GemingaRouteMatch *match)
{
  gboolean is_merged = FALSE;
  gboolean is_toggled = FALSE;
  char *location = NULL;

  if (!search (self, match, &is_merged, &is_toggled))
    {
      geminga_request_set_outcome (request, 404, NULL);
      return;
    }

  is_merged = is_merged && self->double_slash == GEMINGA_SLASH_POLICY_REDIRECT;
  is_toggled = is_toggled && self->trailing_slash == GEMINGA_SLASH_POLICY_REDIRECT;
  if (is_merged || is_toggled)
    {
      location = make_location (request, is_merged, is_toggled);
      match->route = NULL;
      geminga_request_set_outcome (request, location != NULL ? 308 : 404, location);
    }
  else if (match->route == NULL)
    geminga_request_set_outcome (request, strcmp (match->method, "OPTIONS") == 0 ? 204 : 405,
                                 format_allow (match->allow));
}

/* The values of the prefixes, then those of the route, with its defaults. */
static void
set_params (GemingaRequest *request, GemingaRouteMatch *match)
{
  GemingaRoute *route = match->route;
  guint n_prefix = match->n_steps > 0 ? match->steps[match->n_steps - 1].first_value : 0;
  guint n = 0;
  GemingaHttpPair *params = NULL;

  if (n_prefix + route->names->len == 0)
    return;

  params = g_new0 (GemingaHttpPair, n_prefix + route->names->len);
  for (guint i = 0; i < match->n_steps; i++)
    {
      GPtrArray *names = match->steps[i].mount->names;

      for (guint j = 0; j < names->len; j++, n++)
        {
          params[n].name = g_ptr_array_index (names, j);
          params[n].value = (char *) match->values[n];
        }
    }

  for (guint i = 0, j = 0; i < route->segments->len; i++)
    {
      const GemingaRouteSegment *segment = &g_array_index (route->segments, GemingaRouteSegment, i);

      if (segment->rule == NULL)
        continue;
      params[n].name = g_ptr_array_index (route->names, j++);
      params[n].value = n < match->n_values ? (char *) match->values[n] : segment->fallback;
      n++;
    }

  geminga_request_take_params (request, params, n, g_steal_pointer (&match->text),
                               g_steal_pointer (&match->rest));
}

/* Of all routers on the way, and of the route. */
static void
add_middleware (GemingaRouter *self, GemingaRequest *request, const GemingaRouteMatch *match)
{
  const GemingaRouteStep *steps = match->route != NULL ? match->steps : match->last_steps;
  guint n_steps = match->route != NULL ? match->n_steps : match->n_last_steps;

  geminga_request_chain_add (request, self->middleware);
  for (guint i = 0; i < n_steps; i++)
    geminga_request_chain_add (request, GEMINGA_ROUTER (steps[i].mount->router)->middleware);
  if (match->route != NULL)
    geminga_request_chain_add (request, match->route->middleware);
}

/* GObject */

static void
geminga_router_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaRouter *self = GEMINGA_ROUTER (object);

  switch (property_id)
    {
    case PROP_TRAILING_SLASH:
      g_value_set_enum (value, self->trailing_slash);
      break;
    case PROP_DOUBLE_SLASH:
      g_value_set_enum (value, self->double_slash);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_router_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  GemingaRouter *self = GEMINGA_ROUTER (object);

  switch (property_id)
    {
    case PROP_TRAILING_SLASH:
      geminga_router_set_trailing_slash (self, g_value_get_enum (value));
      break;
    case PROP_DOUBLE_SLASH:
      geminga_router_set_double_slash (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_router_finalize (GObject *object)
{
  GemingaRouter *self = GEMINGA_ROUTER (object);

  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->mounts);
  g_clear_pointer (&self->middleware, g_ptr_array_unref);
  g_clear_pointer (&self->root, geminga_route_node_free);

  G_OBJECT_CLASS (geminga_router_parent_class)->finalize (object);
}

static void
geminga_router_class_init (GemingaRouterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = geminga_router_get_property;
  object_class->set_property = geminga_router_set_property;
  object_class->finalize = geminga_router_finalize;

  /**
   * GemingaRouter:trailing-slash: (getter get_trailing_slash) (setter set_trailing_slash)
   *
   * What happens to `/users/` when there is a route for `/users` only, and the other way round.
   *
   * That of the router that a request is given to counts, not those of routers mounted in it.
   *
   * Since: 0.1
   */
  props[PROP_TRAILING_SLASH] = g_param_spec_enum (
      "trailing-slash", NULL, NULL, GEMINGA_TYPE_SLASH_POLICY, GEMINGA_SLASH_POLICY_STRICT,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GemingaRouter:double-slash: (getter get_double_slash) (setter set_double_slash)
   *
   * What happens to `//users///1` when there is a route for `/users/1`.
   *
   * That of the router that a request is given to counts, not those of routers mounted in it.
   *
   * Since: 0.1
   */
  props[PROP_DOUBLE_SLASH] = g_param_spec_enum (
      "double-slash", NULL, NULL, GEMINGA_TYPE_SLASH_POLICY, GEMINGA_SLASH_POLICY_STRICT,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_router_init (GemingaRouter *self)
{
  self->root = geminga_route_node_new ();
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->mounts = g_ptr_array_new ();
}

/* Public API */

/**
 * geminga_router_new:
 *
 * Creates a router without routes.
 *
 * Returns: (transfer full): a new router
 *
 * Since: 0.1
 */
GemingaRouter *
geminga_router_new (void)
{
  return g_object_new (GEMINGA_TYPE_ROUTER, NULL);
}

static void
set_policy (GemingaRouter *self, GemingaSlashPolicy *field, GemingaSlashPolicy policy, guint prop)
{
  if (*field == policy)
    return;

  *field = policy;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/**
 * geminga_router_set_trailing_slash: (set-property trailing-slash)
 * @self: a router
 * @policy: what to do
 *
 * Sets what happens to paths that have a slash at the end too many or too few.
 *
 * Since: 0.1
 */
void
geminga_router_set_trailing_slash (GemingaRouter *self, GemingaSlashPolicy policy)
{
  g_return_if_fail (GEMINGA_IS_ROUTER (self));

  set_policy (self, &self->trailing_slash, policy, PROP_TRAILING_SLASH);
}

/**
 * geminga_router_get_trailing_slash: (get-property trailing-slash)
 * @self: a router
 *
 * Gets what happens to paths that have a slash at the end too many or too few.
 *
 * Returns: what happens; %GEMINGA_SLASH_POLICY_STRICT if nothing was set
 *
 * Since: 0.1
 */
GemingaSlashPolicy
geminga_router_get_trailing_slash (GemingaRouter *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), GEMINGA_SLASH_POLICY_STRICT);

  return self->trailing_slash;
}

/**
 * geminga_router_set_double_slash: (set-property double-slash)
 * @self: a router
 * @policy: what to do
 *
 * Sets what happens to paths with several slashes in a row.
 *
 * Since: 0.1
 */
void
geminga_router_set_double_slash (GemingaRouter *self, GemingaSlashPolicy policy)
{
  g_return_if_fail (GEMINGA_IS_ROUTER (self));

  set_policy (self, &self->double_slash, policy, PROP_DOUBLE_SLASH);
}

/**
 * geminga_router_get_double_slash: (get-property double-slash)
 * @self: a router
 *
 * Gets what happens to paths with several slashes in a row.
 *
 * Returns: what happens; %GEMINGA_SLASH_POLICY_STRICT if nothing was set
 *
 * Since: 0.1
 */
GemingaSlashPolicy
geminga_router_get_double_slash (GemingaRouter *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), GEMINGA_SLASH_POLICY_STRICT);

  return self->double_slash;
}

/**
 * geminga_router_add_route:
 * @self: a router
 * @method: a method, several as `GET,POST`, or `*` for all
 * @path: a pattern, as `/users/{id:int}`
 * @handler: (scope notified) (closure user_data) (destroy destroy): what answers the requests
 * @user_data: what to give to @handler
 * @destroy: (nullable): how to free @user_data
 *
 * Adds a route.
 *
 * A route that is not valid, or that is there already, is a programming error: it is told as a critical
 * message and not added. Ask [method@Geminga.Router.check_route] first about routes that come from
 * elsewhere.
 *
 * Returns: (transfer none) (nullable): the route, or %NULL when it was not added
 *
 * Since: 0.1
 */
GemingaRoute *
geminga_router_add_route (GemingaRouter *self,
                          const char *method,
                          const char *path,
                          GemingaRequestHandler handler,
                          gpointer user_data,
                          GDestroyNotify destroy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) segments = NULL;
  g_autoptr (GemingaRoute) route = NULL;
  g_auto (GStrv) methods = NULL;

  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), NULL);
  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (handler != NULL, NULL);

  methods = geminga_route_methods_parse (method, &error);
  if (methods != NULL)
    segments = check_route (self, path, methods, &error);
  if (segments == NULL)
    {
      g_critical ("Route not added: %s", error->message);
      if (destroy != NULL)
        destroy (user_data);
      return NULL;
    }

  route = geminga_route_new (self, path, g_steal_pointer (&methods), g_steal_pointer (&segments),
                             handler, user_data, destroy);
  geminga_route_node_insert (self->root, route->segments, route);
  self->n_routes++;

  return route;
}

/**
 * geminga_router_check_route:
 * @self: a router
 * @method: a method, several as `GET,POST`, or `*` for all
 * @path: a pattern, as `/users/{id:int}`
 * @error: return location for an error
 *
 * Tells whether a route could be added.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_ROUTE or %GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE.
 *
 * Returns: %TRUE if [method@Geminga.Router.add_route] would add it
 *
 * Since: 0.1
 */
gboolean
geminga_router_check_route (GemingaRouter *self,
                            const char *method,
                            const char *path,
                            GError **error)
{
  g_autoptr (GArray) segments = NULL;
  g_auto (GStrv) methods = NULL;

  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), FALSE);
  g_return_val_if_fail (method != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  methods = geminga_route_methods_parse (method, error);
  if (methods == NULL)
    return FALSE;

  segments = check_route (self, path, methods, error);

  return segments != NULL;
}

/**
 * geminga_router_mount:
 * @self: a router
 * @prefix: the beginning of the paths, as `/api/{version:int}`; `/` for none
 * @name: (nullable): what begins the names of its routes, as "api" in "api.users"; %NULL to have them found
 *   by their own names
 * @router: another router
 * @error: return location for an error
 *
 * Has another router find the routes of all paths that begin with a prefix.
 *
 * The parameters of the prefix come before those of the routes; of two with the same name the inner one is
 * found. Routes may be added to @router later.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_ROUTE when the prefix is not valid, has a slash at its end, or
 * when routers would be mounted in themselves or more than eight deep, and with
 * %GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE when another router is mounted there.
 *
 * Returns: %TRUE if it was mounted
 *
 * Since: 0.1
 */
gboolean
geminga_router_mount (GemingaRouter *self,
                      const char *prefix,
                      const char *name,
                      GemingaRouter *router,
                      GError **error)
{
  g_autoptr (GArray) segments = NULL;
  g_autoptr (GemingaRouteMount) mount = NULL;

  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), FALSE);
  g_return_val_if_fail (prefix != NULL, FALSE);
  g_return_val_if_fail (GEMINGA_IS_ROUTER (router), FALSE);

  segments = geminga_route_prefix_parse (prefix, error);
  if (segments == NULL || !check_mount (self, prefix, router, error))
    return FALSE;

  mount = g_new0 (GemingaRouteMount, 1);
  mount->prefix = g_strdup (prefix);
  mount->name = g_strdup (name);
  mount->names = geminga_route_pattern_list_names (segments);
  mount->segments = g_steal_pointer (&segments);
  mount->router = g_object_ref (G_OBJECT (router));
  mount->root = router->root;

  if (!geminga_route_node_insert_mount (self->root, mount))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE,
                   "There is a router at “%s” already", prefix);
      return FALSE;
    }

  g_ptr_array_add (self->mounts, g_steal_pointer (&mount));
  set_above (router, self->n_above + 1);

  return TRUE;
}

/**
 * geminga_router_add_middleware:
 * @self: a router
 * @middleware: a middleware
 *
 * Has all requests that reach the router pass a middleware: those of its routes, of routers mounted in it,
 * and those that it has no route for. A router that is mounted is reached by paths that begin with its
 * prefix, unless another route takes them.
 *
 * Since: 0.1
 */
void
geminga_router_add_middleware (GemingaRouter *self, GemingaMiddleware *middleware)
{
  g_return_if_fail (GEMINGA_IS_ROUTER (self));
  g_return_if_fail (GEMINGA_IS_MIDDLEWARE (middleware));

  if (self->middleware == NULL)
    self->middleware = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->middleware, g_object_ref (middleware));
}

/**
 * geminga_router_get_n_routes:
 * @self: a router
 *
 * Counts the routes that were added to this router, without those of routers mounted in it.
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
guint
geminga_router_get_n_routes (GemingaRouter *self)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), 0);

  return self->n_routes;
}

/**
 * geminga_router_handle:
 * @self: a router
 * @request: a request that is not answered
 *
 * Gives a request to the handler of its route, or answers that there is none, after the middleware on the
 * way has let it pass.
 *
 * Since: 0.1
 */
void
geminga_router_handle (GemingaRouter *self, GemingaRequest *request)
{
  g_auto (GemingaRouteMatch) match = { 0 };
  const char *path = NULL;

  g_return_if_fail (GEMINGA_IS_ROUTER (self));
  g_return_if_fail (GEMINGA_IS_REQUEST (request));

  path = geminga_request_get_raw_path (request);
  match.method = geminga_request_get_method (request);
  geminga_request_set_router (request, self);

  if (strcmp (path, "*") == 0)
    geminga_request_set_outcome (request, 204, NULL);
  else if (!geminga_route_match_split (&match, path))
    geminga_request_set_outcome (request, 400, NULL);
  else
    find (self, request, &match);

  if (match.route != NULL)
    {
      geminga_request_set_route (request, match.route);
      set_params (request, &match);
    }

  add_middleware (self, request, &match);
  geminga_request_chain_start (request);
}
