/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads a chunked body, strictly: sizes are hexadecimal digits, every line ends in CR LF. */
typedef struct
{
  int state;
  gboolean is_done;
  guint digits;
  gsize overhead; /* bytes of extensions and trailers, bounded */
  guint64 left;   /* of the chunk */
} GemingaHttpChunked;

/* Consumes from @data, appends what was in the chunks to @body, which must not grow above @max.
 * 0, or the status to refuse with. self->is_done tells that the body is whole. */
guint geminga_http_chunked_feed (GemingaHttpChunked *self,
                                 const guint8 *data,
                                 gsize len,
                                 gsize *consumed,
                                 GByteArray *body,
                                 guint64 max);

G_END_DECLS
