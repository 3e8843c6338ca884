/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-restarts.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-table.h"
#include "cli-text.h"

/* Helpers */

/* In one line: the kernel's stack, a line a call, is "inner < outer". */
static char *
join_detail (const char *detail)
{
  g_auto (GStrv) lines = g_strsplit (detail, "\n", -1);
  GString *joined = g_string_new (NULL);
  gboolean is_in_stack = FALSE;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *end = g_str_has_prefix (lines[i], "[<") ? strstr (lines[i], ">] ") : NULL;

      if (joined->len > 0)
        g_string_append (joined, is_in_stack && end != NULL ? " < " : "; ");
      g_string_append (joined, end != NULL ? end + strlen (">] ") : lines[i]);
      is_in_stack = end != NULL;
    }

  return g_string_free (joined, FALSE);
}

/* Public API */

/* Gives the restart records of a service as aa{sv}. */
GVariant *
cli_restarts_get (Cli *cli, CliService *service, GError **error)
{
  g_autoptr (GVariant) reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH,
                                             CLI_ARBITER_INTERFACE, "GetRestarts", NULL, error);

  if (reply == NULL)
    return NULL;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aa{sv})")))
    return g_variant_get_child_value (reply, 0);

  g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED,
               _ ("%s answers GetRestarts with something else"), service->id);
  return NULL;
}

/* Adds a table of the last @n_last records. */
void
cli_restarts_print (Cli *cli, GVariant *records, gsize n_last, const char *indent)
{
  g_autoptr (CliTable) table =
      cli_table_new (cli, "TIME", "SERVICE", "ACTOR", "PID", "REASON", "DETAIL", NULL);
  gsize n = g_variant_n_children (records);

  for (gsize i = n > n_last ? n - n_last : 0; i < n; i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      g_autofree char *detail = join_detail (cli_dict_get_string (record, "detail"));

      cli_table_add (table, cli_text_from_time (cli, cli_dict_get_number (record, "time")),
                     cli_text_escape (cli_dict_get_string (record, "service")),
                     cli_text_escape (cli_dict_get_string (record, "actor")),
                     g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (record, "pid")),
                     cli_text_escape (cli_dict_get_string (record, "reason")),
                     cli_text_escape (detail), NULL);
    }
  cli_table_print (table, indent);
}

/* Prints what the processes of the last @n_last records logged last, where that is known. */
void
cli_restarts_print_log (Cli *cli, GVariant *records, gsize n_last)
{
  gsize n = g_variant_n_children (records);

  for (gsize i = n > n_last ? n - n_last : 0; i < n; i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      g_autofree const char **lines = NULL;
      g_autofree char *actor = cli_text_escape (cli_dict_get_string (record, "actor"));

      if (!g_variant_lookup (record, "log", "^a&s", &lines))
        continue;

      cli_output_print (cli, "\n");
      cli_output_print (cli, _ ("The last lines of %s, process %u:\n"), actor,
                        (guint) cli_dict_get_number (record, "pid"));
      for (gsize j = 0; lines[j] != NULL; j++)
        {
          g_autofree char *line = cli_text_escape (lines[j]);

          cli_output_print (cli, "  %s\n", line);
        }
    }
}
