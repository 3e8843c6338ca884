/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-http-auth.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  GVariant *user = geminga_request_get_attribute (request, "user");

  geminga_request_respond_text (request, 200, user ? g_variant_get_string (user, NULL) : "nobody");
}

static gboolean
check (GemingaRequest *request, const char *user, const char *secret, gpointer user_data)
{
  return g_strcmp0 (user, user_data) == 0 && strcmp (secret, "open:sesame") == 0;
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  g_autoptr (GemingaMiddleware) middleware =
      geminga_http_auth_new_basic ("here", check, (gpointer) "ali", NULL);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_assert_cmpstr (geminga_response_get_header (response, "WWW-Authenticate"), ==,
                   "Basic realm=\"here\", charset=\"UTF-8\"");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic YWxpOm9wZW46c2VzYW1l", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "ali");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: basic  YWxpOm9wZW46c2VzYW1l", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic YWxpOng=", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic YWxp", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic ***", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Basic gYGBgQ==", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Authorization: Bearer open:sesame", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 401);
}

static void
test_bearer (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaMiddleware) middleware =
      geminga_http_auth_new_bearer ("here", check, NULL, NULL);
  g_autoptr (GemingaResponse) good = NULL;
  g_autoptr (GemingaResponse) bad = NULL;

  geminga_router_add_route (router, "GET", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);
  good = client_send (client, "GET", "/", "Authorization: Bearer open:sesame", NULL);
  g_assert_cmpuint (geminga_response_get_status (good), ==, 200);
  bad = client_send (client, "GET", "/", "Authorization: Bearer closed", NULL);
  g_assert_cmpuint (geminga_response_get_status (bad), ==, 401);
  g_assert_cmpstr (geminga_response_get_header (bad, "WWW-Authenticate"), ==,
                   "Bearer realm=\"here\"");
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/http-auth/pass", test_pass);
  g_test_add_func ("/http/http-auth/bearer", test_bearer);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
