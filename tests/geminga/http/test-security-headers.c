/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-http-error.h"
#include "geminga-request-private.h"
#include "geminga-security-headers.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  if (geminga_request_get_query_param (request, "https") != NULL)
    geminga_request_set_scheme (request, "https");
  if (geminga_request_get_query_param (request, "own") != NULL)
    geminga_request_set_response_header (request, "X-Frame-Options", "SAMEORIGIN", NULL);
  geminga_request_respond_text (request, 200, "hello");
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  g_autoptr (GemingaMiddleware) middleware = geminga_security_headers_new ();
  GemingaSecurityHeaders *headers = GEMINGA_SECURITY_HEADERS (middleware);
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_security_headers_set_header (headers, "Content-Security-Policy",
                                                      "default-src 'self'", &error));
  g_assert_true (geminga_security_headers_set_header (headers, "Referrer-Policy", NULL, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_security_headers_set_header (headers, "X-A", "a\nb", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "X-Content-Type-Options"), ==, "nosniff");
  g_assert_cmpstr (geminga_response_get_header (response, "X-Frame-Options"), ==, "DENY");
  g_assert_cmpstr (geminga_response_get_header (response, "Referrer-Policy"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Security-Policy"), ==,
                   "default-src 'self'");
  g_assert_cmpstr (geminga_response_get_header (response, "Strict-Transport-Security"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?https&own", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "X-Frame-Options"), ==, "SAMEORIGIN");
  g_assert_cmpstr (geminga_response_get_header (response, "Strict-Transport-Security"), ==,
                   "max-age=31536000");
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "X-Content-Type-Options"), ==, "nosniff");
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/security-headers/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
