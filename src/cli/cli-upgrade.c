/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-upgrade.h"

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-owner.h"

gboolean
cli_upgrade (Cli *cli, CliService *service, gboolean is_forced, GError **error)
{
  g_autoptr (CliOwner) owner = cli_owner_new (cli, service->bus_name);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) local_error = NULL;

  reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "Upgrade",
                        g_variant_new_parsed ("({'force': <%b>},)", is_forced), &local_error);
  if (reply == NULL && !cli_error_is_silence (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return cli_owner_wait_new (owner, NULL, NULL, error) && cli_owner_wait_running (owner, error);
}
