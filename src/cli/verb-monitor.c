/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-text.h"
#include "cli-verbs.h"
#include "cli-watch.h"

#define NAME_PREFIX "org.geminga1.Service."
#define EVENT_RULE  "type='signal',path_namespace='" CLI_ARBITER_PATH "'"
#define OWNER_RULE                                                                \
  "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus'," \
  "member='NameOwnerChanged',arg0namespace='org.geminga1.Service'"

/* Which services there are, by the unique names that signals come from. */
typedef struct
{
  Cli *cli;
  const char *only;     /* (nullable): id of the service to look at */
  GHashTable *services; /* (element-type utf8 utf8): id by unique name */
  GError *error;        /* (owned) (nullable): why to end */
  guint subscriptions[2];
  gulong closed_id;
} Monitor;

/* Helpers */

static void
monitor_clear (Monitor *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    {
      if (self->subscriptions[i] != 0)
        g_dbus_connection_signal_unsubscribe (self->cli->connection, self->subscriptions[i]);
    }
  g_clear_signal_handler (&self->closed_id, self->cli->connection);
  g_hash_table_unref (self->services);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Monitor, monitor_clear)

static void
flush (Monitor *self)
{
  if (self->error == NULL)
    cli_output_flush (self->cli, &self->error);
}

static char *
dup_now (Cli *cli)
{
  g_autoptr (GDateTime) now =
      cli->is_utc || cli->is_json ? g_date_time_new_now_utc () : g_date_time_new_now_local ();

  return g_date_time_format (now, cli->is_json ? "%Y-%m-%dT%H:%M:%S.%fZ" : "%H:%M:%S.%f");
}

/* "17:00:01.123456  org.example.Hello  worker1  ActorStarted  …" */
static void
print_event (Monitor *self,
             const char *id,
             const char *path,
             const char *interface,
             const char *member,
             GVariant *arguments)
{
  Cli *cli = self->cli;
  g_autofree char *time = dup_now (cli);
  g_autofree char *actor = cli_actor_dup_name (path);

  if (cli->is_json)
    {
      cli_output_json (cli, g_variant_new_parsed ("{'time': <%s>, 'service': <%s>, 'path': <%o>, "
                                                  "'interface': <%s>, 'event': <%s>, "
                                                  "'arguments': <%*>}",
                                                  time, id, path, interface, member, arguments));
    }
  else
    {
      cli_output_print (cli, "%s  %s  %s  %s", time, id, actor, member);
      for (gsize i = 0; i < g_variant_n_children (arguments); i++)
        {
          g_autoptr (GVariant) argument = g_variant_get_child_value (arguments, i);
          g_autofree char *text = cli_text_from_value (argument);

          cli_output_print (cli, "  %s", *text != '\0' ? text : "''");
        }
      cli_output_print (cli, "\n");
    }

  flush (self);
}

/* What has changed is what people want to see, not in which interface. */
static void
print_changes (Monitor *self, const char *id, const char *path, GVariant *arguments)
{
  g_autoptr (GVariant) changed = g_variant_get_child_value (arguments, 1);
  g_autofree char *time = dup_now (self->cli);
  g_autofree char *actor = cli_actor_dup_name (path);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  cli_output_print (self->cli, "%s  %s  %s  PropertiesChanged", time, id, actor);
  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *safe = cli_text_escape (name);
      g_autofree char *text = cli_text_from_value (value);

      cli_output_print (self->cli, "  %s=%s", safe, text);
    }
  cli_output_print (self->cli, "\n");
  flush (self);
}

