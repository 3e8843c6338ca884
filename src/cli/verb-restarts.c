/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-output.h"
#include "cli-restarts.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autoptr (GVariant) records = service != NULL ? cli_restarts_get (cli, service, error) : NULL;

  if (records == NULL)
    return FALSE;

  if (cli->is_json)
    cli_output_json (cli, records);
  else
    {
      cli_restarts_print (cli, records, G_MAXSIZE, "");
      cli_restarts_print_log (cli, records, G_MAXSIZE);
    }

  return TRUE;
}

const CliVerb cli_verb_restarts = {
  .name = "restarts",
  .summary = N_ ("List which actors of a service died, and why"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
};
