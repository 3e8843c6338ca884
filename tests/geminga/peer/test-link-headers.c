/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-link-headers-private.h"

/* Messages in turns, each several times: what is written is what is written without them. */
static void
test_same_bytes (void)
{
  static const struct
  {
    GemingaWireMessageType type;
    const char *path;
    const char *interface;
    const char *member;
    const char *sender;
    const char *body; /* (nullable) */
  } rows[] = {
    { GEMINGA_WIRE_MESSAGE_CALL, "/a", NULL, "Add", NULL, "(uint64 1,)" },
    { GEMINGA_WIRE_MESSAGE_CALL, "/a", NULL, "Add", ":1.x", "(uint64 2,)" },
    { GEMINGA_WIRE_MESSAGE_CALL, "/a", "org.example.I", "Add", ":1.x", "(uint64 2,)" },
    { GEMINGA_WIRE_MESSAGE_CALL, "/b", NULL, "Add", ":1.x", "('x', 2)" },
    { GEMINGA_WIRE_MESSAGE_CALL, "/b", NULL, "Get", NULL, NULL },
    { GEMINGA_WIRE_MESSAGE_REPLY, NULL, NULL, NULL, NULL, "(true,)" },
    { GEMINGA_WIRE_MESSAGE_REPLY, NULL, NULL, NULL, NULL, "()" },
    { GEMINGA_WIRE_MESSAGE_SIGNAL, "/a", "org.example.I", "Changed", NULL, "([<1>],)" },
  };
  GemingaLinkHeaders headers = { { { NULL } } };
  guint32 serial = 0;

  for (guint i = 0; i < 10 * G_N_ELEMENTS (rows); i++)
    {
      guint row = i / 5 % G_N_ELEMENTS (rows);
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GByteArray) expected = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      GemingaWireMessage message;

      if (rows[row].body != NULL)
        body = g_variant_ref_sink (g_variant_new_parsed (rows[row].body));
      geminga_wire_message_init (&message, rows[row].type);
      message.path = rows[row].path;
      message.interface = rows[row].interface;
      message.member = rows[row].member;
      message.sender = rows[row].sender;
      message.body = body;
      message.serial = ++serial;
      message.flags = (guint8) (i % 2);
      if (message.type == GEMINGA_WIRE_MESSAGE_REPLY)
        message.reply_serial = serial;
      if (i % 3 == 0)
        geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE, serial);

      g_assert_true (geminga_link_headers_write (&headers, out, &message, &error));
      g_assert_no_error (error);
      g_assert_true (geminga_wire_write (expected, &message, NULL));
      g_assert_cmpmem (out->data, out->len, expected->data, expected->len);
    }

  geminga_link_headers_clear (&headers);
}

/* Nothing is left of what cannot be written, also when its header is known. */
static void
test_unwritable (void)
{
  GemingaLinkHeaders headers = { { { NULL } } };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = 0; i < 6; i++)
    {
      gboolean is_foreign = i % 2 == 1;
      g_autoptr (GVariant) body =
          g_variant_ref_sink (g_variant_new_parsed (is_foreign ? "(<@mi 1>,)" : "(<1>,)"));
      g_autoptr (GError) error = NULL;
      GemingaWireMessage message;
      guint length = out->len;

      geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_CALL);
      message.path = "/a";
      message.member = "Set";
      message.serial = i + 1;
      message.body = body;
      g_assert_cmpint (geminga_link_headers_write (&headers, out, &message, &error), ==,
                       !is_foreign);
      if (!is_foreign)
        continue;

      g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_UNSUPPORTED);
      g_assert_cmpuint (out->len, ==, length);
    }

  geminga_link_headers_clear (&headers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/link-headers/same-bytes", test_same_bytes);
  g_test_add_func ("/peer/link-headers/unwritable", test_unwritable);

  return g_test_run ();
}
