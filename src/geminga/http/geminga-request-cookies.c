/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-request-private.h"

/* The cookies that answers set. */

typedef struct
{
  const char *path;
  const char *domain;    /* (nullable) */
  const char *same_site; /* as it is written */
  gint64 max_age;        /* seconds; -1: until the browser ends */
  gboolean is_secure;
  gboolean is_http_only;
} Options;

/* Helpers */

static gboolean
refuse (GError **error, const char *name, const char *problem)
{
  g_autofree char *shown = g_strescape (name, NULL);

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
               "Cookie “%s” cannot be set: %s", shown, problem);

  return FALSE;
}

static gboolean
is_cookie_value (const char *value)
{
  for (const guchar *p = (const guchar *) value; *p != '\0'; p++)
    {
      if (*p <= 0x20 || *p >= 0x7f || strchr ("\",;\\", *p) != NULL)
        return FALSE;
    }

  return TRUE;
}

/* An attribute ends at a semicolon. */
static gboolean
is_attribute (const char *value)
{
  for (const guchar *p = (const guchar *) value; *p != '\0'; p++)
    {
      if (*p < 0x20 || *p >= 0x7f || *p == ';')
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_same_site (Options *self, const char *text)
{
  static const char *const values[] = { "Lax", "Strict", "None" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      if (g_ascii_strcasecmp (text, values[i]) != 0)
        continue;
      self->same_site = values[i];
      return TRUE;
    }

  return FALSE;
}

static gboolean
read_seconds (GVariant *value, gint64 *seconds)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    *seconds = g_variant_get_int32 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    *seconds = g_variant_get_uint32 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    *seconds = g_variant_get_int64 (value);
  else
    return FALSE;

  return *seconds >= 0;
}

static gboolean
read_text (GVariant *value, const char **text)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return FALSE;

  *text = g_variant_get_string (value, NULL);

  return is_attribute (*text);
}

static gboolean
read_flag (GVariant *value, gboolean *flag)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return FALSE;

  *flag = g_variant_get_boolean (value);

  return TRUE;
}

static gboolean
read_option (Options *self, const char *name, GVariant *value)
{
  const char *text = NULL;

  if (strcmp (name, "path") == 0)
    return read_text (value, &self->path) && *self->path == '/';
  if (strcmp (name, "domain") == 0)
    return read_text (value, &self->domain);
  if (strcmp (name, "same-site") == 0)
    return read_text (value, &text) && read_same_site (self, text);
  if (strcmp (name, "max-age") == 0)
    return read_seconds (value, &self->max_age);
  if (strcmp (name, "secure") == 0)
    return read_flag (value, &self->is_secure);

  return strcmp (name, "http-only") == 0 && read_flag (value, &self->is_http_only);
}

/* The texts stay those of @given. */
static gboolean
read_options (Options *self, const char *cookie, GVariant *given, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *item = NULL;

  if (given == NULL)
    return TRUE;

  g_variant_iter_init (&iter, given);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &item))
    {
      g_autoptr (GVariant) value = item;
      g_autofree char *shown = NULL;

      if (read_option (self, name, value))
        continue;
      shown = g_strdup_printf ("the option “%s” does not exist or has a wrong value", name);
      return refuse (error, cookie, shown);
    }

  return TRUE;
}

/* What browsers would not keep. */
static gboolean
check_rules (const Options *self, const char *name, GError **error)
{
  if (strcmp (self->same_site, "None") == 0 && !self->is_secure)
    return refuse (error, name, "one that goes to other sites must be secure");
  if (g_str_has_prefix (name, "__Secure-") && !self->is_secure)
    return refuse (error, name, "one called __Secure- must be secure");
  if (g_str_has_prefix (name, "__Host-") &&
      (!self->is_secure || self->domain != NULL || strcmp (self->path, "/") != 0))
    return refuse (error, name,
                   "one called __Host- must be secure, and has the path / and no domain");

  return TRUE;
}

