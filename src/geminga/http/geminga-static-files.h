/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_STATIC_FILES (geminga_static_files_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaStaticFiles, geminga_static_files, GEMINGA, STATIC_FILES, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaStaticFiles *geminga_static_files_new (const char *root) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void
geminga_static_files_respond (GemingaStaticFiles *self, GemingaRequest *request, const char *path);

G_END_DECLS
