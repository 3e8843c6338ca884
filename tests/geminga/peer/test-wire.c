/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "wire-samples.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

static void
test_message (void)
{
  g_auto (GemingaWireMessage) message;
  guint64 value = 0;

  geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_SIGNAL);
  g_assert_cmpuint (message.type, ==, GEMINGA_WIRE_MESSAGE_SIGNAL);
  g_assert_null (message.body);

  g_assert_false (
      geminga_wire_message_get_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE, &value));
  geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE, 5);
  geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_CREDIT, 0);
  g_assert_true (
      geminga_wire_message_get_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE, &value));
  g_assert_cmpuint (value, ==, 5);
  g_assert_true (
      geminga_wire_message_get_extension (&message, GEMINGA_WIRE_EXTENSION_CREDIT, &value));
  g_assert_cmpuint (value, ==, 0);
  g_assert_false (
      geminga_wire_message_get_extension (&message, GEMINGA_WIRE_EXTENSION_KIND, &value));

  message.body = g_variant_ref_sink (g_variant_new ("(s)", "x"));
  geminga_wire_message_clear (&message);
  g_assert_null (message.body);
}

static void
test_required (void)
{
  static const struct
  {
    GemingaWireMessage message;
    const char *missing;
  } rows[] = {
    { { .type = 0 }, "type" },
    { { .type = 1 }, "path" },
    { { .type = 1, .path = "/" }, "member" },
    { { .type = 1, .path = "/", .member = "M" }, NULL },
    { { .type = 2 }, "reply serial" },
    { { .type = 2, .reply_serial = 1 }, NULL },
    { { .type = 3, .reply_serial = 1 }, "error name" },
    { { .type = 3, .error_name = "a.b" }, "reply serial" },
    { { .type = 3, .error_name = "a.b", .reply_serial = 1 }, NULL },
    { { .type = 4, .path = "/", .member = "M" }, "interface" },
    { { .type = 4, .interface = "a.b", .member = "M" }, "path" },
    { { .type = 4, .interface = "a.b", .path = "/" }, "member" },
    { { .type = 4, .interface = "a.b", .path = "/", .member = "M" }, NULL },
    { { .type = 9 }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      geminga_wire_message_check_required (&rows[i].message, &error);
      if (rows[i].missing == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
          g_assert_nonnull (strstr (error->message, rows[i].missing));
        }
    }
}

static void
test_names (void)
{
  static const GemingaWireMessage wrong[] = {
    { .path = "" },
    { .path = "a" },
    { .path = "/a/" },
    { .path = "/org/freedesktop/DBus/Local" },
    { .interface = "org.freedesktop.DBus.Local" },
    { .interface = "a" },
    { .interface = "a..b" },
    { .interface = "a.b-c" },
    { .member = "" },
    { .member = "a.b" },
    { .member = "1a" },
    { .error_name = "a" },
    { .destination = "a b.c" },
    { .sender = ":" },
  };
  const GemingaWireMessage right = { .path = "/a",
                                     .interface = "a.b",
                                     .member = "M_1",
                                     .error_name = "a.b.C",
                                     .destination = "a.b-c",
                                     .sender = ":1.2" };
  g_autofree char *longest = g_strnfill (255, 'M');
  g_autofree char *longer = g_strnfill (256, 'M');
  GemingaWireMessage long_member = { .member = longest };
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_wire_message_check_names (&long_member, NULL));
  long_member.member = longer;
  g_assert_false (geminga_wire_message_check_names (&long_member, NULL));

  geminga_wire_message_check_names (&right, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_test_message ("row %u", i);
      g_assert_false (geminga_wire_message_check_names (&wrong[i], &refused));
      g_assert_error (refused, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
    }
}

/* GDBus */

/* Our bytes mean to GDBus what they mean to us. */
static void
test_to_gdbus (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GByteArray) bytes = wire_sample_message (i);
      g_autoptr (GVariant) body = wire_sample (i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GDBusMessage) message = NULL;
      GVariant *got;

      g_test_message ("%s", wire_samples[i]);
      message = g_dbus_message_new_from_blob (bytes->data, bytes->len,
                                              G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_dbus_message_get_message_type (message), ==, (int) (1 + i % 4));
      g_assert_cmpuint (g_dbus_message_get_serial (message), ==, i + 1);
      g_assert_cmpuint (g_dbus_message_get_num_unix_fds (message), ==, WIRE_SAMPLE_FDS);

      got = g_dbus_message_get_body (message);
      if (g_variant_n_children (body) == 0)
        g_assert_true (got == NULL || g_variant_n_children (got) == 0);
      else
        g_assert_cmpvariant (got, body);
    }
}

