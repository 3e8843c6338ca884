/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-csrf-protection.h"

#include <string.h>

/**
 * GemingaCsrfProtection:
 *
 * Refuses requests that change something and that a browser sends for a page of another site (cross-site
 * request forgery), with status 403.
 *
 * Requests other than `GET`, `HEAD` and `OPTIONS` pass if `Sec-Fetch-Site` says `same-origin` or `none`, or
 * if the host in `Origin` is the one that was asked, or if the origin is trusted, or if neither field is
 * there: then it is no browser of our days that sends them, and there are no cookies to misuse. No tokens
 * are needed in forms. Handlers of `GET` must change nothing.
 *
 * Since: 0.1
 */
struct _GemingaCsrfProtection
{
  GemingaMiddleware parent_instance;

  GStrv origins; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GemingaCsrfProtection, geminga_csrf_protection, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

static gboolean
is_safe (GemingaRequest *request)
{
  static const char *const methods[] = { "GET", "HEAD", "OPTIONS", NULL };

  return g_strv_contains (methods, geminga_request_get_method (request));
}

/* Origin is a scheme, a host and a port if it is not the usual one, as Host has it. */
static gboolean
is_own_origin (GemingaRequest *request, const char *origin)
{
  const char *host = geminga_request_get_host (request);
  const char *start = strstr (origin, "://");

  return start != NULL && host != NULL && g_ascii_strcasecmp (start + 3, host) == 0;
}

static gboolean
may_pass (GemingaCsrfProtection *self, GemingaRequest *request)
{
  const char *site = geminga_request_get_header (request, "Sec-Fetch-Site");
  const char *origin = geminga_request_get_header (request, "Origin");

  if (origin != NULL && self->origins != NULL &&
      g_strv_contains ((const char *const *) self->origins, origin))
    return TRUE;
  if (site != NULL)
    return strcmp (site, "same-origin") == 0 || strcmp (site, "none") == 0;

  return origin == NULL || is_own_origin (request, origin);
}

/* GemingaMiddleware */

static gboolean
geminga_csrf_protection_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaCsrfProtection *self = GEMINGA_CSRF_PROTECTION (middleware);

  if (!is_safe (request) && !may_pass (self, request))
    geminga_request_respond_text (request, 403, "This request came from a page of another site\n");

  return FALSE;
}

/* GObject */

static void
geminga_csrf_protection_finalize (GObject *object)
{
  GemingaCsrfProtection *self = GEMINGA_CSRF_PROTECTION (object);

  g_strfreev (self->origins);

  G_OBJECT_CLASS (geminga_csrf_protection_parent_class)->finalize (object);
}

static void
geminga_csrf_protection_class_init (GemingaCsrfProtectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_csrf_protection_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_csrf_protection_before;
}

static void
geminga_csrf_protection_init (GemingaCsrfProtection *self)
{
}

/* Public API */

/**
 * geminga_csrf_protection_new:
 * @origins: (nullable) (array zero-terminated=1): other origins that are trusted, as `https://example.org`
 *
 * Creates a middleware that refuses requests from other sites.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_csrf_protection_new (const char *const *origins)
{
  GemingaCsrfProtection *self = g_object_new (GEMINGA_TYPE_CSRF_PROTECTION, NULL);

  self->origins = g_strdupv ((char **) origins);

  return GEMINGA_MIDDLEWARE (self);
}
