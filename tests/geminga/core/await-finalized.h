/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <stdatomic.h>

G_BEGIN_DECLS

static inline void
note_finalized (gpointer data, GObject *object)
{
  atomic_store ((atomic_bool *) data, TRUE);
  g_main_context_wakeup (NULL);
}

/* Lets go of an object, which other threads and the main context may have for a moment more. */
static inline void
await_finalized (gpointer object)
{
  atomic_bool is_finalized;

  atomic_init (&is_finalized, FALSE);
  g_object_weak_ref (object, note_finalized, &is_finalized);
  g_object_unref (object);
  while (!atomic_load (&is_finalized))
    g_main_context_iteration (NULL, TRUE);
}

G_END_DECLS
