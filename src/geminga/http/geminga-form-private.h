/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-form.h"

G_BEGIN_DECLS

#define GEMINGA_FORM_MAX_MEMORY (1024 * 1024) /* bytes of a file that stay in memory */
#define GEMINGA_FORM_MAX_FIELD  (1024 * 1024) /* bytes of a value that is no file */

GemingaForm *geminga_form_new_urlencoded (GBytes *body, GError **error);
GemingaForm *geminga_form_new_multipart (GBytes *body, const char *content_type, GError **error);

G_END_DECLS
