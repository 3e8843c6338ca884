/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-json-check-private.h"

/* Tests */

static void
test_valid (void)
{
  static const char *const texts[] = {
    "null",
    " true ",
    "\t[]\r\n",
    "{}",
    "[1, -0, 0.5, 1e3, -1.5E-7, 9223372036854775807]",
    "\"\\u00e9 \\ud83d\\ude00 \\n\\/\"",
    "{\"a\": {\"a\": [false, null, \"\"]}}",
    "\"\342\202\254\"",
    "{\"\": 1}",
    "-9223372036854775808",
    "1e308",
    "0e0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      geminga_http_json_check (texts[i], strlen (texts[i]), &error);
      g_assert_no_error (error);
    }
}

static void
test_invalid (void)
{
  static const char *const vectors[][2] = {
    { "", "a value is expected" },
    { " ", "a value is expected" },
    { "nul", "value" },
    { "null x", "nothing can follow" },
    { "[1] x", "at byte 4" },
    { "[1,]", "value" },
    { "[1 2]", "“]”" },
    { "[", "value" },
    { "[1", "“]”" },
    { "{1: 2}", "name" },
    { "{\"a\" 1}", "“:”" },
    { "{\"a\": 1,}", "name" },
    { "{'a': 1}", "name" },
    { "01", "number" },
    { "-", "number" },
    { "+1", "value" },
    { ".5", "value" },
    { "1.", "number" },
    { "1e", "number" },
    { "1e+", "number" },
    { "NaN", "value" },
    { "Infinity", "value" },
    { "0x1", "nothing can follow" },
    { "9223372036854775808", "64 bits" },
    { "1e309", "too large" },
    { "\"", "without an end" },
    { "\"\n\"", "control character" },
    { "\"\\x\"", "escape" },
    { "\"\\u12g4\"", "four digits" },
    { "\"\\u0000\"", "NUL" },
    { "\"\\ud800\"", "surrogate" },
    { "\"\\ud800\\u0041\"", "surrogate" },
    { "\"\\udc00\"", "surrogate" },
    { "\"\377\"", "UTF-8" },
    { "\"\300\200\"", "UTF-8" },
    { "\357\273\277null", "value" },
    { "// x\nnull", "value" },
    { "\"\\", "escape" },
    { "\"\\u1", "four digits" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %u", i);
      g_assert_false (geminga_http_json_check (vectors[i][0], strlen (vectors[i][0]), &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY);
      g_assert_nonnull (strstr (error->message, vectors[i][1]));
    }

  g_assert_false (geminga_http_json_check ("1\0", 2, NULL));
}

static void
test_depth (void)
{
  for (guint depth = 64; depth <= 65; depth++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, '[');
      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, ']');
      g_assert_cmpint (geminga_http_json_check (text->str, text->len, NULL), ==, depth == 64);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/http-json-check/valid", test_valid);
  g_test_add_func ("/http/http-json-check/invalid", test_invalid);
  g_test_add_func ("/http/http-json-check/depth", test_depth);

  return g_test_run ();
}
