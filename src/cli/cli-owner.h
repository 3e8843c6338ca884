/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli-bus.h"
#include "cli.h"

G_BEGIN_DECLS

typedef struct _CliOwner CliOwner;

CliOwner *cli_owner_new (Cli *cli, const char *bus_name);
const char *cli_owner_peek (CliOwner *self);
gboolean cli_owner_wait_gone (CliOwner *self, GError **error);
gboolean
cli_owner_wait_new (CliOwner *self, CliCondition is_hopeless, gpointer data, GError **error);
gboolean cli_owner_wait_running (CliOwner *self, GError **error);
void cli_owner_free (CliOwner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliOwner, cli_owner_free)

G_END_DECLS
