/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

GStrv cli_options_parse (Cli *cli, const char *const *argv, GError **error);
char *cli_options_dup_help (const CliVerb *verb);
GStrv cli_options_list (const CliVerb *verb);

G_END_DECLS
