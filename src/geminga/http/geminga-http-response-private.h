/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-file-private.h"
#include "geminga-http-pipe-private.h"

G_BEGIN_DECLS

/* One answer: status, body and the fields the handler chose. Framing, Date and Server are the engine's
 * business. The body is @body, or what @file or @pipe have. */
typedef struct
{
  guint status;
  char *content_type;    /* (nullable): none is sent when NULL */
  GBytes *body;          /* (nullable): as empty */
  GPtrArray *fields;     /* (nullable) (element-type utf8): name, value, name, value, ... */
  GemingaHttpFile *file; /* (nullable) */
  GemingaHttpPipe *pipe; /* (nullable) */
  gint64 pipe_length;    /* what will come out of it; -1: not known */
} GemingaHttpResponse;

GemingaHttpResponse *
geminga_http_response_new (guint status, const char *content_type, GBytes *body);
GemingaHttpResponse *geminga_http_response_new_plain (guint status, const char *text);
void geminga_http_response_free (GemingaHttpResponse *self);

void
geminga_http_response_set_field (GemingaHttpResponse *self, const char *name, const char *value);

void
geminga_http_response_add_field (GemingaHttpResponse *self, const char *name, const char *value);

/* Of its body; -1: not known. */
gint64 geminga_http_response_get_length (const GemingaHttpResponse *self);

/* The status line and all fields, to the end of @out. A body of unknown length is chunked, for HTTP/1.0
 * it ends with the connection. */
void geminga_http_response_format_head (const GemingaHttpResponse *self,
                                        GString *out,
                                        const char *date,
                                        gboolean keep_alive,
                                        gboolean is_http10);

/* Whether a response of that status may have a body. */
gboolean geminga_http_status_has_body (guint status);
const char *geminga_http_status_get_phrase (guint status);

/* The status that tells @error to a client. */
guint geminga_http_status_from_error (const GError *error);

/* Checks of RFC 9110: a token; a field value without control characters. */
gboolean geminga_http_is_token (const char *text);
gboolean geminga_http_is_field_value (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpResponse, geminga_http_response_free)

G_END_DECLS
