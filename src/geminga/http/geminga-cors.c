/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-cors.h"

#include <string.h>

#include "geminga-http-response-private.h"

/**
 * GemingaCors:
 *
 * Lets scripts of other origins read answers (cross-origin resource sharing).
 *
 * The questions that browsers ask before (`OPTIONS` with `Access-Control-Request-Method`) are answered for
 * origins that are allowed, whether there is a route or not; everything else is answered by its route, and
 * gets the fields on the way back. Requests of other origins are not refused, as their scripts cannot read
 * the answer: see [class@Geminga.CsrfProtection] for that.
 *
 * Since: 0.1
 */
struct _GemingaCors
{
  GemingaMiddleware parent_instance;

  GStrv origins;
  char *methods;
  char *headers;
  char *exposed_headers; /* (nullable) */
  gboolean credentials;
  guint max_age;
};

G_DEFINE_FINAL_TYPE (GemingaCors, geminga_cors, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

/* What to name as the allowed origin; NULL: it is not allowed. */
static const char *
find_origin (GemingaCors *self, GemingaRequest *request)
{
  const char *origin = geminga_request_get_header (request, "Origin");

  if (origin == NULL)
    return NULL;
  if (g_strv_contains ((const char *const *) self->origins, origin))
    return origin;
  if (!g_strv_contains ((const char *const *) self->origins, "*"))
    return NULL;

  return "*";
}

/* GemingaMiddleware */

static gboolean
geminga_cors_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaCors *self = GEMINGA_CORS (middleware);
  const char *origin = find_origin (self, request);
  g_autofree char *max_age = NULL;

  if (origin == NULL || strcmp (geminga_request_get_method (request), "OPTIONS") != 0 ||
      geminga_request_get_header (request, "Access-Control-Request-Method") == NULL)
    return FALSE;

  max_age = g_strdup_printf ("%u", self->max_age);
  geminga_request_set_response_header (request, "Access-Control-Allow-Origin", origin, NULL);
  geminga_request_set_response_header (request, "Access-Control-Allow-Methods", self->methods,
                                       NULL);
  geminga_request_set_response_header (request, "Access-Control-Allow-Headers", self->headers,
                                       NULL);
  geminga_request_set_response_header (request, "Access-Control-Max-Age", max_age, NULL);
  geminga_request_add_response_header (request, "Vary", "Origin", NULL);
  if (self->credentials && strcmp (origin, "*") != 0)
    geminga_request_set_response_header (request, "Access-Control-Allow-Credentials", "true", NULL);
  geminga_request_respond_empty (request, 204);

  return FALSE;
}

static gboolean
geminga_cors_after (GemingaMiddleware *middleware,
                    GemingaRequest *request,
                    GemingaResponse *response)
{
  GemingaCors *self = GEMINGA_CORS (middleware);
  const char *origin = find_origin (self, request);

  if (!g_strv_contains ((const char *const *) self->origins, "*"))
    geminga_response_add_header (response, "Vary", "Origin", NULL);
  if (origin == NULL)
    return FALSE;

  geminga_response_set_header (response, "Access-Control-Allow-Origin", origin, NULL);
  if (self->credentials && strcmp (origin, "*") != 0)
    geminga_response_set_header (response, "Access-Control-Allow-Credentials", "true", NULL);
  if (self->exposed_headers != NULL)
    geminga_response_set_header (response, "Access-Control-Expose-Headers", self->exposed_headers,
                                 NULL);

  return FALSE;
}

/* GObject */

static void
geminga_cors_finalize (GObject *object)
{
  GemingaCors *self = GEMINGA_CORS (object);

  g_strfreev (self->origins);
  g_free (self->methods);
  g_free (self->headers);
  g_free (self->exposed_headers);

  G_OBJECT_CLASS (geminga_cors_parent_class)->finalize (object);
}

static void
geminga_cors_class_init (GemingaCorsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_cors_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_cors_before;
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = geminga_cors_after;
}

static void
geminga_cors_init (GemingaCors *self)
{
  self->methods = g_strdup ("GET, HEAD, POST, PUT, PATCH, DELETE");
  self->headers = g_strdup ("Content-Type, Authorization");
  self->max_age = 600;
}

/* Public API */

/**
 * geminga_cors_new:
 * @origins: (array zero-terminated=1): origins, as `https://example.org`, or `*` for all
 *
 * Creates a middleware that allows these origins.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_cors_new (const char *const *origins)
{
  GemingaCors *self = NULL;

  g_return_val_if_fail (origins != NULL, NULL);

  self = g_object_new (GEMINGA_TYPE_CORS, NULL);
  self->origins = g_strdupv ((char **) origins);

  return GEMINGA_MIDDLEWARE (self);
}

/**
 * geminga_cors_set_methods:
 * @self: a middleware that is not in use
 * @methods: methods with commas between them
 *
 * Sets the methods that scripts may use; `GET, HEAD, POST, PUT, PATCH, DELETE` if nothing was set.
 *
 * Since: 0.1
 */
void
geminga_cors_set_methods (GemingaCors *self, const char *methods)
{
  g_return_if_fail (GEMINGA_IS_CORS (self));
  g_return_if_fail (methods != NULL && geminga_http_is_field_value (methods));

  g_free (self->methods);
  self->methods = g_strdup (methods);
}

/**
 * geminga_cors_set_headers:
 * @self: a middleware that is not in use
 * @headers: names of header fields with commas between them
 *
 * Sets the header fields that scripts may send; `Content-Type, Authorization` if nothing was set.
 *
 * Since: 0.1
 */
void
geminga_cors_set_headers (GemingaCors *self, const char *headers)
{
  g_return_if_fail (GEMINGA_IS_CORS (self));
  g_return_if_fail (headers != NULL && geminga_http_is_field_value (headers));

  g_free (self->headers);
  self->headers = g_strdup (headers);
}

/**
 * geminga_cors_set_exposed_headers:
 * @self: a middleware that is not in use
 * @headers: names of header fields with commas between them
 *
 * Sets the header fields of answers that scripts may read, beside the usual ones.
 *
 * Since: 0.1
 */
void
geminga_cors_set_exposed_headers (GemingaCors *self, const char *headers)
{
  g_return_if_fail (GEMINGA_IS_CORS (self));
  g_return_if_fail (headers != NULL && geminga_http_is_field_value (headers));

  g_free (self->exposed_headers);
  self->exposed_headers = g_strdup (headers);
}

/**
 * geminga_cors_set_credentials:
 * @self: a middleware that is not in use
 * @credentials: whether scripts may send cookies and read what is for their user
 *
 * Sets whether scripts may act for the user. It counts for origins that are named, never for `*`.
 *
 * Since: 0.1
 */
void
geminga_cors_set_credentials (GemingaCors *self, gboolean credentials)
{
  g_return_if_fail (GEMINGA_IS_CORS (self));

  self->credentials = credentials;
}

/**
 * geminga_cors_set_max_age:
 * @self: a middleware that is not in use
 * @max_age: seconds
 *
 * Sets how long browsers need not ask again; 600 if nothing was set.
 *
 * Since: 0.1
 */
void
geminga_cors_set_max_age (GemingaCors *self, guint max_age)
{
  g_return_if_fail (GEMINGA_IS_CORS (self));

  self->max_age = max_age;
}
