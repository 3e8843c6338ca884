/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A strict reader of multipart/form-data that takes a body in pieces of any size, and keeps no more of it
 * than the header of one part, or one delimiter. */
typedef struct _GemingaHttpMultipart GemingaHttpMultipart;

typedef struct
{
  const char *name;
  const char *filename;     /* (nullable): without folders */
  const char *content_type; /* (nullable) */
} GemingaHttpPart;

/* FALSE, with an error: reading ends. */
typedef struct
{
  gboolean (*begin) (const GemingaHttpPart *part, gpointer user_data, GError **error);
  gboolean (*data) (const char *data, gsize size, gpointer user_data, GError **error);
  gboolean (*end) (gpointer user_data, GError **error);
} GemingaHttpMultipartFuncs;

#define GEMINGA_HTTP_MULTIPART_MAX_PARTS  1000
#define GEMINGA_HTTP_MULTIPART_MAX_HEADER 8192 /* bytes, of one part */

/* The boundary in a Content-Type; NULL: none, or one that is not valid. */
char *geminga_http_multipart_get_boundary (const char *content_type);

GemingaHttpMultipart *geminga_http_multipart_new (const char *boundary,
                                                  const GemingaHttpMultipartFuncs *funcs,
                                                  gpointer user_data);
void geminga_http_multipart_free (GemingaHttpMultipart *self);

gboolean geminga_http_multipart_feed (GemingaHttpMultipart *self,
                                      const char *data,
                                      gsize size,
                                      GError **error);
/* The body is at its end. */
gboolean geminga_http_multipart_close (GemingaHttpMultipart *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpMultipart, geminga_http_multipart_free)

G_END_DECLS
