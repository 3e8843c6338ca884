/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-sessions.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  GVariant *session = geminga_request_get_attribute (request, "session");
  const char *value = geminga_request_get_query_param (request, "set");
  g_autofree char *text = session != NULL ? g_variant_print (session, FALSE) : g_strdup ("none");
  g_autofree char *large = g_strnfill (4000, 'x');
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "v", "s",
                         geminga_request_get_query_param (request, "large") ? large
                         : value != NULL                                    ? value
                                                                            : "");
  if (geminga_request_get_query_param (request, "end") != NULL)
    geminga_request_set_attribute (request, "session", NULL);
  else if (value != NULL || geminga_request_get_query_param (request, "large") != NULL)
    geminga_request_set_attribute (request, "session", g_variant_dict_end (&dict));
  geminga_request_respond_text (request, 200, text);
  g_variant_dict_clear (&dict);
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (GemingaSigner) signer = geminga_signer_new (key, NULL);
  g_autoptr (GemingaMiddleware) middleware = geminga_sessions_new (signer, "session", 3600);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?set=one", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_nonnull (geminga_response_get_header (response, "Set-Cookie"));
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "none");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Cookie");
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "{'v': <'one'>}");
  g_clear_object (&response);
  response = client_send (client, "GET", "/?set=one", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, NULL);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*not kept: it is too large*");
  g_clear_object (&response);
  response = client_send (client, "GET", "/?large", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, NULL);
  g_test_assert_expected_messages ();
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Cookie: session=forged", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_nonnull (geminga_response_get_body_text (response));
  g_clear_object (&response);
  response = client_send (client, "GET", "/?end", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_nonnull (strstr (geminga_response_get_header (response, "Set-Cookie"), "Max-Age=0"));
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Set-Cookie"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "none");
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/sessions/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
