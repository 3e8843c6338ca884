/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-text.h"
#include "cli.h"

/* Helpers */

static gboolean
interrupt (Cli *cli, int number)
{
  cli->signal = number;
  g_cancellable_cancel (cli->cancellable);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt_cb (gpointer user_data)
{
  return interrupt (user_data, SIGINT);
}

static gboolean
on_terminate_cb (gpointer user_data)
{
  return interrupt (user_data, SIGTERM);
}

static const CliVerb *
find_verb (const char *name, GError **error)
{
  const CliVerb *const *verbs = cli_verbs_list ();
  const CliVerb *verb = cli_verbs_find (name);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  if (verb != NULL)
    return verb;

  for (gsize i = 0; verbs[i] != NULL; i++)
    {
      if ((verbs[i]->flags & CLI_VERB_HIDDEN) == 0)
        g_ptr_array_add (names, (char *) verbs[i]->name);
    }
  g_ptr_array_add (names, NULL);

  nearest = cli_text_find_nearest (name, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                 _ ("There is no verb “%s”; did you mean “%s”?"), name, nearest);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                 _ ("There is no verb “%s”; geminga help lists them"), name);
  return NULL;
}

/* Says what is wrong before how it is right. */
static gboolean
fail_operands (const CliVerb *verb, const char *const *operands, guint n_operands, GError **error)
{
  if (verb->max_operands == 0 && n_operands > 0)
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                 _ ("%s takes nothing but options, “%s” is too much"), verb->name, operands[0]);
  else if (n_operands < verb->min_operands)
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
                 _ ("Something is missing. Usage: geminga %s %s"), verb->name, _ (verb->usage));
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” is too much. Usage: geminga %s %s"),
                 operands[verb->max_operands], verb->name, _ (verb->usage));

  return FALSE;
}

/* The option that was given and that the verb does not take, or NULL. */
static const char *
find_unwanted (Cli *cli)
{
  const struct
  {
    const char *name;
    gboolean is_given;
    guint flag;
  } options[] = {
    { "--watch", cli->is_watching, CLI_VERB_WATCH },
    { "--quick", cli->is_quick, CLI_VERB_QUICK },
    { "--force", cli->is_forced, CLI_VERB_FORCE },
    { "--count", cli->count > 0, CLI_VERB_TRACE },
    { "--capture", cli->capture != NULL, CLI_VERB_TRACE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      if (options[i].is_given && (cli->verb->flags & options[i].flag) == 0)
        return options[i].name;
    }

  return NULL;
}

static gboolean
check_verb (Cli *cli, const char *const *operands, GError **error)
{
  guint n_operands = g_strv_length ((GStrv) operands);
  const CliVerb *verb = cli->verb;
  gboolean is_bounded = verb->max_operands >= verb->min_operands;
  const char *unwanted = find_unwanted (cli);

  if (unwanted != NULL)
    {
      g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("%s does not take %s"), verb->name,
                   unwanted);
      return FALSE;
    }
  if (n_operands < verb->min_operands || (is_bounded && n_operands > verb->max_operands))
    return fail_operands (verb, operands, n_operands, error);

  return TRUE;
}

static gboolean
run (Cli *cli, const char *const *argv, GError **error)
{
  g_auto (GStrv) words = NULL;
  const char *const *operands;

  /* Completion wants the words as they were typed. */
  if (argv[0] != NULL && argv[1] != NULL && g_str_equal (argv[1], "complete"))
    {
      cli->verb = cli_verbs_find ("complete");
      return cli->verb->run (cli, argv + 2, error);
    }

  words = cli_options_parse (cli, argv, error);
  if (words == NULL)
    return FALSE;

  operands = (const char *const *) words;
  cli->verb = find_verb (*operands != NULL ? *operands++ : "ps", error);
  if (cli->verb == NULL || !check_verb (cli, operands, error))
    return FALSE;
  if ((cli->verb->flags & CLI_VERB_OFFLINE) == 0 && !cli_bus_connect (cli, error))
    return FALSE;

  return cli->verb->run (cli, operands, error);
}

/* Ctrl-C ends what goes on for ever as it should; other things it breaks off. */
static int
get_status (Cli *cli, const GError *error)
{
  if (cli_error_is_quiet (error))
    return CLI_STATUS_OK;
  if (g_cancellable_is_cancelled (cli->cancellable))
    return cli->signal != 0 ? 128 + cli->signal : CLI_STATUS_OK;

  cli_output_error (cli, error);
  return cli_error_get_status (error);
}

static void
cli_init (Cli *cli)
{
  cli->cancellable = g_cancellable_new ();
  cli->out = g_string_new (NULL);
  cli->timeout = -1;
  cli->is_terminal = isatty (STDOUT_FILENO);
  cli->is_unicode = g_str_equal (nl_langinfo (CODESET), "UTF-8");

  g_unix_signal_add (SIGINT, on_interrupt_cb, cli);
  g_unix_signal_add (SIGTERM, on_terminate_cb, cli);
}

static void
cli_clear (Cli *cli)
{
  g_clear_object (&cli->connection);
  g_clear_object (&cli->cancellable);
  g_string_free (cli->out, TRUE);
  g_free (cli->address);
  g_free (cli->capture);
}

int
main (int argc, char *argv[])
{
  Cli cli = { NULL };
  g_autoptr (GError) error = NULL;
  int status = CLI_STATUS_OK;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GEMINGA_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("geminga");
  signal (SIGPIPE, SIG_IGN); /* writing fails instead, and is then looked at */

  cli_init (&cli);
  if (!run (&cli, (const char *const *) argv, &error))
    {
      status = get_status (&cli, error);
      g_clear_error (&error);
    }
  if (!cli_output_flush (&cli, &error))
    status = get_status (&cli, error);
  cli_clear (&cli);

  return status;
}
