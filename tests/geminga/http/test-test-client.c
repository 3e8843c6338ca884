/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client.h"
#include "geminga-http-error.h"

/* Helpers */

static void
echo (GemingaRequest *request, gpointer user_data)
{
  const char *cookie = geminga_request_get_header (request, "Cookie");
  g_autofree char *text = NULL;

  geminga_request_add_response_header (request, "Set-Cookie", "a=1; Secure; Path=/", NULL);
  geminga_request_add_response_header (request, "Set-Cookie", "b=2; Path=/deep", NULL);
  text = g_strdup_printf ("%s %s from %s: %s%s%s", geminga_request_get_method (request),
                          geminga_request_get_path (request),
                          geminga_request_get_remote_host (request),
                          geminga_request_get_body_text (request), cookie != NULL ? " with " : "",
                          cookie != NULL ? cookie : "");
  geminga_request_respond_text (request, 200, text);
}

static void
keep (GemingaRequest *request, gpointer user_data)
{
  *(GemingaRequest **) user_data = g_object_ref (request);
}

static GemingaTestClient *
make_client (GemingaRequest **kept)
{
  g_autoptr (GemingaRouter) router = geminga_router_new ();

  geminga_router_add_route (router, "GET,POST", "/{path:path}", echo, NULL, NULL);
  geminga_router_add_route (router, "GET", "/later", keep, kept, NULL);

  return geminga_test_client_new (router);
}

/* Tests */

static void
test_send (void)
{
  static const struct
  {
    const char *method;
    const char *target;
    const char *fields;
    const char *body;
    guint status;
    const char *text;
  } vectors[] = {
    { "GET", "/x?y", NULL, NULL, 200, "GET /x from 127.0.0.1: " },
    { "POST", "/x", "Host: other", "body", 200, "POST /x from 127.0.0.1: body with a=1" },
    { "HEAD", "/x", NULL, NULL, 200, "" },
    { "GET", "/deep/x", NULL, NULL, 200, "GET /deep/x from 127.0.0.1:  with b=2; a=1" },
    { "PUT", "/x", NULL, NULL, 405, NULL },
    { "GET", "/a b", NULL, NULL, 400, NULL },
    { "GET", "/a HTTP/1.1\r\nX: y\r\n\r\nGET /b", NULL, NULL, 400, NULL },
    { "GET", "/%zz", NULL, NULL, 400, NULL },
    { "GET", "/x", "Host: a\nHost: b", NULL, 400, NULL },
    { "", "/x", NULL, NULL, 400, NULL },
  };
  GemingaTestClient *client = make_client (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GemingaResponse) response = NULL;

      g_test_message ("vector %u", i);
      response = client_send (client, vectors[i].method, vectors[i].target, vectors[i].fields,
                              vectors[i].body);
      g_assert_cmpuint (geminga_response_get_status (response), ==, vectors[i].status);
      if (vectors[i].text != NULL)
        g_assert_cmpstr (geminga_response_get_body_text (response), ==, vectors[i].text);
    }

  g_assert_nonnull (geminga_test_client_get_cookies (client));
  g_assert_finalize_object (client);
}

static void
test_address (void)
{
  GemingaTestClient *client = make_client (NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("2001:db8::1", 1);
  g_autoptr (GemingaResponse) response = NULL;

  geminga_test_client_set_remote_address (client, address);
  response = client_send (client, "GET", "/", NULL, NULL);
  g_assert_cmpstr (geminga_response_get_body_text (response), ==, "GET / from 2001:db8::1: ");
  g_assert_finalize_object (client);
}

static void
test_later (void)
{
  GemingaRequest *kept = NULL;
  GemingaTestClient *client = make_client (&kept);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GemingaResponse) response = NULL;

  geminga_test_client_send_async (client, "GET", "/later", NULL, NULL, NULL, client_answered_cb,
                                  &result);
  g_assert_nonnull (kept);
  geminga_request_respond_text (kept, 201, "now");
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  response = geminga_test_client_send_finish (client, result, NULL);
  g_assert_cmpuint (geminga_response_get_status (response), ==, 201);

  g_assert_finalize_object (kept);
  g_clear_object (&result);
  g_assert_finalize_object (client);
}

static void
test_fails (void)
{
  GemingaTestClient *client = make_client (NULL);
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (headers, "X-A", "a\001");
  geminga_test_client_send_async (client, "GET", "/", headers, NULL, NULL, client_answered_cb,
                                  &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (geminga_test_client_send_finish (client, result, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);

  g_clear_object (&result);
  g_assert_finalize_object (client);
}

static void
test_cancel (void)
{
  GemingaRequest *kept = NULL;
  GemingaTestClient *client = make_client (&kept);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      geminga_test_client_send_async (client, "GET", "/later", NULL, NULL, cancellable,
                                      client_answered_cb, &result);
      g_cancellable_cancel (cancellable);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (geminga_test_client_send_finish (client, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }

  g_assert_true (g_cancellable_is_cancelled (geminga_request_get_cancellable (kept)));
  geminga_request_respond_empty (kept, 204);
  g_assert_finalize_object (kept);
  g_assert_finalize_object (client);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/test-client/send", test_send);
  g_test_add_func ("/http/test-client/address", test_address);
  g_test_add_func ("/http/test-client/later", test_later);
  g_test_add_func ("/http/test-client/fails", test_fails);
  g_test_add_func ("/http/test-client/cancel", test_cancel);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
