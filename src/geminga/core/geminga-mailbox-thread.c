/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

/* Actors with a thread of their own. */

/* Helpers */

static gpointer
run_thread (gpointer user_data)
{
  GemingaMailbox *self = user_data;
  GMainLoop *main_loop = geminga_mailbox_get_extras (self)->main_loop;
  g_autoptr (GMainContext) context = g_main_context_ref (g_main_loop_get_context (main_loop));

  g_main_context_push_thread_default (context);
  g_main_loop_run (main_loop);
  geminga_loop_run_down (self->loop);
  g_main_context_pop_thread_default (context);
  geminga_target_unref (&self->target);

  return NULL;
}

/* Private API */

gboolean
geminga_mailbox_start_thread (GemingaMailbox *self, GMainContext *context, GError **error)
{
  GThread *thread;

  atomic_fetch_or (&self->detours, GEMINGA_MAILBOX_HAS_THREAD);
  geminga_mailbox_get_extras (self)->main_loop = g_main_loop_new (context, FALSE);
  geminga_mailbox_start (self);
  thread = g_thread_try_new (geminga_target_get_id (&self->target), run_thread,
                             geminga_target_ref (&self->target), error);
  if (thread == NULL)
    {
      /* Nobody will ever run what the loop holds. */
      geminga_target_unref (&self->target);
      geminga_target_unref (&self->target);
      return FALSE;
    }

  g_thread_unref (thread);

  return TRUE;
}
