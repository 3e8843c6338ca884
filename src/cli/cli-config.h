/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-service.h"
#include "cli.h"

G_BEGIN_DECLS

GVariant *cli_config_get (Cli *cli, CliService *service, const char *actor, GError **error);
gboolean cli_config_set (Cli *cli,
                         CliService *service,
                         const char *actor,
                         const char *name,
                         const char *text,
                         GError **error);
char *cli_config_find (GVariant *values, const char *name, GError **error);

G_END_DECLS
