/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-config.h"
#include "cli-installed.h"
#include "cli-introspection.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-verbs.h"

/*
 * What the completion scripts of shells call: geminga complete WORD…, the last word being the one to
 * complete. Prints a candidate a line, with a tab before what it is. Nothing is started, nothing
 * fails: who types wants to go on typing.
 */

#define TIMEOUT 1.0

typedef struct
{
  Cli *cli;
  const char *word;            /* so far */
  const char *const *operands; /* before it, behind the verb */
} Completion;

/* Helpers */

static void
offer (Completion *self, const char *candidate, const char *what)
{
  if (g_str_has_prefix (candidate, self->word) && strpbrk (candidate, "\t\n") == NULL)
    cli_output_print (self->cli, "%s%s%s\n", candidate, what != NULL ? "\t" : "",
                      what != NULL ? what : "");
}

/* Short names, unless two services share one or whole ids are being typed. */
static void
offer_ids (Completion *self, GPtrArray *ids)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      const char *dot = strrchr (id, '.');
      const char *name = dot != NULL ? dot + 1 : id;

      g_hash_table_insert (
          counts, (char *) name,
          GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      const char *dot = strrchr (id, '.');
      const char *name = dot != NULL ? dot + 1 : id;

      if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) == 1 &&
          g_str_has_prefix (name, self->word))
        offer (self, name, id);
      else
        offer (self, id, NULL);
    }
}

static void
offer_services (Completion *self)
{
  g_autoptr (GPtrArray) services = cli_services_list (self->cli, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      g_ptr_array_add (ids, service->id);
    }
  offer_ids (self, ids);
}

static void
offer_installed (Completion *self)
{
  g_autoptr (GPtrArray) ids = cli_installed_list (self->cli, NULL);

  if (ids != NULL)
    offer_ids (self, ids);
}

static CliService *
resolve (Completion *self)
{
  return self->operands[0] != NULL ? cli_service_resolve (self->cli, self->operands[0], NULL)
                                   : NULL;
}

static void
offer_actors (Completion *self)
{
  g_autoptr (CliService) service = resolve (self);
  g_autoptr (GVariant) actors = NULL;
  gsize length;

  if (service == NULL)
    return;

  offer (self, "arbiter", NULL);
  offer (self, service->name, NULL);
  actors = cli_actor_list (self->cli, service, NULL);
  length = strlen (service->path);
  for (gsize i = 0; actors != NULL && i < g_variant_n_children (actors); i++)
    {
      g_autoptr (GVariant) actor = g_variant_get_child_value (actors, i);
      const char *path = cli_dict_get_string (actor, "path");
      const char *type = cli_dict_get_string (actor, "type");
      g_autofree char *name = NULL;

      if (strncmp (path, service->path, length) != 0 || path[length] != '/')
        continue;
      name = cli_actor_dup_name (path + length);
      offer (self, name, *type != '\0' ? type : NULL);
    }
}

static void
offer_commands (Completion *self)
{
  g_autoptr (CliService) service = resolve (self);
  g_autofree char *path =
      service != NULL ? cli_actor_dup_path (service, self->operands[1], NULL) : NULL;
  g_autoptr (CliIntrospection) introspection =
      path != NULL ? cli_introspection_get (self->cli, service->bus_name, path, NULL) : NULL;

  for (guint i = 0; introspection != NULL && i < introspection->methods->len; i++)
    {
      CliMethod *method = g_ptr_array_index (introspection->methods, i);
      g_autofree char *usage = cli_method_dup_usage (method);

      if (cli_introspection_is_own (method->interface))
        offer (self, method->name,
               method->summary != NULL ? method->summary
               : method->in->len > 0   ? usage
                                       : NULL);
    }
}

static void
offer_keys (Completion *self, GVariant *values)
{
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    offer (self, name, NULL);
}

