/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-text.h"
#include "cli-verbs.h"

#define LOG_INTERFACE "org.freedesktop.LogControl1"

/* Helpers */

/* GLib's words and those of syslog, which the interface has; the first of a kind is what is shown. */
static const struct
{
  const char *word;
  const char *syslog;
} levels[] = {
  { "error", "err" },       { "error", "crit" },     { "error", "alert" }, { "error", "emerg" },
  { "warning", "warning" }, { "message", "notice" }, { "info", "info" },   { "debug", "debug" },
};

static const char *
to_syslog (const char *level, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      if (g_str_equal (levels[i].word, level) || g_str_equal (levels[i].syslog, level))
        return levels[i].syslog;
    }

  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
               _ ("“%s” is not a level: error, warning, message, info or debug"), level);
  return NULL;
}

static const char *
from_syslog (const char *level)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      if (g_str_equal (levels[i].syslog, level))
        return levels[i].word;
    }

  return level;
}

static gboolean
set_level (Cli *cli, CliService *service, const char *level, GError **error)
{
  const char *syslog = to_syslog (level, error);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text = NULL;

  if (syslog == NULL)
    return FALSE;

  reply = cli_bus_call (
      cli, service->bus_name, CLI_ARBITER_PATH, "org.freedesktop.DBus.Properties", "Set",
      g_variant_new ("(ssv)", LOG_INTERFACE, "LogLevel", g_variant_new_string (syslog)), error);
  if (reply == NULL)
    return FALSE;

  text = g_strdup_printf (_ ("%s logs %s and what is more important"), service->id,
                          from_syslog (syslog));
  return cli_output_report (cli, service->id, "set", text);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;
  const char *level;

  if (service == NULL)
    return FALSE;
  if (operands[1] != NULL)
    return set_level (cli, service, operands[1], error);

  value = cli_bus_get_property (cli, service->bus_name, CLI_ARBITER_PATH, LOG_INTERFACE, "LogLevel",
                                error);
  if (value == NULL)
    return FALSE;

  text = cli_text_from_value (value);
  level = from_syslog (text);

  if (cli->is_json)
    cli_output_json (cli, g_variant_new_parsed ("{'id': %s, 'level': %s}", service->id, level));
  else
    cli_output_print (cli, "%s\n", level);

  return TRUE;
}

const CliVerb cli_verb_log_level = {
  .name = "log-level",
  .summary = N_ ("Print or change how much a service logs"),
  .run = run,
  .usage = N_ ("ID [LEVEL]"),
  .min_operands = 1,
  .max_operands = 2,
  .operands = { CLI_OPERAND_SERVICE, CLI_OPERAND_LEVEL },
};
