/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-range-private.h"

#include <string.h>

#define MAX_RANGES 16

/* Helpers */

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t");
}

/* At most 18 digits: no sum of two overflows. */
static gboolean
read_number (const char **text, guint64 *number)
{
  gsize n = strspn (*text, "0123456789");

  if (n == 0 || n > 18)
    return FALSE;

  *number = g_ascii_strtoull (*text, NULL, 10);
  *text += n;

  return TRUE;
}

/* FALSE: not valid. *range has no bytes when there are none of these. */
static gboolean
read_range (const char **text, guint64 size, GemingaHttpRange *range)
{
  guint64 first = 0;
  guint64 last = G_MAXUINT64 - 1;

  if (**text == '-')
    {
      (*text)++;
      if (!read_number (text, &last))
        return FALSE;
      range->size = MIN (last, size);
      range->offset = size - range->size;
      return TRUE;
    }

  if (!read_number (text, &first) || **text != '-')
    return FALSE;
  (*text)++;
  if (g_ascii_isdigit (**text) && (!read_number (text, &last) || last < first))
    return FALSE;

  range->offset = first;
  range->size = first < size ? MIN (last + 1, size) - first : 0;

  return TRUE;
}

static gboolean
do_touch (const GemingaHttpRange *a, const GemingaHttpRange *b)
{
  return a->offset <= b->offset + b->size && b->offset <= a->offset + a->size;
}

/* Where the first of those was that it joins. */
static void
add_range (GArray *ranges, GemingaHttpRange range)
{
  guint where = ranges->len;

  for (guint i = ranges->len; i > 0; i--)
    {
      GemingaHttpRange *other = &g_array_index (ranges, GemingaHttpRange, i - 1);
      guint64 end;

      if (!do_touch (other, &range))
        continue;

      end = MAX (other->offset + other->size, range.offset + range.size);
      range.offset = MIN (other->offset, range.offset);
      range.size = end - range.offset;
      g_array_remove_index (ranges, i - 1);
      where = i - 1;
      /* It may touch others now that it did not before. */
      i = ranges->len + 1;
    }

  g_array_insert_val (ranges, MIN (where, ranges->len), range);
}

/* Private API */

GArray *
geminga_http_range_parse (const char *field, guint64 size)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (GemingaHttpRange));
  const char *text = field;

  if (g_ascii_strncasecmp (text, "bytes=", 6) != 0)
    return NULL;

  text += 6;
  for (guint n = 0; n < MAX_RANGES; n++)
    {
      GemingaHttpRange range = { 0 };

      text = skip_blanks (text);
      if (!read_range (&text, size, &range))
        return NULL;
      if (range.size > 0)
        add_range (ranges, range);

      text = skip_blanks (text);
      if (*text == '\0')
        return g_steal_pointer (&ranges);
      if (*text++ != ',')
        return NULL;
    }

  return NULL;
}
