/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-system-private.h"

#include <string.h>

/* Helpers */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Public API */

/**
 * geminga_system_list_actors:
 * @self: a system
 *
 * Lists the actors of this process.
 *
 * Returns: (transfer full) (array zero-terminated=1): their ids, sorted
 *
 * Since: 0.1
 */
char **
geminga_system_list_actors (GemingaSystem *self)
{
  GPtrArray *ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) targets = NULL;

  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), NULL);

  targets = geminga_system_ref_actors (self);
  for (guint i = 0; i < targets->len; i++)
    g_ptr_array_add (ids, g_strdup (geminga_target_get_id (g_ptr_array_index (targets, i))));

  g_ptr_array_sort (ids, compare_ids);
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (ids, FALSE);
}
