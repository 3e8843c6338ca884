/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-introspection.h"
#include "cli.h"

G_BEGIN_DECLS

GVariant *cli_value_parse (const GVariantType *type, const char *text, GError **error);
GVariant *cli_value_parse_arguments (CliMethod *method, const char *const *texts, GError **error);

G_END_DECLS
