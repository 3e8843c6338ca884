/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-chunked-private.h"

#include <string.h>

/* Helpers */

/* Feeds @text in pieces of @piece bytes. */
static guint
feed (const char *text, gsize piece, GByteArray *body, gboolean *is_done, gsize *used)
{
  GemingaHttpChunked chunked = { 0 };
  gsize len = strlen (text);
  gsize pos = 0;
  guint status = 0;

  while (status == 0 && pos < len && !chunked.is_done)
    {
      gsize n = 0;

      status = geminga_http_chunked_feed (&chunked, (const guint8 *) text + pos,
                                          MIN (piece, len - pos), &n, body, 100);
      pos += n;
    }

  *is_done = chunked.is_done;
  *used = pos;

  return status;
}

/* Tests */

static void
test_vectors (void)
{
  static const struct
  {
    const char *text;
    guint status;
    const char *body; /* NULL: not whole */
    gsize rest;
  } vectors[] = {
    { "5\r\nhello\r\n0\r\n\r\n", 0, "hello", 0 },
    { "5\r\nhello\r\n0\r\n\r\nGET", 0, "hello", 3 },
    { "1\r\na\r\nA\r\n0123456789\r\n000\r\n\r\n", 0, "a0123456789", 0 },
    { "1;a=b;c=\"d\"\r\na\r\n0;x\r\nA: b\r\nC:d\r\n\r\n", 0, "a", 0 },
    { "0\r\n\r\n", 0, "", 0 },
    { "5\r\nhel", 0, NULL, 0 },
    { "5\r\nhello\r\n0\r\n", 0, NULL, 0 },
    { "64\r\n", 0, NULL, 0 },
    { "65\r\n", 413, NULL, 0 },
    { "ffffffffffffffff\r\n", 413, NULL, 0 },
    { "0000000000000005\r\n", 413, NULL, 0 },
    { "60\r\n", 0, NULL, 0 },
    { "\r\n", 400, NULL, 0 },
    { "0x5\r\nhello\r\n", 400, NULL, 0 },
    { "+5\r\nhello\r\n", 400, NULL, 0 },
    { "-1\r\n", 400, NULL, 0 },
    { " 5\r\nhello\r\n", 400, NULL, 0 },
    { "5 \r\nhello\r\n", 400, NULL, 0 },
    { "5_\r\nhello\r\n", 400, NULL, 0 },
    { "5\nhello\r\n", 400, NULL, 0 },
    { "5\r\nhello\n", 400, NULL, 0 },
    { "5\r\nhelloX\r\n", 400, NULL, 0 },
    { "5;\001\r\nhello", 400, NULL, 0 },
    { "5;a\nhello", 400, NULL, 0 },
    { "0\r\nA: b\n\r\n", 400, NULL, 0 },
    { "0\r\n A: b\r\n\r\n", 400, NULL, 0 },
    { "0\r\n: b\r\n\r\n", 400, NULL, 0 },
    { "0\r\n\rX", 400, NULL, 0 },
    { "\n5\r\nhello\r\n", 400, NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      for (gsize piece = 1; piece < 40; piece += 6)
        {
          g_autoptr (GByteArray) body = g_byte_array_new ();
          gboolean is_done = FALSE;
          gsize used = 0;

          g_test_message ("vector %u", i);
          g_assert_cmpuint (feed (vectors[i].text, piece, body, &is_done, &used), ==,
                            vectors[i].status);
          if (vectors[i].status != 0)
            continue;
          g_assert_cmpint (is_done, ==, vectors[i].body != NULL);
          g_assert_cmpuint (used, ==, strlen (vectors[i].text) - vectors[i].rest);
          if (is_done)
            g_assert_cmpmem (body->data, body->len, vectors[i].body, strlen (vectors[i].body));
        }
    }
}

/* Extensions and trailers are bounded in all. */
static void
test_overhead (void)
{
  g_autofree char *long_text = g_strnfill (20000, 'x');
  g_autofree char *extension = g_strconcat ("1;", long_text, NULL);
  g_autofree char *trailer = g_strconcat ("0\r\n", long_text, NULL);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  gboolean is_done = FALSE;
  gsize used = 0;

  g_assert_cmpuint (feed (extension, 100, body, &is_done, &used), ==, 431);
  g_assert_cmpuint (feed (trailer, 100, body, &is_done, &used), ==, 431);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/chunked/vectors", test_vectors);
  g_test_add_func ("/http/chunked/overhead", test_overhead);

  return g_test_run ();
}
