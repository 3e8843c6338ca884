/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-watch.h"

#include <unistd.h>

#include <glib-unix.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-text.h"

/* Helpers */

static gboolean
never (gpointer data)
{
  return FALSE;
}

static gboolean
reader_gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Cli *cli = user_data;

  /* Whoever waits for something sees that and ends. */
  g_cancellable_cancel (cli->cancellable);

  return G_SOURCE_CONTINUE;
}

/* Some services come and go while one looks; without the bus, or with a wrong command, none will. */
static gboolean
is_passing (Cli *cli, const GError *error)
{
  int status = cli_error_get_status (error);

  return !g_dbus_connection_is_closed (cli->connection) && status != CLI_STATUS_USAGE &&
         status != CLI_STATUS_INTERRUPTED;
}

static void
render_error (Cli *cli, const GError *error)
{
  if (cli->is_json)
    {
      cli_output_json (cli, cli_output_build_error (error));
    }
  else
    {
      g_autofree char *message = cli_error_dup_message (error);
      g_autofree char *safe = cli_text_escape (message);

      cli_output_print (cli, "%s\n", safe);
    }
}

static void
begin_frame (Cli *cli, gboolean is_first)
{
  if (cli->is_json)
    return;

  if (cli->is_terminal)
    cli_output_print (cli, "\033[H\033[2J");
  else if (!is_first)
    cli_output_print (cli, "\n");
}

/* Public API */

/* Ends the command quietly when nobody reads what it prints any more. */
guint
cli_watch_add_reader (Cli *cli)
{
  return g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_NVAL, reader_gone_cb, cli);
}

/* Prints what @render adds: once, or with --watch again and again until Ctrl-C. */
gboolean
cli_watch_run (Cli *cli, CliRender render, gpointer data, GError **error)
{
  gboolean is_first = TRUE;
  gboolean is_fine = TRUE;
  guint reader;

  if (!cli->is_watching)
    return render (cli, data, error);

  cli->is_pretty = FALSE; /* an object a line */
  reader = cli_watch_add_reader (cli);
  while (is_fine && !g_cancellable_is_cancelled (cli->cancellable))
    {
      g_autoptr (GError) local_error = NULL;

      begin_frame (cli, is_first);
      is_first = FALSE;
      if (!render (cli, data, &local_error))
        {
          if (g_cancellable_is_cancelled (cli->cancellable))
            break;
          if (!is_passing (cli, local_error))
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              is_fine = FALSE;
              break;
            }
          render_error (cli, local_error);
        }

      is_fine = cli_output_flush (cli, error);
      if (is_fine)
        cli_bus_wait (cli, cli->interval, never, NULL);
    }
  g_source_remove (reader);
  g_string_truncate (cli->out, 0);

  return is_fine;
}
