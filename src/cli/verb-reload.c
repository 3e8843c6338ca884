/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text = NULL;

  if (service == NULL)
    return FALSE;

  reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "Reload",
                        g_variant_new ("(a{sv})", NULL), error);
  if (reply == NULL)
    return FALSE;

  text = g_strdup_printf (_ ("%s has reloaded"), service->id);
  return cli_output_report (cli, service->id, "reloaded", text);
}

const CliVerb cli_verb_reload = {
  .name = "reload",
  .summary = N_ ("Let a service read its configuration and replace its workers"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
};
