/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-compression.h"

/* Helpers */

static void
hello (GemingaRequest *request, gpointer user_data)
{
  const char *type = geminga_request_get_query_param (request, "type");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (text, geminga_request_get_query_param (request, "short") ? "" : "hello ");
  geminga_request_set_response_header (request, "ETag", "\"1\"", NULL);
  if (geminga_request_get_query_param (request, "kept") != NULL)
    geminga_request_set_response_header (request, "Cache-Control", "no-transform", NULL);
  body = g_bytes_new (text->str, text->len);
  geminga_request_respond_bytes (request, 200, type != NULL ? type : "text/plain", body);
}

static void
check_body (GemingaResponse *response)
{
  g_autoptr (GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  GBytes *body = geminga_response_get_body (response);
  gsize read = 0;
  gsize written = 0;
  char out[1000] = { 0 };

  g_assert_cmpuint (g_bytes_get_size (body), <, 100);
  g_assert_cmpint (g_converter_convert (G_CONVERTER (gunzip), g_bytes_get_data (body, NULL),
                                        g_bytes_get_size (body), out, sizeof out,
                                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_assert_cmpuint (written, ==, 600);
  g_assert_true (g_str_has_prefix (out, "hello hello "));
}

/* Tests */

static void
test_pass (void)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();
  g_autoptr (GemingaTestClient) client = geminga_test_client_new (router);
  g_autoptr (GemingaResponse) response = NULL;
  g_autoptr (GemingaMiddleware) middleware = geminga_compression_new (100);

  geminga_router_add_route (router, "GET,POST", "/", hello, NULL, NULL);
  geminga_router_add_middleware (router, middleware);

  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Accept-Encoding: gzip", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, "gzip");
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Accept-Encoding");
  g_assert_cmpstr (geminga_response_get_header (response, "ETag"), ==, "W/\"1\"");
  check_body (response);
  g_clear_object (&response);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, "Accept-Encoding");
  g_assert_cmpstr (geminga_response_get_header (response, "ETag"), ==, "\"1\"");
  g_clear_object (&response);
  response = client_send (client, "GET", "/", "Accept-Encoding: gzip;q=0, *", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?short", "Accept-Encoding: gzip", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, NULL);
  g_assert_cmpstr (geminga_response_get_header (response, "Vary"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?kept", "Accept-Encoding: gzip", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?type=image/png", "Accept-Encoding: gzip", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, NULL);
  g_clear_object (&response);
  response = client_send (client, "GET", "/?type=application/json", "Accept-Encoding: gzip", NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 200);
  g_assert_cmpstr (geminga_response_get_header (response, "Content-Encoding"), ==, "gzip");
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/compression/pass", test_pass);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
