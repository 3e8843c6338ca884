/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-route-pattern-private.h"
#include "geminga-route.h"

G_BEGIN_DECLS

#define GEMINGA_ROUTE_MAX_DEPTH 8 /* routers below each other, the first one included */

/* One segment of all patterns of a router. */
typedef struct _GemingaRouteNode GemingaRouteNode;

/* Where another router goes on. */
typedef struct
{
  char *prefix;
  char *name;       /* (nullable): its routes are called "name.route" */
  GArray *segments; /* (element-type GemingaRouteSegment) */
  GPtrArray *names; /* (element-type utf8): of the parameters in the prefix */
  GObject *router;  /* (owned) */
  GemingaRouteNode *root;
} GemingaRouteMount;

typedef struct
{
  const GemingaRouteMount *mount;
  guint first_value; /* of the values behind its prefix */
} GemingaRouteStep;

/* One search. Zero it; clear it at the end. */
typedef struct
{
  const char *method;
  char *segments[GEMINGA_ROUTE_MAX_SEGMENTS + 2]; /* decoded, inside @text */
  guint n_segments;
  char *text;
  const char *values[GEMINGA_ROUTE_MAX_SEGMENTS];
  guint n_values;
  char *rest; /* (nullable) */

  /* The routers that the search is in, and, when no route is found, the last ones it was in. */
  GemingaRouteStep steps[GEMINGA_ROUTE_MAX_DEPTH];
  guint n_steps;
  GemingaRouteStep last_steps[GEMINGA_ROUTE_MAX_DEPTH];
  guint n_last_steps;

  GemingaRoute *route; /* (nullable): found */
  GPtrArray *allow;    /* (nullable): methods of the routes of that path */
} GemingaRouteMatch;

GemingaRouteNode *geminga_route_node_new (void);
void geminga_route_node_free (GemingaRouteNode *self);

/* The route that would be in the way of another one with one of these methods; NULL: none. */
GemingaRoute *geminga_route_node_find_conflict (GemingaRouteNode *root,
                                                GArray *segments,
                                                const char *const *methods);
void geminga_route_node_insert (GemingaRouteNode *root, GArray *segments, GemingaRoute *route);

/* Takes @mount; FALSE, and does not, when another one is there. */
gboolean geminga_route_node_insert_mount (GemingaRouteNode *root, GemingaRouteMount *mount);
void geminga_route_mount_free (GemingaRouteMount *self);

/* Splits a path and decodes its segments; FALSE: a path no honest client sends. There may be one segment
 * more than a pattern has: it matches nothing. */
gboolean geminga_route_match_split (GemingaRouteMatch *self, const char *path);
/* Removes empty segments but the last one; TRUE: there were some. */
gboolean geminga_route_match_merge_slashes (GemingaRouteMatch *self);
/* Removes the last slash, or adds one; FALSE: it is "/". */
gboolean geminga_route_match_toggle_slash (GemingaRouteMatch *self);

/* TRUE: there is a route. */
gboolean geminga_route_match_find (GemingaRouteMatch *self, const GemingaRouteNode *root);
void geminga_route_match_clear (GemingaRouteMatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaRouteMount, geminga_route_mount_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaRouteMatch, geminga_route_match_clear)

G_END_DECLS