static char *
format (const Options *self, const char *name, const char *value)
{
  g_autoptr (GString) text = g_string_new (name);

  g_string_append_printf (text, "=%s; Path=%s", value, self->path);
  if (self->domain != NULL)
    g_string_append_printf (text, "; Domain=%s", self->domain);
  /* Of the two, Max-Age counts; some clients take the last one. */
  if (self->max_age == 0)
    g_string_append (text, "; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  if (self->max_age >= 0)
    g_string_append_printf (text, "; Max-Age=%" G_GINT64_FORMAT, self->max_age);
  if (self->is_secure)
    g_string_append (text, "; Secure");
  if (self->is_http_only)
    g_string_append (text, "; HttpOnly");
  g_string_append_printf (text, "; SameSite=%s", self->same_site);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Private API */

char *
geminga_request_format_cookie (GemingaRequest *self,
                               const char *name,
                               const char *value,
                               GVariant *given,
                               GError **error)
{
  Options options = { "/", NULL, "Lax", -1, FALSE, TRUE };

  options.is_secure = strcmp (geminga_request_get_scheme (self), "https") == 0;
  if (!geminga_http_is_token (name))
    {
      refuse (error, name,
              "its name has other characters than letters, digits and !#$%&'*+-.^_`|~");
      return NULL;
    }
  if (!is_cookie_value (value))
    {
      refuse (error, name, "its value has blanks, quotes, “,”, “;”, “\\” or non-ASCII characters");
      return NULL;
    }
  if (!read_options (&options, name, given, error) || !check_rules (&options, name, error))
    return NULL;

  return format (&options, name, value);
}

/* Public API */

/**
 * geminga_request_set_cookie:
 * @self: a request
 * @name: the name of a cookie
 * @value: its value, without blanks, quotes, commas, semicolons, backslashes and non-ASCII characters
 * @options: (nullable): options, a{sv}; a floating one is consumed
 * @error: return location for an error
 *
 * Sets a cookie with the answer to come.
 *
 * | option | type | meaning | if nothing is said |
 * |---|---|---|---|
 * | `path` | `s` | for which paths | `/` |
 * | `domain` | `s` | for which hosts | this one only |
 * | `max-age` | `i`, `u`, `x` | seconds | until the browser ends |
 * | `secure` | `b` | sent by HTTPS only | whether the request came by HTTPS |
 * | `http-only` | `b` | hidden from scripts | yes |
 * | `same-site` | `s` | `lax`, `strict` or `none` | `lax` |
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_PARAMETER when name, value or options are not valid, or when
 * browsers would not keep such a cookie, and with %GEMINGA_HTTP_ERROR_INVALID_STATE when the request is
 * answered.
 *
 * Returns: %TRUE if it will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_set_cookie (GemingaRequest *self,
                            const char *name,
                            const char *value,
                            GVariant *options,
                            GError **error)
{
  g_autoptr (GVariant) owned = options != NULL ? g_variant_ref_sink (options) : NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (owned == NULL || g_variant_is_of_type (owned, G_VARIANT_TYPE_VARDICT),
                        FALSE);

  text = geminga_request_format_cookie (self, name, value, owned, error);

  return text != NULL && geminga_request_add_response_header (self, "Set-Cookie", text, error);
}

/**
 * geminga_request_remove_cookie:
 * @self: a request
 * @name: the name of a cookie
 * @options: (nullable): the `path` and the `domain` with which it was set; a floating one is consumed
 * @error: return location for an error
 *
 * Has the client forget a cookie. It fails as [method@Geminga.Request.set_cookie] does.
 *
 * Returns: %TRUE if that will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_remove_cookie (GemingaRequest *self,
                               const char *name,
                               GVariant *options,
                               GError **error)
{
  g_autoptr (GVariant) owned = options != NULL ? g_variant_ref_sink (options) : NULL;
  GVariantDict dict;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  g_variant_dict_init (&dict, owned);
  g_variant_dict_insert (&dict, "max-age", "i", 0);

  return geminga_request_set_cookie (self, name, "", g_variant_dict_end (&dict), error);
}

/**
 * geminga_request_set_signed_cookie:
 * @self: a request
 * @signer: what signs it
 * @name: the name of a cookie
 * @value: its value, any text; the client can read it
 * @options: (nullable): options, see [method@Geminga.Request.set_cookie]; a floating one is consumed
 * @error: return location for an error
 *
 * Sets a cookie that nobody else can make. It fails as [method@Geminga.Request.set_cookie] does.
 *
 * Returns: %TRUE if it will be sent
 *
 * Since: 0.1
 */
gboolean
geminga_request_set_signed_cookie (GemingaRequest *self,
                                   GemingaSigner *signer,
                                   const char *name,
                                   const char *value,
                                   GVariant *options,
                                   GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (GEMINGA_IS_SIGNER (signer), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  text = geminga_signer_sign (signer, name, value);

  return geminga_request_set_cookie (self, name, text, options, error);
}

/**
 * geminga_request_dup_signed_cookie:
 * @self: a request
 * @signer: what signed it
 * @name: the name of a cookie
 * @max_age: how many seconds ago it may have been set; 0: any
 *
 * Gets a cookie that [method@Geminga.Request.set_signed_cookie] has set.
 *
 * Returns: (transfer full) (nullable): its value, or %NULL when it was not sent, not signed by us under that
 *   name, or is too old
 *
 * Since: 0.1
 */
char *
geminga_request_dup_signed_cookie (GemingaRequest *self,
                                   GemingaSigner *signer,
                                   const char *name,
                                   guint max_age)
{
  const char *value = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (GEMINGA_IS_SIGNER (signer), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  value = geminga_request_get_cookie (self, name);

  return value != NULL ? geminga_signer_unsign (signer, name, value, max_age) : NULL;
}
