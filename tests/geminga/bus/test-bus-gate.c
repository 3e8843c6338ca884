/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-bus-gate-private.h"
#include "geminga-bus-private.h"

/* Two ends without a bus between them. */
typedef struct
{
  GDBusConnection *server;
  GDBusConnection *client;
  GSocket *raw; /* (nullable): the client's end, if there is no client */
  GemingaBusGate *gate;
  GPtrArray *got; /* (element-type utf8): paths */
} Fixture;

static void
got_message (GDBusMessage *message, gpointer user_data)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->got, g_strdup (g_dbus_message_get_path (message)));
}

static GDBusConnection *
connection_new (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_sync (
      G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, &error);

  g_assert_no_error (error);

  return connection;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  gboolean is_raw = GPOINTER_TO_INT (data);
  int fds[2];

  memset (self, 0, sizeof *self);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->got = g_ptr_array_new_with_free_func (g_free);
  self->server = connection_new (fds[0]);
  if (is_raw)
    self->raw = g_socket_new_from_fd (fds[1], NULL);
  else
    self->client = connection_new (fds[1]);
  self->gate = geminga_bus_gate_new (self->server, NULL, got_message, self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
close_connection (GDBusConnection *connection)
{
  gboolean is_closed = FALSE;

  g_dbus_connection_close (connection, NULL, closed_cb, &is_closed);
  while (!is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (connection);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  geminga_bus_gate_close (self->gate);
  geminga_bus_gate_unref (self->gate);
  close_connection (self->server);
  if (self->client != NULL)
    close_connection (self->client);
  g_clear_object (&self->raw);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_ptr_array_unref (self->got);
}

static GDBusMessage *
message_new (const char *path)
{
  return g_dbus_message_new_method_call (NULL, path, "org.example.A", "B");
}

static void
send_raw (Fixture *self, const char *path, guint32 serial)
{
  g_autoptr (GDBusMessage) message = message_new (path);
  g_autofree guchar *blob = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_dbus_message_set_byte_order (message, G_DBUS_MESSAGE_BYTE_ORDER_LITTLE_ENDIAN);
  g_dbus_message_set_serial (message, 1);
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
  g_assert_no_error (error);
  serial = GUINT32_TO_LE (serial);
  memcpy (blob + 8, &serial, 4);
  g_assert_cmpint (g_socket_send (self->raw, (const char *) blob, size, NULL, &error), ==, size);
}

/* GDBus of this age dies of serial 0. */
static void
test_serial_0 (Fixture *self, gconstpointer data)
{
  send_raw (self, GEMINGA_BUS_ROOT_PATH "/first", 0);
  send_raw (self, "/other", 0);
  send_raw (self, GEMINGA_BUS_ROOT_PATH "/second", 7);
  while (self->got->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->got->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (self->got, 0), ==, GEMINGA_BUS_ROOT_PATH "/second");
  g_assert_false (g_dbus_connection_is_closed (self->server));
}

static void
test_ours (void)
{
  const struct
  {
    const char *path;
    gboolean is_ours;
  } paths[] = {
    { "/", TRUE },
    { "/org", TRUE },
    { "/org/geminga1", TRUE },
    { "/org/geminga1/a/b", TRUE },
    { "/org/geminga12", FALSE },
    { "/org/geminga", FALSE },
    { "/com", FALSE },
  };
  g_autoptr (GDBusMessage) signal =
      g_dbus_message_new_signal (GEMINGA_BUS_ROOT_PATH, "org.example.A", "B");
  g_autoptr (GDBusMessage) peer = g_dbus_message_new_method_call (
      NULL, GEMINGA_BUS_ROOT_PATH, "org.freedesktop.DBus.Peer", "Ping");

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GDBusMessage) message = message_new (paths[i].path);

      g_assert_cmpint (geminga_bus_gate_is_ours (message), ==, paths[i].is_ours);
    }
  g_assert_false (geminga_bus_gate_is_ours (signal));
  g_assert_false (geminga_bus_gate_is_ours (peer));
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Our own main context does not run, so calls that come in are refused by and by. */
static void
test_flood (Fixture *self, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  gsize size = 1024 * 1024;
  g_autofree char *text = g_malloc0 (size);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 70; i++)
    {
      g_autoptr (GDBusMessage) message = message_new (GEMINGA_BUS_ROOT_PATH);
      GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, size, 1);

      g_dbus_message_set_body (message, g_variant_new_tuple (&bytes, 1));
      g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
      g_dbus_connection_send_message (self->client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                      NULL);
    }
  g_main_context_push_thread_default (context);
  g_dbus_connection_call (self->client, NULL, GEMINGA_BUS_ROOT_PATH, "org.example.A", "B", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  reply = g_dbus_connection_call_finish (self->client, result, &error);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED);
  g_clear_object (&result);

  while (self->got->len < 64)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->got->len, ==, 64);

  /* There is room again. */
  g_dbus_connection_call (self->client, NULL, GEMINGA_BUS_ROOT_PATH, "org.example.A", "B", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, 20000, NULL, NULL, NULL);
  while (self->got->len < 65)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_send (Fixture *self, gconstpointer data)
{
  g_autoptr (GDBusMessage) large = g_dbus_message_new_signal ("/a", "org.example.A", "B");
  g_autoptr (GDBusMessage) small = g_dbus_message_new_signal ("/a", "org.example.A", "B");
  g_autoptr (GDBusMessage) late = g_dbus_message_new_signal ("/a", "org.example.A", "B");
  gsize size = 40 * 1024 * 1024;
  g_autofree char *bits = g_malloc0 (size);
  g_autoptr (GError) error = NULL;
  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bits, size, 1);

  g_dbus_message_set_body (large, g_variant_new_tuple (&bytes, 1));
  g_assert_false (geminga_bus_gate_send (self->gate, large, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);

  g_assert_cmpuint (geminga_bus_gate_get_unsent (self->gate), ==, 0);

  g_assert_true (geminga_bus_gate_send (self->gate, small, &error));
  g_assert_no_error (error);
  g_clear_object (&small);
  while (geminga_bus_gate_get_unsent (self->gate) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (geminga_bus_gate_get_n_written (self->gate), ==, 1);

  geminga_bus_gate_close (self->gate);
  g_assert_true (geminga_bus_gate_send (self->gate, late, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/gate/serial-0", Fixture, GINT_TO_POINTER (TRUE), set_up, test_serial_0,
              tear_down);
  g_test_add_func ("/bus/gate/ours", test_ours);
  g_test_add ("/bus/gate/flood", Fixture, NULL, set_up, test_flood, tear_down);
  g_test_add ("/bus/gate/send", Fixture, NULL, set_up, test_send, tear_down);

  return g_test_run ();
}
