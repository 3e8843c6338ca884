/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-query-private.h"

#include <string.h>

/* Helpers */

static void
pair_clear (gpointer data)
{
  GemingaHttpPair *pair = data;

  g_free (pair->name);
  g_free (pair->value);
}

/* As forms are read everywhere: "+" is a blank, a lone "%" is itself. */
static char *
decode (const char *text, gsize len)
{
  g_autoptr (GString) out = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    {
      if (text[i] == '+')
        g_string_append_c (out, ' ');
      else if (text[i] == '%' && i + 2 < len && g_ascii_isxdigit (text[i + 1]) &&
               g_ascii_isxdigit (text[i + 2]))
        {
          g_string_append_c (out, (char) (g_ascii_xdigit_value (text[i + 1]) * 16 +
                                          g_ascii_xdigit_value (text[i + 2])));
          i += 2;
        }
      else
        g_string_append_c (out, text[i]);
    }

  return g_utf8_make_valid (out->str, out->len);
}

/* Public API */

GArray *
geminga_http_query_parse (const char *query)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (GemingaHttpPair));
  const char *p = query;

  g_array_set_clear_func (pairs, pair_clear);

  while (p != NULL && *p != '\0' && pairs->len < GEMINGA_HTTP_MAX_PAIRS)
    {
      gsize len = strcspn (p, "&");
      const char *equals = memchr (p, '=', len);
      gsize name_len = equals != NULL ? (gsize) (equals - p) : len;
      GemingaHttpPair pair = { 0 };

      if (len > 0)
        {
          pair.name = decode (p, name_len);
          pair.value = equals != NULL ? decode (equals + 1, len - name_len - 1) : g_strdup ("");
          g_array_append_val (pairs, pair);
        }

      p += len;
      if (*p == '&')
        p++;
    }

  return pairs;
}
