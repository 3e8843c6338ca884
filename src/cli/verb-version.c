/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-text.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autofree char *version = g_strdup (PACKAGE_VERSION);
  const char *id = "geminga";

  if (operands[0] != NULL)
    {
      if (!cli_bus_connect (cli, error))
        return FALSE;
      service = cli_service_resolve (cli, operands[0], error);
      if (service == NULL)
        return FALSE;
      value = cli_bus_get_property (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE,
                                    "Version", error);
      if (value == NULL)
        return FALSE;
      g_free (version);
      version = cli_text_from_value (value);
      id = service->id;
    }

  if (cli->is_json)
    cli_output_json (cli, g_variant_new_parsed ("{'id': %s, 'version': %s}", id, version));
  else
    cli_output_print (cli, "%s %s\n", id, version);

  return TRUE;
}

const CliVerb cli_verb_version = {
  .name = "version",
  .summary = N_ ("Print the version of this command, or of a service"),
  .run = run,
  .usage = N_ ("[ID]"),
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
  .flags = CLI_VERB_OFFLINE,
};
