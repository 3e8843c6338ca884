/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-owner.h"

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"

/* Who has a name on the bus, and who had it at first: services come and go while one waits. */
struct _CliOwner
{
  Cli *cli;
  char *bus_name; /* (owned) */
  char *first;    /* (owned) (nullable) */
  char *current;  /* (owned) (nullable) */
  gboolean is_known;
  gboolean has_news; /* the service told a change of its state */
  guint watch_id;

  CliCondition is_hopeless; /* (nullable) */
  gpointer data;
};

/* Helpers */

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CliOwner *self = user_data;

  g_free (self->current);
  self->current = g_strdup (owner);
  self->is_known = TRUE;
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CliOwner *self = user_data;

  g_clear_pointer (&self->current, g_free);
  self->is_known = TRUE;
}

static void
properties_changed_cb (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *arguments,
                       gpointer user_data)
{
  CliOwner *self = user_data;

  self->has_news = TRUE;
}

static gboolean
is_known (gpointer data)
{
  CliOwner *self = data;

  return self->is_known;
}

static gboolean
is_gone (gpointer data)
{
  CliOwner *self = data;

  return g_strcmp0 (self->current, self->first) != 0 || self->current == NULL;
}

static gboolean
is_new (gpointer data)
{
  CliOwner *self = data;

  if (self->is_hopeless != NULL && self->is_hopeless (self->data))
    return TRUE;

  return self->current != NULL && g_strcmp0 (self->current, self->first) != 0;
}

static gboolean
has_news (gpointer data)
{
  CliOwner *self = data;

  return self->has_news || self->current == NULL;
}

/* Time is over, or Ctrl-C; takes @message. */
static gboolean
fail (CliOwner *self, char *message, GError **error)
{
  g_autofree char *text = message;

  if (!g_cancellable_set_error_if_cancelled (self->cli->cancellable, error))
    g_set_error_literal (error, CLI_ERROR, CLI_STATUS_TIMED_OUT, text);

  return FALSE;
}

/* Public API */

/* Begins to watch a name; what it gives knows the present owner. */
CliOwner *
cli_owner_new (Cli *cli, const char *bus_name)
{
  CliOwner *self = g_new0 (CliOwner, 1);

  self->cli = cli;
  self->bus_name = g_strdup (bus_name);
  self->watch_id =
      g_bus_watch_name_on_connection (cli->connection, bus_name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      appeared_cb, vanished_cb, self, NULL);
  cli_bus_wait (cli, cli_bus_get_timeout (cli), is_known, self);
  self->first = g_strdup (self->current);

  return self;
}

/* Gives the present owner, or %NULL. */
const char *
cli_owner_peek (CliOwner *self)
{
  return self->current;
}

/* Waits until the first owner has let go of the name. */
gboolean
cli_owner_wait_gone (CliOwner *self, GError **error)
{
  return cli_bus_wait (self->cli, cli_bus_get_timeout (self->cli), is_gone, self) ||
         fail (self,
               g_strdup_printf (_ ("The service did not end within %g seconds"),
                                cli_bus_get_timeout (self->cli)),
               error);
}

/* Waits until another than the first owner has the name, or @is_hopeless (nullable) says it won't. */
gboolean
cli_owner_wait_new (CliOwner *self, CliCondition is_hopeless, gpointer data, GError **error)
{
  gboolean is_over;

  self->is_hopeless = is_hopeless;
  self->data = data;
  is_over = cli_bus_wait (self->cli, cli_bus_get_timeout (self->cli), is_new, self);
  self->is_hopeless = NULL;

  return is_over || fail (self,
                          g_strdup_printf (_ ("The service was not there within %g seconds"),
                                           cli_bus_get_timeout (self->cli)),
                          error);
}

/* Waits until the service says that it runs. */
gboolean
cli_owner_wait_running (CliOwner *self, GError **error)
{
  double timeout = cli_bus_get_timeout (self->cli);
  guint id = g_dbus_connection_signal_subscribe (
      self->cli->connection, self->bus_name, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, properties_changed_cb,
      self, NULL);
  gboolean is_waiting = TRUE;
  gboolean is_running = FALSE;

  while (is_waiting)
    {
      g_autoptr (GVariant) state = NULL;

      self->has_news = FALSE;
      state = cli_bus_get_property (self->cli, self->bus_name, CLI_ARBITER_PATH,
                                    CLI_ARBITER_INTERFACE, "State", error);
      if (state == NULL)
        break;

      is_running = !g_variant_is_of_type (state, G_VARIANT_TYPE_STRING) ||
                   g_str_equal (g_variant_get_string (state, NULL), "running");
      is_waiting = !is_running;
      if (is_waiting && !cli_bus_wait (self->cli, timeout, has_news, self))
        is_waiting = fail (self,
                           g_strdup_printf (_ ("The service did not get ready within %g seconds"),
                                            cli_bus_get_timeout (self->cli)),
                           error);
    }
  g_dbus_connection_signal_unsubscribe (self->cli->connection, id);

  return is_running;
}

void
cli_owner_free (CliOwner *self)
{
  g_bus_unwatch_name (self->watch_id);
  g_free (self->bus_name);
  g_free (self->first);
  g_free (self->current);
  g_free (self);
}
