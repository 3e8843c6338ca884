/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-csrf-protection.h"

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
  static const char *const origins[] = { "https://friend.example", NULL };
  g_autoptr (GemingaMiddleware) middleware = geminga_csrf_protection_new (origins);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Sec-Fetch-Site: cross-site", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Sec-Fetch-Site: same-origin", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Sec-Fetch-Site: none", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Sec-Fetch-Site: cross-site", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Sec-Fetch-Site: same-site", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Origin: https://test.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Origin: https://evil.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Origin: null", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
  g_clear_object (&response);
  response = client_send (client, "POST", "/", "Origin: https://test.example:8443", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
  g_clear_object (&response);
  response = client_send (client, "POST", "/",
                          "Sec-Fetch-Site: cross-site\nOrigin: https://friend.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "POST", "/",
                          "Sec-Fetch-Site: cross-site\nOrigin: https://test.example", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 403);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/csrf-protection/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
