/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef gboolean (*CliRender) (Cli *cli, gpointer data, GError **error);

gboolean cli_watch_run (Cli *cli, CliRender render, gpointer data, GError **error);
guint cli_watch_add_reader (Cli *cli);

G_END_DECLS
