/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-security-headers.h"

#include <string.h>

#include "geminga-response-private.h"

/**
 * GemingaSecurityHeaders:
 *
 * Adds the fields to answers that tell browsers to be careful.
 *
 * | field | value |
 * |---|---|
 * | `X-Content-Type-Options` | `nosniff` |
 * | `X-Frame-Options` | `DENY` |
 * | `Referrer-Policy` | `strict-origin-when-cross-origin` |
 * | `Cross-Origin-Opener-Policy` | `same-origin` |
 * | `Strict-Transport-Security` | `max-age=31536000`, by HTTPS only |
 *
 * A field that a handler has set stays as it is.
 *
 * Since: 0.1
 */
struct _GemingaSecurityHeaders
{
  GemingaMiddleware parent_instance;

  GHashTable *fields; /* name to value */
};

G_DEFINE_FINAL_TYPE (GemingaSecurityHeaders, geminga_security_headers, GEMINGA_TYPE_MIDDLEWARE)

/* GemingaMiddleware */

static gboolean
geminga_security_headers_after (GemingaMiddleware *middleware,
                                GemingaRequest *request,
                                GemingaResponse *response)
{
  GemingaSecurityHeaders *self = GEMINGA_SECURITY_HEADERS (middleware);
  gboolean is_https = strcmp (geminga_request_get_scheme (request), "https") == 0;
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, self->fields);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if ((!is_https && strcmp (name, "Strict-Transport-Security") == 0) ||
          geminga_response_get_header (response, name) != NULL)
        continue;
      geminga_response_set_header (response, name, value, NULL);
    }

  return FALSE;
}

/* GObject */

static void
geminga_security_headers_finalize (GObject *object)
{
  GemingaSecurityHeaders *self = GEMINGA_SECURITY_HEADERS (object);

  g_hash_table_unref (self->fields);

  G_OBJECT_CLASS (geminga_security_headers_parent_class)->finalize (object);
}

static void
geminga_security_headers_class_init (GemingaSecurityHeadersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_security_headers_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = geminga_security_headers_after;
}

static void
geminga_security_headers_init (GemingaSecurityHeaders *self)
{
  static const char *const fields[][2] = {
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "strict-origin-when-cross-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Strict-Transport-Security", "max-age=31536000" },
  };

  self->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_hash_table_insert (self->fields, g_strdup (fields[i][0]), g_strdup (fields[i][1]));
}

/* Public API */

/**
 * geminga_security_headers_new:
 *
 * Creates a middleware that adds these fields.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_security_headers_new (void)
{
  return g_object_new (GEMINGA_TYPE_SECURITY_HEADERS, NULL);
}

/**
 * geminga_security_headers_set_header:
 * @self: a middleware that is not in use
 * @name: the name of a header field, as `Content-Security-Policy`
 * @value: (nullable): its value, or %NULL to add none
 * @error: return location for an error
 *
 * Changes what is added.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_HEADER when the field cannot be set.
 *
 * Returns: %TRUE if it will be added
 *
 * Since: 0.1
 */
gboolean
geminga_security_headers_set_header (GemingaSecurityHeaders *self,
                                     const char *name,
                                     const char *value,
                                     GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SECURITY_HEADERS (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!geminga_response_check_field (name, value != NULL ? value : "", error))
    return FALSE;

  if (value == NULL)
    g_hash_table_remove (self->fields, name);
  else
    g_hash_table_insert (self->fields, g_strdup (name), g_strdup (value));

  return TRUE;
}
