/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 offset;
  guint64 size;
} GemingaHttpRange;

/* The parts of something of @size bytes that a Range field asks for, in its order; parts that overlap or touch
 * are one. NULL: the field is to be left alone, as it is not valid, or asks for more parts than are given. Without
 * elements: none of them exists. */
GArray *geminga_http_range_parse (const char *field, guint64 size);

G_END_DECLS
