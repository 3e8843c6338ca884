/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-output.h"
#include "cli-owner.h"
#include "cli-service.h"
#include "cli-verbs.h"

/* The service executes itself again: its sockets stay open, its name on the bus comes back. */
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
  reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "Upgrade",
                        g_variant_new ("(a{sv})", NULL), &local_error);
  if (reply == NULL && !cli_error_is_silence (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!cli_owner_wait_new (owner, NULL, NULL, error) || !cli_owner_wait_running (owner, error))
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