static GDBusMessage *
new_gdbus_message (guint index, GVariant *body, GDBusMessageByteOrder order)
{
  GDBusMessage *message = g_dbus_message_new ();
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();

  for (guint i = 0; i < WIRE_SAMPLE_FDS; i++)
    g_assert_cmpint (g_unix_fd_list_append (fds, STDERR_FILENO, NULL), ==, (int) i);

  g_dbus_message_set_message_type (message, G_DBUS_MESSAGE_TYPE_METHOD_CALL);
  g_dbus_message_set_path (message, "/org/geminga1/test");
  g_dbus_message_set_interface (message, "org.geminga1.Test");
  g_dbus_message_set_member (message, "Method");
  g_dbus_message_set_destination (message, "org.example.Calc");
  g_dbus_message_set_sender (message, ":1.5");
  g_dbus_message_set_serial (message, index + 1);
  g_dbus_message_set_byte_order (message, order);
  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_unix_fd_list (message, fds);
  g_dbus_message_set_header (message, 77, g_variant_new_parsed ("{'unknown': <[1, 2, 3]>}"));
  g_dbus_message_set_header (message, 200, g_variant_new_uint64 (123456789012));
  g_dbus_message_set_header (message, 203, g_variant_new_uint32 (42));
  g_dbus_message_set_body (message, body);

  return message;
}

/* And the bytes of GDBus, in both byte orders, to us. */
static void
test_from_gdbus (gconstpointer data)
{
  GDBusMessageByteOrder order = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GVariant) body = wire_sample (i);
      g_autoptr (GDBusMessage) message = new_gdbus_message (i, body, order);
      g_autoptr (GError) error = NULL;
      g_auto (GemingaWireMessage) got = GEMINGA_WIRE_MESSAGE_INIT;
      g_autofree guint8 *blob = NULL;
      g_autofree char *signature = wire_sample_signature (body);
      gsize size = 0;

      g_test_message ("%s", wire_samples[i]);
      blob =
          g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
      g_assert_no_error (error);
      geminga_wire_parse (blob, size, &geminga_wire_limits_default, NULL, &got, &error);
      g_assert_no_error (error);

      g_assert_cmpuint (got.type, ==, GEMINGA_WIRE_MESSAGE_CALL);
      g_assert_cmpuint (got.flags, ==, GEMINGA_WIRE_FLAG_NO_REPLY);
      g_assert_cmpuint (got.serial, ==, i + 1);
      g_assert_cmpuint (got.n_fds, ==, WIRE_SAMPLE_FDS);
      g_assert_cmpstr (got.path, ==, "/org/geminga1/test");
      g_assert_cmpstr (got.interface, ==, "org.geminga1.Test");
      g_assert_cmpstr (got.member, ==, "Method");
      g_assert_cmpstr (got.destination, ==, "org.example.Calc");
      g_assert_cmpstr (got.sender, ==, ":1.5");
      g_assert_cmpstr (got.signature, ==, signature);
      g_assert_cmphex (got.extensions, ==, 0x9);
      g_assert_cmpuint (got.extension[GEMINGA_WIRE_EXTENSION_DEADLINE], ==, 123456789012);
      g_assert_cmpuint (got.extension[GEMINGA_WIRE_EXTENSION_CREDIT], ==, 42);
      g_assert_cmpvariant (got.body, body);
      g_assert_cmpmem (g_variant_get_data (got.body), g_variant_get_size (got.body),
                       g_variant_get_data (body), g_variant_get_size (body));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire/message", test_message);
  g_test_add_func ("/peer/wire/required", test_required);
  g_test_add_func ("/peer/wire/names", test_names);
  g_test_add_func ("/peer/wire/to-gdbus", test_to_gdbus);
  g_test_add_data_func ("/peer/wire/from-gdbus/little",
                        GINT_TO_POINTER (G_DBUS_MESSAGE_BYTE_ORDER_LITTLE_ENDIAN), test_from_gdbus);
  g_test_add_data_func ("/peer/wire/from-gdbus/big",
                        GINT_TO_POINTER (G_DBUS_MESSAGE_BYTE_ORDER_BIG_ENDIAN), test_from_gdbus);

  return g_test_run ();
}
