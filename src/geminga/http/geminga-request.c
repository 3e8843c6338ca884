/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-request.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "geminga-http-query-private.h"
#include "geminga-request-private.h"

/**
 * GemingaRequest:
 *
 * One HTTP request, and the way to answer it.
 *
 * A handler gets the request when its body has been read whole, unless the body is streamed: see
 * [method@Geminga.WebService.set_body_handler]. It answers by one of the `respond_`
 * methods, before it returns or later; each request is answered once. A request whose last reference
 * goes while it is unanswered is answered with status 500.
 *
 * A request is read in the main context of its server; it may be answered, and let go of, from any
 * thread. Strings and objects that are borrowed from it stay valid as long as the request does.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GemingaRequest, geminga_request, G_TYPE_OBJECT)

/* Helpers */

/* Header bytes are no text of a given encoding: what is not UTF-8 is read as ISO 8859-1. */
static char *
field_to_utf8 (const char *value)
{
  if (g_utf8_validate (value, -1, NULL))
    return g_strdup (value);

  return g_convert (value, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static const char *
join_fields (GemingaRequest *self, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  g_autoptr (GString) all = NULL;
  const char *found = NULL;

  if (self->joined == NULL)
    self->joined = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  found = g_hash_table_lookup (self->joined, key);
  if (found != NULL)
    return found;

  for (guint i = 0; i < self->head.fields->len; i++)
    {
      const GemingaHttpField *field = &g_array_index (self->head.fields, GemingaHttpField, i);
      g_autofree char *text = NULL;

      if (g_ascii_strcasecmp (field->name, name) != 0)
        continue;

      text = field_to_utf8 (field->value);
      if (all == NULL)
        all = g_string_new (text);
      else
        g_string_append_printf (all, "%s%s", strcmp (key, "cookie") == 0 ? "; " : ", ", text);
    }

  if (all == NULL)
    return NULL;

  found = all->str;
  g_hash_table_insert (self->joined, g_steal_pointer (&key),
                       g_string_free (g_steal_pointer (&all), FALSE));

  return found;
}

/* GObject */

static void
geminga_request_dispose (GObject *object)
{
  GemingaRequest *self = GEMINGA_REQUEST (object);

  geminga_request_answer_dropped (self);
  geminga_request_chain_release (self);

  G_OBJECT_CLASS (geminga_request_parent_class)->dispose (object);
}

static void
geminga_request_finalize (GObject *object)
{
  GemingaRequest *self = GEMINGA_REQUEST (object);

  g_clear_pointer (&self->exchange, geminga_http_exchange_unref);
  geminga_http_head_clear (&self->head);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->pipe, geminga_http_pipe_unref);
  g_clear_object (&self->remote);
  geminga_request_clear_route (self);
  g_clear_pointer (&self->chain, geminga_request_chain_free);
  g_clear_pointer (&self->attributes, g_hash_table_unref);
  g_clear_pointer (&self->answer, geminga_http_response_free);
  g_clear_pointer (&self->client_host, g_free);
  g_clear_pointer (&self->scheme, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->cookies, g_array_unref);
  g_clear_pointer (&self->json, json_node_unref);
  g_clear_object (&self->form);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->remote_host, g_free);
  g_clear_pointer (&self->body_text, g_free);
  g_clear_pointer (&self->query, g_array_unref);
  g_clear_pointer (&self->joined, g_hash_table_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);

  G_OBJECT_CLASS (geminga_request_parent_class)->finalize (object);
}

static void
geminga_request_class_init (GemingaRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = geminga_request_dispose;
  object_class->finalize = geminga_request_finalize;
}

static void
geminga_request_init (GemingaRequest *self)
{
}

/* Private API */

GemingaRequest *
geminga_request_new_for_exchange (GemingaHttpExchange *exchange,
                                  GemingaHttpHead *head,
                                  GBytes *body,
                                  GSocketAddress *remote,
                                  guint32 id_series,
                                  guint64 id_number)
{
  GemingaRequest *self = g_object_new (GEMINGA_TYPE_REQUEST, NULL);

  self->exchange = geminga_http_exchange_ref (exchange);
  self->head = *head;
  memset (head, 0, sizeof *head);
  self->max_body = G_MAXUINT64;
  if (body != NULL)
    self->body = g_bytes_ref (body);
  g_set_object (&self->remote, remote);
  self->id_series = id_series;
  self->id_number = id_number;

  return self;
}

char *
geminga_http_address_to_string (GSocketAddress *address)
{
  if (G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);

      return g_inet_address_to_string (g_inet_socket_address_get_address (inet));
    }

  return g_strdup (G_IS_UNIX_SOCKET_ADDRESS (address) ? "unix" : "unknown");
}

/* Public API */

/**
 * geminga_request_get_method:
 * @self: a request
 *
 * Gets the method, as `GET`.
 *
 * Returns: (transfer none): the method
 *
 * Since: 0.1
 */
