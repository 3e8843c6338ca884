/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-verbs.h"

/* Helpers */

static GVariant *
build_json (const CliVerb *only)
{
  const CliVerb *const *verbs = cli_verbs_list ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  for (gsize i = 0; verbs[i] != NULL; i++)
    {
      if ((only == NULL && (verbs[i]->flags & CLI_VERB_HIDDEN) == 0) || only == verbs[i])
        g_variant_builder_add_value (
            &builder,
            g_variant_new_parsed ("{'verb': %s, 'usage': %s, 'summary': %s}", verbs[i]->name,
                                  verbs[i]->usage, _ (verbs[i]->summary)));
    }

  return g_variant_builder_end (&builder);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  const CliVerb *verb = operands[0] != NULL ? cli_verbs_find (operands[0]) : NULL;
  g_autofree char *text = NULL;

  if (operands[0] != NULL && verb == NULL)
    {
      g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                   _ ("There is no verb “%s”; geminga help lists them"), operands[0]);
      return FALSE;
    }

  text = cli_options_dup_help (verb);
  if (cli->is_json)
    cli_output_json (cli, build_json (verb));
  else
    cli_output_print (cli, "%s", text);

  return TRUE;
}

const CliVerb cli_verb_help = {
  .name = "help",
  .summary = N_ ("Tell what there is, or what a verb does"),
  .run = run,
  .usage = N_ ("[VERB]"),
  .max_operands = 1,
  .operands = { CLI_OPERAND_VERB },
  .flags = CLI_VERB_OFFLINE,
};
