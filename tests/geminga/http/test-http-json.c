/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-json-private.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* Tests */

static void
test_values (void)
{
  static const struct
  {
    const char *value;
    const char *json;
  } vectors[] = {
    { "true", "true" },
    { "byte 0xff", "255" },
    { "int16 -5", "-5" },
    { "uint16 5", "5" },
    { "-7", "-7" },
    { "uint32 7", "7" },
    { "int64 -9223372036854775808", "-9223372036854775808" },
    { "uint64 18446744073709551615", "18446744073709551615" },
    { "handle 3", "3" },
    { "0.5", "0.5" },
    { "0.1", "0.1" },
    { "1e300", "1e+300" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "'a\"\\\\\\n\303\251'", "\"a\\\"\\\\\\u000a\303\251\"" },
    { "objectpath '/a'", "\"/a\"" },
    { "@ai []", "[]" },
    { "[1, 2]", "[1,2]" },
    { "()", "[]" },
    { "(1, 'a')", "[1,\"a\"]" },
    { "@a{sv} {}", "{}" },
    { "{'a': <1>, 'b': <['x']>}", "{\"a\":1,\"b\":[\"x\"]}" },
    { "{1: true}", "{\"1\":true}" },
    { "{true: 1}", "{\"true\":1}" },
    { "{'a', 1}", "{\"a\":1}" },
    { "@mi nothing", "null" },
    { "@mi 5", "5" },
    { "<<5>>", "5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, vectors[i].value, NULL, NULL, &error);
      g_autofree char *json = NULL;
      gsize size = 0;

      g_assert_no_error (error);
      json = geminga_http_json_from_variant (value, &size);
      g_assert_cmpstr (json, ==, vectors[i].json);
      g_assert_cmpuint (size, ==, strlen (json));
    }
}

/* JSON has no such numbers. */
static void
test_not_finite (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new ("(dd)", NAN, -INFINITY));
  gsize size = 0;
  g_autofree char *json = geminga_http_json_from_variant (value, &size);

  g_assert_cmpstr (json, ==, "[null,null]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/json/values", test_values);
  g_test_add_func ("/http/json/not-finite", test_not_finite);

  return g_test_run ();
}
