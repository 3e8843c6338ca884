/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-conditions-private.h"

#include "fake-request.h"

/* The tag is "a", the time 784111777. */
static void
test_check (void)
{
  static const struct
  {
    const char *method;
    const char *fields;
    guint status;
  } vectors[] = {
    { "GET", "", 0 },
    { "GET", "If-Match: \"a\"\r\n", 0 },
    { "GET", "If-Match: *\r\n", 0 },
    { "GET", "If-Match: \"b\", \"a\"\r\n", 0 },
    { "GET", "If-Match: W/\"a\"\r\n", 412 },
    { "PUT", "If-Match: \"b\"\r\n", 412 },
    { "GET", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
    { "GET", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 412 },
    { "GET", "If-Match: \"a\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 0 },
    { "GET", "If-None-Match: \"a\"\r\n", 304 },
    { "HEAD", "If-None-Match: \"b\",W/\"a\"\r\n", 304 },
    { "PUT", "If-None-Match: *\r\n", 412 },
    { "GET", "If-None-Match: \"b\"\r\n", 0 },
    { "GET", "If-None-Match: a\r\n", 0 },
    { "GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 304 },
    { "GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 0 },
    { "GET", "If-Modified-Since: never\r\n", 0 },
    { "POST", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
    { "GET", "If-None-Match: \"b\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Answer answer = { 0 };
      g_autofree char *text = g_strdup_printf ("%s / HTTP/1.1\r\nHost: a\r\n%s\r\n",
                                               vectors[i].method, vectors[i].fields);
      GemingaRequest *request = request_new (&answer, text, NULL);

      g_test_message ("%s", text);
      g_assert_cmpuint (geminga_http_conditions_check (request, "\"a\"", 784111777), ==,
                        vectors[i].status);
      geminga_request_respond_empty (request, 204);
      g_object_unref (request);
      answer_clear (&answer);
    }
}

static void
test_range (void)
{
  static const struct
  {
    const char *text;
    gboolean is_allowed;
  } vectors[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", TRUE },
    { "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\nHost: a\r\nIf-Range: \"a\"\r\n\r\n", TRUE },
    { "GET / HTTP/1.1\r\nHost: a\r\nIf-Range: W/\"a\"\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\nHost: a\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", TRUE },
    { "GET / HTTP/1.1\r\nHost: a\r\nIf-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n\r\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Answer answer = { 0 };
      GemingaRequest *request = request_new (&answer, vectors[i].text, NULL);

      g_assert_cmpint (geminga_http_conditions_allow_range (request, "\"a\"", 784111777), ==,
                       vectors[i].is_allowed);
      geminga_request_respond_empty (request, 204);
      g_object_unref (request);
      answer_clear (&answer);
    }
}

static void
test_coding (void)
{
  g_assert_false (geminga_http_conditions_accept_coding (NULL, "br"));
  g_assert_true (geminga_http_conditions_accept_coding ("gzip, br", "br"));
  g_assert_true (geminga_http_conditions_accept_coding ("GZIP;q=0.5", "gzip"));
  g_assert_false (geminga_http_conditions_accept_coding ("gzip; q=0.000, *", "gzip"));
  g_assert_true (geminga_http_conditions_accept_coding ("gzip;q=0, *", "br"));
  g_assert_false (geminga_http_conditions_accept_coding ("*;q=0", "br"));
  g_assert_false (geminga_http_conditions_accept_coding ("brotli", "br"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/conditions/check", test_check);
  g_test_add_func ("/http/conditions/range", test_range);
  g_test_add_func ("/http/conditions/coding", test_coding);

  return g_test_run ();
}
