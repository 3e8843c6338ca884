/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-route-tree-private.h"

#include <string.h>

#include "geminga-http-head-private.h"
#include "geminga-route-private.h"

/* A parameter below a node. */
typedef struct
{
  GemingaRouteRule *rule;
  GemingaRouteNode *node;
} Child;

struct _GemingaRouteNode
{
  GHashTable *literals;     /* (nullable): text to GemingaRouteNode */
  GArray *children;         /* (nullable) (element-type Child): in the order of matching */
  GPtrArray *routes;        /* (nullable) (element-type GemingaRoute): that end here */
  GemingaRouteMount *mount; /* (owned) (nullable) */
};

/* Helpers: tree */

static void
child_clear (gpointer data)
{
  Child *child = data;

  geminga_route_rule_unref (child->rule);
  geminga_route_node_free (child->node);
}

static void
literal_free (gpointer data)
{
  geminga_route_node_free (data);
}

static GemingaRouteNode *
get_literal (GemingaRouteNode *node, const char *text, gboolean create)
{
  GemingaRouteNode *child = NULL;

  if (node->literals != NULL)
    child = g_hash_table_lookup (node->literals, text);
  if (child != NULL || !create)
    return child;

  if (node->literals == NULL)
    node->literals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, literal_free);
  child = geminga_route_node_new ();
  g_hash_table_insert (node->literals, g_strdup (text), child);

  return child;
}

/* Behind those that are as specific. */
static GemingaRouteNode *
get_parameter (GemingaRouteNode *node, GemingaRouteRule *rule, gboolean create)
{
  guint place = 0;
  Child child;

  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      const Child *other = &g_array_index (node->children, Child, i);

      if (strcmp (other->rule->key, rule->key) == 0)
        return other->node;
      if (geminga_route_rule_compare (other->rule, rule) <= 0)
        place = i + 1;
    }

  if (!create)
    return NULL;

  if (node->children == NULL)
    {
      node->children = g_array_new (FALSE, FALSE, sizeof (Child));
      g_array_set_clear_func (node->children, child_clear);
    }
  child.rule = geminga_route_rule_ref (rule);
  child.node = geminga_route_node_new ();
  g_array_insert_val (node->children, place, child);

  return child.node;
}

/* The node of the first segments; NULL when there is none and @create is FALSE. */
static GemingaRouteNode *
get_node (GemingaRouteNode *node, GArray *segments, guint n_segments, gboolean create)
{
  for (guint i = 0; node != NULL && i < n_segments; i++)
    {
      const GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);

      if (segment->rule == NULL)
        node = get_literal (node, segment->text, create);
      else
        node = get_parameter (node, segment->rule, create);
    }

  return node;
}

/* Where a pattern may end: without the last segments that have defaults, and with them. */
static GemingaRouteNode *
get_end (GemingaRouteNode *root, GArray *segments, guint n_segments, gboolean create)
{
  if (n_segments == 0)
    return get_literal (root, "", create);

  return get_node (root, segments, n_segments, create);
}

static GemingaRoute *
find_method (const GemingaRouteNode *node, const char *method)
{
  for (guint i = 0; node->routes != NULL && i < node->routes->len; i++)
    {
      GemingaRoute *route = g_ptr_array_index (node->routes, i);

      if (geminga_route_has_method (route, method))
        return route;
    }

  return NULL;
}

/* Helpers: matching */

static gboolean
is_dots (const char *segment)
{
  return strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0;
}

static void
allow_methods (GemingaRouteMatch *match, GemingaRoute *route)
{
  const char *const *methods = geminga_route_get_methods (route);

  if (match->allow == NULL)
    match->allow = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; methods[i] != NULL; i++)
    {
      if (!g_ptr_array_find_with_equal_func (match->allow, methods[i], g_str_equal, NULL))
        g_ptr_array_add (match->allow, g_strdup (methods[i]));
    }
}

static void
remember_steps (GemingaRouteMatch *match)
{
  memcpy (match->last_steps, match->steps, sizeof (GemingaRouteStep) * match->n_steps);
  match->n_last_steps = match->n_steps;
}

static gboolean
match_methods (GemingaRouteMatch *match, const GemingaRouteNode *node)
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

  if (match->allow == NULL)
    remember_steps (match);
  for (guint i = 0; i < node->routes->len; i++)
    allow_methods (match, g_ptr_array_index (node->routes, i));

  return FALSE;
}

/* An encoded slash in the rest would look like any other: such a path does not match. */
static gboolean
match_rest (GemingaRouteMatch *match, const GemingaRouteNode *node, guint depth)
{
  g_autoptr (GString) rest = NULL;

  for (guint i = depth; i < match->n_segments; i++)
    {
      if (strchr (match->segments[i], '/') != NULL)
        return FALSE;
    }

  if (!match_methods (match, node))
    return FALSE;

  rest = g_string_new (NULL);
  for (guint i = depth; i < match->n_segments; i++)
    {
      if (i > depth)
        g_string_append_c (rest, '/');
      g_string_append (rest, match->segments[i]);
    }

  match->rest = g_string_free (g_steal_pointer (&rest), FALSE);
  match->values[match->n_values++] = match->rest;

  return TRUE;
}

static gboolean match_node (GemingaRouteMatch *match, const GemingaRouteNode *node, guint depth);