const char *
geminga_request_get_method (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->head.method;
}

/**
 * geminga_request_get_path:
 * @self: a request
 *
 * Gets the path, decoded.
 *
 * Do not take it apart at slashes: an encoded slash looks like any other here. Path parameters and
 * [method@Geminga.Request.get_raw_path] tell them apart.
 *
 * Returns: (transfer none): the path
 *
 * Since: 0.1
 */
const char *
geminga_request_get_path (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->path == NULL)
    {
      self->path = g_strdup (self->head.path);
      geminga_http_percent_decode (self->path);
    }

  return self->path;
}

/**
 * geminga_request_get_raw_path:
 * @self: a request
 *
 * Gets the path as the client sent it.
 *
 * Returns: (transfer none): the path, encoded
 *
 * Since: 0.1
 */
const char *
geminga_request_get_raw_path (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->head.path;
}

/**
 * geminga_request_get_raw_query:
 * @self: a request
 *
 * Gets the query as the client sent it, without the question mark.
 *
 * Returns: (transfer none) (nullable): the query, encoded, or %NULL when there is none
 *
 * Since: 0.1
 */
const char *
geminga_request_get_raw_query (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->head.query;
}

/**
 * geminga_request_get_protocol:
 * @self: a request
 *
 * Gets the protocol version of the request, as `HTTP/1.1`.
 *
 * Returns: (transfer none): the version
 *
 * Since: 0.1
 */
const char *
geminga_request_get_protocol (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->head.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
}

static GArray *
ensure_query (GemingaRequest *self)
{
  if (self->query == NULL)
    self->query = geminga_http_query_parse (self->head.query);

  return self->query;
}

/**
 * geminga_request_get_query_param:
 * @self: a request
 * @name: a key of the query
 *
 * Gets the first value of a key of the query, decoded.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when the query does not have it
 *
 * Since: 0.1
 */
const char *
geminga_request_get_query_param (GemingaRequest *self, const char *name)
{
  GArray *query = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  query = ensure_query (self);
  for (guint i = 0; i < query->len; i++)
    {
      GemingaHttpPair *pair = &g_array_index (query, GemingaHttpPair, i);

      if (strcmp (pair->name, name) == 0)
        return pair->value;
    }

  return NULL;
}

/**
 * geminga_request_get_query_params:
 * @self: a request
 * @name: a key of the query
 *
 * Gets all values of a key of the query, decoded, in their order.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values; empty when there is none
 *
 * Since: 0.1
 */
GStrv
geminga_request_get_query_params (GemingaRequest *self, const char *name)
{
  g_autoptr (GStrvBuilder) values = NULL;
  GArray *query = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  values = g_strv_builder_new ();
  query = ensure_query (self);
  for (guint i = 0; i < query->len; i++)
    {
      GemingaHttpPair *pair = &g_array_index (query, GemingaHttpPair, i);

      if (strcmp (pair->name, name) == 0)
        g_strv_builder_add (values, pair->value);
    }

  return g_strv_builder_end (values);
}

/**
 * geminga_request_get_param:
 * @self: a request
 * @name: the name of a parameter in the pattern of the route
 *
 * Gets a path parameter, decoded.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when the route has no such parameter
 *
 * Since: 0.1
 */
const char *
geminga_request_get_param (GemingaRequest *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  /* Of two with the same name, the one of the inner router. */
  for (guint i = self->found.n_params; i > 0; i--)
    {
      if (strcmp (self->found.params[i - 1].name, name) == 0)
        return self->found.params[i - 1].value;
    }

  return NULL;
}

/**
 * geminga_request_get_param_int:
 * @self: a request
 * @name: the name of a parameter in the pattern of the route
 * @fallback: what to return when there is no such parameter, or when it is not an integer
 *
 * Gets a path parameter as an integer. One that is declared as `{name:int}` always is one.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
gint64
geminga_request_get_param_int (GemingaRequest *self, const char *name, gint64 fallback)
{
  const char *text = geminga_request_get_param (self, name);
  gint64 value = 0;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return fallback;

  return value;
}

/**
 * geminga_request_get_param_double:
 * @self: a request
 * @name: the name of a parameter in the pattern of the route
 * @fallback: what to return when there is no such parameter, or when it is not a number
 *
 * Gets a path parameter as a number. One that is declared as `{name:float}` always is one.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
double
geminga_request_get_param_double (GemingaRequest *self, const char *name, double fallback)
{
  const char *text = geminga_request_get_param (self, name);
  char *end = NULL;
  double value;

  if (text == NULL || *text == '\0')
    return fallback;

  value = g_ascii_strtod (text, &end);

  return *end == '\0' ? value : fallback;
}

/**
 * geminga_request_get_header:
 * @self: a request
 * @name: the name of a header field, in any case
 *
 * Gets a header field. Fields of one name are joined by commas, as HTTP has it.
 *
 * Bytes that are not UTF-8 are read as ISO 8859-1.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when the request does not have it
 *
 * Since: 0.1
 */
