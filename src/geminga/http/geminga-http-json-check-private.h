/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GEMINGA_HTTP_JSON_MAX_DEPTH 64

/* Whether bytes are one JSON text of RFC 8259 that can be kept as it is: UTF-8, at most so deep, integers of
 * 64 bits, finite numbers, text without NUL and without half characters. It stands before json-glib, which
 * takes much more, and crashes on some of it. */
gboolean geminga_http_json_check (const char *data, gsize size, GError **error);

G_END_DECLS
