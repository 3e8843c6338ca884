/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GEMINGA_HTTP_MAX_HEAD         (64 * 1024)
#define GEMINGA_HTTP_MAX_REQUEST_LINE (8 * 1024)
#define GEMINGA_HTTP_MAX_FIELDS       100
#define GEMINGA_HTTP_MAX_METHOD       32

typedef struct
{
  const char *name;
  const char *value; /* bytes as they came, without the blanks around them */
} GemingaHttpField;

/* A request line and its fields, checked. All strings are inside @block or @uri. */
typedef struct
{
  char *block;
  char *uri;
  const char *method; /* (nullable): NULL when not even the request line could be read */
  const char *target; /* (nullable): as it came, for logs */
  const char *path;   /* still encoded; "*" for OPTIONS * */
  const char *query;  /* (nullable): still encoded */
  GArray *fields;     /* (element-type GemingaHttpField) */
  guint64 content_length;
  guint minor_version;
  gboolean has_length;
  gboolean is_chunked;
  gboolean keep_alive;
  gboolean expects_continue;
} GemingaHttpHead;

/* Where a search for the end of a head stands. Zero it for each request. */
typedef struct
{
  gsize scanned;
  gsize line_start;
} GemingaHttpHeadScan;

/* 0 and *end > 0: the head is data[0..*end]. 0 and *end == 0: more bytes are needed. Otherwise the
 * status to refuse with. */
guint
geminga_http_head_find_end (GemingaHttpHeadScan *scan, const char *data, gsize len, gsize *end);

/* 0, or the status to refuse with; @head is filled as far as the bytes could be read, and is cleared by
 * the caller in either case. */
guint geminga_http_head_parse (GemingaHttpHead *head, const char *data, gsize len);
void geminga_http_head_clear (GemingaHttpHead *head);

/* The first value of that name. */
const char *geminga_http_head_get_field (const GemingaHttpHead *head, const char *name);

/* Decodes %XX of @text in place. FALSE: invalid or NUL. */
gboolean geminga_http_percent_decode (char *text);

G_END_DECLS
