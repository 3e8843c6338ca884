/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-trusted-proxies.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "geminga-http-error.h"
#include "geminga-request-private.h"

/**
 * GemingaTrustedProxies:
 *
 * Believes what proxies that we trust say of the clients behind them.
 *
 * Requests that come from one of these proxies get the client's address, scheme and host from the field
 * `Forwarded` (RFC 7239) or, if there is none, from `X-Forwarded-For`, `X-Forwarded-Proto` and
 * `X-Forwarded-Host`. These are read from the end, from proxy to proxy, up to the first address that is not
 * trusted: that is the client. What clients write into them themselves is so never believed; nor is anything
 * when the request comes from elsewhere.
 *
 * Have it pass first, before what asks [method@Geminga.Request.get_client_host].
 *
 * Since: 0.1
 */
struct _GemingaTrustedProxies
{
  GemingaMiddleware parent_instance;

  GPtrArray *networks; /* (element-type GInetAddressMask) */
  gboolean trusts_unix;
};

G_DEFINE_FINAL_TYPE (GemingaTrustedProxies, geminga_trusted_proxies, GEMINGA_TYPE_MIDDLEWARE)

/* What one proxy says of whom it got the request from. */
typedef struct
{
  char *address; /* (nullable) */
  char *scheme;  /* (nullable) */
  char *host;    /* (nullable) */
} Hop;

/* Helpers */

static void
hop_clear (gpointer data)
{
  Hop *hop = data;

  g_free (hop->address);
  g_free (hop->scheme);
  g_free (hop->host);
}

static gboolean
is_trusted (GemingaTrustedProxies *self, GInetAddress *address)
{
  for (guint i = 0; i < self->networks->len; i++)
    {
      if (g_inet_address_mask_matches (g_ptr_array_index (self->networks, i), address))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_sender_trusted (GemingaTrustedProxies *self, GSocketAddress *sender)
{
  if (G_IS_UNIX_SOCKET_ADDRESS (sender))
    return self->trusts_unix;

  return G_IS_INET_SOCKET_ADDRESS (sender) &&
         is_trusted (self, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (sender)));
}

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80" or "2001:db8::1" without port and brackets. */
static GInetAddress *
parse_address (const char *text)
{
  g_autofree char *bare = g_strdup (text);
  char *end = NULL;

  if (*bare == '[')
    {
      end = strchr (bare, ']');
      if (end == NULL)
        return NULL;
      *end = '\0';
      return g_inet_address_new_from_string (bare + 1);
    }

  end = strchr (bare, ':');
  if (end != NULL && strchr (end + 1, ':') == NULL)
    *end = '\0';

  return g_inet_address_new_from_string (bare);
}

/* Splits at separators that are not quoted, and takes blanks and quotes away. */
static GStrv
split_quoted (const char *text, char separator, gboolean unquotes)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_autoptr (GString) item = g_string_new (NULL);
  gboolean is_quoted = FALSE;

  for (const char *p = text;; p++)
    {
      if (*p == '\0' || (*p == separator && !is_quoted))
        {
          g_strv_builder_add (list, g_strstrip (item->str));
          g_string_truncate (item, 0);
          if (*p == '\0')
            break;
          continue;
        }
      if (*p == '"')
        is_quoted = !is_quoted;
      if (*p != '"' || !unquotes)
        g_string_append_c (item, *p);
    }

  return g_strv_builder_end (list);
}

static void
read_forwarded (GArray *hops, const char *field)
{
  g_auto (GStrv) elements = split_quoted (field, ',', FALSE);

  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_auto (GStrv) pairs = split_quoted (elements[i], ';', TRUE);
      Hop hop = { 0 };

      for (guint j = 0; pairs[j] != NULL; j++)
        {
          if (g_ascii_strncasecmp (pairs[j], "for=", 4) == 0 && hop.address == NULL)
            hop.address = g_strdup (pairs[j] + 4);
          else if (g_ascii_strncasecmp (pairs[j], "proto=", 6) == 0 && hop.scheme == NULL)
            hop.scheme = g_ascii_strdown (pairs[j] + 6, -1);
          else if (g_ascii_strncasecmp (pairs[j], "host=", 5) == 0 && hop.host == NULL)
            hop.host = g_strdup (pairs[j] + 5);
        }
      g_array_append_val (hops, hop);
    }
}

/* The value of the same proxy as the address; the last one when there are not as many. */
static char *
pick (GStrv list, guint index, guint n)
{
  guint len = list != NULL ? g_strv_length (list) : 0;

  if (len == 0)
    return NULL;

  return g_strdup (len == n ? list[index] : list[len - 1]);
}

