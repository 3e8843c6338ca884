/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* What came of one of several calls. */
typedef struct
{
  GVariant *value; /* (owned) (nullable) */
  GError *error;   /* (owned) (nullable) */
} CliReply;

typedef struct _CliBatch CliBatch;

typedef gboolean (*CliCondition) (gpointer data);

gboolean cli_bus_connect (Cli *cli, GError **error);
GVariant *cli_bus_call (Cli *cli,
                        const char *name,
                        const char *path,
                        const char *interface,
                        const char *method,
                        GVariant *arguments,
                        GError **error);
GVariant *cli_bus_get_property (Cli *cli,
                                const char *name,
                                const char *path,
                                const char *interface,
                                const char *property,
                                GError **error);
GVariant *cli_bus_get_properties (Cli *cli,
                                  const char *name,
                                  const char *path,
                                  const char *interface,
                                  GError **error);
double cli_bus_get_timeout (Cli *cli);
gboolean cli_bus_wait (Cli *cli, double seconds, CliCondition condition, gpointer data);

CliBatch *cli_batch_new (Cli *cli);
CliReply *cli_batch_add (CliBatch *self,
                         const char *name,
                         const char *path,
                         const char *interface,
                         const char *method,
                         GVariant *arguments);
gboolean cli_batch_run (CliBatch *self, GError **error);
void cli_batch_free (CliBatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliBatch, cli_batch_free)

G_END_DECLS
