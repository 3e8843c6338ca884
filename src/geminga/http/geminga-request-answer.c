/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-json-private.h"
#include "geminga-request-private.h"

/* The answering half of GemingaRequest. */

/* Helpers */

static gboolean
check_response_header (GemingaRequest *self, const char *name, const char *value, GError **error)
{
  if (geminga_request_is_answered (self))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
                   "Request %s is answered already: header “%s” comes too late",
                   geminga_request_get_id (self), name);
      return FALSE;
    }

  return geminga_http_check_field (name, value, error);
}

static GemingaHttpResponse *
ensure_answer (GemingaRequest *self)
{
  if (self->answer == NULL)
    self->answer = geminga_http_response_new (0, NULL, NULL);

  return self->answer;
}

/* Header fields that were set before join the response; its own ones go first. */
static void
merge_fields (GemingaRequest *self, GemingaHttpResponse *response)
{
  g_autoptr (GemingaHttpResponse) set = g_steal_pointer (&self->answer);

  if (set == NULL || set->fields == NULL)
    return;

  for (guint i = 0; i < set->fields->len; i += 2)
    {
      /* A handler that sets the content type itself means it. */
      if (g_ascii_strcasecmp (g_ptr_array_index (set->fields, i), "Content-Type") == 0)
        g_clear_pointer (&response->content_type, g_free);
    }

  if (response->fields == NULL)
    response->fields = g_steal_pointer (&set->fields);
  else
    g_ptr_array_extend_and_steal (response->fields, g_steal_pointer (&set->fields));
}

/* Private API */

gboolean
geminga_http_check_field (const char *name, const char *value, GError **error)
{
  return geminga_response_check_field (name, value, error);
}

const char *
geminga_request_get_response_header (GemingaRequest *self, const char *name)
{
  GPtrArray *fields = self->answer != NULL ? self->answer->fields : NULL;

  for (guint i = 0; fields != NULL && i < fields->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), name) == 0)
        return g_ptr_array_index (fields, i + 1);
    }

  return NULL;
}

void
geminga_request_respond (GemingaRequest *self, GemingaHttpResponse *response)
{
  if (geminga_http_exchange_is_answered (self->exchange) ||
      !g_atomic_int_compare_and_exchange (&self->is_answered, FALSE, TRUE))
    {
      if (!geminga_http_exchange_is_closed (self->exchange))
        g_critical ("Request %s (%s %s) is answered already; its second answer is dropped",
                    geminga_request_get_id (self), self->head.method, self->head.path);
      geminga_http_response_free (response);
      return;
    }

  merge_fields (self, response);
  geminga_request_chain_answer (self, response);
}

/* The errors of reading a request are the client's. */
static guint
status_from_error (const GError *error)
{
  if (g_error_matches (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY))
    return 400;
  if (g_error_matches (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE))
    return 413;
  if (g_error_matches (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE))
    return 415;

  return geminga_http_status_from_error (error);
}

void
geminga_request_answer_dropped (GemingaRequest *self)
{
  if (self->exchange == NULL || geminga_request_is_answered (self))
    return;

  g_warning ("Request %s (%s %s) was dropped unanswered by its handler: answered with status 500",
             geminga_request_get_id (self), self->head.method, self->head.path);
  geminga_request_respond (self, geminga_http_response_new_plain (500, NULL));
}

void
geminga_request_respond_status (GemingaRequest *self, guint status, const char *text)
{
  geminga_request_respond (self, geminga_http_response_new_plain (status, text));
}

/* Public API */

/**
 * geminga_request_is_answered:
 * @self: a request
 *
 * Tells whether the request was answered, by a handler or by the server after it took too long.
 *
 * Returns: %TRUE if nothing more can be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_is_answered (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), TRUE);

  return g_atomic_int_get (&self->is_answered) ||
         geminga_http_exchange_is_answered (self->exchange);
}

/**
 * geminga_request_set_response_header:
 * @self: a request
 * @name: the name of a header field
 * @value: its value
 * @error: return location for an error
 *
 * Sets a header field of the answer to come, in place of any of that name.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_HEADER when name or value have characters that could end the
 * field, or when the field belongs to the server (`Content-Length`, `Connection` and such), and with
 * %GEMINGA_HTTP_ERROR_INVALID_STATE when the request is answered.
 *
 * Returns: %TRUE if the field will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_set_response_header (GemingaRequest *self,
                                     const char *name,
                                     const char *value,
                                     GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (!check_response_header (self, name, value, error))
    return FALSE;

  geminga_http_response_set_field (ensure_answer (self), name, value);

  return TRUE;
}

/**
 * geminga_request_add_response_header:
 * @self: a request
 * @name: the name of a header field
 * @value: its value
 * @error: return location for an error
 *
 * Adds a header field to the answer to come, beside those of the same name (as for `Set-Cookie`).
 *
 * It fails as [method@Geminga.Request.set_response_header] does.
 *
 * Returns: %TRUE if the field will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_add_response_header (GemingaRequest *self,
                                     const char *name,
                                     const char *value,
                                     GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (!check_response_header (self, name, value, error))
    return FALSE;

  geminga_http_response_add_field (ensure_answer (self), name, value);

  return TRUE;
}

/**
 * geminga_request_respond_text:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @text: the body
 *
 * Answers with plain text in UTF-8.
 *
 * Since: 0.1
 */
