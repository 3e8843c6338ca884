/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-mime-private.h"

#include <gio/gio.h>
#include <string.h>

/* What web sites are made of: the same on every machine, whatever types it knows. */
static const struct
{
  const char *suffix;
  const char *type;
} known[] = {
  { "avif", "image/avif" },
  { "bin", "application/octet-stream" },
  { "css", "text/css; charset=utf-8" },
  { "csv", "text/csv; charset=utf-8" },
  { "gif", "image/gif" },
  { "gz", "application/gzip" },
  { "htm", "text/html; charset=utf-8" },
  { "html", "text/html; charset=utf-8" },
  { "ico", "image/x-icon" },
  { "jpeg", "image/jpeg" },
  { "jpg", "image/jpeg" },
  { "js", "text/javascript; charset=utf-8" },
  { "json", "application/json" },
  { "map", "application/json" },
  { "md", "text/markdown; charset=utf-8" },
  { "mjs", "text/javascript; charset=utf-8" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "ogg", "audio/ogg" },
  { "otf", "font/otf" },
  { "pdf", "application/pdf" },
  { "png", "image/png" },
  { "svg", "image/svg+xml" },
  { "tar", "application/x-tar" },
  { "ttf", "font/ttf" },
  { "txt", "text/plain; charset=utf-8" },
  { "wasm", "application/wasm" },
  { "webm", "video/webm" },
  { "webmanifest", "application/manifest+json" },
  { "webp", "image/webp" },
  { "woff", "font/woff" },
  { "woff2", "font/woff2" },
  { "xhtml", "application/xhtml+xml" },
  { "xml", "text/xml; charset=utf-8" },
  { "zip", "application/zip" },
};

/* Private API */

char *
geminga_http_mime_guess (const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *content_type = NULL;
  g_autofree char *type = NULL;
  gboolean is_uncertain = FALSE;

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (known); i++)
    {
      if (g_ascii_strcasecmp (dot + 1, known[i].suffix) == 0)
        return g_strdup (known[i].type);
    }

  content_type = g_content_type_guess (name, NULL, 0, &is_uncertain);
  if (!is_uncertain)
    type = g_content_type_get_mime_type (content_type);
  if (type == NULL)
    return g_strdup ("application/octet-stream");
  if (g_str_has_prefix (type, "text/"))
    return g_strconcat (type, "; charset=utf-8", NULL);

  return g_steal_pointer (&type);
}
