/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_UPLOAD (geminga_upload_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaUpload, geminga_upload, GEMINGA, UPLOAD, GObject)

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_upload_get_name (GemingaUpload *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_upload_get_filename (GemingaUpload *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_upload_get_content_type (GemingaUpload *self);
GEMINGA_AVAILABLE_IN_0_1
guint64 geminga_upload_get_size (GemingaUpload *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_upload_is_on_disk (GemingaUpload *self);
GEMINGA_AVAILABLE_IN_0_1
GBytes *geminga_upload_dup_bytes (GemingaUpload *self, GError **error);
GEMINGA_AVAILABLE_IN_0_1
GInputStream *geminga_upload_open_stream (GemingaUpload *self, GError **error);

G_END_DECLS
