/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-service.h"

G_BEGIN_DECLS

/*
 * Lets a service execute its program again, and waits until it runs: its sockets stay open, its name on the bus
 * comes back. If @is_forced, whatever the new program understands.
 */
gboolean cli_upgrade (Cli *cli, CliService *service, gboolean is_forced, GError **error);

G_END_DECLS
