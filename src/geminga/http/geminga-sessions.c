/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-sessions.h"

#include <string.h>

#include "geminga-request-private.h"

/**
 * GemingaSessions:
 *
 * Keeps what a service knows of a visitor in a signed cookie.
 *
 * The session is the attribute `session` of a request, a dictionary (`a{sv}`), or nothing. What a handler
 * sets there is sent to the client, and is there again with its next request; setting it to nothing ends the
 * session. The client can read it, and keep an old one as long as it lasts, but not change it. It has room
 * for about 2500 characters; what is larger is not sent, which is logged.
 *
 * Since: 0.1
 */
struct _GemingaSessions
{
  GemingaMiddleware parent_instance;

  GemingaSigner *signer;
  char *cookie;
  guint max_age; /* seconds */
};

G_DEFINE_FINAL_TYPE (GemingaSessions, geminga_sessions, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

#define MAX_COOKIE 3900 /* browsers keep 4096 bytes with name and options */

static char *
format_session (GemingaRequest *request)
{
  GVariant *session = geminga_request_get_attribute (request, "session");

  return session != NULL && g_variant_is_of_type (session, G_VARIANT_TYPE_VARDICT)
             ? g_variant_print (session, TRUE)
             : NULL;
}

static void
send_cookie (GemingaSessions *self,
             GemingaRequest *request,
             GemingaResponse *response,
             const char *session)
{
  g_autofree char *value =
      session != NULL ? geminga_signer_sign (self->signer, self->cookie, session) : g_strdup ("");
  g_autofree char *text = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "max-age", "u", session != NULL ? self->max_age : 0);
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  text = geminga_request_format_cookie (request, self->cookie, value, options, &error);
  if (text != NULL && strlen (text) > MAX_COOKIE)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "it is too large");

  if (error != NULL || !geminga_response_add_header (response, "Set-Cookie", text, &error))
    g_warning ("The session of request %s is not kept: %s", geminga_request_get_id (request),
               error->message);
}

/* GemingaMiddleware */

static gboolean
geminga_sessions_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaSessions *self = GEMINGA_SESSIONS (middleware);
  g_autofree char *text =
      geminga_request_dup_signed_cookie (request, self->signer, self->cookie, self->max_age);
  g_autoptr (GVariant) session =
      text != NULL ? g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL) : NULL;

  geminga_request_set_attribute (request, "session", session);

  return FALSE;
}

static gboolean
geminga_sessions_after (GemingaMiddleware *middleware,
                        GemingaRequest *request,
                        GemingaResponse *response)
{
  GemingaSessions *self = GEMINGA_SESSIONS (middleware);
  g_autofree char *before =
      geminga_request_dup_signed_cookie (request, self->signer, self->cookie, self->max_age);
  g_autofree char *now = format_session (request);

  if (g_strcmp0 (before, now) != 0)
    send_cookie (self, request, response, now);
  if (before != NULL || now != NULL)
    geminga_response_add_header (response, "Vary", "Cookie", NULL);

  return FALSE;
}

/* GObject */

static void
geminga_sessions_finalize (GObject *object)
{
  GemingaSessions *self = GEMINGA_SESSIONS (object);

  g_object_unref (self->signer);
  g_free (self->cookie);

  G_OBJECT_CLASS (geminga_sessions_parent_class)->finalize (object);
}

static void
geminga_sessions_class_init (GemingaSessionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_sessions_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_sessions_before;
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = geminga_sessions_after;
}

static void
geminga_sessions_init (GemingaSessions *self)
{
}

/* Public API */

/**
 * geminga_sessions_new:
 * @signer: what signs the cookies
 * @cookie: the name of the cookie
 * @max_age: how many seconds a session lasts after it was changed
 *
 * Creates a middleware that keeps sessions.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_sessions_new (GemingaSigner *signer, const char *cookie, guint max_age)
{
  GemingaSessions *self = NULL;

  g_return_val_if_fail (GEMINGA_IS_SIGNER (signer), NULL);
  g_return_val_if_fail (cookie != NULL && geminga_http_is_token (cookie), NULL);
  g_return_val_if_fail (max_age > 0, NULL);

  self = g_object_new (GEMINGA_TYPE_SESSIONS, NULL);
  self->signer = g_object_ref (signer);
  self->cookie = g_strdup (cookie);
  self->max_age = max_age;

  return GEMINGA_MIDDLEWARE (self);
}
