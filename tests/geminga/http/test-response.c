/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"
#include "geminga-response-private.h"

/* Tests */

static void
test_fields (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("text", 4);
  g_autoptr (GError) error = NULL;
  GemingaResponse *response =
      geminga_response_new_take (geminga_http_response_new (200, "text/plain", body));
  g_auto (GStrv) types = geminga_response_get_header_list (response, "content-type");
  g_auto (GStrv) cookies = NULL;

  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  geminga_response_set_status (response, 404);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "content-type"), ==, "text/plain");
  g_assert_cmpstrv (types, ((const char *[]){ "text/plain", NULL }));
  g_assert_null (geminga_response_get_header (response, "X-None"));

  g_assert_true (geminga_response_add_header (response, "Set-Cookie", "a=1", &error));
  g_assert_true (geminga_response_add_header (response, "set-cookie", "b=2", &error));
  g_assert_cmpstr (geminga_response_get_header (response, "SET-COOKIE"), ==, "a=1, b=2");
  cookies = geminga_response_get_header_list (response, "Set-Cookie");
  g_assert_cmpstrv (cookies, ((const char *[]){ "a=1", "b=2", NULL }));
  g_assert_true (geminga_response_set_header (response, "Set-Cookie", "c=3", &error));
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, "c=3");
  geminga_response_remove_header (response, "set-cookie");
  g_assert_null (geminga_response_get_header (response, "Set-Cookie"));

  g_assert_true (geminga_response_set_header (response, "Content-Type", "text/html", &error));
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==, "text/html");
  g_assert_no_error (error);

  g_assert_finalize_object (response);
}

static void
test_refused (void)
{
  static const char *const vectors[][2] = {
    { "X-A", "a\nb" },         { "X A", "a" },        { "", "a" },
    { "Content-Length", "1" }, { "connection", "x" },
  };
  GemingaResponse *response =
      geminga_response_new_take (geminga_http_response_new (204, NULL, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %u", i);
      g_assert_false (geminga_response_set_header (response, vectors[i][0], vectors[i][1], &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);
      g_clear_error (&error);
      g_assert_false (geminga_response_add_header (response, vectors[i][0], vectors[i][1], &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);
    }

  g_assert_finalize_object (response);
}

static void
test_body (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\377", 1);
  g_autoptr (GBytes) text = g_bytes_new_static ("text", 4);
  GemingaResponse *response =
      geminga_response_new_take (geminga_http_response_new (200, NULL, NULL));

  g_assert_null (geminga_response_get_body (response));
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "");
  geminga_response_set_body (response, NULL, bytes);
  g_assert_null (geminga_response_get_body_text (response));
  geminga_response_set_body (response, "text/plain", text);
  g_assert_true (geminga_response_get_body (response) == text);
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "text");
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==, "text/plain");

  g_assert_finalize_object (response);
}

static void
test_sent (void)
{
  GemingaResponse *response =
      geminga_response_new_take (geminga_http_response_new_plain (200, "text"));
  g_autoptr (GemingaHttpResponse) raw = geminga_response_steal (response);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (raw);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 0);
  g_assert_null (geminga_response_get_header (response, "Content-Type"));
  g_assert_false (geminga_response_set_header (response, "X-A", "a", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);

  g_assert_finalize_object (response);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/response/fields", test_fields);
  g_test_add_func ("/http/response/refused", test_refused);
  g_test_add_func ("/http/response/body", test_body);
  g_test_add_func ("/http/response/sent", test_sent);

  return g_test_run ();
}
