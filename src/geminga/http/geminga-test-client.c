/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-test-client.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-request-private.h"
#include "geminga-response-private.h"

#define HOST "test.example"

/**
 * GemingaTestClient:
 *
 * Sends requests to a router in the same thread, without a socket, for tests.
 *
 * Requests are read as strictly as those from the network, pass the middleware, and are answered by the
 * handlers. Cookies are kept and sent back, as by a browser at `https://test.example`. What the server
 * adds to an answer (`Date`, `Content-Length` and such) is not there, its time limits do not apply, and bodies
 * that are files or streams are not read.
 *
 * A client belongs to the main context that is the thread's default when it sends a request, which must be
 * iterated until the answer is there.
 *
 * Since: 0.1
 */
struct _GemingaTestClient
{
  GObject parent_instance;

  GemingaRouter *router;   /* (owned) */
  GSocketAddress *address; /* (owned) */
  SoupCookieJar *cookies;  /* (owned) */
  guint64 n_requests;
};

G_DEFINE_FINAL_TYPE (GemingaTestClient, geminga_test_client, G_TYPE_OBJECT)

enum
{
  PROP_ROUTER = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* One request: of the exchange, and of the source that cancels it. */
typedef struct
{
  gatomicrefcount ref_count;
  GTask *task; /* (owned) (nullable): NULL when it is done */
  GUri *uri;
  gboolean is_head;
  GSource *cancelled; /* (owned) (nullable) */
} Pending;

/* Helpers */

static void
pending_unref (gpointer data)
{
  Pending *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->task);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_free (self);
}

static Pending *
pending_ref (Pending *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
keep_cookies (GemingaTestClient *self, GemingaResponse *response, GUri *uri)
{
  g_auto (GStrv) values = geminga_response_get_header_list (response, "Set-Cookie");

  for (guint i = 0; values[i] != NULL; i++)
    {
      SoupCookie *cookie = soup_cookie_parse (values[i], uri);

      if (cookie != NULL)
        soup_cookie_jar_add_cookie_full (self->cookies, cookie, uri, NULL);
    }
}

static void
answered_cb (GemingaHttpResponse *raw, gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&pending->task);
  g_autoptr (GemingaResponse) response = geminga_response_new_take (raw);

  if (task == NULL)
    return;

  if (pending->cancelled != NULL)
    g_source_destroy (pending->cancelled);
  if (pending->is_head || !geminga_http_status_has_body (raw->status))
    g_clear_pointer (&raw->body, g_bytes_unref);
  keep_cookies (g_task_get_source_object (task), response, pending->uri);
  g_task_return_pointer (task, g_steal_pointer (&response), g_object_unref);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&pending->task);
  g_autoptr (GemingaHttpExchange) exchange = NULL;

  if (task == NULL)
    return G_SOURCE_REMOVE;

  exchange = geminga_http_exchange_ref (g_task_get_task_data (task));
  g_task_return_error_if_cancelled (task);
  geminga_http_exchange_cancel (exchange);

  return G_SOURCE_REMOVE;
}

/* The client's going away is seen by the handler. */
static void
watch_cancellable (GTask *task, Pending *pending)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL)
    return;

  pending->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_static_name (pending->cancelled, "[geminga] test client");
  g_source_set_callback (pending->cancelled, G_SOURCE_FUNC (cancelled_cb), pending_ref (pending),
                         pending_unref);
  g_source_attach (pending->cancelled, g_task_get_context (task));
}

static gboolean
append_field (GString *text, const char *name, const char *value, GError **error)
{
  if (!geminga_http_is_token (name) || !geminga_http_is_field_value (value))
    {
      g_autofree char *shown = g_strescape (value, NULL);

      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER,
                   "Request header “%s” cannot have the value “%s”", name, shown);
      return FALSE;
    }

  g_string_append_printf (text, "%s: %s\r\n", name, value);

  return TRUE;
}

static gboolean
append_fields (GString *text, SoupMessageHeaders *headers, GError **error)
{
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  if (headers == NULL)
    return TRUE;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      if (!append_field (text, name, value, error))
        return FALSE;
    }

  return TRUE;
}

static char *
format_head (GemingaTestClient *self,
             const char *method,
             const char *target,
             SoupMessageHeaders *headers,
             GBytes *body,
             GUri *uri,
             GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *cookies = soup_cookie_jar_get_cookies (self->cookies, uri, TRUE);

  g_string_append_printf (text, "%s %s HTTP/1.1\r\n", method, target);
  if (headers == NULL || soup_message_headers_get_one (headers, "Host") == NULL)
    g_string_append (text, "Host: " HOST "\r\n");
  if (cookies != NULL && *cookies != '\0' && !append_field (text, "Cookie", cookies, error))
    return NULL;
  if (!append_fields (text, headers, error))
    return NULL;
  if (body != NULL)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                            g_bytes_get_size (body));
  g_string_append (text, "\r\n");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What the server would answer itself. */
static guint
read_head (GemingaHttpHead *head, const char *text)
{
  GemingaHttpHeadScan scan = { 0 };
  gsize len = strlen (text);
  gsize end = 0;
  guint status = geminga_http_head_find_end (&scan, text, len, &end);

  if (status == 0 && end != len)
    status = 400;

  return status != 0 ? status : geminga_http_head_parse (head, text, len);
}

