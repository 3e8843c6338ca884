/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-deadlocks.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-restarts.h"
#include "cli-service.h"
#include "cli-table.h"
#include "cli-text.h"
#include "cli-verbs.h"
#include "cli-watch.h"

#define LAST_RESTARTS  5
#define LAST_DEADLOCKS 3

/* Helpers */

/* Looks closely at one of the services of an arbiter. */
static CliService *
inspect (Cli *cli, const char *id, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, id, error);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = NULL;

  if (service == NULL)
    return NULL;

  g_ptr_array_add (one, service);
  found = cli_services_inspect (cli, one, error);
  if (found == NULL)
    return NULL;

  for (guint i = 0; i < found->len; i++)
    {
      CliService *candidate = g_ptr_array_index (found, i);

      if (!g_str_equal (candidate->id, service->id))
        continue;
      if (candidate->arbiter != NULL)
        return g_ptr_array_steal_index (found, i);
      g_propagate_error (error, g_error_copy (candidate->error));
      return NULL;
    }

  g_set_error (error, CLI_ERROR, CLI_STATUS_NOT_RUNNING, _ ("Service “%s” is not running"), id);
  return NULL;
}

/* Not every service has workers. */
static GVariant *
list_workers (Cli *cli, CliService *service)
{
  g_autoptr (GVariant) reply = NULL;

  if (service->monitor != NULL)
    reply = cli_bus_call (cli, service->bus_name, service->path, CLI_MONITOR_INTERFACE,
                          "ListWorkers", NULL, NULL);
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aa{sv})")))
    return g_variant_get_child_value (reply, 0);

  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
}

/* NULL: it serves no web. */
static GVariant *
get_statistics (Cli *cli, CliService *service)
{
  g_autoptr (GVariant) reply = NULL;

  if (service->monitor != NULL)
    reply = cli_bus_call (cli, service->bus_name, service->path, CLI_WEB_INTERFACE, "GetStatistics",
                          NULL, NULL);
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (reply, 0);

  return NULL;
}

static void
print_head (Cli *cli, CliService *service)
{
  const char *state = cli_service_get_state (service);
  const char *color = cli_output_get_color (cli, state);
  g_autofree char *shown = cli_output_dup_state (cli, state);
  g_autofree char *version = cli_text_escape (cli_dict_get_string (service->arbiter, "Version"));
  guint64 started_at = cli_dict_get_number (service->arbiter, "StartedAt");
  g_autofree char *time = cli_text_from_time (cli, started_at);
  g_autofree char *age = cli_text_from_age (started_at);
  g_autofree char *pid =
      g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (service->arbiter, "Pid"));
  g_autofree char *since = g_strdup_printf ("%s (%s)", time, age);

  cli_output_print (cli, "%s%s%s  %s\n", color != NULL ? color : "", shown,
                    color != NULL ? "\033[0m" : "", service->id);
  if (*version != '\0')
    cli_output_field (cli, "Version", version);
  cli_output_field (cli, "PID", pid);
  cli_output_field (cli, "Since", since);
}

static void
print_monitor (Cli *cli, GVariant *monitor)
{
  g_auto (GStrv) sockets = NULL;
  g_autofree char *workers = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                              cli_dict_get_number (monitor, "Running"),
                                              cli_dict_get_number (monitor, "Workers"));
  g_autofree char *restarts =
      g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (monitor, "Restarts"));

  cli_output_field (cli, "Workers", workers);
  cli_output_field (cli, "Restarts", restarts);
  g_variant_lookup (monitor, "Sockets", "^as", &sockets);
  for (gsize i = 0; sockets != NULL && sockets[i] != NULL; i++)
    {
      g_autofree char *address = cli_text_escape (sockets[i]);

      cli_output_field (cli, "Address", address);
    }
}

static char *
dup_number (GVariant *statistics, const char *key)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (statistics, key));
}

static void
print_statistics (Cli *cli, GVariant *statistics)
{
  g_autofree char *requests = dup_number (statistics, "requests");
  g_autofree char *errors = dup_number (statistics, "answers-5xx");
  g_autofree char *active = dup_number (statistics, "active");
  g_autofree char *accepted = dup_number (statistics, "connections");
  g_autofree char *in = cli_text_from_size (cli, cli_dict_get_number (statistics, "bytes-in"));
  g_autofree char *out = cli_text_from_size (cli, cli_dict_get_number (statistics, "bytes-out"));
  /* Translators: numbers of requests */
  g_autofree char *answered = g_strdup_printf (_ ("%s, %s with a server error"), requests, errors);
  /* Translators: numbers of connections */
  g_autofree char *connections = g_strdup_printf (_ ("%s open, %s accepted"), active, accepted);
  /* Translators: sizes in bytes */
  g_autofree char *traffic = g_strdup_printf (_ ("%s received, %s sent"), in, out);

  cli_output_field (cli, "Requests", answered);
  cli_output_field (cli, "Connections", connections);
  cli_output_field (cli, "Traffic", traffic);
}

