/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-options.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-text.h"

#define DEFAULT_INTERVAL "2"
#define LEAST_INTERVAL   0.1
#define LONGEST          (24.0 * 60 * 60)

/* What the options of one command line were. */
typedef struct
{
  Cli *cli;
  char *timeout;  /* (owned) (nullable) */
  char *interval; /* (owned) (nullable) */
  char *count;    /* (owned) (nullable) */
  char *json;     /* (owned) (nullable) */
  char *color;    /* (owned) (nullable) */
  gboolean wants_help;
  gboolean wants_version;
} Options;

/* Helpers */

static void
options_clear (Options *self)
{
  g_free (self->timeout);
  g_free (self->interval);
  g_free (self->count);
  g_free (self->json);
  g_free (self->color);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* An option whose value may be left out; with it, it is one word: --watch=5. */
static const struct
{
  const char *option;
  const char *with_default;
} optional[] = {
  { "--watch", "--watch=" DEFAULT_INTERVAL },
  { "--json", "--json=auto" },
  { "--color", "--color=always" },
};

static const char *
complete_option (const char *argument)
{
  for (gsize i = 0; i < G_N_ELEMENTS (optional); i++)
    {
      if (g_str_equal (argument, optional[i].option))
        return optional[i].with_default;
    }

  return argument;
}

/* Gives the words up to "--" as GOption understands them; @literal is what comes behind it. */
static GStrv
rewrite (const char *const *argv, const char *const **literal)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  /* The name of the program; there may be none. */
  g_strv_builder_add (builder, "geminga");
  for (argv += *argv != NULL; *argv != NULL && !g_str_equal (*argv, "--"); argv++)
    g_strv_builder_add (builder, complete_option (*argv));
  *literal = *argv != NULL ? argv + 1 : argv;

  return g_strv_builder_end (builder);
}

/* Flags of an option that only some verbs take. */
static int
hide_unless (const CliVerb *verb, guint flag)
{
  return verb != NULL && (verb->flags & flag) != 0 ? 0 : G_OPTION_FLAG_HIDDEN;
}

static GOptionContext *
make_context (Options *self, const CliVerb *verb)
{
  Cli *cli = self->cli;
  gboolean shows_trace = hide_unless (verb, CLI_VERB_TRACE) == 0;
  const GOptionEntry entries[] = {
    { "watch", 0, hide_unless (verb, CLI_VERB_WATCH), G_OPTION_ARG_STRING, &self->interval,
      _ ("Look again every SECONDS (2 if not given) until Ctrl-C"), _ ("SECONDS") },
    { "quick", 0, hide_unless (verb, CLI_VERB_QUICK), G_OPTION_ARG_NONE, &cli->is_quick,
      _ ("Do not let workers finish what they do"), NULL },
    { "force", 0, hide_unless (verb, CLI_VERB_FORCE), G_OPTION_ARG_NONE, &cli->is_forced,
      _ ("Take the new program even if it understands less than the old one"), NULL },
    { "count", 0, hide_unless (verb, CLI_VERB_TRACE), G_OPTION_ARG_STRING, &self->count,
      _ ("End after so many lines"), _ ("N") },
    { "capture", 0, hide_unless (verb, CLI_VERB_TRACE), G_OPTION_ARG_FILENAME, &cli->capture,
      _ ("Write the messages to a file for Wireshark, too"), _ ("FILE") },
    { "user", 0, 0, G_OPTION_ARG_NONE, &cli->is_user, _ ("Talk to services of the session"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &cli->is_system, _ ("Talk to services of the system"),
      NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &cli->address, _ ("Talk to services of another bus"),
      _ ("ADDRESS") },
    { "timeout", 0, 0, G_OPTION_ARG_STRING, &self->timeout,
      shows_trace ? _ ("End after this time") : _ ("Wait for answers no longer than this"),
      _ ("SECONDS") },
    { "json", 0, 0, G_OPTION_ARG_STRING, &self->json,
      _ ("Print JSON, for programs: short or pretty"), _ ("FORM") },
    { "utc", 0, 0, G_OPTION_ARG_NONE, &cli->is_utc, _ ("Print times in UTC"), NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &self->color, _ ("Use colors: auto, always or never"),
      _ ("WHEN") },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->wants_help, _ ("Show this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->wants_version, _ ("Show the version"), NULL },
    { NULL },
  };
  g_autofree char *usage =
      verb != NULL ? g_strdup_printf ("%s%s%s", verb->name, *verb->usage != '\0' ? " " : "",
                                      *verb->usage != '\0' ? _ (verb->usage) : "")
                   : g_strdup (_ ("VERB [ARGUMENT…]"));
  GOptionContext *context = g_option_context_new (usage);
  GOptionGroup *group = g_option_group_new ("main", "", "", NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);

  return context;
}

static gboolean
parse_seconds (const char *option, const char *text, double least, double *seconds, GError **error)
{
  char *end;

  *seconds = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (*seconds) && *seconds >= least &&
      *seconds <= LONGEST)
    return TRUE;

  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("%s takes seconds from %g to %g, not “%s”"),
               option, least, LONGEST, text);
  return FALSE;
}

