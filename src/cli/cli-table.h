/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef struct _CliTable CliTable;

CliTable *cli_table_new (Cli *cli, const char *first_column, ...) G_GNUC_NULL_TERMINATED;
void cli_table_add (CliTable *self, char *first_cell, ...) G_GNUC_NULL_TERMINATED;
void cli_table_set_color (CliTable *self, guint column, const char *color);
void cli_table_print (CliTable *self, const char *indent);
void cli_table_free (CliTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTable, cli_table_free)

G_END_DECLS
