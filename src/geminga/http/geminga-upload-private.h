/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-upload.h"

G_BEGIN_DECLS

/* @content_type is nullable. */
GemingaUpload *
geminga_upload_new (const char *name, const char *filename, const char *content_type);

/* Appends; from @max_memory bytes on all of it is in a file without a name. */
gboolean geminga_upload_append (GemingaUpload *self,
                                const char *data,
                                gsize size,
                                gsize max_memory,
                                GError **error);

G_END_DECLS
