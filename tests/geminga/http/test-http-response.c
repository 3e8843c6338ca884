/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-response-private.h"

/* Helpers */

static void
assert_head (GemingaHttpResponse *response,
             gboolean keep_alive,
             gboolean is_http10,
             const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);

  geminga_http_response_format_head (response, out, "now", keep_alive, is_http10);
  g_assert_cmpstr (out->str, ==, expected);
  geminga_http_response_free (response);
}

/* Tests */

static void
test_format (void)
{
  GemingaHttpResponse *response = NULL;

  assert_head (geminga_http_response_new_plain (404, NULL), TRUE, FALSE,
               "HTTP/1.1 404 Not Found\r\nDate: now\r\nServer: Geminga\r\n"
               "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\n\r\n");
  assert_head (geminga_http_response_new_plain (204, "never sent"), FALSE, FALSE,
               "HTTP/1.1 204 No Content\r\nDate: now\r\nServer: Geminga\r\n"
               "Connection: close\r\n\r\n");
  assert_head (geminga_http_response_new (304, NULL, NULL), TRUE, TRUE,
               "HTTP/1.1 304 Not Modified\r\nDate: now\r\nServer: Geminga\r\n"
               "Connection: keep-alive\r\n\r\n");

  response = geminga_http_response_new (200, NULL, NULL);
  geminga_http_response_set_field (response, "Server", "old");
  geminga_http_response_add_field (response, "X", "1");
  geminga_http_response_add_field (response, "x", "2");
  geminga_http_response_set_field (response, "SERVER", "mine");
  assert_head (response, TRUE, FALSE,
               "HTTP/1.1 200 OK\r\nDate: now\r\nX: 1\r\nx: 2\r\nSERVER: mine\r\n"
               "Content-Length: 0\r\n\r\n");
}

static void
test_phrases (void)
{
  g_assert_cmpstr (geminga_http_status_get_phrase (200), ==, "OK");
  g_assert_cmpstr (geminga_http_status_get_phrase (431), ==, "Request Header Fields Too Large");
  g_assert_nonnull (geminga_http_status_get_phrase (599));
}

static void
test_characters (void)
{
  g_assert_true (geminga_http_is_token ("X-a_1"));
  g_assert_false (geminga_http_is_token (""));
  g_assert_false (geminga_http_is_token ("a b"));
  g_assert_false (geminga_http_is_token ("\303\251"));
  g_assert_true (geminga_http_is_field_value ("a\tb \303\251"));
  g_assert_false (geminga_http_is_field_value ("a\r"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/response/format", test_format);
  g_test_add_func ("/http/response/phrases", test_phrases);
  g_test_add_func ("/http/response/characters", test_characters);

  return g_test_run ();
}
