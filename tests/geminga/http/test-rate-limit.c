/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-rate-limit.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "hello");
}

static void
come_from (GemingaTestClient *client, const char *text)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, 1);

  geminga_test_client_set_remote_address (client, address);
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  /* Nothing comes back while the test runs. */
  g_autoptr (GemingaMiddleware) middleware = geminga_rate_limit_new (2, G_MAXUINT);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 429);
  g_assert_nonnull (geminga_response_get_header (response, "Retry-After"));
  come_from (client, "192.0.2.9");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  come_from (client, "2001:db8::1");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  come_from (client, "2001:db8::2");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  come_from (client, "2001:db8::3");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 429);
  come_from (client, "2001:db8:0:1::3");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
}

static void
test_back (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaMiddleware) middleware = geminga_rate_limit_new (1, 1);
  guint status = 0;

  geminga_router_add_route (router, "GET", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);
  for (guint n_passed = 0; n_passed < 3;)
    {
      g_autoptr (GemingaResponse) response = client_send (client, "GET", "/", NULL, NULL);

      status = geminga_response_get_status (response);
      g_assert_true (status == 200 || status == 429);
      n_passed += status == 200;
    }
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/rate-limit/pass", test_pass);
  g_test_add_func ("/http/rate-limit/back", test_back);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
