/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-line-private.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define RESET "\033[0m"

typedef struct
{
  GLogLevelFlags level;
  const char *name;   /* in JSON */
  const char *word;   /* in text, as wide as all others */
  const char *colour; /* of the word */
} Level;

static const Level levels[] = {
  { G_LOG_LEVEL_ERROR, "error", "ERROR", "\033[1;37;41m" },
  { G_LOG_LEVEL_CRITICAL, "critical", "CRIT ", "\033[1;31m" },
  { G_LOG_LEVEL_WARNING, "warning", "WARN ", "\033[1;33m" },
  { G_LOG_LEVEL_MESSAGE, "message", "MSG  ", "\033[1m" },
  { G_LOG_LEVEL_INFO, "info", "INFO ", "\033[32m" },
  { G_LOG_LEVEL_DEBUG, "debug", "DEBUG", "\033[2m" },
};

/* A level of the program's own. */
static const Level other = { 0, "other", "OTHER", "" };

/* Fields that JSON has under other names, and one that is GLib's secret. */
static const char *const told[] = { "MESSAGE", "PRIORITY", "GLIB_DOMAIN", "GLIB_OLD_LOG_API",
                                    NULL };
static const char *const own_names[] = { "time", "level", "pid", "domain", "message", NULL };

/* Helpers */

static const Level *
find_level (GLogLevelFlags flags)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      if (flags & levels[i].level)
        return &levels[i];
    }

  return &other;
}

/* Controls of both sets, and what some programs take for the end of a line. */
static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

static gsize
get_length (const GLogField *field)
{
  if (field->value == NULL)
    return 0;

  return field->length < 0 ? strlen (field->value) : (gsize) field->length;
}

static void
append_text_control (GString *line, gunichar c)
{
  if (c == '\n')
    g_string_append (line, "\\n");
  else if (c == '\r')
    g_string_append (line, "\\r");
  else if (c == '\t')
    g_string_append_c (line, '\t');
  else if (c < 0x100)
    g_string_append_printf (line, "\\x%02x", c);
  else
    g_string_append_printf (line, "\\u%04x", c);
}

static void
append_text (GString *line, const char *text, gsize length)
{
  const char *end = text + length;

  /* Most messages end where the line does anyway. */
  while (end > text && end[-1] == '\n')
    end--;

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (line, "\\x%02x", (guchar) *text++);
          continue;
        }
      if (is_control (c))
        append_text_control (line, c);
      else
        g_string_append_unichar (line, c);
      text += g_unichar_to_utf8 (c, NULL);
    }
}

/* Bytes that are no text become U+FFFD. */
static void
append_json (GString *line, const char *text, gsize length)
{
  const char *end = text + length;

  g_string_append_c (line, '"');
  while (text < end)
    {
      gunichar c = *text == '\0' ? 0 : g_utf8_get_char_validated (text, end - text);
      gboolean is_valid = c != (gunichar) -1 && c != (gunichar) -2;

      if (!is_valid)
        g_string_append_unichar (line, 0xfffd);
      else if (c == '"' || c == '\\')
        g_string_append_printf (line, "\\%c", (char) c);
      else if (is_control (c))
        g_string_append_printf (line, "\\u%04x", c);
      else
        g_string_append_unichar (line, c);
      text += is_valid ? g_unichar_to_utf8 (c, NULL) : 1;
    }
  g_string_append_c (line, '"');
}

static void
append_json_field (GString *line, const char *name, const GLogField *field)
{
  g_string_append_printf (line, ",\"%s\":", name);
  append_json (line, field != NULL ? field->value : "", field != NULL ? get_length (field) : 0);
}

/* A key is in an object once: the second of two fields of one name is NAME_2. */
static void
append_json_key (GString *line, const GLogField *fields, gsize index)
{
  const char *key = fields[index].key;
  g_autofree char *numbered = NULL;
  guint n = g_strv_contains (own_names, key) ? 2 : 1;

  for (gsize i = 0; i < index; i++)
    n += strcmp (fields[i].key, key) == 0;
  if (n > 1)
    numbered = g_strdup_printf ("%s_%u", key, n);

  g_string_append_c (line, ',');
  append_json (line, numbered ?: key, strlen (numbered ?: key));
  g_string_append_c (line, ':');
}

static void
append_time (GString *line, gint64 wall)
{
  time_t seconds = wall / G_USEC_PER_SEC;
  struct tm local = { 0 };
  char text[sizeof "-2147483648-12-31 23:59:59"] = "";

  localtime_r (&seconds, &local);
  strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  g_string_append_printf (line, "%s.%03d ", text, (int) (wall % G_USEC_PER_SEC / 1000));
}

/* Private API */

const GLogField *
geminga_log_line_find_field (const GLogField *fields, gsize n_fields, const char *name)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, name) == 0)
        return &fields[i];
    }

  return NULL;
}

char *
geminga_log_line_dup_field (const GLogField *fields, gsize n_fields, const char *name)
{
  const GLogField *field = geminga_log_line_find_field (fields, n_fields, name);

  return field != NULL ? g_strndup (field->value, get_length (field)) : NULL;
}

GLogLevelFlags
geminga_log_line_get_level (GLogLevelFlags level)
{
  return find_level (level)->level;
}

char *
geminga_log_line_text (gint64 wall,
                       GLogLevelFlags level,
                       const GLogField *fields,
                       gsize n_fields,
                       gboolean is_colour)
{
  const GLogField *message = geminga_log_line_find_field (fields, n_fields, "MESSAGE");
  g_autofree char *domain = geminga_log_line_dup_field (fields, n_fields, "GLIB_DOMAIN");
  const Level *shown = find_level (level);
  const char *program = g_get_prgname () ?: "-";
  GString *line = g_string_sized_new (128);

  append_time (line, wall);
  if (is_colour)
    g_string_append_printf (line, "%s%s" RESET " ", shown->colour, shown->word);
  else
    g_string_append_printf (line, "%s ", shown->word);
  append_text (line, program, strlen (program));
  g_string_append_printf (line, "[%d]: ", getpid ());

  /* Whose message it is, unless it is the program's own or the framework's. */
  if (domain != NULL && *domain != '\0' && strcmp (domain, G_LOG_DOMAIN) != 0 &&
      strcmp (domain, program) != 0)
    {
      append_text (line, domain, strlen (domain));
      g_string_append (line, ": ");
    }
  if (message != NULL && message->value != NULL)
    append_text (line, message->value, get_length (message));
  g_string_append_c (line, '\n');

  return g_string_free (line, FALSE);
}

char *
geminga_log_line_json (gint64 wall, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  time_t seconds = wall / G_USEC_PER_SEC;
  struct tm utc = { 0 };
  char text[sizeof "-2147483648-12-31T23:59:59"] = "";
  GString *line = g_string_sized_new (256);

  gmtime_r (&seconds, &utc);
  strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  g_string_append_printf (line, "{\"time\":\"%s.%06dZ\",\"level\":\"%s\",\"pid\":%d", text,
                          (int) (wall % G_USEC_PER_SEC), find_level (level)->name, getpid ());
  append_json_field (line, "domain", geminga_log_line_find_field (fields, n_fields, "GLIB_DOMAIN"));
  append_json_field (line, "message", geminga_log_line_find_field (fields, n_fields, "MESSAGE"));
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_strv_contains (told, fields[i].key))
        continue;

      append_json_key (line, fields, i);
      append_json (line, fields[i].value ?: "", get_length (&fields[i]));
    }
  g_string_append (line, "}\n");

  return g_string_free (line, FALSE);
}
