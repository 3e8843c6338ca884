/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

#include <glib/gi18n-lib.h>

/* Milliseconds between attempts: at first, at most, and at most if nothing tells that a bus is back. */
#define FIRST_DELAY   100
#define LAST_DELAY    5000
#define BLIND_DELAY   1200
#define CREATED_DELAY 20

/* Milliseconds that a bus has to let us in. */
#define ATTEMPT_LIMIT 10000

/* Beyond the limit, messages that calls may still be answered with. */
#define MESSAGE_RESERVE 200000000

/* Helpers */

static char *
describe (GemingaBus *self)
{
  if (g_str_equal (self->bus, "session"))
    return g_strdup (_ ("the session bus"));
  if (g_str_equal (self->bus, "system"))
    return g_strdup (_ ("the system bus"));

  return g_strdup_printf (_ ("the bus at “%s”"), self->bus);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
add_timeout (GemingaBus *self, guint delay, GSourceFunc func, gpointer data, const char *name)
{
  GSource *source = g_timeout_source_new (delay);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);

  return source;
}

static gboolean
on_retry (gpointer user_data)
{
  GemingaBus *self = user_data;

  clear_source (&self->retry);
  geminga_bus_connection_open (self);

  return G_SOURCE_REMOVE;
}

static void
retry_in (GemingaBus *self, guint delay)
{
  clear_source (&self->retry);
  self->retry = add_timeout (self, delay, on_retry, self, "geminga-bus-retry");
}

/* A bus that starts makes its socket. */
static void
on_monitor_changed (GFileMonitor *monitor,
                    GFile *file,
                    GFile *other_file,
                    GFileMonitorEvent event,
                    gpointer user_data)
{
  GemingaBus *self = user_data;

  if (event == G_FILE_MONITOR_EVENT_DELETED)
    return;

  self->delay = FIRST_DELAY;
  if (self->retry != NULL)
    retry_in (self, CREATED_DELAY);
}

static void
clear_monitor (GemingaBus *self)
{
  if (self->monitor == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
}

static void
watch_socket (GemingaBus *self, const char *address)
{
  g_autofree char *path = address != NULL ? geminga_bus_get_socket_path (address) : NULL;
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autoptr (GFile) file = NULL;

  if (self->monitor != NULL || folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return;

  file = g_file_new_for_path (path);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_monitor_changed), self);
}

static void
retry_later (GemingaBus *self)
{
  g_autofree char *address = geminga_bus_resolve_address (self->bus, NULL);
  guint jitter;

  watch_socket (self, address);
  jitter = (guint) g_random_int_range (0, (gint32) self->delay / 2 + 1);
  retry_in (self, self->delay / 2 + jitter);
  self->delay = MIN (self->delay * 2, self->monitor != NULL ? LAST_DELAY : BLIND_DELAY);
}

/* The end of a connection */

static void
on_closed (GDBusConnection *connection,
           gboolean remote_peer_vanished,
           GError *error,
           gpointer user_data)
{
  GemingaBus *self = user_data;
  g_autoptr (GDBusConnection) dropped = geminga_bus_connection_drop (self);
  g_autofree char *where = describe (self);

  retry_later (self);
  if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    geminga_bus_say_lost (self, _ ("The connection to %s is gone: the bus closed it"), where);
  else
    geminga_bus_say_lost (self, _ ("The connection to %s is gone: %s"), where, error->message);
}

/* The start of a connection */

typedef struct
{
  GemingaBus *bus;           /* (owned) */
  GCancellable *cancellable; /* (owned): says which attempt it is */
} Attempt;

static void
attempt_free (Attempt *self)
{
  geminga_bus_unref (self->bus);
  g_object_unref (self->cancellable);
  g_free (self);
}

static gboolean
on_attempt_limit (gpointer user_data)
{
  GemingaBus *self = user_data;

  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
attempt_failed (GemingaBus *self, const GError *error)
{
  g_autofree char *where = describe (self);
  gboolean is_slow = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_object (&self->cancellable);
  retry_later (self);
  geminga_bus_say_lost (self, _ ("No connection to %s: %s"), where,
                        is_slow ? _ ("it does not answer") : error->message);
}

static void
take_connection (GemingaBus *self, GDBusConnection *connection)
{
  self->connection = g_object_ref (connection);
  self->delay = FIRST_DELAY;
  clear_monitor (self);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->closed_handler = g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  self->gate = geminga_bus_gate_new (connection, self->context, geminga_bus_handle_message, self);
  if (g_dbus_connection_is_closed (connection))
    on_closed (connection, TRUE, NULL, self);
  else
    geminga_bus_names_request (self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  GemingaBus *self = attempt->bus;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (self->cancellable != attempt->cancellable)
    {
      if (connection != NULL)
        g_dbus_connection_close (connection, NULL, NULL, NULL);
      attempt_free (attempt);
      return;
    }

  clear_source (&self->limit);
  if (connection != NULL)
    {
      /* It may have been cancelled since. */
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
      take_connection (self, connection);
    }
  else
    attempt_failed (self, error);
  attempt_free (attempt);
}

/* Private API */

void
geminga_bus_connection_open (GemingaBus *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = geminga_bus_resolve_address (self->bus, &error);
  Attempt *attempt;

  if (self->delay == 0)
    self->delay = FIRST_DELAY;

  if (address == NULL)
    {
      retry_later (self);
      geminga_bus_say_lost (self, "%s", error->message);
      return;
    }

  self->cancellable = g_cancellable_new ();
  self->limit =
      add_timeout (self, ATTEMPT_LIMIT, on_attempt_limit, self, "geminga-bus-attempt-limit");
  attempt = g_new0 (Attempt, 1);
  attempt->bus = geminga_bus_ref (self);
  attempt->cancellable = g_object_ref (self->cancellable);
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->cancellable, opened_cb, attempt);
}

GDBusConnection *
geminga_bus_connection_drop (GemingaBus *self)
{
  clear_source (&self->limit);
  clear_source (&self->retry);
  clear_monitor (self);
  geminga_bus_names_forget (self);
  geminga_bus_callers_forget (self);
  geminga_bus_manager_forget (self);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  if (self->connection == NULL)
    return NULL;

  g_clear_signal_handler (&self->closed_handler, self->connection);
  geminga_bus_gate_close (self->gate);
  g_clear_pointer (&self->gate, geminga_bus_gate_unref);

  return g_steal_pointer (&self->connection);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

void
geminga_bus_connection_check_age (GemingaBus *self)
{
  g_autoptr (GDBusConnection) connection = NULL;
  guint64 n_written = self->gate != NULL ? geminga_bus_gate_get_n_written (self->gate) : 0;

  if (n_written <= self->message_limit ||
      (self->n_calls > 0 && n_written <= self->message_limit + MESSAGE_RESERVE))
    return;

  connection = geminga_bus_connection_drop (self);
  g_dbus_connection_flush (connection, NULL, flushed_cb, NULL);
  geminga_bus_connection_open (self);
  geminga_bus_say_lost (
      self, _ ("The connection to the bus is replaced, as it has carried too many messages"));
}
