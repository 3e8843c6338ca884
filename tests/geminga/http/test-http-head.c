/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-head-private.h"

#include <string.h>

/* Helpers */

static guint
parse (GemingaHttpHead *head, const char *text, gsize len)
{
  GemingaHttpHeadScan scan = { 0 };
  gsize end = 0;
  guint status = geminga_http_head_find_end (&scan, text, len, &end);

  memset (head, 0, sizeof *head);
  if (status != 0)
    return status;
  g_assert_cmpuint (end, ==, len);

  return geminga_http_head_parse (head, text, len);
}

/* Tests */

static void
test_valid (void)
{
  static const struct
  {
    const char *text;
    const char *path;
    const char *query;
    gboolean keep_alive;
    gboolean is_chunked;
    guint64 length;
  } vectors[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", NULL, TRUE },
    { "GET / HTTP/1.0\r\n\r\n", "/", NULL, FALSE },
    { "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n", "/", NULL, TRUE },
    { "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", "/", NULL, FALSE },
    { "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n", "/", NULL, FALSE },
    { "GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n", "/a", "b?c", TRUE },
    { "GET /? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "/", "", TRUE },
    { "GET http://A.b:8/x?y HTTP/1.1\r\nHost: a.B:8\r\n\r\n", "/x", "y", TRUE },
    { "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "/", NULL, TRUE },
    { "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", NULL, TRUE },
    { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0042\r\n\r\n", "/", NULL, TRUE, FALSE, 42 },
    { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked \r\n\r\n", "/", NULL, TRUE, TRUE },
    { "GET / HTTP/1.9\r\nHost:a\r\nX:\r\nY: \t a b\t \r\n\r\n", "/", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GemingaHttpHead head;

      g_test_message ("vector %u", i);
      g_assert_cmpuint (parse (&head, vectors[i].text, strlen (vectors[i].text)), ==, 0);
      g_assert_cmpstr (head.path, ==, vectors[i].path);
      g_assert_cmpstr (head.query, ==, vectors[i].query);
      g_assert_cmpint (head.keep_alive, ==, vectors[i].keep_alive);
      g_assert_cmpint (head.is_chunked, ==, vectors[i].is_chunked);
      g_assert_cmpuint (head.content_length, ==, vectors[i].length);
      if (i == G_N_ELEMENTS (vectors) - 1)
        {
          g_assert_cmpstr (geminga_http_head_get_field (&head, "x"), ==, "");
          g_assert_cmpstr (geminga_http_head_get_field (&head, "y"), ==, "a b");
        }
      geminga_http_head_clear (&head);
    }
}

/* What request smuggling is made of, and what no client sends. */
static void
test_invalid (void)
{
#define H "Host: a\r\n"
#define G "GET / HTTP/1.1\r\n"
#define P "POST / HTTP/1.1\r\n" H
  static const struct
  {
    const char *text;
    guint status;
  } vectors[] = {
    { "GET  / HTTP/1.1\r\n" H "\r\n", 400 },
    { " GET / HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET\t/ HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET / HTTP/1.1 \r\n" H "\r\n", 400 },
    { "GET /\r\n" H "\r\n", 400 },
    { "GET / http/1.1\r\n" H "\r\n", 400 },
    { "GET / HTTP/01.1\r\n" H "\r\n", 400 },
    { "GET / HTTP/1.10\r\n" H "\r\n", 400 },
    { "GET / HTTP/2.0\r\n" H "\r\n", 505 },
    { "G(T / HTTP/1.1\r\n" H "\r\n", 400 },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1\r\n" H "\r\n", 501 },
    { "GET /a b HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET /#a HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET /\303\251 HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET /%c0%af HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET /%00 HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET /%4 HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET a HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET * HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET http://b/ HTTP/1.1\r\n" H "\r\n", 400 },
    { "GET ftp://a/ HTTP/1.1\r\n" H "\r\n", 400 },
    { G "\r\n", 400 },
    { G H H "\r\n", 400 },
    { G "Host:\r\n\r\n", 400 },
    { G "Host: a b\r\n\r\n", 400 },
    { G "Host: a, b\r\n\r\n", 400 },
    { G "Host: u@a\r\n\r\n", 400 },
    { G "Host: a/b\r\n\r\n", 400 },
    { G "Host: a:x\r\n\r\n", 400 },
    { G "Host: a:123456\r\n\r\n", 400 },
    { G "Host: [::1\r\n\r\n", 400 },
    { G H "X : a\r\n\r\n", 400 },
    { G H "X\r\n\r\n", 400 },
    { G H ": a\r\n\r\n", 400 },
    { G H "X: a\r\n b\r\n\r\n", 400 },
    { G H " X: a\r\n\r\n", 400 },
    { G H "X: a\rb\r\n\r\n", 400 },
    { G H "X: a\001\r\n\r\n", 400 },
    { G H "X: a\177\r\n\r\n", 400 },
    { G H "X: a\n\r\n", 400 },
    { G H "Expect: nothing\r\n\r\n", 417 },
    { P "Content-Length: +5\r\n\r\n", 400 },
    { P "Content-Length: -1\r\n\r\n", 400 },
    { P "Content-Length: 5, 5\r\n\r\n", 400 },
    { P "Content-Length: 5 5\r\n\r\n", 400 },
    { P "Content-Length: 0x5\r\n\r\n", 400 },
    { P "Content-Length:\r\n\r\n", 400 },
    { P "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400 },
    { P "Content-Length: 99999999999999999999\r\n\r\n", 400 },
    { P "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { P "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { P "Transfer-Encoding:\r\n\r\n", 400 },
    { P "Transfer-Encoding: chunked, chunked\r\n\r\n", 501 },
    { P "Transfer-Encoding: xchunked\r\n\r\n", 501 },
    { P "Transfer-Encoding: identity\r\n\r\n", 501 },
    { P "Transfer-Encoding: \vchunked\r\n\r\n", 400 },
    { "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 400 },
  };
  static const char with_nul[] = G H "X: a\0b\r\n\r\n";
  GemingaHttpHead head;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("vector %u", i);
      g_assert_cmpuint (parse (&head, vectors[i].text, strlen (vectors[i].text)), ==,
                        vectors[i].status);
      geminga_http_head_clear (&head);
    }

  g_assert_cmpuint (parse (&head, with_nul, sizeof with_nul - 1), ==, 400);
  geminga_http_head_clear (&head);
}

/* Byte by byte, the end is found where it is. */
static void
test_pieces (void)
{
  static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
  GemingaHttpHeadScan scan = { 0 };
  gsize end = 0;

  for (gsize len = 0; len < sizeof text - 1; len++)
    {
      g_assert_cmpuint (geminga_http_head_find_end (&scan, text, len, &end), ==, 0);
      if (len < sizeof text - 5)
        g_assert_cmpuint (end, ==, 0);
      else
        break;
    }
  g_assert_cmpuint (end, ==, sizeof text - 5);
}

/* Each prefix and each changed byte of a head is read or refused, in bounds (the sanitizers tell). */
static void
test_mutations (void)
{
  static const char text[] = "PUT http://a:1/x%20y?q HTTP/1.1\r\nHost: a:1\r\n"
                             "Content-Length: 12\r\nConnection: a, b\r\n\r\n";
  const guchar bytes[] = { 0, '\r', '\n', ' ', ':', '%', 0x7f, 0xff, '/', '9' };

  for (gsize i = 0; i < sizeof text - 1; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (bytes); j++)
        {
          g_autofree char *copy = g_memdup2 (text, sizeof text - 1);
          GemingaHttpHeadScan scan = { 0 };
          GemingaHttpHead head;
          gsize end = 0;

          copy[i] = (char) bytes[j];
          if (geminga_http_head_find_end (&scan, copy, sizeof text - 1, &end) != 0 || end == 0)
            continue;
          if (geminga_http_head_parse (&head, copy, end) == 0)
            g_assert_true (head.path[0] == '/');
          geminga_http_head_clear (&head);
        }
    }
}

static void
test_percent (void)
{
  char good[] = "a%2Fb%20%C3%a9";
  char plain[] = "plain";
  char cut[] = "a%2";
  char nul[] = "a%00";
  char bad[] = "%g0";

  g_assert_true (geminga_http_percent_decode (good));
  g_assert_cmpstr (good, ==, "a/b \303\251");
  g_assert_true (geminga_http_percent_decode (plain));
  g_assert_false (geminga_http_percent_decode (cut));
  g_assert_false (geminga_http_percent_decode (nul));
  g_assert_false (geminga_http_percent_decode (bad));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/head/valid", test_valid);
  g_test_add_func ("/http/head/invalid", test_invalid);
  g_test_add_func ("/http/head/pieces", test_pieces);
  g_test_add_func ("/http/head/mutations", test_mutations);
  g_test_add_func ("/http/head/percent", test_percent);

  return g_test_run ();
}
