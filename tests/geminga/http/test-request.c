/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-error.h"
#include "geminga-http-error.h"

#define SIMPLE "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

/* Tests */

static void
test_asked (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = NULL;
  g_auto (GStrv) tags = NULL;
  g_auto (GStrv) none = NULL;

  request = request_new (&answer,
                         "POST /a%20b/c%2Fd?tag=x&n=1&tag=y%20z+w&empty&bad=%zz%00%ff HTTP/1.1\r\n"
                         "Host: example.org\r\n"
                         "X-List: one\r\n"
                         "x-list: two\r\n"
                         "Cookie: a=1\r\n"
                         "Cookie: b=2\r\n"
                         "X-Latin: caf\351\r\n"
                         "Content-Length: 5\r\n"
                         "\r\n",
                         "h\303\251llo");

  g_assert_cmpstr (geminga_request_get_method (request), ==, "POST");
  g_assert_cmpstr (geminga_request_get_path (request), ==, "/a b/c/d");
  g_assert_cmpstr (geminga_request_get_raw_path (request), ==, "/a%20b/c%2Fd");
  g_assert_true (g_str_has_prefix (geminga_request_get_raw_query (request), "tag=x&n=1"));
  g_assert_cmpstr (geminga_request_get_protocol (request), ==, "HTTP/1.1");
  g_assert_cmpstr (geminga_request_get_id (request), ==, "0000abcd-42");
  g_assert_cmpstr (geminga_request_get_remote_host (request), ==, "192.0.2.7");
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (geminga_request_get_remote_address (request)));

  g_assert_cmpstr (geminga_request_get_query_param (request, "tag"), ==, "x");
  g_assert_cmpstr (geminga_request_get_query_param (request, "empty"), ==, "");
  g_assert_cmpstr (geminga_request_get_query_param (request, "missing"), ==, NULL);
  g_assert_cmpstr (geminga_request_get_query_param (request, "bad"), ==,
                   "%zz\357\277\275\357\277\275");
  tags = geminga_request_get_query_params (request, "tag");
  g_assert_cmpstrv (tags, ((const char *[]){ "x", "y z w", NULL }));
  none = geminga_request_get_query_params (request, "missing");
  g_assert_cmpuint (g_strv_length (none), ==, 0);

  g_assert_cmpstr (geminga_request_get_header (request, "host"), ==, "example.org");
  g_assert_cmpstr (geminga_request_get_header (request, "X-List"), ==, "one, two");
  g_assert_cmpstr (geminga_request_get_header (request, "cookie"), ==, "a=1; b=2");
  g_assert_cmpstr (geminga_request_get_header (request, "X-Latin"), ==, "caf\303\251");
  g_assert_cmpstr (geminga_request_get_header (request, "X-None"), ==, NULL);
  g_assert_cmpstr (soup_message_headers_get_list (geminga_request_get_headers (request), "X-List"),
                   ==, "one, two");

  g_assert_cmpuint (g_bytes_get_size (geminga_request_get_body (request)), ==, 6);
  g_assert_cmpstr (geminga_request_get_body_text (request), ==, "h\303\251llo");

  g_assert_null (geminga_request_get_attribute (request, "user"));
  geminga_request_set_attribute (request, "user", g_variant_new_string ("me"));
  g_assert_cmpstr (g_variant_get_string (geminga_request_get_attribute (request, "user"), NULL), ==,
                   "me");
  geminga_request_set_attribute (request, "user", NULL);
  g_assert_null (geminga_request_get_attribute (request, "user"));

  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

static void
test_params (void)
{
  static const GemingaHttpPair pairs[] = {
    { "n", "1" }, { "x", "2.5" }, { "text", "1x" }, { "n", "-12" }
  };
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);

  g_assert_null (geminga_request_get_param (request, "n"));
  geminga_request_take_params (request, g_memdup2 (pairs, sizeof pairs), G_N_ELEMENTS (pairs), NULL,
                               NULL);
  g_assert_cmpstr (geminga_request_get_param (request, "n"), ==, "-12");
  g_assert_cmpint (geminga_request_get_param_int (request, "n", 7), ==, -12);
  g_assert_cmpint (geminga_request_get_param_int (request, "text", 7), ==, 7);
  g_assert_cmpint (geminga_request_get_param_int (request, "none", 7), ==, 7);
  g_assert_cmpfloat (geminga_request_get_param_double (request, "x", 0), ==, 2.5);
  g_assert_cmpfloat (geminga_request_get_param_double (request, "text", 3), ==, 3);

  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

static void
test_body_not_text (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, "\377\376");

  g_assert_null (geminga_request_get_body_text (request));
  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
  request = request_new (&answer, SIMPLE, NULL);
  g_assert_cmpstr (geminga_request_get_body_text (request), ==, "");
  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/request/asked", test_asked);
  g_test_add_func ("/http/request/params", test_params);
  g_test_add_func ("/http/request/body-not-text", test_body_not_text);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