static gboolean
parse_count (Cli *cli, const char *text, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT32, &cli->count, NULL))
    return TRUE;

  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("%s takes a number from 1 on, not “%s”"),
               "--count", text);
  return FALSE;
}

static gboolean
fail_value (const char *option, const char *value, const char *choices, GError **error)
{
  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("%s takes %s, not “%s”"), option, choices,
               value);
  return FALSE;
}

static gboolean
read_json (Cli *cli, const char *form, GError **error)
{
  cli->is_json = form != NULL;
  if (form == NULL || g_str_equal (form, "short"))
    return TRUE;

  cli->is_pretty = g_str_equal (form, "pretty") || cli->is_terminal;
  if (g_str_equal (form, "pretty") || g_str_equal (form, "auto"))
    return TRUE;

  return fail_value ("--json", form, "short, pretty", error);
}

static gboolean
read_color (Cli *cli, const char *when, GError **error)
{
  const char *no_color = g_getenv ("NO_COLOR");

  if (g_strcmp0 (when, "always") == 0)
    cli->has_color = TRUE;
  else if (g_strcmp0 (when, "never") == 0)
    cli->has_color = FALSE;
  else if (when == NULL || g_str_equal (when, "auto"))
    cli->has_color = cli->is_terminal && (no_color == NULL || *no_color == '\0') &&
                     g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  else
    return fail_value ("--color", when, "auto, always, never", error);

  return TRUE;
}

static gboolean
apply (Options *self, GError **error)
{
  Cli *cli = self->cli;

  cli->is_watching = self->interval != NULL;
  if (cli->is_user + cli->is_system + (cli->address != NULL) > 1)
    {
      g_set_error_literal (error, CLI_ERROR, CLI_STATUS_USAGE,
                           _ ("Only one of --user, --system and --address makes sense"));
      return FALSE;
    }

  return read_json (cli, self->json, error) && read_color (cli, self->color, error) &&
         (self->count == NULL || parse_count (cli, self->count, error)) &&
         (self->interval == NULL ||
          parse_seconds ("--watch", self->interval, LEAST_INTERVAL, &cli->interval, error)) &&
         (self->timeout == NULL ||
          parse_seconds ("--timeout", self->timeout, 0.001, &cli->timeout, error));
}

/* What is left and looks like an option is none that is known; negative numbers are operands. */
static gboolean
check_rest (const char *const *rest, GError **error)
{
  g_auto (GStrv) known = cli_options_list (NULL);

  for (; *rest != NULL; rest++)
    {
      const char *option = *rest;
      const char *nearest;

      if (option[0] != '-' || option[1] == '\0' || option[1] == '.' || g_ascii_isdigit (option[1]))
        continue;

      nearest = cli_text_find_nearest (option, (const char *const *) known);
      if (nearest != NULL)
        g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                     _ ("There is no option “%s”; did you mean “%s”?"), option, nearest);
      else
        g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                     _ ("There is no option “%s”; write -- before arguments that begin with -"),
                     option);
      return FALSE;
    }

  return TRUE;
}

