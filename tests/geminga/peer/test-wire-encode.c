/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "wire-samples.h"

#include <geminga-wire-body-private.h>
#include <string.h>

#define MIB (1024 * 1024)

static gboolean
encode (GByteArray *out, GVariant *body, guint n_fds, GError **error)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  g_autofree char *text = wire_sample_signature (body);

  if (!geminga_wire_signature_init (&signature, text, strlen (text), error))
    return FALSE;

  return geminga_wire_encode (out, body, &signature, n_fds, error);
}

/* The bytes are exactly those that GDBus makes. */
static void
test_bytes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GVariant) body = wire_sample (i);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GDBusMessage) message = g_dbus_message_new_signal ("/", "a.b", "M");
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *blob = NULL;
      guint32 body_size;
      gsize size;

      g_test_message ("%s", wire_samples[i]);
      g_dbus_message_set_serial (message, 1);
      g_dbus_message_set_byte_order (
          message, (GDBusMessageByteOrder) (G_BYTE_ORDER == G_BIG_ENDIAN ? 'B' : 'l'));
      g_dbus_message_set_body (message, body);
      blob =
          g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
      g_assert_no_error (error);
      memcpy (&body_size, blob + 4, 4);

      encode (out, body, WIRE_SAMPLE_FDS, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (out->data, out->len, blob + size - body_size, body_size);
    }
}

/* A value made of parts, a serialised one, and one of bytes in no normal form are written alike. */
static void
test_forms (void)
{
  static const guint8 untidy[] = { 'a', 0, 0xff, 0xff, 3, 7 };
  g_autoptr (GVariant) tree =
      g_variant_ref_sink (g_variant_new ("(s(iv)as)", "abc", 1, g_variant_new_string ("v"), NULL));
  g_autoptr (GVariant) flat = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE ("(s(iv)as)"), g_variant_get_data (tree),
                               g_variant_get_size (tree), FALSE, NULL, NULL));
  g_autoptr (GVariant) broken = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE ("(sas)"), untidy, sizeof untidy, FALSE, NULL, NULL));
  g_autoptr (GVariant) normal = g_variant_get_normal_form (broken);
  g_autoptr (GByteArray) one = g_byte_array_new ();
  g_autoptr (GByteArray) two = g_byte_array_new ();
  g_autoptr (GByteArray) three = g_byte_array_new ();
  g_autoptr (GByteArray) four = g_byte_array_new ();

  g_assert_true (encode (one, tree, 0, NULL));
  g_assert_true (encode (two, flat, 0, NULL));
  g_assert_cmpmem (one->data, one->len, two->data, two->len);

  g_assert_false (g_variant_is_normal_form (broken));
  g_assert_true (encode (three, broken, 0, NULL));
  g_assert_true (encode (four, normal, 0, NULL));
  g_assert_cmpmem (three->data, three->len, four->data, four->len);
}

/* A value that claims to be in normal form and is not gets an error, not a read beyond its end. */
static void
test_lies (void)
{
  static const char *const types[] = { "(sas)", "(vs)", "(a(sv)y)", "(ba{sv})",
                                       "(aas)", "(g)",  "((s)(ss))" };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint n_refused = 0;

  for (guint i = 0; i < 2000; i++)
    {
      gsize size = (gsize) g_rand_int_range (random, 1, 40);
      guint8 *bytes = g_malloc (size);
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < size; j++)
        bytes[j] = (guint8) g_rand_int_range (random, 0, i % 2 == 0 ? 256 : 16);

      body = g_variant_ref_sink (g_variant_new_from_data (
          G_VARIANT_TYPE (types[i % G_N_ELEMENTS (types)]), bytes, size, TRUE, g_free, bytes));
      if (!encode (out, body, 0, &error))
        {
          g_assert_true (error->domain == GEMINGA_WIRE_ERROR);
          n_refused++;
        }
    }

  g_assert_cmpuint (n_refused, >, 1000);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *what;
  } rows[] = {
    { "(@mi 1,)", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "(@ms nothing,)", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "(<@mi 1>,)", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "([<<@ams [nothing]>>],)", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "((),)", GEMINGA_WIRE_ERROR_MALFORMED, "cannot be empty" },
    { "(<()>,)", GEMINGA_WIRE_ERROR_MALFORMED, "cannot be empty" },
    { "({1: 2}, {'a', 1})", GEMINGA_WIRE_ERROR_MALFORMED, "element of an array" },
    { "(handle 2,)", GEMINGA_WIRE_ERROR_MALFORMED, "handle 2 is not among the 2" },
    { "(<[handle 1, -1]>,)", GEMINGA_WIRE_ERROR_MALFORMED, "handle 4294967295" },
    { "(signature '()',)", GEMINGA_WIRE_ERROR_MALFORMED, "cannot be empty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) body = g_variant_parse (NULL, rows[i].text, NULL, NULL, NULL);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (body);
      g_assert_false (encode (out, body, 2, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, GEMINGA_WIRE_ERROR, rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].what));
    }
}

static GVariant *
nest_variants (guint depth)
{
  GVariant *value = g_variant_new_byte (1);

  for (guint i = 0; i < depth; i++)
    value = g_variant_new_variant (value);

  return g_variant_ref_sink (g_variant_new_tuple (&value, 1));
}

static void
test_depth (void)
{
  g_autoptr (GVariant) deep = nest_variants (64);
  g_autoptr (GVariant) deeper = nest_variants (65);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  encode (out, deep, 0, &error);
  g_assert_no_error (error);
  g_assert_false (encode (out, deeper, 0, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
}

static GVariant *
new_bytes_body (gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  return g_variant_ref_sink (
      g_variant_new ("(@ay)", g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), bytes, TRUE)));
}

/* 64 MiB is the most that one array can have, and it does work. */
static void
test_size (void)
{
  g_autoptr (GVariant) largest = new_bytes_body (64 * MIB);
  g_autoptr (GVariant) larger = new_bytes_body (64 * MIB + 1);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  encode (out, largest, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (out->len, ==, 64 * MIB + 4);

  g_byte_array_set_size (out, 0);
  g_assert_false (encode (out, larger, 0, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-encode/bytes", test_bytes);
  g_test_add_func ("/peer/wire-encode/forms", test_forms);
  g_test_add_func ("/peer/wire-encode/lies", test_lies);
  g_test_add_func ("/peer/wire-encode/refused", test_refused);
  g_test_add_func ("/peer/wire-encode/depth", test_depth);
  g_test_add_func ("/peer/wire-encode/size", test_size);

  return g_test_run ();
}