void
geminga_request_respond_text (GemingaRequest *self, guint status, const char *text)
{
  g_autoptr (GBytes) body = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status >= 200 && status <= 599);
  g_return_if_fail (text != NULL);

  body = g_bytes_new (text, strlen (text));
  geminga_request_respond (self,
                           geminga_http_response_new (status, "text/plain; charset=utf-8", body));
}

/**
 * geminga_request_respond_json:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @json: the body, a JSON text
 *
 * Answers with JSON that is made already.
 *
 * Since: 0.1
 */
void
geminga_request_respond_json (GemingaRequest *self, guint status, const char *json)
{
  g_autoptr (GBytes) body = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status >= 200 && status <= 599);
  g_return_if_fail (json != NULL);

  body = g_bytes_new (json, strlen (json));
  geminga_request_respond (self, geminga_http_response_new (status, "application/json", body));
}

/**
 * geminga_request_respond_variant:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @value: a value; a floating one is consumed
 *
 * Answers with a value as JSON.
 *
 * Since: 0.1
 */
void
geminga_request_respond_variant (GemingaRequest *self, guint status, GVariant *value)
{
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GBytes) body = NULL;
  char *json = NULL;
  gsize size = 0;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status >= 200 && status <= 599);
  g_return_if_fail (value != NULL);

  owned = g_variant_ref_sink (value);
  json = geminga_http_json_from_variant (owned, &size);
  body = g_bytes_new_take (json, size);
  geminga_request_respond (self, geminga_http_response_new (status, "application/json", body));
}

/**
 * geminga_request_respond_bytes:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @content_type: (nullable): the type of the body, or %NULL to send none
 * @bytes: the body
 *
 * Answers with bytes. They are not copied.
 *
 * Since: 0.1
 */
void
geminga_request_respond_bytes (GemingaRequest *self,
                               guint status,
                               const char *content_type,
                               GBytes *bytes)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status >= 200 && status <= 599);
  g_return_if_fail (content_type == NULL || geminga_http_is_field_value (content_type));
  g_return_if_fail (bytes != NULL);

  geminga_request_respond (self, geminga_http_response_new (status, content_type, bytes));
}

/**
 * geminga_request_respond_empty:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 *
 * Answers without a body.
 *
 * Since: 0.1
 */
void
geminga_request_respond_empty (GemingaRequest *self, guint status)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status >= 200 && status <= 599);

  geminga_request_respond (self, geminga_http_response_new (status, NULL, NULL));
}

/* What cannot stand in a header field is percent-encoded, the rest stays as it is. */
static char *
encode_location (const char *location)
{
  GString *out = g_string_new (NULL);

  for (const guchar *p = (const guchar *) location; *p != '\0'; p++)
    {
      if (*p <= 0x20 || *p >= 0x7f)
        g_string_append_printf (out, "%%%02X", *p);
      else
        g_string_append_c (out, (char) *p);
    }

  return g_string_free (out, FALSE);
}

/**
 * geminga_request_respond_redirect:
 * @self: a request
 * @status: 301, 302, 303, 307 or 308
 * @location: where to go: a URI, or a path
 *
 * Answers with a redirection. Blanks, control and non-ASCII characters of @location are encoded.
 *
 * Since: 0.1
 */
void
geminga_request_respond_redirect (GemingaRequest *self, guint status, const char *location)
{
  g_autofree char *encoded = NULL;
  GemingaHttpResponse *response = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (status == 301 || status == 302 || status == 303 || status == 307 ||
                    status == 308);
  g_return_if_fail (location != NULL);

  encoded = encode_location (location);
  response = geminga_http_response_new_plain (status, NULL);
  geminga_http_response_set_field (response, "Location", encoded);
  geminga_request_respond (self, response);
}

/**
 * geminga_request_respond_error:
 * @self: a request
 * @error: what went wrong
 *
 * Answers with an error.
 *
 * The status is made from the code of the error (as 404 for %GEMINGA_ERROR_NO_SUCH_ACTOR and 504 for
 * %GEMINGA_ERROR_TIMED_OUT), 500 when nothing fits. The message reaches the client when the client is
 * to blame; otherwise it goes to the log only.
 *
 * Since: 0.1
 */
void
geminga_request_respond_error (GemingaRequest *self, const GError *error)
{
  guint status;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (error != NULL);

  status = status_from_error (error);
  if (status >= 500)
    g_message ("Request %s (%s %s) failed: %s", geminga_request_get_id (self), self->head.method,
               self->head.path, error->message);

  geminga_request_respond_status (self, status, status < 500 ? error->message : NULL);
}

/**
 * geminga_request_fail:
 * @self: a request
 * @message: what happened, for the log
 *
 * Tells that the handler failed, as when it threw an exception.
 *
 * It is logged as a warning, and the request is answered with status 500 unless it was answered before.
 *
 * Since: 0.1
 */
void
geminga_request_fail (GemingaRequest *self, const char *message)
{
  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (message != NULL);

  g_warning ("Request %s (%s %s) failed in its handler: %s", geminga_request_get_id (self),
             self->head.method, self->head.path, message);
  if (!geminga_request_is_answered (self))
    geminga_request_respond (self, geminga_http_response_new_plain (500, NULL));
}
