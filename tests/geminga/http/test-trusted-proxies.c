/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-http-error.h"
#include "geminga-trusted-proxies.h"

/* Helpers */

static void
tell (GemingaRequest *request, gpointer user_data)
{
  g_autofree char *text =
      g_strdup_printf ("%s %s %s", geminga_request_get_client_host (request),
                       geminga_request_get_scheme (request), geminga_request_get_host (request));

  geminga_request_respond_text (request, 200, text);
}

/* Tests */

static void
test_trust (void)
{
  static const char *const vectors[][3] = {
    { "192.0.2.1", "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https",
      "192.0.2.1 http test.example" },
    { "192.0.2.1", "Forwarded: for=198.51.100.7;proto=https", "192.0.2.1 http test.example" },
    { "10.0.0.1", NULL, "10.0.0.1 http test.example" },
    { "10.0.0.1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7 http test.example" },
    { "10.0.0.1",
      "X-Forwarded-For: 1.2.3.4, 198.51.100.7\nX-Forwarded-Proto: https\n"
      "X-Forwarded-Host: example.org",
      "198.51.100.7 https example.org" },
    { "10.0.0.1", "X-Forwarded-For: 198.51.100.7, 10.1.2.3\nX-Forwarded-Proto: https, http",
      "198.51.100.7 https test.example" },
    { "10.0.0.1", "X-Forwarded-For: 198.51.100.7, nonsense, 10.1.2.3",
      "10.1.2.3 http test.example" },
    { "10.0.0.1", "X-Forwarded-For: 198.51.100.7\nX-Forwarded-For: 10.1.2.3",
      "198.51.100.7 http test.example" },
    { "10.0.0.1", "X-Forwarded-Proto: https", "10.0.0.1 https test.example" },
    { "10.0.0.1", "X-Forwarded-Proto: gopher\nX-Forwarded-Host: a/b",
      "10.0.0.1 http test.example" },
    { "::1", "Forwarded: for=\"[2001:db8::7]:4711\";proto=https;host=\"example.org:8443\"",
      "2001:db8::7 https example.org:8443" },
    { "10.0.0.1", "Forwarded: For=1.2.3.4, for=198.51.100.7; Proto=HTTPS, for=10.0.0.9",
      "198.51.100.7 https test.example" },
    { "10.0.0.1", "Forwarded: for=unknown;proto=https", "10.0.0.1 https test.example" },
    { "10.0.0.1", "Forwarded: for=_hidden, for=10.0.0.2", "10.0.0.2 http test.example" },
    { "10.0.0.1", "Forwarded: for=198.51.100.7\nX-Forwarded-For: 1.2.3.4",
      "198.51.100.7 http test.example" },
    { "10.0.0.1", "Forwarded: for=\"198.51.100.7", "198.51.100.7 http test.example" },
    { "10.0.0.1", "X-Forwarded-For: 198.51.100.7:80", "198.51.100.7 http test.example" },
    { "10.0.0.1", "X-Forwarded-For: ,", "10.0.0.1 http test.example" },
  };
  static const char *const networks[] = { "10.0.0.0/8", "::1", NULL };
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaMiddleware) proxies = geminga_trusted_proxies_new (networks, &error);

  g_assert_no_error (error);
  geminga_router_add_middleware (router, proxies);
  geminga_router_add_route (router, "GET", "/", tell, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (vectors[i][0], 1);
      g_autoptr (GemingaResponse) response = NULL;

      g_test_message ("vector %u", i);
      geminga_test_client_set_remote_address (client, address);
      response = client_send (client, "GET", "/", vectors[i][1], NULL);
      g_assert_cmpstr (geminga_response_get_body_text (response), ==, vectors[i][2]);
    }
}

static void
test_new (void)
{
  static const char *const wrong[] = { "10.0.0.0/8", "example.org", NULL };
  static const char *const local[] = { "unix", NULL };
  g_autoptr (GError) error = NULL;
  GemingaMiddleware *proxies = NULL;

  g_assert_null (geminga_trusted_proxies_new (wrong, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER);
  g_assert_nonnull (strstr (error->message, "example.org"));
  proxies = geminga_trusted_proxies_new (local, NULL);
  g_assert_finalize_object (proxies);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/trusted-proxies/trust", test_trust);
  g_test_add_func ("/http/trusted-proxies/new", test_new);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