static void
signal_cb (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *member,
           GVariant *arguments,
           gpointer user_data)
{
  Monitor *self = user_data;
  const char *id = sender != NULL ? g_hash_table_lookup (self->services, sender) : NULL;

  if (id == NULL ||
      (!g_str_equal (path, CLI_ARBITER_PATH) && !g_str_has_prefix (path, CLI_ARBITER_PATH "/")))
    return;

  if (!self->cli->is_json && g_str_equal (member, "PropertiesChanged") &&
      g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    print_changes (self, id, path, arguments);
  else
    print_event (self, id, path, interface, member, arguments);
}

static gboolean
is_wanted (Monitor *self, const char *id)
{
  return self->only == NULL || g_str_equal (self->only, id);
}

static void
owner_changed_cb (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *member,
                  GVariant *arguments,
                  gpointer user_data)
{
  Monitor *self = user_data;
  const char *name;
  const char *before;
  const char *after;
  g_autofree char *id = NULL;
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new_tuple (NULL, 0));

  g_variant_get (arguments, "(&s&s&s)", &name, &before, &after);
  if (!g_str_has_prefix (name, NAME_PREFIX))
    return;
  id = cli_service_unescape (name + strlen (NAME_PREFIX));
  if (id == NULL || !is_wanted (self, id))
    return;

  if (*before != '\0')
    {
      g_hash_table_remove (self->services, before);
      print_event (self, id, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "ServiceEnded", none);
    }
  if (*after != '\0')
    {
      g_hash_table_insert (self->services, g_strdup (after), g_strdup (id));
      print_event (self, id, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, "ServiceStarted", none);
    }
}

static void
closed_cb (GDBusConnection *connection,
           gboolean remote_peer_vanished,
           GError *error,
           gpointer user_data)
{
  Monitor *self = user_data;

  if (self->error == NULL)
    g_set_error_literal (&self->error, CLI_ERROR, CLI_STATUS_NO_BUS, _ ("The bus is gone"));
}

/* Rules are added by hand: GDBus knows none for all paths below one, and where the bus goes while it
 * adds one, it gives a critical warning in place of an error. */
static gboolean
add_match (Cli *cli, const char *rule, GError **error)
{
  g_autoptr (GVariant) reply =
      cli_bus_call (cli, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "AddMatch", g_variant_new ("(s)", rule), error);

  return reply != NULL;
}

static void
subscribe (Monitor *self)
{
  GDBusConnection *connection = self->cli->connection;

  self->subscriptions[0] =
      g_dbus_connection_signal_subscribe (connection, NULL, NULL, NULL, NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, signal_cb, self, NULL);
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
      connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
      "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, owner_changed_cb, self,
      NULL);
  self->closed_id = g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), self);
}

/* The services that run already. */
static gboolean
add_services (Monitor *self, GError **error)
{
  g_autoptr (GPtrArray) services = cli_services_list (self->cli, error);

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);
      g_autoptr (GVariant) reply = NULL;
      char *owner;

      if (!is_wanted (self, service->id))
        continue;
      reply = cli_bus_call (self->cli, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "GetNameOwner",
                            g_variant_new ("(s)", service->bus_name), NULL);
      if (reply == NULL)
        continue;
      g_variant_get (reply, "(s)", &owner);
      g_hash_table_insert (self->services, owner, g_strdup (service->id));
    }

  return services != NULL;
}

/* One that does not run yet can be waited for by its whole id. */
static char *
resolve (Cli *cli, const char *id, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CliService) service = cli_service_resolve (cli, id, &local_error);

  if (service != NULL)
    return g_strdup (service->id);
  if (g_error_matches (local_error, CLI_ERROR, CLI_STATUS_NOT_RUNNING) && g_dbus_is_name (id) &&
      !g_dbus_is_unique_name (id))
    return g_strdup (id);

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
has_error (gpointer data)
{
  Monitor *self = data;

  return self->error != NULL;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autofree char *only = operands[0] != NULL ? resolve (cli, operands[0], error) : NULL;
  g_auto (Monitor) monitor = {
    .cli = cli,
    .only = only,
    .services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  guint reader;

  if (operands[0] != NULL && only == NULL)
    return FALSE;

  cli->is_pretty = FALSE; /* an object a line */
  subscribe (&monitor);
  if (!add_match (cli, OWNER_RULE, error) || !add_match (cli, EVENT_RULE, error) ||
      !add_services (&monitor, error))
    return FALSE;

  reader = cli_watch_add_reader (cli);
  while (!has_error (&monitor) && !g_cancellable_is_cancelled (cli->cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (reader);

  /* Ctrl-C is how this ends. */
  if (!has_error (&monitor))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&monitor.error));
  return FALSE;
}

const CliVerb cli_verb_monitor = {
  .name = "monitor",
  .summary = N_ ("Print what happens in services, as it happens"),
  .run = run,
  .usage = N_ ("[ID]"),
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
};
