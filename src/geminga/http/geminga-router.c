/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-router.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-head-private.h"
#include "geminga-request-private.h"
#include "geminga-route-pattern-private.h"

typedef struct
{
  gatomicrefcount ref_count;
  GStrv methods;
  GPtrArray *names; /* (element-type utf8): of the parameters, in their order */
  GemingaRequestHandler handler;
  gpointer user_data;
  GDestroyNotify destroy;
} Route;

/* One segment of the patterns. */
typedef struct _Node Node;
struct _Node
{
  GHashTable *literals;                  /* (nullable): text to Node */
  Node *children[GEMINGA_ROUTE_N_KINDS]; /* (nullable): of parameters, by kind */
  GPtrArray *routes;                     /* (nullable) (element-type Route): that end here */
};

typedef struct
{
  const char *method;
  char *segments[GEMINGA_ROUTE_MAX_SEGMENTS + 1]; /* decoded, inside @text */
  guint n_segments;
  char *text;
  char *values[GEMINGA_ROUTE_MAX_SEGMENTS];
  guint n_values;
  char *rest;       /* (nullable) */
  Route *route;     /* (nullable): found */
  GPtrArray *allow; /* (nullable): methods of the routes of that path */
} Match;

/**
 * GemingaRouter:
 *
 * Finds the handler of a request by its method and path.
 *
 * A path is made of segments. `{name}` takes one segment of any text, `{name:int}` one that is an integer,
 * `{name:float}` one that is a number, and `{name:path}`, which must be the last, all that is left. Text
 * goes before parameters, integers before floats before strings, and the rest comes last; when a way
 * leads nowhere, the next is tried. Segments are decoded after the path was split, so `%2F` is part of
 * a value.
 *
 * `HEAD` is answered by the route of `GET`, `OPTIONS` by the methods there are, unknown paths by status
 * 404 and other methods of known paths by 405, unless there is a route for them.
 *
 * A router is bound to the main context in which requests are handled. Routes may be added at any time.
 *
 * Since: 0.1
 */
struct _GemingaRouter
{
  GObject parent_instance;

  Node *root;
  guint n_routes;
};

G_DEFINE_FINAL_TYPE (GemingaRouter, geminga_router, G_TYPE_OBJECT)

/* Helpers: tree */

static void
route_unref (gpointer data)
{
  Route *route = data;

  if (!g_atomic_ref_count_dec (&route->ref_count))
    return;

  if (route->destroy != NULL)
    route->destroy (route->user_data);
  g_strfreev (route->methods);
  g_ptr_array_unref (route->names);
  g_free (route);
}

static void
node_free (gpointer data)
{
  Node *node = data;

  if (node == NULL)
    return;

  g_clear_pointer (&node->literals, g_hash_table_unref);
  for (guint i = 0; i < GEMINGA_ROUTE_N_KINDS; i++)
    node_free (node->children[i]);
  g_clear_pointer (&node->routes, g_ptr_array_unref);
  g_free (node);
}

/* The node below @node that @segment leads to; NULL when there is none and @create is FALSE. */
static Node *
get_child (Node *node, const GemingaRouteSegment *segment, gboolean create)
{
  Node *child = NULL;

  if (segment->kind != GEMINGA_ROUTE_LITERAL)
    {
      if (node->children[segment->kind] == NULL && create)
        node->children[segment->kind] = g_new0 (Node, 1);
      return node->children[segment->kind];
    }

  if (node->literals != NULL)
    child = g_hash_table_lookup (node->literals, segment->text);
  if (child != NULL || !create)
    return child;

  if (node->literals == NULL)
    node->literals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, node_free);
  child = g_new0 (Node, 1);
  g_hash_table_insert (node->literals, g_strdup (segment->text), child);

  return child;
}

static Node *
get_node (GemingaRouter *self, GArray *segments, gboolean create)
{
  Node *node = self->root;

  for (guint i = 0; node != NULL && i < segments->len; i++)
    node = get_child (node, &g_array_index (segments, GemingaRouteSegment, i), create);

  return node;
}

