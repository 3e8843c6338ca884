/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-peer.h"

#include <sys/wait.h>

/* GDBus between two processes, over a socket pair. */

typedef struct
{
  BenchCalls calls;

  GDBusConnection *connection; /* (owned) */
  GPid pid;
} Client;

/* Helpers */

static GDBusConnection *
connection_new (int fd, gboolean is_server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autofree char *guid = is_server ? g_dbus_generate_guid () : NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_sync (G_IO_STREAM (stream), guid,
                                  is_server ? G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                                                  G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING
                                            : G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                  NULL, NULL, &error);

  if (connection == NULL)
    g_error ("No connection: %s", error->message);
  g_dbus_connection_set_exit_on_close (connection, FALSE);

  return connection;
}

/* The server */

static void
called (GDBusConnection *connection,
        const char *sender,
        const char *path,
        const char *interface,
        const char *member,
        GVariant *arguments,
        GDBusMethodInvocation *invocation,
        gpointer user_data)
{
  guint64 number;

  if (g_str_equal (member, "Add"))
    {
      g_variant_get (arguments, "(t)", &number);
      number++;
    }
  else
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (arguments, 0);

      number = g_variant_n_children (bytes);
    }

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(t)", number));
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean peer_vanished,
                      GError *error,
                      gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* The client */

static void
call (BenchCalls *calls, const char *member, GVariant *arguments, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (((Client *) calls)->connection, NULL, BENCH_PATH, BENCH_INTERFACE, member,
                          arguments, NULL, 0, -1, NULL, callback, calls);
}

static GVariant *
finish (BenchCalls *calls, GAsyncResult *result, GError **error)
{
  return g_dbus_connection_call_finish (((Client *) calls)->connection, result, error);
}

static void
tell (BenchCalls *calls, const char *member, GVariant *arguments)
{
  g_autoptr (GDBusMessage) message =
      g_dbus_message_new_method_call (NULL, BENCH_PATH, BENCH_INTERFACE, member);

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (message, arguments);
  g_dbus_connection_send_message (((Client *) calls)->connection, message,
                                  G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

static double
cpu (gpointer data)
{
  return bench_cpu_process (((Client *) data)->pid);
}

/* Public API */

void
bench_gdbus_serve (void)
{
  static const char xml[] = "<node><interface name='" BENCH_INTERFACE "'>"
                            "<method name='Add'><arg type='t' direction='in'/>"
                            "<arg type='t' direction='out'/></method>"
                            "<method name='Size'><arg type='ay' direction='in'/>"
                            "<arg type='t' direction='out'/></method>"
                            "</interface></node>";
  static const GDBusInterfaceVTable vtable = { called, NULL, NULL, { NULL } };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = connection_new (BENCH_CHILD_FD, TRUE);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);

  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), loop);
  g_dbus_connection_register_object (connection, BENCH_PATH, info->interfaces[0], &vtable, NULL,
                                     NULL, NULL);
  g_dbus_connection_start_message_processing (connection);
  g_main_loop_run (loop);
}

void
bench_gdbus_init (BenchWay *way)
{
  Client *self = g_new0 (Client, 1);

  self->calls = (BenchCalls){ .call = call, .finish = finish, .tell = tell };
  self->connection = connection_new (bench_start_role ("gdbus", &self->pid), FALSE);
  way->name = "GDBus";
  way->cpu = cpu;
  bench_calls_fill (way, &self->calls);
}

void
bench_gdbus_clear (BenchWay *way)
{
  Client *self = way->data;

  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  waitpid (self->pid, NULL, 0);
  g_object_unref (self->connection);
  g_free (self);
}
