/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-route-rule-private.h"

G_BEGIN_DECLS

#define GEMINGA_ROUTE_MAX_SEGMENTS 64

typedef struct
{
  GemingaRouteRule *rule; /* (owned) (nullable): NULL for literal text */
  char *text;             /* the literal, or the name of the parameter */
  char *fallback;         /* (nullable): the value when the segment is left out */
} GemingaRouteSegment;

/* The segments of "/users/{id:int}": an array of GemingaRouteSegment. */
GArray *geminga_route_pattern_parse (const char *pattern, GError **error);

/* The segments of a prefix, "/" or "/api/{version:int}": as those of a pattern, none for "/". */
GArray *geminga_route_prefix_parse (const char *prefix, GError **error);

/* From how many segments on the pattern may end, because the others have values if left out. */
guint geminga_route_pattern_count_required (GArray *segments);

/* The names of the parameters, in their order. */
GPtrArray *geminga_route_pattern_list_names (GArray *segments);

/* Appends the path with these values, a{sv}, encoded, and adds the names that were used to @used. */
gboolean geminga_route_pattern_append_path (GArray *segments,
                                            GVariant *values,
                                            GHashTable *used,
                                            GString *path,
                                            GError **error);

/* "GET,POST" or "*" as a list of methods. */
GStrv geminga_route_methods_parse (const char *methods, GError **error);

G_END_DECLS