static Route *
find_method (const Node *node, const char *method)
{
  for (guint i = 0; node->routes != NULL && i < node->routes->len; i++)
    {
      Route *route = g_ptr_array_index (node->routes, i);

      if (g_strv_contains ((const char *const *) route->methods, method))
        return route;
    }

  return NULL;
}

static GArray *
check_route (GemingaRouter *self, const char *path, GStrv methods, GError **error)
{
  g_autoptr (GArray) segments = geminga_route_pattern_parse (path, error);
  Node *node = NULL;

  if (segments == NULL)
    return NULL;

  node = get_node (self, segments, FALSE);
  for (guint i = 0; node != NULL && methods[i] != NULL; i++)
    {
      if (find_method (node, methods[i]) != NULL)
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE,
                       "There is a route for %s %s already", methods[i], path);
          return NULL;
        }
    }

  return g_steal_pointer (&segments);
}

/* Helpers: matching */

static void
match_clear (Match *match)
{
  g_clear_pointer (&match->text, g_free);
  g_clear_pointer (&match->rest, g_free);
  g_clear_pointer (&match->allow, g_ptr_array_unref);
}

static gboolean
is_dots (const char *segment)
{
  return strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0;
}

/* Splits, then decodes. FALSE: a path no honest client sends. */
static gboolean
split_path (Match *match, const char *path)
{
  char *cursor = NULL;

  match->text = g_strdup (path + 1);
  cursor = match->text;

  while (cursor != NULL && match->n_segments <= GEMINGA_ROUTE_MAX_SEGMENTS)
    {
      char *segment = cursor;

      cursor = strchr (segment, '/');
      if (cursor != NULL)
        *cursor++ = '\0';
      if (!geminga_http_percent_decode (segment) || is_dots (segment))
        return FALSE;
      match->segments[match->n_segments++] = segment;
    }

  return TRUE;
}

static void
allow_methods (Match *match, const Route *route)
{
  if (match->allow == NULL)
    match->allow = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; route->methods[i] != NULL; i++)
    {
      if (!g_ptr_array_find_with_equal_func (match->allow, route->methods[i], g_str_equal, NULL))
        g_ptr_array_add (match->allow, g_strdup (route->methods[i]));
    }
}

static gboolean
match_methods (Match *match, const Node *node)
{
  if (node->routes == NULL)
    return FALSE;

  match->route = find_method (node, match->method);
  if (match->route == NULL && strcmp (match->method, "HEAD") == 0)
    match->route = find_method (node, "GET");
  if (match->route == NULL)
    match->route = find_method (node, "*");
  if (match->route != NULL)
    return TRUE;

  for (guint i = 0; i < node->routes->len; i++)
    allow_methods (match, g_ptr_array_index (node->routes, i));

  return FALSE;
}

/* An encoded slash in the rest would look like any other: such a path does not match. */
static gboolean
match_rest (Match *match, const Node *node, guint depth)
{
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = depth; i < match->n_segments; i++)
    {
      if (strchr (match->segments[i], '/') != NULL)
        return FALSE;
      if (i > depth)
        g_string_append_c (rest, '/');
      g_string_append (rest, match->segments[i]);
    }

  if (!match_methods (match, node))
    return FALSE;

  match->rest = g_string_free (g_steal_pointer (&rest), FALSE);
  match->values[match->n_values++] = match->rest;

  return TRUE;
}

