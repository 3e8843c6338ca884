/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-service.h"
#include "cli.h"

G_BEGIN_DECLS

GVariant *cli_deadlocks_get (Cli *cli, CliService *service);
void cli_deadlocks_print (Cli *cli, GVariant *records, gsize n_last);

G_END_DECLS
