/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-link-body-private.h"

static void
test_pack (void)
{
  static const struct
  {
    const char *body;
    gboolean is_packed;
  } rows[] = {
    { "()", FALSE },
    { "(1, 'x', {'a': <1>}, [<'x'>])", FALSE },
    { "(@mi 1,)", TRUE },
    { "(@ms nothing,)", TRUE },
    { "((),)", TRUE },
    { "({'a', 1},)", TRUE },
    { "([{'a', 1}],)", FALSE },
    { "(<@mi 1>,)", TRUE },
    { "({'a': <[<()>]>},)", TRUE },
    { "(<[{'a', <{'b', 1}>}]>,)", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].body));
      g_autoptr (GVariant) packed = geminga_link_body_pack (body);
      g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].body);
      g_assert_cmpint (packed != NULL, ==, rows[i].is_packed);
      if (packed == NULL)
        continue;

      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_KIND,
                                          GEMINGA_LINK_KIND_PACKED);
      message.body = g_steal_pointer (&packed);
      g_assert_true (geminga_link_body_unpack (&message, &error));
      g_assert_no_error (error);
      g_assert_cmpvariant (message.body, body);
    }
}

/* Nested deeper than anybody reads again. */
static void
test_pack_deep (void)
{
  GVariant *value = g_variant_new_maybe (G_VARIANT_TYPE_INT32, NULL);
  g_autoptr (GVariant) body = NULL;

  for (guint i = 0; i < 200; i++)
    value = g_variant_new_variant (value);
  body = g_variant_ref_sink (g_variant_new_tuple (&value, 1));
  g_assert_null (geminga_link_body_pack (body));
}

static void
test_unpack_refused (void)
{
  static const struct
  {
    guint kind;
    const char *body;
  } rows[] = {
    { 3, "('(mi)', [byte 1, 0, 0, 0])" },
    { 1, "('(mi)',)" },
    { 1, "('mi', [byte 1, 0, 0, 0])" },
    { 1, "('(m', @ay [])" },
    { 1, "('(*)', @ay [])" },
    { 1, "('', @ay [])" },
    { 1, "('(mi)', [byte 1, 0])" },
    { 1, "('(ms)', [byte 0xff, 0, 0])" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].body);
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_KIND, rows[i].kind);
      message.body = g_variant_ref_sink (g_variant_new_parsed (rows[i].body));
      g_assert_false (geminga_link_body_unpack (&message, &error));
      g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
    }
}

static void
test_unpack_plain (void)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  GVariant *body = g_variant_ref_sink (g_variant_new ("(s)", "as it is"));

  message.body = body;
  g_assert_true (geminga_link_body_unpack (&message, NULL));
  g_assert_true (message.body == body);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/link-body/pack", test_pack);
  g_test_add_func ("/peer/link-body/pack/deep", test_pack_deep);
  g_test_add_func ("/peer/link-body/unpack/refused", test_unpack_refused);
  g_test_add_func ("/peer/link-body/unpack/plain", test_unpack_plain);

  return g_test_run ();
}
