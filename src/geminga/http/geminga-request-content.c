/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "geminga-form-private.h"
#include "geminga-http-error.h"
#include "geminga-http-json-check-private.h"
#include "geminga-request-private.h"

/* What is in the bodies of requests. */

/* Helpers */

/* Whether the body says that it is of that type, whatever its parameters. */
static gboolean
is_of_type (const char *content_type, const char *type)
{
  gsize len = strcspn (content_type, "; \t");

  return len == strlen (type) && g_ascii_strncasecmp (content_type, type, len) == 0;
}

static gboolean
is_json (const char *content_type)
{
  gsize len = strcspn (content_type, "; \t");

  return is_of_type (content_type, "application/json") ||
         (len > 5 && g_ascii_strncasecmp (content_type + len - 5, "+json", 5) == 0);
}

static const char *
get_content_type (GemingaRequest *self)
{
  const char *type = geminga_request_get_header (self, "Content-Type");

  return type != NULL ? type : "";
}

static gboolean
refuse_type (GemingaRequest *self, const char *wanted, GError **error)
{
  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE,
               "The body has the type “%s” where %s is expected", get_content_type (self), wanted);

  return FALSE;
}

/* Public API */

/**
 * geminga_request_get_json:
 * @self: a request
 * @error: return location for an error
 *
 * Reads the body as JSON.
 *
 * It must be one JSON text in UTF-8, and nothing else: arrays and objects at most 64 deep, integers of 64
 * bits, finite numbers, no NUL and no half surrogate pairs in text. Of members with the same name the last
 * one counts.
 *
 * It fails with %GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE when the body's type is not `application/json` or
 * `+json`, and with %GEMINGA_HTTP_ERROR_INVALID_BODY. [method@Geminga.Request.respond_error] answers with
 * the status that tells the client.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.1
 */
JsonNode *
geminga_request_get_json (GemingaRequest *self, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;
  gsize size = 0;
  const char *data = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->json != NULL)
    return self->json;

  data = g_bytes_get_data (geminga_request_get_body (self), &size);
  if (!is_json (get_content_type (self)))
    {
      refuse_type (self, "JSON", error);
      return NULL;
    }
  if (!geminga_http_json_check (data, size, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, (gssize) size, &local))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
                   "The JSON text is not valid: %s", local->message);
      return NULL;
    }

  self->json = json_parser_steal_root (parser);

  return self->json;
}

/**
 * geminga_request_dup_json_variant:
 * @self: a request
 * @signature: (nullable): the type of the value, as `(sa{sv})`, or %NULL for what fits best
 * @error: return location for an error
 *
 * Reads the body as JSON, and gives it as a value of that type. An array may be a tuple, an object a
 * dictionary.
 *
 * It fails as [method@Geminga.Request.get_json] does, and with %GEMINGA_HTTP_ERROR_INVALID_BODY when the
 * value is of another type.
 *
 * Returns: (transfer full): the value
 *
 * Since: 0.1
 */
GVariant *
geminga_request_dup_json_variant (GemingaRequest *self, const char *signature, GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariant *value = NULL;
  JsonNode *node = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (signature == NULL || g_variant_type_string_is_valid (signature), NULL);

  node = geminga_request_get_json (self, error);
  if (node == NULL)
    return NULL;

  value = json_gvariant_deserialize (node, signature, &local);
  if (value == NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
                   "The JSON value is not of the type “%s”: %s", signature != NULL ? signature : "",
                   local->message);
      return NULL;
    }

  return g_variant_take_ref (value);
}

/**
 * geminga_request_get_form:
 * @self: a request
 * @error: return location for an error
 *
 * Reads the body as a form, of the type `application/x-www-form-urlencoded` or `multipart/form-data`.
 *
 * Files of more than 1 MiB are kept on disk, in a temporary file. At most 1000 fields, and values of 1 MiB,
 * are read.
 *
 * It fails with %GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE when the body has another type, with
 * %GEMINGA_HTTP_ERROR_INVALID_BODY when it is not valid, with %GEMINGA_HTTP_ERROR_TOO_LARGE, and with an
 * error of the domain %G_IO_ERROR when a file cannot be written to disk.
 *
 * Returns: (transfer none): the form
 *
 * Since: 0.1
 */
GemingaForm *
geminga_request_get_form (GemingaRequest *self, GError **error)
{
  const char *type = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (self->form != NULL)
    return self->form;

  type = get_content_type (self);
  if (is_of_type (type, "application/x-www-form-urlencoded"))
    self->form = geminga_form_new_urlencoded (geminga_request_get_body (self), error);
  else if (is_of_type (type, "multipart/form-data"))
    self->form = geminga_form_new_multipart (geminga_request_get_body (self), type, error);
  else
    refuse_type (self, "a form", error);

  return self->form;
}

/**
 * geminga_request_respond_json_node:
 * @self: a request
 * @status: an HTTP status, 200 to 599
 * @node: a value
 *
 * Answers with a value as JSON.
 *
 * Since: 0.1
 */
void
geminga_request_respond_json_node (GemingaRequest *self, guint status, JsonNode *node)
{
  g_autofree char *json = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (node != NULL);

  json = json_to_string (node, FALSE);
  geminga_request_respond_json (self, status, json);
}
