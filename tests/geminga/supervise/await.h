/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* Waiting for what the main loop makes true. */

static inline gboolean
await_too_long_cb (gpointer user_data)
{
  g_error ("The test waits for too long: %s", (const char *) user_data);

  return G_SOURCE_REMOVE;
}

#define AWAIT(condition)                                                                    \
  G_STMT_START                                                                              \
  {                                                                                         \
    guint await_id =                                                                        \
        g_timeout_add_seconds (60, await_too_long_cb, (gpointer) G_STRLOC ": " #condition); \
                                                                                            \
    while (!(condition))                                                                    \
      g_main_context_iteration (NULL, TRUE);                                                \
    g_source_remove (await_id);                                                             \
  }                                                                                         \
  G_STMT_END

static inline void
await_keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Everything that is to be done right now. */
static inline void
await_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}
