/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* name=value pairs of a query string, decoded to UTF-8: what is not valid there becomes U+FFFD. */
typedef struct
{
  char *name;
  char *value;
} GemingaHttpPair;

#define GEMINGA_HTTP_MAX_PAIRS 1000

GArray *geminga_http_query_parse (const char *query);

G_END_DECLS
