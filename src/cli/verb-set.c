/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-config.h"
#include "cli-output.h"
#include "cli-verbs.h"

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  gboolean has_actor = operands[3] != NULL;
  const char *const *words = has_actor ? operands + 2 : operands + 1;

  /* What has been done as it was asked for needs no words. */
  if (service == NULL ||
      !cli_config_set (cli, service, has_actor ? operands[1] : NULL, words[0], words[1], error))
    return FALSE;
  if (cli->is_json)
    cli_output_report (cli, service->id, "set", "");

  return TRUE;
}

const CliVerb cli_verb_set = {
  .name = "set",
  .summary = N_ ("Change a setting of a service, or a property of an actor"),
  .run = run,
  .usage = N_ ("ID [ACTOR] NAME VALUE"),
  .min_operands = 3,
  .max_operands = 4,
  .operands = { CLI_OPERAND_SERVICE, CLI_OPERAND_ACTOR_OR_NAME, CLI_OPERAND_NAME },
};
