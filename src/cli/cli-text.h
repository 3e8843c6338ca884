/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli.h"

G_BEGIN_DECLS

gboolean cli_text_is_harmful (gunichar c);
char *cli_text_escape (const char *text);
char *cli_text_escape_lines (const char *text);
char *cli_text_from_time (Cli *cli, guint64 time);
char *cli_text_from_age (guint64 since);
char *cli_text_from_size (Cli *cli, guint64 size);
char *cli_text_from_value (GVariant *value);
int cli_text_get_width (const char *text);
const char *cli_text_find_nearest (const char *wanted, const char *const *known);

G_END_DECLS
