/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-auth.h"

#include <string.h>

#include "geminga-http-response-private.h"

/**
 * GemingaHttpAuth:
 *
 * Lets requests pass only with credentials, by the scheme Basic or Bearer.
 *
 * Others are answered with status 401 and `WWW-Authenticate`. With Basic, the name of the user is left in
 * the attribute `user` of the request. Compare secrets in a time that does not tell about them, and use
 * either scheme by HTTPS only.
 *
 * Since: 0.1
 */
struct _GemingaHttpAuth
{
  GemingaMiddleware parent_instance;

  const char *scheme; /* "Basic" or "Bearer" */
  char *challenge;
  GemingaCredentialsFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (GemingaHttpAuth, geminga_http_auth, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

/* What follows the scheme; NULL: another scheme, or nothing. */
static const char *
find_credentials (GemingaHttpAuth *self, GemingaRequest *request)
{
  const char *field = geminga_request_get_header (request, "Authorization");
  gsize len = strlen (self->scheme);

  if (field == NULL || g_ascii_strncasecmp (field, self->scheme, len) != 0 || field[len] != ' ')
    return NULL;

  field += len + strspn (field + len, " ");

  return *field != '\0' ? field : NULL;
}

/* "user:password" in UTF-8. */
static gboolean
check_basic (GemingaHttpAuth *self, GemingaRequest *request, const char *encoded)
{
  gsize size = 0;
  g_autofree guchar *data = g_base64_decode (encoded, &size);
  g_autofree char *text = g_strndup ((const char *) data, size);
  char *colon = strchr (text, ':');

  if (colon == NULL || !g_utf8_validate_len ((const char *) data, size, NULL))
    return FALSE;

  *colon = '\0';
  if (!self->func (request, text, colon + 1, self->user_data))
    return FALSE;

  geminga_request_set_attribute (request, "user", g_variant_new_string (text));

  return TRUE;
}

static gboolean
check (GemingaHttpAuth *self, GemingaRequest *request)
{
  const char *credentials = find_credentials (self, request);

  if (credentials == NULL)
    return FALSE;
  if (strcmp (self->scheme, "Basic") == 0)
    return check_basic (self, request, credentials);

  return self->func (request, NULL, credentials, self->user_data);
}

/* GemingaMiddleware */

static gboolean
geminga_http_auth_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaHttpAuth *self = GEMINGA_HTTP_AUTH (middleware);

  if (check (self, request) || geminga_request_is_answered (request))
    return FALSE;

  geminga_request_set_response_header (request, "WWW-Authenticate", self->challenge, NULL);
  geminga_request_respond_text (request, 401, "Unauthorized\n");

  return FALSE;
}

/* GObject */

static void
geminga_http_auth_finalize (GObject *object)
{
  GemingaHttpAuth *self = GEMINGA_HTTP_AUTH (object);

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->challenge);

  G_OBJECT_CLASS (geminga_http_auth_parent_class)->finalize (object);
}

static void
geminga_http_auth_class_init (GemingaHttpAuthClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_http_auth_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_http_auth_before;
}

static void
geminga_http_auth_init (GemingaHttpAuth *self)
{
}

/* Public API */

static GemingaMiddleware *
new_auth (const char *scheme,
          const char *realm,
          GemingaCredentialsFunc func,
          gpointer user_data,
          GDestroyNotify destroy)
{
  GemingaHttpAuth *self = NULL;

  g_return_val_if_fail (realm != NULL && strpbrk (realm, "\"\\") == NULL, NULL);
  g_return_val_if_fail (geminga_http_is_field_value (realm), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_object_new (GEMINGA_TYPE_HTTP_AUTH, NULL);
  self->scheme = scheme;
  self->challenge = g_strdup_printf ("%s realm=\"%s\"%s", scheme, realm,
                                     strcmp (scheme, "Basic") == 0 ? ", charset=\"UTF-8\"" : "");
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  return GEMINGA_MIDDLEWARE (self);
}

/**
 * geminga_http_auth_new_basic:
 * @realm: what the user is asked for, without quotes and backslashes
 * @func: (scope notified) (closure user_data) (destroy destroy): checks user and password
 * @user_data: what to give to @func
 * @destroy: (nullable): how to free @user_data
 *
 * Creates a middleware that asks for user and password.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_http_auth_new_basic (const char *realm,
                             GemingaCredentialsFunc func,
                             gpointer user_data,
                             GDestroyNotify destroy)
{
  return new_auth ("Basic", realm, func, user_data, destroy);
}

/**
 * geminga_http_auth_new_bearer:
 * @realm: what the user is asked for, without quotes and backslashes
 * @func: (scope notified) (closure user_data) (destroy destroy): checks a token
 * @user_data: what to give to @func
 * @destroy: (nullable): how to free @user_data
 *
 * Creates a middleware that asks for a token.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_http_auth_new_bearer (const char *realm,
                              GemingaCredentialsFunc func,
                              gpointer user_data,
                              GDestroyNotify destroy)
{
  return new_auth ("Bearer", realm, func, user_data, destroy);
}
