/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_CORS (geminga_cors_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaCors, geminga_cors, GEMINGA, CORS, GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_cors_new (const char *const *origins) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
void geminga_cors_set_methods (GemingaCors *self, const char *methods);
GEMINGA_AVAILABLE_IN_0_1
void geminga_cors_set_headers (GemingaCors *self, const char *headers);
GEMINGA_AVAILABLE_IN_0_1
void geminga_cors_set_exposed_headers (GemingaCors *self, const char *headers);
GEMINGA_AVAILABLE_IN_0_1
void geminga_cors_set_credentials (GemingaCors *self, gboolean credentials);
GEMINGA_AVAILABLE_IN_0_1
void geminga_cors_set_max_age (GemingaCors *self, guint max_age);

G_END_DECLS