/* Each node is visited once at most: a node has one depth. */
static gboolean
match_node (Match *match, const Node *node, guint depth)
{
  char *segment = NULL;
  const Node *child = NULL;

  if (depth == match->n_segments)
    return match_methods (match, node);

  segment = match->segments[depth];
  child = node->literals != NULL ? g_hash_table_lookup (node->literals, segment) : NULL;
  if (child != NULL && match_node (match, child, depth + 1))
    return TRUE;

  for (guint kind = GEMINGA_ROUTE_INT; kind < GEMINGA_ROUTE_REST; kind++)
    {
      child = node->children[kind];
      if (child == NULL || !geminga_route_kind_matches (kind, segment))
        continue;

      match->values[match->n_values++] = segment;
      if (match_node (match, child, depth + 1))
        return TRUE;
      match->n_values--;
    }

  child = node->children[GEMINGA_ROUTE_REST];

  return child != NULL && match_rest (match, child, depth);
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

static void
answer_without_route (GemingaRequest *request, const Match *match)
{
  g_autofree char *allow = NULL;

  if (match->allow == NULL)
    {
      geminga_request_respond_status (request, 404, NULL);
      return;
    }

  allow = format_allow (match->allow);
  geminga_request_set_response_header (request, "Allow", allow, NULL);
  if (strcmp (match->method, "OPTIONS") == 0)
    geminga_request_respond_empty (request, 204);
  else
    geminga_request_respond_status (request, 405, NULL);
}

/* GObject */

static void
geminga_router_finalize (GObject *object)
{
  GemingaRouter *self = GEMINGA_ROUTER (object);

  g_clear_pointer (&self->root, node_free);

  G_OBJECT_CLASS (geminga_router_parent_class)->finalize (object);
}

static void
geminga_router_class_init (GemingaRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_router_finalize;
}

static void
geminga_router_init (GemingaRouter *self)
{
  self->root = g_new0 (Node, 1);
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
 * Since: 0.1
 */
void
geminga_router_add_route (GemingaRouter *self,
                          const char *method,
                          const char *path,
                          GemingaRequestHandler handler,
                          gpointer user_data,
                          GDestroyNotify destroy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) segments = NULL;
  g_auto (GStrv) methods = NULL;
  Route *route = NULL;
  Node *node = NULL;

  g_return_if_fail (GEMINGA_IS_ROUTER (self));
  g_return_if_fail (method != NULL);
  g_return_if_fail (path != NULL);
  g_return_if_fail (handler != NULL);

  methods = geminga_route_methods_parse (method, &error);
  if (methods != NULL)
    segments = check_route (self, path, methods, &error);
  if (segments == NULL)
    {
      g_critical ("Route not added: %s", error->message);
      if (destroy != NULL)
        destroy (user_data);
      return;
    }

  route = g_new0 (Route, 1);
  g_atomic_ref_count_init (&route->ref_count);
  route->methods = g_steal_pointer (&methods);
  route->handler = handler;
  route->user_data = user_data;
  route->destroy = destroy;
  route->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < segments->len; i++)
    {
      GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);

      if (segment->kind != GEMINGA_ROUTE_LITERAL)
        g_ptr_array_add (route->names, g_strdup (segment->text));
    }

  node = get_node (self, segments, TRUE);
  if (node->routes == NULL)
    node->routes = g_ptr_array_new_with_free_func (route_unref);
  g_ptr_array_add (node->routes, route);
  self->n_routes++;
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
 * geminga_router_get_n_routes:
 * @self: a router
 *
 * Counts the routes that were added.
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
 * Gives a request to the handler of its route, or answers that there is none.
 *
 * Since: 0.1
 */
void
geminga_router_handle (GemingaRouter *self, GemingaRequest *request)
{
  Match match = { 0 };

  g_return_if_fail (GEMINGA_IS_ROUTER (self));
  g_return_if_fail (GEMINGA_IS_REQUEST (request));

  match.method = geminga_request_get_method (request);
  if (strcmp (geminga_request_get_raw_path (request), "*") == 0)
    {
      geminga_request_respond_empty (request, 204);
      return;
    }

  if (!split_path (&match, geminga_request_get_raw_path (request)))
    geminga_request_respond_status (request, 400, NULL);
  else if (match.n_segments > GEMINGA_ROUTE_MAX_SEGMENTS || !match_node (&match, self->root, 0))
    answer_without_route (request, &match);
  else
    {
      /* The handler may keep the router from being the same when it returns. */
      Route *route = match.route;

      g_atomic_ref_count_inc (&route->ref_count);
      geminga_request_set_params (request, (const char *const *) route->names->pdata, match.values,
                                  MIN (match.n_values, route->names->len));
      route->handler (request, route->user_data);
      route_unref (route);
    }

  match_clear (&match);
}
