/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-service.h"
#include "cli.h"

G_BEGIN_DECLS

char *cli_actor_dup_path (CliService *service, const char *actor, GError **error);
char *cli_actor_dup_name (const char *path);
GVariant *cli_actor_list (Cli *cli, CliService *service, GError **error);
GError *cli_actor_explain (Cli *cli, CliService *service, const char *actor, GError *error);

G_END_DECLS
