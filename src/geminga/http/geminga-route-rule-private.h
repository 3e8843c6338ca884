/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a segment of a pattern takes, the most specific first: that is the order of matching. */
typedef enum
{
  GEMINGA_ROUTE_LITERAL,
  GEMINGA_ROUTE_ANY,
  GEMINGA_ROUTE_INT,
  GEMINGA_ROUTE_FLOAT,
  GEMINGA_ROUTE_STRING,
  GEMINGA_ROUTE_REST,
} GemingaRouteKind;

/* The type of a parameter and its limits, as "int(min=1,max=9)". Immutable. */
typedef struct
{
  GemingaRouteKind kind;
  gint64 min_int;
  gint64 max_int;
  double min_float;
  double max_float;
  guint min_length; /* characters; 1 if nothing is said */
  guint max_length; /* 0: any */
  guint digits;     /* of an integer; 0: any */
  GStrv choices;    /* (nullable): of "any" */
  char *key;        /* rules with the same key take the same segments */
  gboolean is_limited;
} GemingaRouteRule;

/* @text is "int" or "int(min=1)". */
GemingaRouteRule *geminga_route_rule_parse (const char *text, GError **error);
GemingaRouteRule *geminga_route_rule_ref (GemingaRouteRule *self);
void geminga_route_rule_unref (GemingaRouteRule *self);

/* Whether a decoded segment, or the rest of a path, is what it takes. */
gboolean geminga_route_rule_matches (const GemingaRouteRule *self, const char *segment);

/* The text of a value in a path, not encoded yet; NULL when the rule does not take it. */
char *geminga_route_rule_format (const GemingaRouteRule *self, const char *value);

/* Which one is tried first: < 0 is @a. */
int geminga_route_rule_compare (const GemingaRouteRule *a, const GemingaRouteRule *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaRouteRule, geminga_route_rule_unref)

G_END_DECLS
