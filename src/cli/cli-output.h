/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

void cli_output_print (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cli_output_json (Cli *cli, GVariant *value);
void cli_output_field (Cli *cli, const char *name, const char *text);
gboolean cli_output_report (Cli *cli, const char *id, const char *result, const char *text);
gboolean cli_output_flush (Cli *cli, GError **error);
char *cli_output_dup_state (Cli *cli, const char *state);
const char *cli_output_get_color (Cli *cli, const char *state);
GVariant *cli_output_build_error (const GError *error);
void cli_output_error (Cli *cli, const GError *error);

G_END_DECLS
