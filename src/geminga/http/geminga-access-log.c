/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-access-log-private.h"

#include <string.h>

static const char *const format_names[] = {
  [GEMINGA_ACCESS_LOG_COMMON] = "common",
  [GEMINGA_ACCESS_LOG_COMBINED] = "combined",
  [GEMINGA_ACCESS_LOG_JSON] = "json",
};

/* Helpers */

/* As Apache does: quotes and backslashes get a backslash, other bytes \xHH. */
static void
append_escaped (GString *line, const char *text)
{
  if (text == NULL || *text == '\0')
    {
      g_string_append_c (line, '-');
      return;
    }

  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (line, "\\%c", *p);
      else if (*p < 0x20 || *p >= 0x7f)
        g_string_append_printf (line, "\\x%02x", *p);
      else
        g_string_append_c (line, (char) *p);
    }
}

static void
append_quoted (GString *line, const char *text)
{
  g_string_append (line, " \"");
  append_escaped (line, text);
  g_string_append_c (line, '"');
}

static char *
format_time (gint64 wall, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall / G_USEC_PER_SEC);

  return g_date_time_format (time, format);
}

static char *
format_common (const GemingaAccessLogEntry *entry, gboolean combined)
{
  GString *line = g_string_new (NULL);
  g_autofree char *time = format_time (entry->started, "%d/%b/%Y:%H:%M:%S +0000");

  append_escaped (line, entry->remote);
  g_string_append_printf (line, " - - [%s] \"", time);
  if (entry->method != NULL)
    {
      append_escaped (line, entry->method);
      g_string_append_c (line, ' ');
      append_escaped (line, entry->target);
      g_string_append_c (line, ' ');
      append_escaped (line, entry->protocol);
    }
  else
    g_string_append_c (line, '-');

  g_string_append_printf (line, "\" %u %" G_GUINT64_FORMAT, entry->status, entry->body_size);
  if (combined)
    {
      append_quoted (line, entry->referer);
      append_quoted (line, entry->user_agent);
    }

  return g_string_free (line, FALSE);
}

/* ASCII only: other characters as \uXXXX, bytes that are no text as U+FFFD. */
static void
append_json_string (GString *line, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (line, '"');
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '"' || c == '\\')
        g_string_append_printf (line, "\\%c", (char) c);
      else if (c >= 0x20 && c < 0x7f)
        g_string_append_c (line, (char) c);
      else if (c < 0x10000)
        g_string_append_printf (line, "\\u%04x", c);
      else
        g_string_append_printf (line, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  g_string_append_c (line, '"');
}

static void
append_json_member (GString *line, const char *name, const char *text)
{
  if (text == NULL)
    return;

  g_string_append_printf (line, ",\"%s\":", name);
  append_json_string (line, text);
}

static char *
format_json (const GemingaAccessLogEntry *entry)
{
  GString *line = g_string_new (NULL);
  g_autofree char *time = format_time (entry->started, "%Y-%m-%dT%H:%M:%S");

  g_string_append_printf (line, "{\"time\":\"%s.%06dZ\"", time,
                          (int) (entry->started % G_USEC_PER_SEC));
  append_json_member (line, "remote", entry->remote);
  append_json_member (line, "method", entry->method);
  append_json_member (line, "target", entry->target);
  append_json_member (line, "protocol", entry->protocol);
  g_string_append_printf (
      line, ",\"status\":%u,\"bytes\":%" G_GUINT64_FORMAT ",\"duration_us\":%" G_GINT64_FORMAT,
      entry->status, entry->body_size, entry->duration);
  append_json_member (line, "referer", entry->referer);
  append_json_member (line, "user_agent", entry->user_agent);
  append_json_member (line, "request_id", entry->request_id);
  g_string_append_c (line, '}');

  return g_string_free (line, FALSE);
}

/* Public API */

void
geminga_access_log_entry_clear (GemingaAccessLogEntry *entry)
{
  g_free ((char *) entry->remote);
  g_free ((char *) entry->method);
  g_free ((char *) entry->target);
  g_free ((char *) entry->referer);
  g_free ((char *) entry->user_agent);
  g_free ((char *) entry->request_id);
  memset (entry, 0, sizeof *entry);
}

char *
geminga_access_log_format (GemingaAccessLogFormat format, const GemingaAccessLogEntry *entry)
{
  if (format == GEMINGA_ACCESS_LOG_JSON)
    return format_json (entry);

  return format_common (entry, format == GEMINGA_ACCESS_LOG_COMBINED);
}

gboolean
geminga_access_log_format_from_string (const char *name, GemingaAccessLogFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (format_names); i++)
    {
      if (strcmp (name, format_names[i]) == 0)
        {
          *format = i;
          return TRUE;
        }
    }

  return FALSE;
}
