/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_COMPRESSION (geminga_compression_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaCompression,
                      geminga_compression,
                      GEMINGA,
                      COMPRESSION,
                      GemingaMiddleware)

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_compression_new (guint min_size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
