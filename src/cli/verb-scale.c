/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-verbs.h"

/* Helpers */

/* Reads 4, +2 or -1. */
static gboolean
parse_workers (const char *text, gint64 *number, gboolean *is_change, GError **error)
{
  const char *digits = *text == '+' ? text + 1 : text;

  *is_change = *text == '+' || *text == '-';
  if (!(*text == '+' && *digits == '-') &&
      g_ascii_string_to_signed (digits, 10, G_MININT32, G_MAXINT32, number, NULL))
    return TRUE;

  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
               _ ("“%s” is not a number of workers, such as 4, +2 or -1"), text);
  return FALSE;
}

static GVariant *
scale (Cli *cli, CliService *service, gint64 number, gboolean is_change, GError **error)
{
  GVariant *arguments = is_change ? g_variant_new ("(ia{sv})", (gint32) number, NULL)
                                  : g_variant_new ("(ua{sv})", (guint32) number, NULL);

  return cli_bus_call (cli, service->bus_name, service->path, CLI_MONITOR_INTERFACE,
                       is_change ? "ScaleBy" : "Scale", arguments, error);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = NULL;
  g_autoptr (GVariant) reply = NULL;
  gint64 number = 0;
  gboolean is_change = FALSE;
  guint32 workers = 0;

  if (!parse_workers (operands[1], &number, &is_change, error))
    return FALSE;
  service = cli_service_resolve (cli, operands[0], error);
  if (service == NULL)
    return FALSE;

  reply = scale (cli, service, number, is_change, error);
  if (reply == NULL)
    return FALSE;
  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(u)")))
    {
      g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s answers Scale with something else"),
                   service->id);
      return FALSE;
    }

  g_variant_get (reply, "(u)", &workers);
  if (cli->is_json)
    cli_output_json (cli,
                     g_variant_new_parsed ("{'id': <%s>, 'workers': <%u>}", service->id, workers));
  else
    cli_output_print (
        cli, g_dngettext (GETTEXT_PACKAGE, "%s has %u worker\n", "%s has %u workers\n", workers),
        service->id, workers);

  return TRUE;
}

const CliVerb cli_verb_scale = {
  .name = "scale",
  .summary = N_ ("Set how many workers a service has"),
  .run = run,
  .usage = N_ ("ID N|+N|-N"),
  .min_operands = 2,
  .max_operands = 2,
  .operands = { CLI_OPERAND_SERVICE },
};
