/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "wire-samples.h"

#include <geminga-wire-body-private.h>
#include <string.h>

static GVariant *
decode (const guint8 *bytes, gsize size, const char *signature, GError **error)
{
  GemingaWireInput input = {
    .bytes = bytes, .end = size, .n_fds = WIRE_SAMPLE_FDS, .limits = &geminga_wire_limits_default
  };

  return geminga_wire_decode (&input, signature, strlen (signature), error);
}

/* What is encoded comes back as the same serialised bytes, at every width of framing offsets. */
static void
test_widths (void)
{
  static const gsize lengths[] = { 0,     1,     100,   248,   249,   250,   251,    252,
                                   253,   254,   255,   256,   257,   65520, 65530,  65531,
                                   65532, 65533, 65534, 65535, 65536, 70000, 1048576 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_strnfill (lengths[i], 'x');
      g_autoptr (GVariant) body = g_variant_ref_sink (
          g_variant_new ("(ss^as(sv)@ay)", "a", text, (const char *[]){ "b", text, "", NULL }, text,
                         g_variant_new_string (text),
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, lengths[i], 1)));
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
      g_autoptr (GVariant) got = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (geminga_wire_signature_init (&signature, "ssas(sv)ay", 10, NULL));
      g_assert_true (geminga_wire_encode (out, body, &signature, 0, NULL));
      got = decode (out->data, out->len, "ssas(sv)ay", &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_variant_get_data (got), g_variant_get_size (got),
                       g_variant_get_data (body), g_variant_get_size (body));
    }
}

/* Every sample, cut short anywhere, is refused. */
static void
test_cut (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GVariant) body = wire_sample (i);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
      g_autofree char *text = wire_sample_signature (body);

      g_assert_true (geminga_wire_signature_init (&signature, text, strlen (text), NULL));
      g_assert_true (geminga_wire_encode (out, body, &signature, WIRE_SAMPLE_FDS, NULL));

      for (gsize size = 0; size < out->len; size++)
        {
          g_autofree guint8 *cut = g_memdup2 (out->data, size);
          g_autoptr (GError) error = NULL;
          g_autoptr (GVariant) got = decode (cut, size, text, &error);

          g_assert_null (got);
          g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TRUNCATED);
        }
    }
}

static void
test_limits (void)
{
  static const guint8 array[] = { 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  static const guint8 nested[] = { 1, 'v', 0, 1, 'v', 0, 1, 'y', 0, 9 };
  GemingaWireLimits limits = geminga_wire_limits_default;
  GemingaWireInput input = {
    .bytes = array, .end = sizeof array, .swap = G_BYTE_ORDER == G_BIG_ENDIAN, .limits = &limits
  };
  g_autoptr (GVariant) largest = NULL;
  g_autoptr (GVariant) deepest = NULL;
  g_autoptr (GError) error = NULL;

  limits.max_array = 8;
  largest = geminga_wire_decode (&input, "ay", 2, &error);
  g_assert_no_error (error);

  limits.max_array = 7;
  input.position = 0;
  g_assert_null (geminga_wire_decode (&input, "ay", 2, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  input = (GemingaWireInput){ .bytes = nested, .end = sizeof nested, .limits = &limits };
  limits.max_depth = 3;
  deepest = geminga_wire_decode (&input, "v", 1, &error);
  g_assert_no_error (error);

  limits.max_depth = 2;
  input.position = 0;
  g_assert_null (geminga_wire_decode (&input, "v", 1, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
}

static void
test_skip (void)
{
  static const guint8 bytes[] = { 1, 's', 0, 0, 2, 0, 0, 0, 'h', 'i', 0, 0xff };
  GemingaWireInput input = { .bytes = bytes,
                             .end = sizeof bytes,
                             .swap = G_BYTE_ORDER == G_BIG_ENDIAN,
                             .limits = &geminga_wire_limits_default };
  g_autoptr (GError) error = NULL;

  geminga_wire_skip_variant (&input, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (input.position, ==, 11);

  input.position = 0;
  input.end = 10;
  g_assert_false (geminga_wire_skip_variant (&input, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TRUNCATED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-decode/widths", test_widths);
  g_test_add_func ("/peer/wire-decode/cut", test_cut);
  g_test_add_func ("/peer/wire-decode/limits", test_limits);
  g_test_add_func ("/peer/wire-decode/skip", test_skip);

  return g_test_run ();
}
