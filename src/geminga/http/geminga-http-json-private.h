/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @value as JSON text: valid UTF-8 without a control character. Variants and maybes are what they hold
 * (nothing is null), dictionaries are objects with their keys as text, arrays and tuples are arrays,
 * numbers that JSON does not have (NaN, infinities) are null. */
char *geminga_http_json_from_variant (GVariant *value, gsize *size);

G_END_DECLS
