/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-http-error.h"

/* Tests */

static void
test_get (void)
{
  Answer answer = { 0 };
  GemingaRequest *request =
      request_new (&answer,
                   "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1; b=\"two\" ;c=x=y;a=2; d; =e\r\n"
                   "Cookie: f=\r\n\r\n",
                   NULL);

  g_assert_cmpstr (geminga_request_get_cookie (request, "a"), ==, "1");
  g_assert_cmpstr (geminga_request_get_cookie (request, "b"), ==, "two");
  g_assert_cmpstr (geminga_request_get_cookie (request, "c"), ==, "x=y");
  g_assert_cmpstr (geminga_request_get_cookie (request, "d"), ==, NULL);
  g_assert_cmpstr (geminga_request_get_cookie (request, "f"), ==, "");
  g_assert_cmpstr (geminga_request_get_cookie (request, "A"), ==, NULL);

  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

static void
test_set (void)
{
  static const char *const vectors[][4] = {
    { "a", "1", NULL, "a=1; Path=/; HttpOnly; SameSite=Lax" },
    { "a", "1", "{'http-only': <false>, 'same-site': <'strict'>, 'max-age': <60>}",
      "a=1; Path=/; Max-Age=60; SameSite=Strict" },
    { "a", "",
      "{'path': <'/x'>, 'domain': <'example.org'>, 'secure': <true>, "
      "'same-site': <'none'>}",
      "a=; Path=/x; Domain=example.org; Secure; HttpOnly; SameSite=None" },
    { "__Host-a", "1", "{'secure': <true>}", "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax" },
    { "a b", "1", NULL, NULL },
    { "", "1", NULL, NULL },
    { "a", "b;c", NULL, NULL },
    { "a", "b c", NULL, NULL },
    { "a", "b\r\nX: y", NULL, NULL },
    { "a", "1", "{'path': <'x'>}", NULL },
    { "a", "1", "{'path': <'/;Secure'>}", NULL },
    { "a", "1", "{'domain': <'a\\nb'>}", NULL },
    { "a", "1", "{'same-site': <'none'>}", NULL },
    { "a", "1", "{'same-site': <'some'>}", NULL },
    { "a", "1", "{'max-age': <-1>}", NULL },
    { "a", "1", "{'max-age': <'1'>}", NULL },
    { "a", "1", "{'secure': <1>}", NULL },
    { "a", "1", "{'expires': <1>}", NULL },
    { "__Secure-a", "1", NULL, NULL },
    { "__Host-a", "1", "{'secure': <true>, 'path': <'/x'>}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Answer answer = { 0 };
      GemingaRequest *request = request_new (&answer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
      GVariant *options = vectors[i][2] != NULL ? g_variant_new_parsed (vectors[i][2]) : NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %u", i);
      geminga_request_set_cookie (request, vectors[i][0], vectors[i][1], options, &error);
      geminga_request_respond_empty (request, 204);
      g_assert_cmpstr (answer_get_field (&answer, "Set-Cookie"), ==, vectors[i][3]);
      if (vectors[i][3] == NULL)
        g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER);
      else
        g_assert_no_error (error);
      g_assert_finalize_object (request);
      answer_clear (&answer);
    }
}

static void
test_https_and_remove (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
  g_autoptr (GError) error = NULL;

  geminga_request_set_scheme (request, "https");
  g_assert_true (geminga_request_remove_cookie (request, "a", NULL, &error));
  geminga_request_respond_empty (request, 204);
  g_assert_cmpstr (
      answer_get_field (&answer, "Set-Cookie"), ==,
      "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; "
      "SameSite=Lax");
  g_assert_false (geminga_request_set_cookie (request, "a", "1", NULL, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

static void
test_signed (void)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (GemingaSigner) signer = geminga_signer_new (key, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *text = NULL;
  g_autofree char *value = NULL;
  g_autofree char *other = NULL;
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);

  g_assert_true (geminga_request_set_signed_cookie (request, signer, "who", "J\303\266rg; admin",
                                                    NULL, &error));
  geminga_request_respond_empty (request, 204);
  cookie = g_strndup (answer_get_field (&answer, "Set-Cookie"),
                      strcspn (answer_get_field (&answer, "Set-Cookie"), ";"));
  g_assert_finalize_object (request);

  text = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nCookie: %s; other=%s\r\n\r\n", cookie,
                          cookie + 4);
  request = request_new (&answer, text, NULL);
  value = geminga_request_dup_signed_cookie (request, signer, "who", 60);
  g_assert_cmpstr (value, ==, "J\303\266rg; admin");
  other = geminga_request_dup_signed_cookie (request, signer, "other", 0);
  g_assert_null (other);
  g_assert_null (geminga_request_dup_signed_cookie (request, signer, "none", 0));
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

  g_test_add_func ("/http/request-cookies/get", test_get);
  g_test_add_func ("/http/request-cookies/set", test_set);
  g_test_add_func ("/http/request-cookies/https-and-remove", test_https_and_remove);
  g_test_add_func ("/http/request-cookies/signed", test_signed);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
