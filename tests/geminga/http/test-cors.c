/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-cors.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "hello");
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  static const char *const origins[] = { "https://a.example", NULL };
  g_autoptr (GemingaMiddleware) middleware = geminga_cors_new (origins);

  geminga_cors_set_methods (GEMINGA_CORS (middleware), "GET, PUT");
  geminga_cors_set_headers (GEMINGA_CORS (middleware), "X-A");
  geminga_cors_set_exposed_headers (GEMINGA_CORS (middleware), "X-B");
  geminga_cors_set_credentials (GEMINGA_CORS (middleware), TRUE);
  geminga_cors_set_max_age (GEMINGA_CORS (middleware), 5);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Origin: https://a.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==,
                   "https://a.example");
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Credentials"), ==,
                   "true");
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Expose-Headers"), ==,
                   "X-B");
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Origin");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Origin: https://b.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Origin");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "OPTIONS", "/",
                          "Origin: https://a.example\nAccess-Control-Request-Method: PUT", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 204);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Methods"), ==,
                   "GET, PUT");
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Headers"), ==,
                   "X-A");
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Max-Age"), ==, "5");
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Credentials"), ==,
                   "true");
  g_clear_object (&response);
  response = client_send (client, "OPTIONS", "/",
                          "Origin: https://b.example\nAccess-Control-Request-Method: PUT", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 204);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Methods"), ==,
                   NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Allow"), ==, "GET, HEAD, POST, OPTIONS");
  g_clear_object (&response);
  response = client_send (client, "OPTIONS", "/", "Origin: https://a.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 204);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Methods"), ==,
                   NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==,
                   "https://a.example");
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", "Origin: https://a.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==,
                   "https://a.example");
}

static void
test_all (void)
{
  static const char *const origins[] = { "*", NULL };
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaMiddleware) middleware = geminga_cors_new (origins);
  g_autoptr (GemingaResponse) response = NULL;

  geminga_cors_set_credentials (GEMINGA_CORS (middleware), TRUE);
  geminga_router_add_route (router, "GET", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);
  response = client_send (client, "GET", "/", "Origin: https://any.example", NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Access-Control-Allow-Origin"), ==, "*");
  g_assert_null (geminga_response_get_header (response, "Access-Control-Allow-Credentials"));
  g_assert_null (geminga_response_get_header (response, "Vary"));
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/cors/pass", test_pass);
  g_test_add_func ("/http/cors/all", test_all);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