const char *
geminga_request_get_header (GemingaRequest *self, const char *name)
{
  const char *value = NULL;
  guint n = 0;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->head.fields->len && n < 2; i++)
    {
      const GemingaHttpField *field = &g_array_index (self->head.fields, GemingaHttpField, i);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        {
          value = field->value;
          n++;
        }
    }

  if (n == 0)
    return NULL;
  if (n == 1 && g_utf8_validate (value, -1, NULL))
    return value;

  return join_fields (self, name);
}

/**
 * geminga_request_get_headers:
 * @self: a request
 *
 * Gets all header fields, as libsoup has them. They are a copy: changing them changes nothing here.
 *
 * Returns: (transfer none): the header fields
 *
 * Since: 0.1
 */
SoupMessageHeaders *
geminga_request_get_headers (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->headers == NULL)
    {
      self->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
      for (guint i = 0; i < self->head.fields->len; i++)
        {
          const GemingaHttpField *field = &g_array_index (self->head.fields, GemingaHttpField, i);
          g_autofree char *value = field_to_utf8 (field->value);

          soup_message_headers_append (self->headers, field->name, value);
        }
    }

  return self->headers;
}

/**
 * geminga_request_get_body:
 * @self: a request
 *
 * Gets the body; empty when there is none, and while a streamed one has not been read by
 * [method@Geminga.Request.read_body_async].
 *
 * Returns: (transfer none): the body
 *
 * Since: 0.1
 */
GBytes *
geminga_request_get_body (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->body == NULL)
    self->body = g_bytes_new_static ("", 0);

  return self->body;
}

/**
 * geminga_request_get_body_text:
 * @self: a request
 *
 * Gets the body as text.
 *
 * Returns: (transfer none) (nullable): the body, or %NULL when it is not valid UTF-8
 *
 * Since: 0.1
 */
const char *
geminga_request_get_body_text (GemingaRequest *self)
{
  const char *data = NULL;
  gsize size = 0;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->body_text == NULL)
    {
      data = g_bytes_get_data (geminga_request_get_body (self), &size);
      if (size > 0 && !g_utf8_validate_len (data, size, NULL))
        return NULL;
      self->body_text = g_strndup (size > 0 ? data : "", size);
    }

  return self->body_text;
}

/**
 * geminga_request_get_remote_address:
 * @self: a request
 *
 * Gets the address of the other end of the connection.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL when it is not known
 *
 * Since: 0.1
 */
GSocketAddress *
geminga_request_get_remote_address (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->remote;
}

/**
 * geminga_request_get_remote_host:
 * @self: a request
 *
 * Gets the address of the other end as text: an IP address, or `unix`.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.1
 */
const char *
geminga_request_get_remote_host (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->remote_host == NULL)
    self->remote_host = geminga_http_address_to_string (self->remote);

  return self->remote_host;
}

/**
 * geminga_request_get_id:
 * @self: a request
 *
 * Gets what names the request in logs. No two requests of a service have the same.
 *
 * Returns: (transfer none): the id
 *
 * Since: 0.1
 */
const char *
geminga_request_get_id (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->id == NULL)
    self->id = g_strdup_printf ("%08x-%" G_GUINT64_FORMAT, self->id_series, self->id_number);

  return self->id;
}

/**
 * geminga_request_get_cancellable:
 * @self: a request
 *
 * Gets what is cancelled when the client goes away, or when the request took too long.
 *
 * Returns: (transfer none): the cancellable
 *
 * Since: 0.1
 */
GCancellable *
geminga_request_get_cancellable (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return geminga_http_exchange_get_cancellable (self->exchange);
}

/**
 * geminga_request_set_attribute:
 * @self: a request
 * @name: a name
 * @value: (nullable): a value, or %NULL to remove it
 *
 * Leaves a value for later handlers of the same request.
 *
 * Since: 0.1
 */
void
geminga_request_set_attribute (GemingaRequest *self, const char *name, GVariant *value)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (name != NULL);

  if (self->attributes == NULL)
    self->attributes =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);

  if (value == NULL)
    g_hash_table_remove (self->attributes, name);
  else
    g_hash_table_insert (self->attributes, g_strdup (name), g_variant_ref_sink (value));
}

/**
 * geminga_request_get_attribute:
 * @self: a request
 * @name: a name
 *
 * Gets what [method@Geminga.Request.set_attribute] left.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when there is none
 *
 * Since: 0.1
 */
GVariant *
geminga_request_get_attribute (GemingaRequest *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return self->attributes != NULL ? g_hash_table_lookup (self->attributes, name) : NULL;
}
