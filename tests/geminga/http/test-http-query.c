/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-query-private.h"

#include <string.h>

/* Helpers */

static char *
show (const char *query)
{
  g_autoptr (GArray) pairs = geminga_http_query_parse (query);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < pairs->len; i++)
    {
      GemingaHttpPair *pair = &g_array_index (pairs, GemingaHttpPair, i);

      g_string_append_printf (out, "[%s=%s]", pair->name, pair->value);
    }

  return g_string_free (out, FALSE);
}

/* Tests */

static void
test_vectors (void)
{
  static const struct
  {
    const char *query;
    const char *shown;
  } vectors[] = {
    { NULL, "" },
    { "", "" },
    { "&&", "" },
    { "a=1&b=2&a=3", "[a=1][b=2][a=3]" },
    { "a", "[a=]" },
    { "=b", "[=b]" },
    { "a=b=c", "[a=b=c]" },
    { "a+b=c%20d%2B", "[a b=c d+]" },
    { "caf%C3%A9=%e2%82%ac", "[caf\303\251=\342\202\254]" },
    { "a=%&b=%4&c=%zz", "[a=%][b=%4][c=%zz]" },
    { "a=%00b", "[a=\357\277\275b]" },
    { "a=%ff", "[a=\357\277\275]" },
    { "a=1;b=2", "[a=1;b=2]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *shown = show (vectors[i].query);

      g_assert_cmpstr (shown, ==, vectors[i].shown);
    }
}

static void
test_many (void)
{
  g_autoptr (GString) query = g_string_new (NULL);
  g_autoptr (GArray) pairs = NULL;

  for (guint i = 0; i < 3 * GEMINGA_HTTP_MAX_PAIRS; i++)
    g_string_append (query, "a&");
  pairs = geminga_http_query_parse (query->str);
  g_assert_cmpuint (pairs->len, ==, GEMINGA_HTTP_MAX_PAIRS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/query/vectors", test_vectors);
  g_test_add_func ("/http/query/many", test_many);

  return g_test_run ();
}
