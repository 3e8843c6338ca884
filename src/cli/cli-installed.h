/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

GPtrArray *cli_installed_list (Cli *cli, GError **error);
char *cli_installed_dup_unit (const char *id);

G_END_DECLS