static gboolean
match_mount (GemingaRouteMatch *match, const GemingaRouteMount *mount, guint depth)
{
  if (match->n_steps == GEMINGA_ROUTE_MAX_DEPTH)
    return FALSE;

  match->steps[match->n_steps++] = (GemingaRouteStep){ mount, match->n_values };
  if (match->allow == NULL && match->n_steps > match->n_last_steps)
    remember_steps (match);
  if (match_node (match, mount->root, depth))
    return TRUE;

  match->n_steps--;

  return FALSE;
}

static gboolean
match_children (GemingaRouteMatch *match, const GemingaRouteNode *node, guint depth)
{
  char *segment = match->segments[depth];

  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      const Child *child = &g_array_index (node->children, Child, i);

      if (child->rule->kind == GEMINGA_ROUTE_REST ||
          !geminga_route_rule_matches (child->rule, segment))
        continue;

      match->values[match->n_values++] = segment;
      if (match_node (match, child->node, depth + 1))
        return TRUE;
      match->n_values--;
    }

  return FALSE;
}

/* In one router each node is visited once at most: a node has one depth. */
static gboolean
match_node (GemingaRouteMatch *match, const GemingaRouteNode *node, guint depth)
{
  const GemingaRouteNode *child = NULL;
  const Child *last = NULL;

  if (depth == match->n_segments)
    return match_methods (match, node);

  if (node->literals != NULL)
    child = g_hash_table_lookup (node->literals, match->segments[depth]);
  if (child != NULL && match_node (match, child, depth + 1))
    return TRUE;

  if (match_children (match, node, depth))
    return TRUE;
  if (node->mount != NULL && match_mount (match, node->mount, depth))
    return TRUE;

  if (node->children == NULL)
    return FALSE;

  last = &g_array_index (node->children, Child, node->children->len - 1);

  return last->rule->kind == GEMINGA_ROUTE_REST && match_rest (match, last->node, depth);
}

/* Private API */

GemingaRouteNode *
geminga_route_node_new (void)
{
  return g_new0 (GemingaRouteNode, 1);
}

void
geminga_route_node_free (GemingaRouteNode *self)
{
  g_clear_pointer (&self->literals, g_hash_table_unref);
  g_clear_pointer (&self->children, g_array_unref);
  g_clear_pointer (&self->routes, g_ptr_array_unref);
  g_clear_pointer (&self->mount, geminga_route_mount_free);
  g_free (self);
}

GemingaRoute *
geminga_route_node_find_conflict (GemingaRouteNode *root,
                                  GArray *segments,
                                  const char *const *methods)
{
  for (guint n = geminga_route_pattern_count_required (segments); n <= segments->len; n++)
    {
      GemingaRouteNode *node = get_end (root, segments, n, FALSE);

      for (guint i = 0; node != NULL && methods[i] != NULL; i++)
        {
          GemingaRoute *route = find_method (node, methods[i]);

          if (route != NULL)
            return route;
        }
    }

  return NULL;
}

void
geminga_route_node_insert (GemingaRouteNode *root, GArray *segments, GemingaRoute *route)
{
  for (guint n = geminga_route_pattern_count_required (segments); n <= segments->len; n++)
    {
      GemingaRouteNode *node = get_end (root, segments, n, TRUE);

      if (node->routes == NULL)
        node->routes = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (node->routes, g_object_ref (route));
    }
}

gboolean
geminga_route_node_insert_mount (GemingaRouteNode *root, GemingaRouteMount *mount)
{
  GemingaRouteNode *node = get_node (root, mount->segments, mount->segments->len, TRUE);

  if (node->mount != NULL)
    return FALSE;

  node->mount = mount;

  return TRUE;
}

void
geminga_route_mount_free (GemingaRouteMount *self)
{
  g_free (self->prefix);
  g_free (self->name);
  g_array_unref (self->segments);
  g_ptr_array_unref (self->names);
  g_clear_object (&self->router);
  g_free (self);
}

gboolean
geminga_route_match_split (GemingaRouteMatch *self, const char *path)
{
  char *cursor = NULL;

  self->text = g_strdup (path + 1);
  cursor = self->text;

  while (cursor != NULL && self->n_segments <= GEMINGA_ROUTE_MAX_SEGMENTS)
    {
      char *segment = cursor;

      cursor = strchr (segment, '/');
      if (cursor != NULL)
        *cursor++ = '\0';
      if (!geminga_http_percent_decode (segment) || is_dots (segment))
        return FALSE;
      self->segments[self->n_segments++] = segment;
    }

  return TRUE;
}

gboolean
geminga_route_match_merge_slashes (GemingaRouteMatch *self)
{
  guint n = 0;
  guint before = self->n_segments;

  for (guint i = 0; i < before; i++)
    {
      if (*self->segments[i] != '\0' || i == before - 1)
        self->segments[n++] = self->segments[i];
    }

  self->n_segments = n;

  return n < before;
}

gboolean
geminga_route_match_toggle_slash (GemingaRouteMatch *self)
{
  gboolean has_slash = *self->segments[self->n_segments - 1] == '\0';

  if (self->n_segments == 1 && has_slash)
    return FALSE;

  if (has_slash)
    self->n_segments--;
  else
    self->segments[self->n_segments++] = (char *) "";

  return TRUE;
}

gboolean
geminga_route_match_find (GemingaRouteMatch *self, const GemingaRouteNode *root)
{
  self->n_steps = 0;

  return self->n_segments <= GEMINGA_ROUTE_MAX_SEGMENTS && match_node (self, root, 0);
}

void
geminga_route_match_clear (GemingaRouteMatch *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->rest, g_free);
  g_clear_pointer (&self->allow, g_ptr_array_unref);
}
