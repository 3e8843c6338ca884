/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-maintenance.h"

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
  g_autoptr (GemingaMiddleware) middleware = geminga_maintenance_new (120);
  GemingaMaintenance *maintenance = GEMINGA_MAINTENANCE (middleware);

  g_assert_false (geminga_maintenance_is_active (maintenance));

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  geminga_maintenance_set_active (maintenance, TRUE);
  g_assert_true (geminga_maintenance_is_active (maintenance));
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 503);
  g_assert_cmpstr (geminga_response_get_header (response, "Retry-After"), ==, "120");
  g_clear_object (&response);
  response = client_send (client, "GET", "/none", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 503);
  geminga_maintenance_set_active (maintenance, FALSE);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/maintenance/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