static void
dispatch (GemingaTestClient *self, GTask *task, const char *text, GBytes *body, GUri *uri)
{
  Pending *pending = g_new0 (Pending, 1);
  GemingaHttpExchange *exchange = NULL;
  g_autoptr (GemingaRequest) request = NULL;
  GemingaHttpHead head = { 0 };
  guint status = read_head (&head, text);

  g_atomic_ref_count_init (&pending->ref_count);
  pending->task = g_object_ref (task);
  pending->uri = g_uri_ref (uri);
  exchange =
      geminga_http_exchange_new (g_task_get_context (task), answered_cb, pending, pending_unref);
  g_task_set_task_data (task, exchange, (GDestroyNotify) geminga_http_exchange_unref);
  watch_cancellable (task, pending);

  if (status != 0)
    {
      geminga_http_head_clear (&head);
      geminga_http_exchange_answer (exchange, geminga_http_response_new_plain (status, NULL));
      return;
    }

  pending->is_head = strcmp (head.method, "HEAD") == 0;
  request = geminga_request_new_for_exchange (exchange, &head, body, self->address, 0x7e57,
                                              ++self->n_requests);
  geminga_router_handle (self->router, request);
}

/* GObject */

static void
geminga_test_client_set_property (GObject *object,
                                  guint property_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_ROUTER:
      GEMINGA_TEST_CLIENT (object)->router = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_test_client_finalize (GObject *object)
{
  GemingaTestClient *self = GEMINGA_TEST_CLIENT (object);

  g_clear_object (&self->router);
  g_clear_object (&self->address);
  g_clear_object (&self->cookies);

  G_OBJECT_CLASS (geminga_test_client_parent_class)->finalize (object);
}

static void
geminga_test_client_class_init (GemingaTestClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = geminga_test_client_set_property;
  object_class->finalize = geminga_test_client_finalize;

  /**
   * GemingaTestClient:router:
   *
   * What the requests are given to.
   *
   * Since: 0.1
   */
  props[PROP_ROUTER] =
      g_param_spec_object ("router", NULL, NULL, GEMINGA_TYPE_ROUTER,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_test_client_init (GemingaTestClient *self)
{
  self->cookies = soup_cookie_jar_new ();
  self->address = g_inet_socket_address_new_from_string ("127.0.0.1", 1024);
}

/* Public API */

/**
 * geminga_test_client_new:
 * @router: what the requests are given to
 *
 * Creates a client without cookies.
 *
 * Returns: (transfer full): the client
 *
 * Since: 0.1
 */
GemingaTestClient *
geminga_test_client_new (GemingaRouter *router)
{
  g_return_val_if_fail (GEMINGA_IS_ROUTER (router), NULL);

  return g_object_new (GEMINGA_TYPE_TEST_CLIENT, "router", router, NULL);
}

/**
 * geminga_test_client_set_remote_address:
 * @self: a client
 * @address: where requests come from; 127.0.0.1 if nothing was set
 *
 * Sets where requests come from.
 *
 * Since: 0.1
 */
void
geminga_test_client_set_remote_address (GemingaTestClient *self, GSocketAddress *address)
{
  g_return_if_fail (GEMINGA_IS_TEST_CLIENT (self));
  g_return_if_fail (G_IS_SOCKET_ADDRESS (address));

  g_set_object (&self->address, address);
}

/**
 * geminga_test_client_get_cookies:
 * @self: a client
 *
 * Gets the cookies that the client has been given.
 *
 * Returns: (transfer none): the cookies
 *
 * Since: 0.1
 */
SoupCookieJar *
geminga_test_client_get_cookies (GemingaTestClient *self)
{
  g_return_val_if_fail (GEMINGA_IS_TEST_CLIENT (self), NULL);

  return self->cookies;
}

/**
 * geminga_test_client_send_async:
 * @self: a client
 * @method: a method, as `GET`
 * @target: a path with its query, encoded
 * @headers: (nullable): header fields; `Host`, `Cookie` and `Content-Length` need not be among them
 * @body: (nullable): the body
 * @cancellable: (nullable): what ends the waiting; the handler sees that the client is gone
 * @callback: called when the answer is there
 * @user_data: data for @callback
 *
 * Sends a request.
 *
 * Since: 0.1
 */
void
geminga_test_client_send_async (GemingaTestClient *self,
                                const char *method,
                                const char *target,
                                SoupMessageHeaders *headers,
                                GBytes *body,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) base = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (GEMINGA_IS_TEST_CLIENT (self));
  g_return_if_fail (method != NULL);
  g_return_if_fail (target != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_test_client_send_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  base = g_uri_parse ("https://" HOST "/", SOUP_HTTP_URI_FLAGS, NULL);
  uri = g_uri_parse_relative (base, target, SOUP_HTTP_URI_FLAGS, NULL);
  text = format_head (self, method, target, headers, body, uri != NULL ? uri : base, &error);
  if (text == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    dispatch (self, task, text, body, uri != NULL ? uri : base);
}

/**
 * geminga_test_client_send_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the answer to a request.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_HEADER when a header field cannot be sent, and with
 * %G_IO_ERROR_CANCELLED. A request that is refused is answered, with status 400 say.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
GemingaResponse *
geminga_test_client_send_finish (GemingaTestClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_test_client_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
