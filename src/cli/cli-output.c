/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-output.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-json.h"
#include "cli-text.h"

#define FIELD_WIDTH 12

/* How a state looks: never by its colour alone. */
static const struct
{
  const char *state;
  const char *glyph;
  const char *letter; /* where there is no Unicode */
  const char *color;
} states[] = {
  { "running", "●", "*", "\033[32m" },   { "starting", "◐", "+", "\033[33m" },
  { "reloading", "◐", "~", "\033[33m" }, { "changing", "◐", "~", "\033[33m" },
  { "stopping", "◌", "-", "\033[33m" },  { "stopped", "○", "o", "\033[2m" },
  { "failed", "✖", "x", "\033[31m" },    { "not responding", "✖", "x", "\033[31m" },
};

/* Helpers */

static gsize
find_state (const char *state)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (states) && !g_str_equal (states[i].state, state))
    i++;

  return i;
}

/* Public API */

/* Adds to what is printed next. */
void
cli_output_print (Cli *cli, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (cli->out, format, arguments);
  va_end (arguments);
}

/* Adds @value, which is consumed if floating, as one JSON document. */
void
cli_output_json (Cli *cli, GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);

  cli_json_append (cli->out, held, cli->is_pretty);
  g_string_append_c (cli->out, '\n');
}

/* Adds a line "name: text". */
void
cli_output_field (Cli *cli, const char *name, const char *text)
{
  cli_output_print (cli, "%*s: %s\n", FIELD_WIDTH, name, text);
}

/* Says what has been done to a service; @text is for people, @result for programs. */
gboolean
cli_output_report (Cli *cli, const char *id, const char *result, const char *text)
{
  if (cli->is_json)
    cli_output_json (cli, g_variant_new_parsed ("{'id': %s, 'result': %s}", id, result));
  else
    cli_output_print (cli, "%s\n", text);

  return TRUE;
}

/* Writes what has been added. A reader that is gone ends the command quietly. */
gboolean
cli_output_flush (Cli *cli, GError **error)
{
  gsize done = 0;

  while (done < cli->out->len)
    {
      ssize_t n = write (STDOUT_FILENO, cli->out->str + done, cli->out->len - done);
      int code = errno;

      if (n >= 0)
        {
          done += (gsize) n;
          continue;
        }
      if (code == EINTR)
        continue;
      if (code == EAGAIN)
        {
          g_usleep (1000);
          continue;
        }

      g_string_truncate (cli->out, 0);
      if (code == EPIPE)
        g_set_error_literal (error, CLI_ERROR, CLI_ERROR_QUIET, "Nobody reads");
      else
        g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("Cannot write the output: %s"),
                     g_strerror (code));
      return FALSE;
    }

  g_string_truncate (cli->out, 0);
  return TRUE;
}

/* Gives how a state is shown: on a terminal with a sign in front of the word. */
char *
cli_output_dup_state (Cli *cli, const char *state)
{
  gsize i = find_state (state);
  g_autofree char *escaped = cli_text_escape (state);

  if (!cli->is_terminal || i == G_N_ELEMENTS (states))
    return g_steal_pointer (&escaped);

  return g_strdup_printf ("%s %s", cli->is_unicode ? states[i].glyph : states[i].letter, escaped);
}

const char *
cli_output_get_color (Cli *cli, const char *state)
{
  gsize i = find_state (state);

  return cli->has_color && i < G_N_ELEMENTS (states) ? states[i].color : NULL;
}

/* Gives an error as programs get it. */
GVariant *
cli_output_build_error (const GError *error)
{
  g_autofree char *name = cli_error_dup_name (error);
  g_autofree char *message = cli_error_dup_message (error);
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  return g_variant_new_parsed ("{'error': <{'name': <%s>, 'message': <%s>, 'status': <%i>}>}",
                               name != NULL ? name : "", valid, cli_error_get_status (error));
}

/* Tells an error on stderr; what it is called only programs want to know, unless that is all there is. */
void
cli_output_error (Cli *cli, const GError *error)
{
  g_autofree char *name = cli_error_dup_name (error);
  g_autofree char *message = cli_error_dup_message (error);
  g_autofree char *safe = cli_text_escape_lines (*message == '\0' && name != NULL ? name : message);

  if (cli->is_json)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (cli_output_build_error (error));
      g_autoptr (GString) json = g_string_new (NULL);

      cli_json_append (json, value, FALSE);
      fprintf (stderr, "%s\n", json->str);
    }
  else
    {
      fprintf (stderr, "geminga: %s\n", safe);
    }
}
