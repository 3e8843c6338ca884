/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_TRUSTED_PROXIES (geminga_trusted_proxies_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaTrustedProxies,
                      geminga_trusted_proxies,
                      GEMINGA,
                      TRUSTED_PROXIES,
                      GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_trusted_proxies_new (const char *const *networks,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
