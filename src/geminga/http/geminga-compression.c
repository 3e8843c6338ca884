/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-compression.h"

#include <string.h>

#include "geminga-response-private.h"

/**
 * GemingaCompression:
 *
 * Compresses answers with gzip for clients that take it.
 *
 * Whole bodies of text, JSON, XML, JavaScript and SVG are compressed if they have a minimum size, when they
 * are not encoded already and `Cache-Control` does not say `no-transform`. A strong `ETag` becomes a weak
 * one. Do not compress pages that have both a secret and text of the client's in them: the size would tell
 * about the secret.
 *
 * Since: 0.1
 */
struct _GemingaCompression
{
  GemingaMiddleware parent_instance;

  guint min_size;
};

G_DEFINE_FINAL_TYPE (GemingaCompression, geminga_compression, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

static gboolean
is_compressible_type (const char *type)
{
  static const char *const types[] = { "application/json", "application/javascript",
                                       "application/xml",  "image/svg+xml",
                                       "application/wasm", "application/problem+json" };
  gsize len = type != NULL ? strcspn (type, "; ") : 0;

  if (len > 5 && g_ascii_strncasecmp (type, "text/", 5) == 0)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (len == strlen (types[i]) && g_ascii_strncasecmp (type, types[i], len) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_compressible (GemingaCompression *self, GemingaResponse *response)
{
  GBytes *body = geminga_response_get_body (response);
  const char *cache = geminga_response_get_header (response, "Cache-Control");

  return body != NULL && g_bytes_get_size (body) >= self->min_size &&
         geminga_response_get_status (response) != 206 &&
         geminga_response_get_header (response, "Content-Encoding") == NULL &&
         (cache == NULL || strstr (cache, "no-transform") == NULL) &&
         is_compressible_type (geminga_response_get_header (response, "Content-Type"));
}

/* NULL: it would not be smaller. */
static GBytes *
compress (GBytes *body)
{
  g_autoptr (GZlibCompressor) compressor =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (body, &size);
  g_autofree guint8 *out = g_malloc (size);
  gsize n_read = 0;
  gsize n_written = 0;

  while (n_written < size)
    {
      gsize read = 0;
      gsize written = 0;
      GConverterResult result = g_converter_convert (
          G_CONVERTER (compressor), data + n_read, size - n_read, out + n_written, size - n_written,
          G_CONVERTER_INPUT_AT_END, &read, &written, NULL);

      if (result == G_CONVERTER_ERROR)
        return NULL;
      n_read += read;
      n_written += written;
      if (result == G_CONVERTER_FINISHED)
        return g_bytes_new (out, n_written);
    }

  return NULL;
}

static void
weaken_tag (GemingaResponse *response)
{
  const char *tag = geminga_response_get_header (response, "ETag");
  g_autofree char *weak = NULL;

  if (tag == NULL || g_str_has_prefix (tag, "W/"))
    return;

  weak = g_strconcat ("W/", tag, NULL);
  geminga_response_set_header (response, "ETag", weak, NULL);
}

/* GemingaMiddleware */

static gboolean
geminga_compression_after (GemingaMiddleware *middleware,
                           GemingaRequest *request,
                           GemingaResponse *response)
{
  GemingaCompression *self = GEMINGA_COMPRESSION (middleware);
  static const char *const offers[] = { "gzip", "identity", NULL };
  const char *chosen = NULL;
  g_autoptr (GBytes) body = NULL;

  if (!is_compressible (self, response))
    return FALSE;

  geminga_response_add_header (response, "Vary", "Accept-Encoding", NULL);
  chosen = geminga_request_choose_encoding (request, offers);
  if (chosen != offers[0])
    return FALSE;

  body = compress (geminga_response_get_body (response));
  if (body == NULL)
    return FALSE;

  geminga_response_set_body (response, NULL, body);
  geminga_response_set_header (response, "Content-Encoding", "gzip", NULL);
  weaken_tag (response);

  return FALSE;
}

/* GObject */

static void
geminga_compression_class_init (GemingaCompressionClass *klass)
{
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = geminga_compression_after;
}

static void
geminga_compression_init (GemingaCompression *self)
{
}

/* Public API */

/**
 * geminga_compression_new:
 * @min_size: how many bytes a body has at least to be compressed, as 1024
 *
 * Creates a middleware that compresses answers.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_compression_new (guint min_size)
{
  GemingaCompression *self = g_object_new (GEMINGA_TYPE_COMPRESSION, NULL);

  self->min_size = MAX (min_size, 1);

  return GEMINGA_MIDDLEWARE (self);
}
