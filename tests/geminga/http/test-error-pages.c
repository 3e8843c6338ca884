/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-error-pages.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  if (geminga_request_get_query_param (request, "json") != NULL)
    geminga_request_respond_json (request, 400, "{}");
  else if (geminga_request_get_query_param (request, "bad") != NULL)
    geminga_request_respond_text (request, 400, "No <b> & \"c\"\n");
  else
    geminga_request_respond_text (request, 200, "fine");
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  g_autoptr (GemingaMiddleware) middleware = geminga_error_pages_new ();

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Accept: text/html", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==,
                   "text/plain; charset=utf-8");
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==,
                   "text/plain; charset=utf-8");
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Accept");
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", "Accept: text/html, */*;q=0.1", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==,
                   "text/html; charset=utf-8");
  g_assert_nonnull (strstr (geminga_response_get_body_text (response), "<h1>404 Not Found"));
  g_clear_object (&response);
  response = client_send (client, "GET", "/?bad", "Accept: text/html", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 400);
  g_assert_nonnull (
      strstr (geminga_response_get_body_text (response), "No &lt;b&gt; &amp; &quot;"));
  g_clear_object (&response);
  response = client_send (client, "GET", "/?bad", "Accept: application/json", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 400);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==,
                   "application/problem+json");
  g_assert_cmpstr (geminga_response_get_body_text (response), ==,
                   "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                   "\"detail\":\"No <b> & \\\"c\\\"\"}");
  g_clear_object (&response);
  response = client_send (client, "GET", "/?json", "Accept: text/html", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 400);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==, "application/json");
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", "Accept: image/png", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 404);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Type"), ==,
                   "text/plain; charset=utf-8");
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/error-pages/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
