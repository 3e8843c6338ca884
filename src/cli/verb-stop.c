/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-output.h"
#include "cli-owner.h"
#include "cli-service.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autoptr (CliOwner) owner = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;

  if (service == NULL)
    return FALSE;

  owner = cli_owner_new (cli, service->bus_name);
  reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "Stop",
                        g_variant_new_parsed ("({'quick': <%b>},)", cli->is_quick), &local_error);
  /* One that is quick to stop may not come to answer. */
  if (reply == NULL && !cli_error_is_silence (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!cli_owner_wait_gone (owner, error))
    return FALSE;

  text = g_strdup_printf (_ ("%s has stopped"), service->id);
  return cli_output_report (cli, service->id, "stopped", text);
}

const CliVerb cli_verb_stop = {
  .name = "stop",
  .summary = N_ ("Stop a service and wait until it has ended"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
  .flags = CLI_VERB_QUICK,
};
