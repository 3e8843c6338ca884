/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-route-private.h"
#include "geminga-router-private.h"

/* The half of GemingaRouter that makes paths of names. */

/* Helpers */

/* The route of that name; the mounts on the way to it are added to @way. */
static GemingaRoute *
find_named (GemingaRouter *self, const char *name, GPtrArray *way)
{
  GemingaRoute *route = g_hash_table_lookup (self->names, name);

  for (guint i = 0; route == NULL && i < self->mounts->len; i++)
    {
      GemingaRouteMount *mount = g_ptr_array_index (self->mounts, i);
      gsize len = mount->name != NULL ? strlen (mount->name) : 0;
      const char *rest = name;

      if (mount->name != NULL)
        rest = strncmp (name, mount->name, len) == 0 && name[len] == '.' ? name + len + 1 : NULL;
      if (rest == NULL)
        continue;

      g_ptr_array_add (way, mount);
      route = find_named (GEMINGA_ROUTER (mount->router), rest, way);
      if (route == NULL)
        g_ptr_array_set_size (way, (int) way->len - 1);
    }

  return route;
}

static void
append_pair (GString *path, const char *name, const char *value)
{
  g_autofree char *encoded_name = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *encoded_value = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_c (path, strchr (path->str, '?') == NULL ? '?' : '&');
  g_string_append_printf (path, "%s=%s", encoded_name, encoded_value);
}

/* A list is written as a key for each of its values. */
static void
append_value (GString *path, const char *name, GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inside = g_variant_get_variant (value);

      append_value (path, name, inside);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    append_pair (path, name, g_variant_get_string (value, NULL));
  else if (g_variant_is_container (value))
    {
      GVariantIter iter;
      GVariant *item = NULL;

      g_variant_iter_init (&iter, value);
      while ((item = g_variant_iter_next_value (&iter)) != NULL)
        {
          append_value (path, name, item);
          g_variant_unref (item);
        }
    }
  else
    {
      text = g_variant_print (value, FALSE);
      append_pair (path, name, text);
    }
}

static void
append_query (GString *path, GVariant *values, GHashTable *used)
{
  GVariantIter iter;
  const char *name;
  GVariant *value = NULL;

  if (values == NULL)
    return;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      if (!g_hash_table_contains (used, name))
        append_value (path, name, value);
      g_variant_unref (value);
    }
}

/* Private API */

gboolean
geminga_router_rename (GemingaRouter *self, GemingaRoute *route, const char *name, GError **error)
{
  GemingaRoute *other = NULL;

  if (self == NULL || (name != NULL && *name == '\0'))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Route %s cannot be named: %s", route->pattern,
                   self == NULL ? "its router is gone" : "the name is empty");
      return FALSE;
    }

  other = name != NULL ? g_hash_table_lookup (self->names, name) : NULL;
  if (other == route)
    return TRUE;
  if (other != NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE,
                   "Route %s cannot be called “%s”: that is route %s", route->pattern, name,
                   other->pattern);
      return FALSE;
    }

  if (route->name != NULL)
    g_hash_table_remove (self->names, route->name);
  if (name != NULL)
    g_hash_table_insert (self->names, g_strdup (name), route);

  return TRUE;
}

/* Public API */

/**
 * geminga_router_build_path:
 * @self: a router
 * @name: the name of a route; "inner.name" for one of a router that was mounted with the name "inner"
 * @values: (nullable): the values of the path parameters and of the query, a{sv}; a floating one is consumed
 * @error: return location for an error
 *
 * Makes the path of a route, with its query.
 *
 * A value whose name is no parameter of the path becomes part of the query, a list as a key for each
 * item. Parameters that have a default may be left out. Integers get the digits that the route asks for.
 *
 * It fails with %GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE when no route has that name, and with
 * %GEMINGA_HTTP_ERROR_INVALID_PARAMETER when a value is missing or not what the route takes.
 *
 * Returns: (transfer full): the path, encoded
 *
 * Since: 0.1
 */
char *
geminga_router_build_path (GemingaRouter *self, const char *name, GVariant *values, GError **error)
{
  g_autoptr (GPtrArray) way = g_ptr_array_new ();
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) path = g_string_new (NULL);
  g_autoptr (GVariant) owned = values != NULL ? g_variant_ref_sink (values) : NULL;
  GemingaRoute *route = NULL;

  g_return_val_if_fail (GEMINGA_IS_ROUTER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (values == NULL || g_variant_is_of_type (values, G_VARIANT_TYPE_VARDICT),
                        NULL);

  route = find_named (self, name, way);
  if (route == NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE,
                   "No route is called “%s”", name);
      return NULL;
    }

  for (guint i = 0; i <= way->len; i++)
    {
      GArray *segments = i < way->len ? ((GemingaRouteMount *) g_ptr_array_index (way, i))->segments
                                      : route->segments;

      if (!geminga_route_pattern_append_path (segments, owned, used, path, error))
        {
          g_prefix_error (error, "Path of route “%s”: ", name);
          return NULL;
        }
    }

  append_query (path, owned, used);

  return g_string_free (g_steal_pointer (&path), FALSE);
}
