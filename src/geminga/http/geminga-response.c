/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-response.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-response-private.h"

/**
 * GemingaResponse:
 *
 * The answer to a request, on its way to the client.
 *
 * A [class@Geminga.Middleware] sees it, and may change it, before it is sent;
 * [method@Geminga.TestClient.send_async] gives it to tests. The fields that frame a message, as
 * `Content-Length`, are not in it: they are made when it is sent.
 *
 * A response belongs to the thread that it is given to.
 *
 * Since: 0.1
 */
struct _GemingaResponse
{
  GObject parent_instance;

  GemingaHttpResponse *response; /* (nullable): NULL once it is sent */
  GHashTable *joined;            /* (nullable): lower-case name to value, of repeated fields */
  char *body_text;               /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GemingaResponse, geminga_response, G_TYPE_OBJECT)

/* Helpers */

/* Fields of the engine, or of a hop: a handler must not set them. */
static gboolean
is_reserved_field (const char *name)
{
  static const char *const reserved[] = {
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
    "Date",           "Trailer",           "Upgrade",    "TE",
  };

  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    {
      if (g_ascii_strcasecmp (name, reserved[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_content_type (const char *name)
{
  return g_ascii_strcasecmp (name, "Content-Type") == 0;
}

/* Neither a file nor a stream. */
static gboolean
is_whole (GemingaResponse *self)
{
  return self->response == NULL || (self->response->file == NULL && self->response->pipe == NULL);
}

static gboolean
check_change (GemingaResponse *self, const char *name, const char *value, GError **error)
{
  if (self->response != NULL)
    return geminga_response_check_field (name, value, error);

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
               "The response is sent: header “%s” comes too late", name);

  return FALSE;
}

static const char *
join (GemingaResponse *self, const char *name, GStrv values)
{
  char *joined = g_strjoinv (", ", values);

  if (self->joined == NULL)
    self->joined = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->joined, g_ascii_strdown (name, -1), joined);

  return joined;
}

/* GObject */

static void
geminga_response_finalize (GObject *object)
{
  GemingaResponse *self = GEMINGA_RESPONSE (object);

  g_clear_pointer (&self->response, geminga_http_response_free);
  g_clear_pointer (&self->joined, g_hash_table_unref);
  g_free (self->body_text);

  G_OBJECT_CLASS (geminga_response_parent_class)->finalize (object);
}

static void
geminga_response_class_init (GemingaResponseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_response_finalize;
}

static void
geminga_response_init (GemingaResponse *self)
{
}

/* Private API */

GemingaResponse *
geminga_response_new_take (GemingaHttpResponse *response)
{
  GemingaResponse *self = g_object_new (GEMINGA_TYPE_RESPONSE, NULL);

  self->response = response;

  return self;
}

GemingaHttpResponse *
geminga_response_steal (GemingaResponse *self)
{
  return g_steal_pointer (&self->response);
}

gboolean
geminga_response_check_field (const char *name, const char *value, GError **error)
{
  g_autofree char *shown = NULL;

  if (!geminga_http_is_token (name) || is_reserved_field (name))
    {
      shown = g_strescape (name, NULL);
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER,
                   "Response header “%s” cannot be set: a name is made of letters, digits and "
                   "!#$%%&'*+-.^_`|~, and the fields that frame a message belong to the server",
                   shown);
      return FALSE;
    }

  if (!geminga_http_is_field_value (value))
    {
      shown = g_strescape (value, NULL);
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER,
                   "Value “%s” of response header “%s” has a control character", shown, name);
      return FALSE;
    }

  return TRUE;
}

/* Public API */

/**
 * geminga_response_get_status:
 * @self: a response
 *
 * Gets the status.
 *
 * Returns: an HTTP status, 200 to 599; 0 when the response is sent
 *
 * Since: 0.1
 */
guint
geminga_response_get_status (GemingaResponse *self)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), 0);

  return self->response != NULL ? self->response->status : 0;
}

/**
 * geminga_response_set_status:
 * @self: a response that is not sent
 * @status: an HTTP status, 200 to 599
 *
 * Changes the status.
 *
 * Since: 0.1
 */
void
geminga_response_set_status (GemingaResponse *self, guint status)
{
  g_return_if_fail (GEMINGA_IS_RESPONSE (self));
  g_return_if_fail (status >= 200 && status <= 599);
  g_return_if_fail (self->response != NULL);

  self->response->status = status;
}

/**
 * geminga_response_get_header:
 * @self: a response
 * @name: the name of a header field, in any case
 *
 * Gets a header field. Fields of one name are joined by commas; ask
 * [method@Geminga.Response.get_header_list] for `Set-Cookie`.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when the response does not have it; it is valid
 *   until the response is changed
 *
 * Since: 0.1
 */
const char *
geminga_response_get_header (GemingaResponse *self, const char *name)
{
  const char *value = NULL;
  GPtrArray *fields = NULL;
  guint n = 0;

  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (self->response == NULL)
    return NULL;
  if (self->response->content_type != NULL && is_content_type (name))
    return self->response->content_type;

  fields = self->response->fields;
  for (guint i = 0; fields != NULL && i < fields->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), name) != 0)
        continue;
      value = g_ptr_array_index (fields, i + 1);
      n++;
    }

  if (n > 1)
    {
      g_auto (GStrv) values = geminga_response_get_header_list (self, name);

      return join (self, name, values);
    }

  return value;
}

