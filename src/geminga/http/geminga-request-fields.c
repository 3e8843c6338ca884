/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-accept-private.h"
#include "geminga-request-private.h"

/* What is in the header fields of requests: cookies, and what the client wants. */

/* Helpers */

static const char *
choose (GemingaRequest *self,
        GemingaHttpAcceptKind kind,
        const char *name,
        const char *const *offers)
{
  const char *field = geminga_request_get_header (self, name);
  int index = geminga_http_accept_choose (kind, field, offers);

  return index >= 0 ? offers[index] : NULL;
}

/* A value may stand between quotes, which are no part of it. */
static char *
read_cookie_value (const char *value, gsize len)
{
  if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
    return g_strndup (value + 1, len - 2);

  return g_strndup (value, len);
}

static GArray *
parse_cookies (const char *field)
{
  GArray *cookies = geminga_http_query_parse (NULL);

  while (field != NULL && *field != '\0' && cookies->len < GEMINGA_HTTP_MAX_PAIRS)
    {
      const char *start = field + strspn (field, " \t");
      gsize len = strcspn (start, ";");
      const char *equals = memchr (start, '=', len);

      field = start[len] == ';' ? start + len + 1 : start + len;
      while (len > 0 && (start[len - 1] == ' ' || start[len - 1] == '\t'))
        len--;
      if (equals != NULL && equals > start && (gsize) (equals - start) < len)
        {
          GemingaHttpPair pair = { g_strndup (start, (gsize) (equals - start)),
                                   read_cookie_value (equals + 1,
                                                      len - (gsize) (equals - start) - 1) };

          g_array_append_val (cookies, pair);
        }
    }

  return cookies;
}

/* Private API */

void
geminga_request_set_scheme (GemingaRequest *self, const char *scheme)
{
  g_free (self->scheme);
  self->scheme = g_strdup (scheme);
}

/* A host with or without a port. */
gboolean
geminga_http_is_authority (const char *text)
{
  g_autofree char *uri = NULL;
  g_autoptr (GUri) parsed = NULL;

  if (*text == '\0' || strpbrk (text, "/?#@\\ \t") != NULL)
    return FALSE;

  uri = g_strconcat ("http://", text, "/", NULL);
  parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);

  return parsed != NULL && g_uri_get_host (parsed) != NULL && *g_uri_get_host (parsed) != '\0';
}

/* Public API */

/**
 * geminga_request_get_client_host:
 * @self: a request
 *
 * Gets the address of the client as text, an IP address or `unix`: that of the other end of the connection
 * or, when that is one of the [class@Geminga.TrustedProxies], what it says.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.1
 */
const char *
geminga_request_get_client_host (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->client_host != NULL ? self->client_host : geminga_request_get_remote_host (self);
}

/**
 * geminga_request_get_scheme:
 * @self: a request
 *
 * Gets how the client sent the request, also by a trusted proxy.
 *
 * Returns: (transfer none): `http` or `https`
 *
 * Since: 0.1
 */
const char *
geminga_request_get_scheme (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->scheme != NULL ? self->scheme : "http";
}

/**
 * geminga_request_get_host:
 * @self: a request
 *
 * Gets the host that the client asked, with the port if it sent one: what a trusted proxy says, or the field
 * `Host`. Do not make links from it unless you know your hosts: clients can send any.
 *
 * Returns: (transfer none) (nullable): the host, or %NULL when a client of HTTP/1.0 did not say
 *
 * Since: 0.1
 */
const char *
geminga_request_get_host (GemingaRequest *self)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  return self->host != NULL ? self->host : geminga_request_get_header (self, "Host");
}

/**
 * geminga_request_get_cookie:
 * @self: a request
 * @name: the name of a cookie
 *
 * Gets a cookie that the client sent. Anybody may have made it: see [class@Geminga.Signer] for those that
 * must be ours.
 *
 * Returns: (transfer none) (nullable): its value, or %NULL when it was not sent; the first of several
 *
 * Since: 0.1
 */
const char *
geminga_request_get_cookie (GemingaRequest *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (self->cookies == NULL)
    self->cookies = parse_cookies (geminga_request_get_header (self, "Cookie"));

  for (guint i = 0; i < self->cookies->len; i++)
    {
      const GemingaHttpPair *pair = &g_array_index (self->cookies, GemingaHttpPair, i);

      if (strcmp (pair->name, name) == 0)
        return pair->value;
    }

  return NULL;
}

/**
 * geminga_request_choose_type:
 * @self: a request
 * @offers: (array zero-terminated=1): content types, as `text/html`, the best first
 *
 * Chooses the content type that the client wants most, by its field `Accept`.
 *
 * Answer with status 406, or with the first one all the same, when it wants none of them; and name `Accept`
 * in the field `Vary` of the answer.
 *
 * Returns: (transfer none) (nullable): one of @offers, or %NULL when the client wants none of them
 *
 * Since: 0.1
 */
const char *
geminga_request_choose_type (GemingaRequest *self, const char *const *offers)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (offers != NULL, NULL);

  return choose (self, GEMINGA_HTTP_ACCEPT_TYPE, "Accept", offers);
}

/**
 * geminga_request_choose_language:
 * @self: a request
 * @offers: (array zero-terminated=1): languages, as `de` or `de-AT`, the best first
 *
 * Chooses the language that the client wants most, by its field `Accept-Language`. A client that wants `de`
 * takes `de-AT`.
 *
 * Returns: (transfer none) (nullable): one of @offers, or %NULL when the client wants none of them
 *
 * Since: 0.1
 */
const char *
geminga_request_choose_language (GemingaRequest *self, const char *const *offers)
{
  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (offers != NULL, NULL);

  return choose (self, GEMINGA_HTTP_ACCEPT_LANGUAGE, "Accept-Language", offers);
}

/**
 * geminga_request_choose_encoding:
 * @self: a request
 * @offers: (array zero-terminated=1): content codings, as `gzip` and `identity`, the best first
 *
 * Chooses the content coding that the client wants most, by its field `Accept-Encoding`. A client that sends
 * none wants `identity` only.
 *
 * Returns: (transfer none) (nullable): one of @offers, or %NULL when the client wants none of them
 *
 * Since: 0.1
 */
const char *
geminga_request_choose_encoding (GemingaRequest *self, const char *const *offers)
{
  const char *field = NULL;
  int index;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);
  g_return_val_if_fail (offers != NULL, NULL);

  field = geminga_request_get_header (self, "Accept-Encoding");
  index =
      geminga_http_accept_choose (GEMINGA_HTTP_ACCEPT_ENCODING, field != NULL ? field : "", offers);

  return index >= 0 ? offers[index] : NULL;
}