static GStrv
get_list (GemingaRequest *request, const char *name)
{
  const char *field = geminga_request_get_header (request, name);
  GStrv list = field != NULL ? g_strsplit (field, ",", -1) : NULL;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    g_strstrip (list[i]);

  return list;
}

static void
read_x_forwarded (GArray *hops, GemingaRequest *request)
{
  g_auto (GStrv) addresses = get_list (request, "X-Forwarded-For");
  g_auto (GStrv) schemes = get_list (request, "X-Forwarded-Proto");
  g_auto (GStrv) hosts = get_list (request, "X-Forwarded-Host");
  guint n = addresses != NULL ? g_strv_length (addresses) : 1;

  for (guint i = 0; i < n; i++)
    {
      Hop hop = { addresses != NULL ? g_strdup (addresses[i]) : NULL, pick (schemes, i, n),
                  pick (hosts, i, n) };

      g_array_append_val (hops, hop);
    }
}

static void
apply (GemingaRequest *request, const Hop *hop)
{
  if (hop->scheme != NULL && (g_ascii_strcasecmp (hop->scheme, "http") == 0 ||
                              g_ascii_strcasecmp (hop->scheme, "https") == 0))
    {
      g_free (request->scheme);
      request->scheme = g_ascii_strdown (hop->scheme, -1);
    }
  if (hop->host != NULL && geminga_http_is_authority (hop->host))
    {
      g_free (request->host);
      request->host = g_strdup (hop->host);
    }
}

/* GemingaMiddleware */

static gboolean
geminga_trusted_proxies_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaTrustedProxies *self = GEMINGA_TRUSTED_PROXIES (middleware);
  g_autoptr (GArray) hops = NULL;
  const char *forwarded = NULL;

  if (!is_sender_trusted (self, geminga_request_get_remote_address (request)))
    return FALSE;

  hops = g_array_new (FALSE, FALSE, sizeof (Hop));
  g_array_set_clear_func (hops, hop_clear);
  forwarded = geminga_request_get_header (request, "Forwarded");
  if (forwarded != NULL)
    read_forwarded (hops, forwarded);
  else
    read_x_forwarded (hops, request);

  for (guint i = hops->len; i > 0; i--)
    {
      const Hop *hop = &g_array_index (hops, Hop, i - 1);
      g_autoptr (GInetAddress) address = hop->address != NULL ? parse_address (hop->address) : NULL;

      apply (request, hop);
      if (address == NULL)
        break;
      g_free (request->client_host);
      request->client_host = g_inet_address_to_string (address);
      if (!is_trusted (self, address))
        break;
    }

  return FALSE;
}

/* GObject */

static void
geminga_trusted_proxies_finalize (GObject *object)
{
  g_ptr_array_unref (GEMINGA_TRUSTED_PROXIES (object)->networks);

  G_OBJECT_CLASS (geminga_trusted_proxies_parent_class)->finalize (object);
}

static void
geminga_trusted_proxies_class_init (GemingaTrustedProxiesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_trusted_proxies_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_trusted_proxies_before;
}

static void
geminga_trusted_proxies_init (GemingaTrustedProxies *self)
{
  self->networks = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Public API */

/**
 * geminga_trusted_proxies_new:
 * @networks: (array zero-terminated=1): addresses and networks, as `10.0.0.0/8` or `::1`; `unix` for whoever
 *   connects to a Unix socket
 * @error: return location for an error
 *
 * Creates a middleware that believes these proxies.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_PARAMETER when something in @networks is no network.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_trusted_proxies_new (const char *const *networks, GError **error)
{
  g_autoptr (GemingaTrustedProxies) self = NULL;

  g_return_val_if_fail (networks != NULL, NULL);

  self = g_object_new (GEMINGA_TYPE_TRUSTED_PROXIES, NULL);
  for (guint i = 0; networks[i] != NULL; i++)
    {
      GInetAddressMask *mask = NULL;

      if (strcmp (networks[i], "unix") == 0)
        {
          self->trusts_unix = TRUE;
          continue;
        }

      mask = g_inet_address_mask_new_from_string (networks[i], NULL);
      if (mask == NULL)
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
                       "“%s” is no address and no network of a proxy", networks[i]);
          return NULL;
        }
      g_ptr_array_add (self->networks, mask);
    }

  return GEMINGA_MIDDLEWARE (g_steal_pointer (&self));
}
