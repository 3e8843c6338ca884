/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-rate-limit.h"

#include <string.h>

/**
 * GemingaRateLimit:
 *
 * Refuses requests of clients that send too many, with status 429 and `Retry-After`.
 *
 * Each client has so many requests at hand, which come back evenly over the period. A client is an address,
 * see [method@Geminga.Request.get_client_host]; with IPv6 it is the first 64 bits of it. Each worker counts
 * for itself: with several workers a client may send up to so many times more. Clients beyond the 65536
 * that sent something lately are counted as one.
 *
 * Since: 0.1
 */
struct _GemingaRateLimit
{
  GemingaMiddleware parent_instance;

  GMutex lock;
  GHashTable *buckets; /* (element-type utf8 Bucket), under lock */
  double n_requests;
  double period; /* microseconds */
};

G_DEFINE_FINAL_TYPE (GemingaRateLimit, geminga_rate_limit, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

#define MAX_CLIENTS 65536

typedef struct
{
  double left;
  gint64 time; /* when that was so, monotonic */
} Bucket;

/* A network has many addresses of IPv6 to send from. */
static char *
make_key (GemingaRequest *request)
{
  const char *host = geminga_request_get_client_host (request);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  guint8 bytes[16] = { 0 };
  g_autoptr (GInetAddress) network = NULL;

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (host);

  memcpy (bytes, g_inet_address_to_bytes (address), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);

  return g_inet_address_to_string (network);
}

static void
refill (GemingaRateLimit *self, Bucket *bucket, gint64 now)
{
  double back = (double) (now - bucket->time) * self->n_requests / self->period;

  bucket->left = MIN (bucket->left + back, self->n_requests);
  bucket->time = now;
}

/* Those that have all their requests back are as good as new. */
static gboolean
is_full (gpointer key, gpointer value, gpointer user_data)
{
  GemingaRateLimit *self = user_data;

  refill (self, value, g_get_monotonic_time ());

  return ((Bucket *) value)->left >= self->n_requests;
}

static Bucket *
get_bucket_locked (GemingaRateLimit *self, char *key, gint64 now)
{
  g_autofree char *owned = key;
  Bucket *bucket = g_hash_table_lookup (self->buckets, owned);

  if (bucket != NULL)
    return bucket;

  if (g_hash_table_size (self->buckets) >= MAX_CLIENTS)
    g_hash_table_foreach_remove (self->buckets, is_full, self);
  if (g_hash_table_size (self->buckets) >= MAX_CLIENTS)
    {
      g_free (owned);
      owned = g_strdup ("");
      bucket = g_hash_table_lookup (self->buckets, owned);
    }

  if (bucket == NULL)
    {
      bucket = g_new0 (Bucket, 1);
      bucket->left = self->n_requests;
      bucket->time = now;
      g_hash_table_insert (self->buckets, g_steal_pointer (&owned), bucket);
    }

  return bucket;
}

/* 0: it may pass; otherwise after how many seconds. */
static guint
count (GemingaRateLimit *self, GemingaRequest *request)
{
  gint64 now = g_get_monotonic_time ();
  Bucket *bucket = NULL;
  guint wait = 0;

  g_mutex_lock (&self->lock);
  bucket = get_bucket_locked (self, make_key (request), now);
  refill (self, bucket, now);
  if (bucket->left >= 1)
    bucket->left -= 1;
  else
    wait = 1 + (guint) ((1 - bucket->left) * self->period / self->n_requests / G_USEC_PER_SEC);
  g_mutex_unlock (&self->lock);

  return wait;
}

/* GemingaMiddleware */

static gboolean
geminga_rate_limit_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  guint wait = count (GEMINGA_RATE_LIMIT (middleware), request);
  g_autofree char *text = NULL;

  if (wait == 0)
    return FALSE;

  text = g_strdup_printf ("%u", wait);
  geminga_request_set_response_header (request, "Retry-After", text, NULL);
  geminga_request_respond_text (request, 429, "Too many requests\n");

  return FALSE;
}

/* GObject */

static void
geminga_rate_limit_finalize (GObject *object)
{
  GemingaRateLimit *self = GEMINGA_RATE_LIMIT (object);

  g_hash_table_unref (self->buckets);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (geminga_rate_limit_parent_class)->finalize (object);
}

static void
geminga_rate_limit_class_init (GemingaRateLimitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_rate_limit_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_rate_limit_before;
}

static void
geminga_rate_limit_init (GemingaRateLimit *self)
{
  g_mutex_init (&self->lock);
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Public API */

/**
 * geminga_rate_limit_new:
 * @n_requests: how many requests a client may send at once; at least 1
 * @period: after how many milliseconds it may send as many again; at least 1
 *
 * Creates a middleware that counts requests.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_rate_limit_new (guint n_requests, guint period)
{
  GemingaRateLimit *self = NULL;

  g_return_val_if_fail (n_requests > 0, NULL);
  g_return_val_if_fail (period > 0, NULL);

  self = g_object_new (GEMINGA_TYPE_RATE_LIMIT, NULL);
  self->n_requests = n_requests;
  self->period = (double) period * 1000;

  return GEMINGA_MIDDLEWARE (self);
}
