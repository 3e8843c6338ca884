/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-file-private.h"

G_BEGIN_DECLS

/* What waits to be sent on a connection, in order: formatted bytes (heads, short bodies, chunks), then at
 * most one body that is not copied: bytes of a handler, or parts of a file. Zeroed, it is empty and owns nothing. */
typedef struct
{
  GString *bytes; /* (nullable) */
  gsize bytes_done;
  GBytes *body; /* (nullable) */
  gsize body_done;
  GemingaHttpFile *file; /* (nullable) */
} GemingaHttpOutput;

typedef enum
{
  GEMINGA_HTTP_OUTPUT_SENT,
  GEMINGA_HTTP_OUTPUT_BLOCKED,
  GEMINGA_HTTP_OUTPUT_FAILED,
} GemingaHttpOutputResult;

/* Takes over @body or @file, either may be NULL; there must be no other. */
void geminga_http_output_set_body (GemingaHttpOutput *self, GBytes *body, GemingaHttpFile *file);
/* Something was set that is not copied: nothing may be appended until it is sent. */
gboolean geminga_http_output_has_body (const GemingaHttpOutput *self);
gboolean geminga_http_output_is_empty (const GemingaHttpOutput *self);

/* Sends what the socket takes, adds to *@sent how much. */
GemingaHttpOutputResult geminga_http_output_flush (GemingaHttpOutput *self, int fd, gsize *sent);
void geminga_http_output_clear (GemingaHttpOutput *self);

G_END_DECLS