/**
 * geminga_response_get_header_list:
 * @self: a response
 * @name: the name of a header field, in any case
 *
 * Gets the values of all header fields of one name.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, in their order; empty when there is none
 *
 * Since: 0.1
 */
GStrv
geminga_response_get_header_list (GemingaResponse *self, const char *name)
{
  g_autoptr (GStrvBuilder) values = NULL;
  GPtrArray *fields = NULL;

  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  values = g_strv_builder_new ();
  if (self->response != NULL && self->response->content_type != NULL && is_content_type (name))
    g_strv_builder_add (values, self->response->content_type);

  fields = self->response != NULL ? self->response->fields : NULL;
  for (guint i = 0; fields != NULL && i < fields->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), name) == 0)
        g_strv_builder_add (values, g_ptr_array_index (fields, i + 1));
    }

  return g_strv_builder_end (values);
}

/**
 * geminga_response_set_header:
 * @self: a response
 * @name: the name of a header field
 * @value: its value
 * @error: return location for an error
 *
 * Sets a header field, in place of any of that name.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_HEADER when name or value have characters that could end the
 * field, or when the field belongs to the server, and with %GEMINGA_HTTP_ERROR_INVALID_STATE when the
 * response is sent.
 *
 * Returns: %TRUE if the field will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_response_set_header (GemingaResponse *self,
                             const char *name,
                             const char *value,
                             GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (!check_change (self, name, value, error))
    return FALSE;

  if (is_content_type (name))
    g_clear_pointer (&self->response->content_type, g_free);
  geminga_http_response_set_field (self->response, name, value);

  return TRUE;
}

/**
 * geminga_response_add_header:
 * @self: a response
 * @name: the name of a header field
 * @value: its value
 * @error: return location for an error
 *
 * Adds a header field, beside those of the same name.
 *
 * It fails as [method@Geminga.Response.set_header] does.
 *
 * Returns: %TRUE if the field will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_response_add_header (GemingaResponse *self,
                             const char *name,
                             const char *value,
                             GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (!check_change (self, name, value, error))
    return FALSE;

  geminga_http_response_add_field (self->response, name, value);

  return TRUE;
}

/**
 * geminga_response_remove_header:
 * @self: a response
 * @name: the name of a header field, in any case
 *
 * Removes all header fields of one name.
 *
 * Since: 0.1
 */
void
geminga_response_remove_header (GemingaResponse *self, const char *name)
{
  GPtrArray *fields = NULL;

  g_return_if_fail (GEMINGA_IS_RESPONSE (self));
  g_return_if_fail (name != NULL);

  if (self->response == NULL)
    return;

  if (is_content_type (name))
    g_clear_pointer (&self->response->content_type, g_free);

  fields = self->response->fields;
  for (guint i = 0; fields != NULL && i < fields->len;)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), name) == 0)
        g_ptr_array_remove_range (fields, i, 2);
      else
        i += 2;
    }
}

/**
 * geminga_response_get_body:
 * @self: a response
 *
 * Gets the body.
 *
 * Returns: (transfer none) (nullable): the body, or %NULL when there is none or it does not exist as a whole
 *
 * Since: 0.1
 */
GBytes *
geminga_response_get_body (GemingaResponse *self)
{
  g_return_val_if_fail (GEMINGA_IS_RESPONSE (self), NULL);

  return self->response != NULL ? self->response->body : NULL;
}

/**
 * geminga_response_get_body_text:
 * @self: a response
 *
 * Gets the body as text.
 *
 * Returns: (transfer none) (nullable): the body, or %NULL when it is not valid UTF-8, or a file or a stream
 *
 * Since: 0.1
 */
const char *
geminga_response_get_body_text (GemingaResponse *self)
{
  GBytes *body = geminga_response_get_body (self);
  gsize size = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &size) : NULL;

  if (!is_whole (self) || (size > 0 && !g_utf8_validate_len (data, size, NULL)))
    return NULL;

  g_free (self->body_text);
  self->body_text = g_strndup (size > 0 ? data : "", size);

  return self->body_text;
}

/**
 * geminga_response_set_body:
 * @self: a response that is not sent
 * @content_type: (nullable): the type of the body, or %NULL to leave it as it is
 * @body: the body
 *
 * Replaces the body, which must be neither a file nor a stream.
 *
 * Since: 0.1
 */
void
geminga_response_set_body (GemingaResponse *self, const char *content_type, GBytes *body)
{
  g_return_if_fail (GEMINGA_IS_RESPONSE (self));
  g_return_if_fail (content_type == NULL || geminga_http_is_field_value (content_type));
  g_return_if_fail (body != NULL);
  g_return_if_fail (self->response != NULL);
  g_return_if_fail (is_whole (self));

  g_bytes_ref (body);
  g_clear_pointer (&self->response->body, g_bytes_unref);
  self->response->body = body;
  if (content_type == NULL)
    return;

  geminga_response_remove_header (self, "Content-Type");
  self->response->content_type = g_strdup (content_type);
}
