/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-installed.h"
#include "cli-output.h"
#include "cli-owner.h"
#include "cli-service.h"
#include "cli-verbs.h"

#define SYSTEMD      "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER      "org.freedesktop.systemd1.Manager"

/* A unit that systemd starts for us. */
typedef struct
{
  char *unit;          /* (owned) */
  char *path;          /* (owned) (nullable): of the job, once it is known */
  GHashTable *results; /* (owned) (element-type utf8 utf8), by path of the jobs that have ended */
} Job;

/* Helpers */

static void
job_clear (Job *job)
{
  g_free (job->unit);
  g_free (job->path);
  g_hash_table_unref (job->results);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* A job may have ended before its path is known. */
static void
job_removed_cb (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *arguments,
                gpointer user_data)
{
  Job *job = user_data;
  char *removed;
  const char *result;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uoss)")))
    return;

  g_variant_get (arguments, "(uos&s)", NULL, &removed, NULL, &result);
  g_hash_table_insert (job->results, removed, g_strdup (result));
}

/* Gives how the job ended, if it has ended and not done what it was for. */
static const char *
get_failure (Job *job)
{
  const char *result = job->path != NULL ? g_hash_table_lookup (job->results, job->path) : NULL;

  return g_strcmp0 (result, "done") != 0 ? result : NULL;
}

static gboolean
has_failed (gpointer data)
{
  return get_failure (data) != NULL;
}

static gboolean
start_unit (Cli *cli, Job *job, GError **error)
{
  g_autoptr (GVariant) reply = cli_bus_call (cli, SYSTEMD, SYSTEMD_PATH, MANAGER, "StartUnit",
                                             g_variant_new ("(ss)", job->unit, "replace"), error);

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    g_variant_get (reply, "(o)", &job->path);

  return reply != NULL;
}

/* Lets systemd start the service and waits until its name is there, or the unit has failed. */
static gboolean
start_by_systemd (Cli *cli, const char *id, CliOwner *owner, GError **error)
{
  g_auto (Job) job = {
    .unit = cli_installed_dup_unit (id),
    .results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  guint subscription = g_dbus_connection_signal_subscribe (
      cli->connection, SYSTEMD, MANAGER, "JobRemoved", SYSTEMD_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      job_removed_cb, &job, NULL);
  gboolean is_started;

  is_started = start_unit (cli, &job, error) && cli_owner_wait_new (owner, has_failed, &job, error);
  g_dbus_connection_signal_unsubscribe (cli->connection, subscription);

  if (is_started && get_failure (&job) != NULL && cli_owner_peek (owner) == NULL)
    {
      g_set_error (error, CLI_ERROR, CLI_STATUS_NOT_LOADABLE,
                   _ ("%s could not be started (%s); see “journalctl --unit %s”"), id,
                   get_failure (&job), job.unit);
      return FALSE;
    }

  return is_started;
}

static gboolean
start (Cli *cli, const char *id, CliOwner *owner, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GError) systemd_error = NULL;
  g_autoptr (GVariant) reply =
      cli_bus_call (cli, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "StartServiceByName", g_variant_new ("(su)", id, 0), &local_error);

  if (reply != NULL)
    return cli_owner_wait_new (owner, NULL, NULL, error);

  if (!cli_error_is_remote (local_error, "org.freedesktop.DBus.Error.ServiceUnknown"))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                  _ ("%s could not be started: "), id);
      return FALSE;
    }

  if (start_by_systemd (cli, id, owner, &systemd_error))
    return TRUE;
  if (cli_error_is_silence (systemd_error) ||
      cli_error_is_remote (systemd_error, SYSTEMD ".NoSuchUnit"))
    g_set_error (error, CLI_ERROR, CLI_STATUS_NOT_RUNNING,
                 _ ("Service “%s” is not installed: neither D-Bus nor systemd can start it"), id);
  else
    g_propagate_error (error, g_steal_pointer (&systemd_error));

  return FALSE;
}

/* An id, or the end of one that is installed; what nobody knows is tried as it is. */
static char *
resolve (Cli *cli, const char *id, GError **error)
{
  g_autoptr (GPtrArray) ids = cli_installed_list (cli, error);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *match = NULL;

  if (ids == NULL)
    return NULL;

  match = cli_service_match (ids, id, &local_error);
  if (match != NULL)
    return g_steal_pointer (&match);
  if (local_error->code == CLI_STATUS_USAGE)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (!g_dbus_is_name (id) || g_dbus_is_unique_name (id))
    g_set_error (error, CLI_ERROR, CLI_STATUS_NOT_RUNNING, _ ("Service “%s” is not installed"), id);
  else
    return g_strdup (id);

  return NULL;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) running = cli_service_resolve (cli, operands[0], NULL);
  g_autoptr (CliOwner) owner = NULL;
  g_autofree char *id = NULL;
  g_autofree char *bus_name = NULL;
  g_autofree char *text = NULL;

  if (running != NULL)
    {
      text = g_strdup_printf (_ ("%s is running already"), running->id);
      return cli_output_report (cli, running->id, "running", text);
    }

  id = resolve (cli, operands[0], error);
  if (id == NULL)
    return FALSE;

  bus_name = cli_service_dup_bus_name (id);
  owner = cli_owner_new (cli, bus_name);
  if (!start (cli, id, owner, error) || !cli_owner_wait_running (owner, error))
    return FALSE;

  text = g_strdup_printf (_ ("%s has started"), id);
  return cli_output_report (cli, id, "started", text);
}

const CliVerb cli_verb_start = {
  .name = "start",
  .summary = N_ ("Start an installed service and wait until it runs"),
  .run = run,
  .usage = N_ ("ID"),
  .min_operands = 1,
  .max_operands = 1,
  .operands = { CLI_OPERAND_INSTALLED },
};
