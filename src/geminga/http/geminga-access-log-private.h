/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GEMINGA_ACCESS_LOG_COMMON,
  GEMINGA_ACCESS_LOG_COMBINED,
  GEMINGA_ACCESS_LOG_JSON,
} GemingaAccessLogFormat;

/* One answered request. Strings come from the network as they are and are borrowed; NULL: not known. */
typedef struct
{
  const char *remote;
  const char *method;
  const char *target;
  const char *protocol;
  const char *referer;
  const char *user_agent;
  const char *request_id;
  guint status;
  guint64 body_size;
  gint64 started;  /* wall clock, microseconds */
  gint64 duration; /* microseconds */
} GemingaAccessLogEntry;

/* Frees the strings of an entry that owns them; not the protocol, which is static. */
void geminga_access_log_entry_clear (GemingaAccessLogEntry *entry);

/* One line without its end. Whatever the client sent, it is one line of printable ASCII, and in common
 * and combined format a quoted field ends where it should. */
char *geminga_access_log_format (GemingaAccessLogFormat format, const GemingaAccessLogEntry *entry);

/* "common", "combined" or "json". */
gboolean geminga_access_log_format_from_string (const char *name, GemingaAccessLogFormat *format);

G_END_DECLS
