/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-output.h"
#include "cli-service.h"
#include "cli-upgrade.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autofree char *text = NULL;

  if (service == NULL || !cli_upgrade (cli, service, FALSE, error))
    return FALSE;

  text = g_strdup_printf (_ ("%s has restarted"), service->id);
  return cli_output_report (cli, service->id, "restarted", text);
}

const CliVerb cli_verb_restart = {
  .name = "restart",
  .summary = N_ ("Let a service execute its program again, with its sockets"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
};