/* Settings of the service, or properties of the actor that comes before, if it is one. */
static void
offer_names (Completion *self)
{
  g_autoptr (CliService) service = resolve (self);
  const char *actor = service != NULL ? self->operands[1] : NULL;
  g_autoptr (GVariant) settings =
      service != NULL ? cli_config_get (self->cli, service, NULL, NULL) : NULL;
  g_autoptr (GVariant) values = NULL;

  if (actor == NULL)
    {
      if (settings != NULL)
        offer_keys (self, settings);
      return;
    }

  if (settings != NULL)
    {
      g_autofree char *setting = cli_config_find (settings, actor, NULL);

      if (setting != NULL)
        return; /* what comes is its value */
    }
  values = cli_config_get (self->cli, service, actor, NULL);
  if (values != NULL)
    offer_keys (self, values);
}

static void
offer_levels (Completion *self)
{
  static const char *const levels[] = { "error", "warning", "message", "info", "debug" };

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    offer (self, levels[i], NULL);
}

static void
offer_verbs (Completion *self)
{
  const CliVerb *const *verbs = cli_verbs_list ();

  for (gsize i = 0; verbs[i] != NULL; i++)
    {
      if ((verbs[i]->flags & CLI_VERB_HIDDEN) == 0)
        offer (self, verbs[i]->name, _ (verbs[i]->summary));
    }
}

static void
offer_operand (Completion *self, CliOperand operand)
{
  if (operand == CLI_OPERAND_NONE)
    return;
  if (operand == CLI_OPERAND_VERB)
    {
      offer_verbs (self);
      return;
    }
  if (!cli_bus_connect (self->cli, NULL))
    return;

  if (operand == CLI_OPERAND_SERVICE)
    offer_services (self);
  else if (operand == CLI_OPERAND_INSTALLED)
    offer_installed (self);
  else if (operand == CLI_OPERAND_COMMAND)
    offer_commands (self);
  else if (operand == CLI_OPERAND_LEVEL)
    offer_levels (self);
  if (operand == CLI_OPERAND_ACTOR || operand == CLI_OPERAND_ACTOR_OR_NAME)
    offer_actors (self);
  if (operand == CLI_OPERAND_NAME || operand == CLI_OPERAND_ACTOR_OR_NAME)
    offer_names (self);
}

static void
offer_options (Completion *self, const CliVerb *verb)
{
  g_auto (GStrv) options = cli_options_list (verb);

  for (gsize i = 0; options[i] != NULL; i++)
    offer (self, options[i], NULL);
}

/* Reads the words before the last one as the command would. */
static GStrv
read_words (Cli *cli, const char *const *words, guint n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) line = NULL;

  g_strv_builder_add (builder, "geminga");
  for (guint i = 0; i < n; i++)
    g_strv_builder_add (builder, words[i]);
  line = g_strv_builder_end (builder);

  return cli_options_parse (cli, (const char *const *) line, NULL);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *words, GError **error)
{
  guint n = g_strv_length ((GStrv) words);
  g_auto (GStrv) line = n > 0 ? read_words (cli, words, n - 1) : NULL;
  Completion completion = { .cli = cli };
  const CliVerb *verb;
  guint n_operands;

  if (line == NULL)
    return TRUE;

  cli->is_json = FALSE;
  cli->timeout = cli->timeout >= 0 ? MIN (cli->timeout, TIMEOUT) : TIMEOUT;
  completion.word = words[n - 1];
  verb = line[0] != NULL ? cli_verbs_find (line[0]) : NULL;

  if (*completion.word == '-')
    {
      offer_options (&completion, verb);
    }
  else if (line[0] == NULL)
    {
      offer_verbs (&completion);
    }
  else if (verb != NULL)
    {
      completion.operands = (const char *const *) line + 1;
      n_operands = g_strv_length (line + 1);
      if (n_operands < G_N_ELEMENTS (verb->operands))
        offer_operand (&completion, verb->operands[n_operands]);
    }

  return TRUE;
}

const CliVerb cli_verb_complete = {
  .name = "complete",
  .summary = N_ ("Print how a command line could go on, for shells"),
  .run = run,
  .usage = N_ ("WORD…"),
  .max_operands = 0,
  .flags = CLI_VERB_HIDDEN | CLI_VERB_OFFLINE,
};
