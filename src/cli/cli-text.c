/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-text.h"

#include <string.h>

/* More wrong letters than a third of a word is another word. */
#define WORD_TOLERANCE 3

/* Tells of a character that a terminal would act upon, or show in a way that misleads. */
gboolean
cli_text_is_harmful (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* writing direction and the like */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Helpers */

static void
append_harmful (GString *escaped, gunichar c)
{
  if (c == '\n')
    g_string_append (escaped, "\\n");
  else if (c == '\t')
    g_string_append (escaped, "\\t");
  else if (c == '\r')
    g_string_append (escaped, "\\r");
  else if (c < 0x80)
    g_string_append_printf (escaped, "\\x%02x", c);
  else
    g_string_append_printf (escaped, "\\u%04x", c);
}

static char *
escape (const char *text, gboolean keeps_lines)
{
  g_autoptr (GString) escaped = g_string_new (NULL);

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (escaped, "\\x%02x", (guchar) *text);
          text++;
          continue;
        }

      if (cli_text_is_harmful (c) && !(keeps_lines && (c == '\n' || c == '\t')))
        append_harmful (escaped, c);
      else
        g_string_append_unichar (escaped, c);
      text = g_utf8_next_char (text);
    }

  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

/* How many letters must be added, dropped, changed or swapped with their neighbour. */
static guint
measure_distance (const char *a, const char *b)
{
  gsize n_a = strlen (a);
  gsize n_b = strlen (b);
  gsize width = n_b + 1;
  g_autofree guint *costs = g_new0 (guint, (n_a + 1) * width);

  for (gsize i = 0; i <= n_a; i++)
    {
      for (gsize j = 0; j <= n_b; j++)
        {
          guint *cost = &costs[i * width + j];

          if (i == 0 || j == 0)
            {
              *cost = (guint) (i + j);
              continue;
            }

          *cost = MIN (costs[(i - 1) * width + j], costs[i * width + j - 1]) + 1;
          *cost = MIN (*cost, costs[(i - 1) * width + j - 1] + (a[i - 1] != b[j - 1]));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            *cost = MIN (*cost, costs[(i - 2) * width + j - 2] + 1);
        }
    }

  return costs[n_a * width + n_b];
}

/* Public API */

/* Gives @text in one line that is safe to print. */
char *
cli_text_escape (const char *text)
{
  return escape (text, FALSE);
}

/* The same, but with its lines and tabs. */
char *
cli_text_escape_lines (const char *text)
{
  return escape (text, TRUE);
}

/* Gives a time in microseconds since 1970 as ISO 8601 has it. */
char *
cli_text_from_time (Cli *cli, guint64 time)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;

  if (time == 0 || time > G_MAXINT64)
    return g_strdup ("-");

  utc = g_date_time_new_from_unix_utc ((gint64) (time / G_USEC_PER_SEC));
  if (utc == NULL)
    return g_strdup ("-");
  if (cli->is_utc)
    return g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");

  local = g_date_time_to_local (utc);
  return g_date_time_format (local, "%Y-%m-%dT%H:%M:%S%:z");
}

/* Gives how long ago a time was, in its two greatest units. */
char *
cli_text_from_age (guint64 since)
{
  gint64 now = g_get_real_time ();
  guint64 age;

  if (since == 0)
    return g_strdup ("-");

  age = since > (guint64) now ? 0 : ((guint64) now - since) / G_USEC_PER_SEC;
  if (age < 60)
    return g_strdup_printf ("%us", (guint) age);
  if (age < 60 * 60)
    return g_strdup_printf ("%um%02us", (guint) (age / 60), (guint) (age % 60));
  if (age < 24 * 60 * 60)
    return g_strdup_printf ("%uh%02um", (guint) (age / 3600), (guint) (age / 60 % 60));

  return g_strdup_printf ("%" G_GUINT64_FORMAT "d%02uh", age / 86400, (guint) (age / 3600 % 24));
}

/* Gives a number of bytes, on a terminal in units that are easy to read. */
char *
cli_text_from_size (Cli *cli, guint64 size)
{
  g_autofree char *formatted = NULL;

  if (!cli->is_terminal)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, size);

  formatted = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
  return g_steal_pointer (&formatted);
}

/* Gives what a person would write: strings without quotes, anything else as GVariant text. */
char *
cli_text_from_value (GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      inner = g_variant_get_variant (value);
      return cli_text_from_value (inner);
    }

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_SIGNATURE))
    return cli_text_escape (g_variant_get_string (value, NULL));

  text = g_variant_print (value, FALSE);
  return cli_text_escape (text);
}

/* Gives how many columns of a terminal @text takes. */
int
cli_text_get_width (const char *text)
{
  int width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

/* Gives the one of @known that was meant with @wanted, or %NULL if none is near. */
const char *
cli_text_find_nearest (const char *wanted, const char *const *known)
{
  const char *nearest = NULL;
  guint best = G_MAXUINT;

  /* Comparing costs the product of both lengths. */
  if (strlen (wanted) > 256)
    return NULL;

  for (; *known != NULL; known++)
    {
      guint distance = strlen (*known) <= 256 ? measure_distance (wanted, *known) : G_MAXUINT;

      if (distance < best && distance <= MAX (strlen (*known) / WORD_TOLERANCE, 1) &&
          distance < strlen (*known))
        {
          best = distance;
          nearest = *known;
        }
    }

  return nearest;
}
