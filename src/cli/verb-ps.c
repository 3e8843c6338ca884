/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-output.h"
#include "cli-service.h"
#include "cli-table.h"
#include "cli-text.h"
#include "cli-verbs.h"
#include "cli-watch.h"

/* Helpers */

static char *
dup_workers (CliService *service)
{
  if (service->monitor == NULL)
    return g_strdup ("-");

  return g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                          cli_dict_get_number (service->monitor, "Running"),
                          cli_dict_get_number (service->monitor, "Workers"));
}

static char *
dup_number (GVariant *dict, const char *key)
{
  return dict != NULL ? g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (dict, key))
                      : g_strdup ("-");
}

static char *
dup_sockets (CliService *service)
{
  g_auto (GStrv) sockets = NULL;
  g_autofree char *joined = NULL;

  if (service->monitor == NULL ||
      !g_variant_lookup (service->monitor, "Sockets", "^as", &sockets) || sockets[0] == NULL)
    return g_strdup ("-");

  joined = g_strjoinv (", ", sockets);
  return cli_text_escape (joined);
}

static void
add_row (Cli *cli, CliTable *table, CliService *service)
{
  const char *state = cli_service_get_state (service);

  cli_table_add (table, cli_text_escape (service->id), dup_number (service->arbiter, "Pid"),
                 dup_workers (service), cli_output_dup_state (cli, state),
                 cli_text_from_age (cli_dict_get_number (service->arbiter, "StartedAt")),
                 dup_number (service->monitor, "Restarts"), dup_sockets (service), NULL);
  cli_table_set_color (table, 3, cli_output_get_color (cli, state));
}

static gboolean
render (Cli *cli, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) listed = cli_services_list (cli, error);
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (CliTable) table = NULL;
  GVariantBuilder json;

  if (listed == NULL)
    return FALSE;
  services = cli_services_inspect (cli, listed, error);
  if (services == NULL)
    return FALSE;

  table =
      cli_table_new (cli, "ID", "PID", "WORKERS", "STATE", "UPTIME", "RESTARTS", "ADDRESS", NULL);
  g_variant_builder_init (&json, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      add_row (cli, table, service);
      g_variant_builder_add_value (&json, cli_service_build_json (service));
    }

  if (cli->is_json)
    {
      cli_output_json (cli, g_variant_builder_end (&json));
      return TRUE;
    }

  g_variant_builder_clear (&json);
  cli_table_print (table, "");

  return TRUE;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  return cli_watch_run (cli, render, NULL, error);
}

const CliVerb cli_verb_ps = {
  .name = "ps",
  .summary = N_ ("List the services that run"),
  .run = run,
  .usage = "",
  .flags = CLI_VERB_WATCH,
};
