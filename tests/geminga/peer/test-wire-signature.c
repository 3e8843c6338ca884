/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-wire-private.h>
#include <geminga-wire-signature-private.h>
#include <string.h>

/* Sizes and alignments agree with those of GVariant, whose own are seen through fixed-size arrays. */
static void
test_layout (void)
{
  static const struct
  {
    const char *text;
    guint size;
    guint wire_align;
    guint align;
    gboolean is_flat;
  } rows[] = {
    { "y", 1, 1, 1, TRUE },        { "b", 1, 4, 1, FALSE },     { "n", 2, 2, 2, TRUE },
    { "u", 4, 4, 4, TRUE },        { "h", 4, 4, 4, TRUE },      { "d", 8, 8, 8, TRUE },
    { "s", 0, 4, 1, FALSE },       { "g", 0, 1, 1, FALSE },     { "v", 0, 1, 8, FALSE },
    { "ay", 0, 4, 1, FALSE },      { "at", 0, 4, 8, FALSE },    { "a{sv}", 0, 4, 8, FALSE },
    { "(y)", 1, 8, 1, FALSE },     { "(ii)", 8, 8, 4, FALSE },  { "(tt)", 16, 8, 8, TRUE },
    { "(ti)", 16, 8, 8, FALSE },   { "(iit)", 16, 8, 8, TRUE }, { "(it)", 16, 8, 8, FALSE },
    { "(ys)", 0, 8, 1, FALSE },    { "(bt)", 16, 8, 8, FALSE }, { "((ii)t)", 16, 8, 8, FALSE },
    { "((tt)d)", 24, 8, 8, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].text);
      geminga_wire_signature_init (&signature, rows[i].text, strlen (rows[i].text), &error);
      g_assert_no_error (error);
      g_assert_true (geminga_wire_signature_is_single (&signature));
      g_assert_cmpuint (signature.types[1].size, ==, rows[i].size);
      g_assert_cmpuint (signature.types[1].wire_align, ==, rows[i].wire_align);
      g_assert_cmpuint (signature.types[1].align, ==, rows[i].align);
      g_assert_cmpint (signature.types[1].is_flat, ==, rows[i].is_flat);
    }
}

static void
test_single (void)
{
  static const struct
  {
    const char *text;
    gboolean is_single;
  } rows[] = {
    { "", FALSE }, { "i", TRUE }, { "ii", FALSE }, { "(ii)", TRUE }, { "a{sv}i", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;

      g_assert_true (
          geminga_wire_signature_init (&signature, rows[i].text, strlen (rows[i].text), NULL));
      g_assert_cmpint (geminga_wire_signature_is_single (&signature), ==, rows[i].is_single);
    }
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
    { "a", GEMINGA_WIRE_ERROR_MALFORMED, "character 1: the array has no element" },
    { "aaa", GEMINGA_WIRE_ERROR_MALFORMED, "character 3" },
    { "()", GEMINGA_WIRE_ERROR_MALFORMED, "cannot be empty" },
    { "a()", GEMINGA_WIRE_ERROR_MALFORMED, "cannot be empty" },
    { "(", GEMINGA_WIRE_ERROR_MALFORMED, "not closed" },
    { "(i", GEMINGA_WIRE_ERROR_MALFORMED, "not closed" },
    { "((i)", GEMINGA_WIRE_ERROR_MALFORMED, "not closed" },
    { "i)", GEMINGA_WIRE_ERROR_MALFORMED, "“)” cannot start" },
    { ")", GEMINGA_WIRE_ERROR_MALFORMED, "“)” cannot start" },
    { "}", GEMINGA_WIRE_ERROR_MALFORMED, "“}” cannot start" },
    { "{sv}", GEMINGA_WIRE_ERROR_MALFORMED, "element of an array" },
    { "({sv})", GEMINGA_WIRE_ERROR_MALFORMED, "element of an array" },
    { "a{", GEMINGA_WIRE_ERROR_MALFORMED, "missing" },
    { "a{}", GEMINGA_WIRE_ERROR_MALFORMED, "basic type" },
    { "a{s}", GEMINGA_WIRE_ERROR_MALFORMED, "two types" },
    { "a{s", GEMINGA_WIRE_ERROR_MALFORMED, "missing" },
    { "a{sv", GEMINGA_WIRE_ERROR_MALFORMED, "not closed" },
    { "a{sss}", GEMINGA_WIRE_ERROR_MALFORMED, "not closed" },
    { "a{vs}", GEMINGA_WIRE_ERROR_MALFORMED, "basic type" },
    { "a{(i)s}", GEMINGA_WIRE_ERROR_MALFORMED, "basic type" },
    { "a{ais}", GEMINGA_WIRE_ERROR_MALFORMED, "basic type" },
    { "mi", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "ami", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "a{sms}", GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe" },
    { "z", GEMINGA_WIRE_ERROR_MALFORMED, "“z”" },
    { "r", GEMINGA_WIRE_ERROR_MALFORMED, "“r”" },
    { "*", GEMINGA_WIRE_ERROR_MALFORMED, "“*”" },
    { "i?", GEMINGA_WIRE_ERROR_MALFORMED, "character 2" },
    { "\xff", GEMINGA_WIRE_ERROR_MALFORMED, "0xff" },
    { "i ", GEMINGA_WIRE_ERROR_MALFORMED, "0x20" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
      g_autoptr (GError) error = NULL;

      g_assert_false (
          geminga_wire_signature_init (&signature, rows[i].text, strlen (rows[i].text), &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, GEMINGA_WIRE_ERROR, rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].what));
    }
}

static gboolean
is_accepted (const char *open, guint n_open, const char *close, guint n_close, GError **error)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_open; i++)
    g_string_append (text, open);
  g_string_append_c (text, 'i');
  for (guint i = 0; i < n_close; i++)
    g_string_append (text, close);

  return geminga_wire_signature_init (&signature, text->str, text->len, error);
}

static void
test_limits (void)
{
  static const struct
  {
    const char *open;
    const char *close;
    guint max;
  } rows[] = { { "a", "", 32 }, { "(", ")", 32 }, { "i", "", 254 }, { "a{s", "}", 32 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      is_accepted (rows[i].open, rows[i].max, rows[i].close, rows[i].max, &error);
      g_assert_no_error (error);
      is_accepted (rows[i].open, rows[i].max + 1, rows[i].close, rows[i].max + 1, &error);
      g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-signature/layout", test_layout);
  g_test_add_func ("/peer/wire-signature/single", test_single);
  g_test_add_func ("/peer/wire-signature/refused", test_refused);
  g_test_add_func ("/peer/wire-signature/limits", test_limits);

  return g_test_run ();
}
