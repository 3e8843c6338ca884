/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-introspection.h"
#include "cli-output.h"
#include "cli-text.h"
#include "cli-value.h"
#include "cli-verbs.h"

/* Helpers */

/* No result is null, one is itself, several are a list. */
static void
print_json (Cli *cli, GVariant *results)
{
  g_autoptr (GVariant) only = NULL;

  if (g_variant_n_children (results) == 1)
    only = g_variant_get_child_value (results, 0);

  if (only != NULL)
    cli_output_json (cli, only);
  else if (g_variant_n_children (results) == 0)
    cli_output_json (cli, g_variant_new_maybe (G_VARIANT_TYPE_STRING, NULL));
  else
    cli_output_json (cli, results);
}

/* Each result is a line; text may have more. */
static void
print_results (Cli *cli, GVariant *results)
{
  for (gsize i = 0; i < g_variant_n_children (results); i++)
    {
      g_autoptr (GVariant) result = g_variant_get_child_value (results, i);
      g_autofree char *text = NULL;

      if (g_variant_is_of_type (result, G_VARIANT_TYPE_STRING))
        text = cli_text_escape_lines (g_variant_get_string (result, NULL));
      else
        text = cli_text_from_value (result);
      cli_output_print (cli, "%s\n", text);
    }
}

static GVariant *
call (Cli *cli, CliService *service, const char *path, const char *const *words, GError **error)
{
  g_autoptr (CliIntrospection) introspection =
      cli_introspection_get (cli, service->bus_name, path, error);
  g_autoptr (GVariant) arguments = NULL;
  CliMethod *method;

  if (introspection == NULL)
    return NULL;

  /* Paths that nothing stands for have no interfaces, but GDBus may answer all the same. */
  if (introspection->interfaces->len == 0)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                   "GDBus.Error:org.freedesktop.DBus.Error.UnknownObject: %s", path);
      return NULL;
    }

  method = cli_introspection_find_method (introspection, words[0], error);
  if (method == NULL)
    return NULL;
  arguments = cli_value_parse_arguments (method, words + 1, error);
  if (arguments == NULL)
    return NULL;

  return cli_bus_call (cli, service->bus_name, path, method->interface, method->name, arguments,
                       error);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autofree char *path = service != NULL ? cli_actor_dup_path (service, operands[1], error) : NULL;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) local_error = NULL;

  if (path == NULL)
    return FALSE;

  results = call (cli, service, path, operands + 2, &local_error);
  if (results == NULL)
    {
      g_propagate_error (
          error, cli_actor_explain (cli, service, operands[1], g_steal_pointer (&local_error)));
      return FALSE;
    }

  if (cli->is_json)
    print_json (cli, results);
  else
    print_results (cli, results);

  return TRUE;
}

const CliVerb cli_verb_call = {
  .name = "call",
  .summary = N_ ("Send a command to an actor and print its answer"),
  .run = run,
  .usage = N_ ("ID ACTOR COMMAND [ARGUMENT…]"),
  .min_operands = 3,
  .operands = { CLI_OPERAND_SERVICE, CLI_OPERAND_ACTOR, CLI_OPERAND_COMMAND },
};
