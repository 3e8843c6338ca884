/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_SECURITY_HEADERS (geminga_security_headers_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaSecurityHeaders,
                      geminga_security_headers,
                      GEMINGA,
                      SECURITY_HEADERS,
                      GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_security_headers_new (void) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_security_headers_set_header (GemingaSecurityHeaders *self,
                                              const char *name,
                                              const char *value,
                                              GError **error);

G_END_DECLS
