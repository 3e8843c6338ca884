/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a segment of a pattern takes, the most specific first: that is the order of matching. */
typedef enum
{
  GEMINGA_ROUTE_LITERAL,
  GEMINGA_ROUTE_INT,
  GEMINGA_ROUTE_FLOAT,
  GEMINGA_ROUTE_STRING,
  GEMINGA_ROUTE_REST,
} GemingaRouteKind;

#define GEMINGA_ROUTE_N_KINDS      (GEMINGA_ROUTE_REST + 1)
#define GEMINGA_ROUTE_MAX_SEGMENTS 64

typedef struct
{
  GemingaRouteKind kind;
  char *text; /* the literal, or the name of the parameter */
} GemingaRouteSegment;

/* The segments of "/users/{id:int}": an array of GemingaRouteSegment. */
GArray *geminga_route_pattern_parse (const char *pattern, GError **error);

/* Whether a decoded segment is of that kind. */
gboolean geminga_route_kind_matches (GemingaRouteKind kind, const char *segment);

/* "GET,POST" or "*" as a list of methods. */
GStrv geminga_route_methods_parse (const char *methods, GError **error);

G_END_DECLS
