/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-deadlocks.h"

#include "cli-bus.h"
#include "cli-table.h"
#include "cli-text.h"

/* Public API */

/* Gives the records as aa{sv}; there are none in a service that knows nothing of deadlocks. */
GVariant *
cli_deadlocks_get (Cli *cli, CliService *service)
{
  g_autoptr (GVariant) reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH,
                                             CLI_ARBITER_INTERFACE, "GetDeadlocks", NULL, NULL);

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aa{sv})")))
    return g_variant_get_child_value (reply, 0);

  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
}

/* Adds a table of the last @n_last records. */
void
cli_deadlocks_print (Cli *cli, GVariant *records, gsize n_last)
{
  g_autoptr (CliTable) table = cli_table_new (cli, "TIME", "DEADLOCK", NULL);
  gsize n = g_variant_n_children (records);

  for (gsize i = n > n_last ? n - n_last : 0; i < n; i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

      cli_table_add (table, cli_text_from_time (cli, cli_dict_get_number (record, "time")),
                     cli_text_escape (cli_dict_get_string (record, "chain")), NULL);
    }
  cli_table_print (table, "");
}
