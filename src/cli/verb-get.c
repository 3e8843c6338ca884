/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-config.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-table.h"
#include "cli-text.h"
#include "cli-verbs.h"

/* Helpers */

/* As the setting is written, where that is not how its number is. */
static char *
dup_text (const char *name, GVariant *value)
{
  gint64 mode;

  if (!g_str_equal (name, "umask") || !g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return cli_text_from_value (value);

  mode = g_variant_get_int64 (value);

  return mode < 0 ? g_strdup (_ ("inherited"))
                  : g_strdup_printf ("%04" G_GINT64_MODIFIER "o", mode);
}

static gboolean
print_one (Cli *cli, GVariant *values, const char *name, GError **error)
{
  g_autofree char *known = cli_config_find (values, name, error);
  g_autoptr (GVariant) value = known != NULL ? g_variant_lookup_value (values, known, NULL) : NULL;
  g_autofree char *text = NULL;

  if (value == NULL)
    return FALSE;

  text = dup_text (known, value);
  if (cli->is_json)
    cli_output_json (cli, value);
  else
    cli_output_print (cli, "%s\n", text);

  return TRUE;
}

static gboolean
print_all (Cli *cli, GVariant *values)
{
  g_autoptr (CliTable) table = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (cli->is_json)
    {
      cli_output_json (cli, values);
      return TRUE;
    }

  table = cli_table_new (cli, "NAME", "VALUE", NULL);
  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    cli_table_add (table, cli_text_escape (name), dup_text (name, value), NULL);
  cli_table_print (table, "");

  return TRUE;
}

/* One word is a setting if there is one of that name, or else an actor. */
static gboolean
print_word (Cli *cli, CliService *service, const char *word, GError **error)
{
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) local_error = NULL;

  if (strchr (word, '/') == NULL && !g_str_equal (word, "arbiter") &&
      !g_str_equal (word, service->name))
    {
      settings = cli_config_get (cli, service, NULL, error);
      if (settings == NULL)
        return FALSE;
      name = cli_config_find (settings, word, &unknown);
      if (name != NULL)
        return print_one (cli, settings, name, error);
    }

  values = cli_config_get (cli, service, word, &local_error);
  if (values != NULL)
    return print_all (cli, values);

  /* A word near the name of a setting was meant as one. */
  if (unknown != NULL && local_error->domain == CLI_ERROR &&
      local_error->code == CLI_STATUS_NO_SUCH_ACTOR)
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR,
                 _ ("%s has neither a setting nor an actor “%s”: %s"), service->id, word,
                 unknown->message);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autoptr (GVariant) values = NULL;

  if (service == NULL)
    return FALSE;
  if (operands[1] != NULL && operands[2] == NULL)
    return print_word (cli, service, operands[1], error);

  values = cli_config_get (cli, service, operands[1], error);
  if (values == NULL)
    return FALSE;

  return operands[1] != NULL ? print_one (cli, values, operands[2], error)
                             : print_all (cli, values);
}

const CliVerb cli_verb_get = {
  .name = "get",
  .summary = N_ ("Print settings of a service, or properties of an actor"),
  .run = run,
  .usage = N_ ("ID [ACTOR] [NAME]"),
  .min_operands = 1,
  .max_operands = 3,
  .operands = { CLI_OPERAND_SERVICE, CLI_OPERAND_ACTOR_OR_NAME, CLI_OPERAND_NAME },
};