static void
print_workers (Cli *cli, GVariant *workers)
{
  g_autoptr (CliTable) table =
      cli_table_new (cli, "WORKER", "PID", "STATE", "PLACEMENT", "UPTIME", "MEMORY", NULL);

  for (gsize i = 0; i < g_variant_n_children (workers); i++)
    {
      g_autoptr (GVariant) worker = g_variant_get_child_value (workers, i);
      const char *state = cli_dict_get_string (worker, "state");

      cli_table_add (table, cli_text_escape (cli_dict_get_string (worker, "id")),
                     g_strdup_printf ("%" G_GUINT64_FORMAT, cli_dict_get_number (worker, "pid")),
                     cli_output_dup_state (cli, state),
                     cli_text_escape (cli_dict_get_string (worker, "placement")),
                     cli_text_from_age (cli_dict_get_number (worker, "started-at")),
                     cli_text_from_size (cli, cli_dict_get_number (worker, "memory")), NULL);
      cli_table_set_color (table, 2, cli_output_get_color (cli, state));
    }

  if (g_variant_n_children (workers) > 0)
    {
      cli_output_print (cli, "\n");
      cli_table_print (table, "");
    }
}

static void
print_json (Cli *cli,
            CliService *service,
            GVariant *statistics,
            GVariant *workers,
            GVariant *restarts,
            GVariant *deadlocks)
{
  g_autoptr (GVariant) base = g_variant_ref_sink (cli_service_build_json (service));
  g_auto (GVariantDict) json = G_VARIANT_DICT_INIT (base);

  if (statistics != NULL)
    g_variant_dict_insert_value (&json, "statistics", statistics);
  g_variant_dict_insert_value (&json, "worker-list", workers);
  if (restarts != NULL)
    g_variant_dict_insert_value (&json, "restart-list", restarts);
  g_variant_dict_insert_value (&json, "deadlock-list", deadlocks);
  cli_output_json (cli, g_variant_dict_end (&json));
}

static void
print_troubles (Cli *cli, GVariant *restarts, GVariant *deadlocks)
{
  if (restarts != NULL && g_variant_n_children (restarts) > 0)
    {
      cli_output_print (cli, "\n");
      cli_restarts_print (cli, restarts, LAST_RESTARTS, "");
      cli_restarts_print_log (cli, restarts, 1);
    }
  if (g_variant_n_children (deadlocks) > 0)
    {
      cli_output_print (cli, "\n");
      cli_deadlocks_print (cli, deadlocks, LAST_DEADLOCKS);
    }
}

static gboolean
render (Cli *cli, gpointer data, GError **error)
{
  g_autoptr (CliService) service = inspect (cli, data, error);
  g_autoptr (GVariant) statistics = service != NULL ? get_statistics (cli, service) : NULL;
  g_autoptr (GVariant) workers = service != NULL ? list_workers (cli, service) : NULL;
  g_autoptr (GVariant) restarts = service != NULL ? cli_restarts_get (cli, service, NULL) : NULL;
  g_autoptr (GVariant) deadlocks = service != NULL ? cli_deadlocks_get (cli, service) : NULL;

  if (service == NULL || g_cancellable_set_error_if_cancelled (cli->cancellable, error))
    return FALSE;

  if (cli->is_json)
    {
      print_json (cli, service, statistics, workers, restarts, deadlocks);
      return TRUE;
    }

  print_head (cli, service);
  if (service->monitor != NULL)
    print_monitor (cli, service->monitor);
  if (statistics != NULL)
    print_statistics (cli, statistics);
  print_workers (cli, workers);
  print_troubles (cli, restarts, deadlocks);

  return TRUE;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  return cli_watch_run (cli, render, (char *) operands[0], error);
}

const CliVerb cli_verb_status = {
  .name = "status",
  .summary = N_ ("Show a service, its workers and its last restarts"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
  .flags = CLI_VERB_WATCH,
};
