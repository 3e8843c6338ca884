/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_CSRF_PROTECTION (geminga_csrf_protection_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaCsrfProtection,
                      geminga_csrf_protection,
                      GEMINGA,
                      CSRF_PROTECTION,
                      GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *
geminga_csrf_protection_new (const char *const *origins) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
