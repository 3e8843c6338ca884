/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings-private.h"

#include <string.h>

/* Names people type wrong: the distance counts a swap of neighbours as one step. */

/* Helpers */

static guint
at (const guint *table, gsize width, gsize row, gsize column)
{
  return table[row * width + column];
}

/* Damerau-Levenshtein distance, optimal string alignment. */
static guint
get_distance (const char *a, const char *b)
{
  gsize n = strlen (a);
  gsize m = strlen (b);
  gsize width = m + 1;
  g_autofree guint *table = g_new0 (guint, (n + 1) * width);

  for (gsize i = 0; i <= n; i++)
    table[i * width] = i;
  for (gsize j = 0; j <= m; j++)
    table[j] = j;

  for (gsize i = 1; i <= n; i++)
    {
      for (gsize j = 1; j <= m; j++)
        {
          guint cost = a[i - 1] != b[j - 1];
          guint best = MIN (at (table, width, i - 1, j) + 1, at (table, width, i, j - 1) + 1);

          best = MIN (best, at (table, width, i - 1, j - 1) + cost);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            best = MIN (best, at (table, width, i - 2, j - 2) + 1);
          table[i * width + j] = best;
        }
    }

  return at (table, width, n, m);
}

/* Private API */

/* The keys of a table, borrowed from it. */
GPtrArray *
geminga_settings_list_keys (GHashTable *table)
{
  GPtrArray *keys = g_ptr_array_sized_new (g_hash_table_size (table));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);

  return keys;
}

/* The candidate that was most likely meant, or NULL if none is close. */
char *
geminga_settings_suggest (const char *name, GPtrArray *candidates)
{
  gsize length = strlen (name);
  guint best = MAX (2, length / 3) + 1;
  const char *found = NULL;

  /* What is this long is no typing error, and the table is quadratic. */
  if (length > 64)
    return NULL;

  for (guint i = 0; i < candidates->len; i++)
    {
      const char *candidate = g_ptr_array_index (candidates, i);
      guint distance = get_distance (name, candidate);

      /* An abbreviation is closer than its length says. */
      if (length >= 3 && g_str_has_prefix (candidate, name))
        distance = MIN (distance, 2);
      if (distance >= length)
        continue;
      if (distance < best || (distance == best && found != NULL && strcmp (candidate, found) < 0))
        {
          best = distance;
          found = candidate;
        }
    }

  return g_strdup (found);
}