static void
ask_for (GPtrArray *operands, const char *verb)
{
  if (operands->len > 0 && g_str_equal (verb, "version"))
    g_ptr_array_set_size (operands, 0);
  g_ptr_array_insert (operands, 0, g_strdup (verb));
  if (operands->len > 2)
    g_ptr_array_set_size (operands, 2);
}

/* Public API */

/* Reads the options of @argv, whose first word is the program, and gives the other words. */
GStrv
cli_options_parse (Cli *cli, const char *const *argv, GError **error)
{
  g_auto (Options) options = { .cli = cli };
  g_autoptr (GOptionContext) context = make_context (&options, NULL);
  g_autoptr (GPtrArray) operands = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  const char *const *literal;
  g_auto (GStrv) words = rewrite (argv, &literal);

  if (!g_option_context_parse_strv (context, &words, &local_error))
    {
      g_set_error_literal (error, CLI_ERROR, CLI_STATUS_USAGE, local_error->message);
      return NULL;
    }
  if (!apply (&options, error) || !check_rest ((const char *const *) words + 1, error))
    return NULL;

  for (gsize i = 1; words[i] != NULL; i++)
    g_ptr_array_add (operands, g_strdup (words[i]));
  for (; *literal != NULL; literal++)
    g_ptr_array_add (operands, g_strdup (*literal));
  if (options.wants_help)
    ask_for (operands, "help");
  else if (options.wants_version)
    ask_for (operands, "version");
  g_ptr_array_add (operands, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&operands), FALSE);
}

/* Gives the help text of a verb, or (NULL) of the whole command. */
char *
cli_options_dup_help (const CliVerb *verb)
{
  Cli cli = { NULL };
  g_auto (Options) options = { .cli = &cli };
  g_autoptr (GOptionContext) context = make_context (&options, verb);

  if (verb != NULL)
    {
      g_option_context_set_summary (context, _ (verb->summary));
    }
  else
    {
      const CliVerb *const *verbs = cli_verbs_list ();
      g_autoptr (GString) text = g_string_new (_ ("Watches and steers services on the bus."));

      g_string_append_printf (text, "\n\n%s\n", _ ("Verbs:"));
      for (gsize i = 0; verbs[i] != NULL; i++)
        {
          if ((verbs[i]->flags & CLI_VERB_HIDDEN) == 0)
            g_string_append_printf (text, "  %-10s %s\n", verbs[i]->name, _ (verbs[i]->summary));
        }
      g_string_append_printf (
          text, "\n%s",
          _ ("A service is named by its id, such as org.example.Hello, or the end of it, Hello."));
      g_option_context_set_summary (context, text->str);
      g_option_context_set_description (
          context, _ ("“geminga help VERB” tells more of a verb, geminga(1) tells everything."));
    }

  return g_option_context_get_help (context, TRUE, NULL);
}

/* Gives the options that a verb takes; all there are for %NULL. */
GStrv
cli_options_list (const CliVerb *verb)
{
  static const char *const common[] = { "--user", "--system", "--address", "--timeout", "--json",
                                        "--utc",  "--color",  "--help",    "--version" };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (verb == NULL || (verb->flags & CLI_VERB_WATCH) != 0)
    g_strv_builder_add (builder, "--watch");
  if (verb == NULL || (verb->flags & CLI_VERB_QUICK) != 0)
    g_strv_builder_add (builder, "--quick");
  if (verb == NULL || (verb->flags & CLI_VERB_FORCE) != 0)
    g_strv_builder_add (builder, "--force");
  if (verb == NULL || (verb->flags & CLI_VERB_TRACE) != 0)
    {
      g_strv_builder_add (builder, "--count");
      g_strv_builder_add (builder, "--capture");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (common); i++)
    g_strv_builder_add (builder, common[i]);

  return g_strv_builder_end (builder);
}
