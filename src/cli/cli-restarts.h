/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-service.h"
#include "cli.h"

G_BEGIN_DECLS

GVariant *cli_restarts_get (Cli *cli, CliService *service, GError **error);
void cli_restarts_print (Cli *cli, GVariant *records, gsize n_last, const char *indent);
void cli_restarts_print_log (Cli *cli, GVariant *records, gsize n_last);

G_END_DECLS
