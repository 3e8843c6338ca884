/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include <unistd.h>

#include "geminga-bus-value-private.h"
#include "geminga-wire-private.h"

static const struct
{
  const char *value;
  gboolean is_legal;
} vectors[] = {
  { "'a'", TRUE },
  { "(1, [true], {'a': <'b'>})", TRUE },
  { "<<<(1, 2)>>>", TRUE },
  { "@aav [[], [<1>]]", TRUE },
  { "()", FALSE },
  { "<()>", FALSE },
  { "[<1>, <()>]", FALSE },
  { "@ms 'a'", FALSE },
  { "{'a': <@mi nothing>}", FALSE },
  { "handle 0", FALSE },
};

static void
test_legal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, vectors[i].value, NULL, NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%s", vectors[i].value);
      g_assert_cmpint (geminga_bus_is_legal (value), ==, vectors[i].is_legal);
    }
}

static GDBusMessage *
message_new (GVariant *value)
{
  GDBusMessage *message = g_dbus_message_new_signal ("/a", "org.example.A", "B");

  if (value != NULL)
    g_dbus_message_set_body (message, g_variant_new_tuple (&value, 1));

  return message;
}

static void
test_depth (void)
{
  GVariant *value = g_variant_new_uint32 (1);
  g_autoptr (GDBusMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    value = g_variant_new_variant (value);
  message = message_new (value);
  g_assert_false (geminga_bus_check_message (message, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
}

static void
test_size (void)
{
  const struct
  {
    const char *type;
    gsize n_elements; /* of one byte in memory */
    gboolean is_small;
  } sizes[] = {
    { "y", 1024, TRUE },
    { "y", 32 * 1024 * 1024, FALSE },
    { "y", 70 * 1024 * 1024, FALSE },
    /* Four bytes on the wire. */
    { "b", 1024 * 1024, TRUE },
    { "b", 9 * 1024 * 1024, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *bytes = g_malloc0 (sizes[i].n_elements);
      g_autoptr (GDBusMessage) message = message_new (g_variant_new_fixed_array (
          G_VARIANT_TYPE (sizes[i].type), bytes, sizes[i].n_elements, 1));
      g_autoptr (GError) error = NULL;

      g_test_message ("%" G_GSIZE_FORMAT " of %s", sizes[i].n_elements, sizes[i].type);
      g_assert_cmpint (geminga_bus_check_message (message, &error), ==, sizes[i].is_small);
      if (!sizes[i].is_small)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
    }
}

static void
test_descriptors (void)
{
  g_autoptr (GDBusMessage) message = message_new (g_variant_new_handle (1));
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_bus_check_message (message, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_clear_error (&error);

  g_unix_fd_list_append (fds, STDIN_FILENO, NULL);
  g_unix_fd_list_append (fds, STDIN_FILENO, NULL);
  g_dbus_message_set_unix_fd_list (message, fds);
  g_assert_true (geminga_bus_check_message (message, &error));
  g_assert_no_error (error);
}

static void
test_empty (void)
{
  g_autoptr (GDBusMessage) message = message_new (NULL);

  g_assert_true (geminga_bus_check_message (message, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bus/value/legal", test_legal);
  g_test_add_func ("/bus/value/depth", test_depth);
  g_test_add_func ("/bus/value/size", test_size);
  g_test_add_func ("/bus/value/descriptors", test_descriptors);
  g_test_add_func ("/bus/value/empty", test_empty);

  return g_test_run ();
}
