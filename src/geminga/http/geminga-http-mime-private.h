/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The media type of a file by its name, with a charset for text. */
char *geminga_http_mime_guess (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
