/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-upload.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_FORM (geminga_form_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaForm, geminga_form, GEMINGA, FORM, GObject)

GEMINGA_AVAILABLE_IN_0_1
GStrv geminga_form_get_names (GemingaForm *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_form_get_value (GemingaForm *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GStrv geminga_form_get_values (GemingaForm *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GemingaUpload *geminga_form_get_upload (GemingaForm *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_form_list_uploads (GemingaForm *self);

G_END_DECLS
