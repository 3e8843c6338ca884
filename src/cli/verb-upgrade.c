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

  if (service == NULL || !cli_upgrade (cli, service, cli->is_forced, error))
    return FALSE;

  text = g_strdup_printf (_ ("%s has been upgraded"), service->id);
  return cli_output_report (cli, service->id, "upgraded", text);
}

const CliVerb cli_verb_upgrade = {
  .name = "upgrade",
  .summary = N_ ("Let the program of a service be replaced by what its file is now"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
  .flags = CLI_VERB_FORCE,
};
