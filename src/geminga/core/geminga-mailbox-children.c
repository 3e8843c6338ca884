/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

/* The actors that end with an actor. */

/* Helpers */

/* Forgets those that have ended now and then: there are never twice as many as could be alive. */
static void
add_child_locked (GemingaMailbox *self, GemingaTarget *child)
{
  GemingaMailboxExtras *extras = geminga_mailbox_get_extras_locked (self);

  if (extras->children == NULL)
    extras->children = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_target_unref);

  if (extras->children->len >= extras->max_children)
    {
      for (guint i = extras->children->len; i > 0; i--)
        if (geminga_target_has_ended (g_ptr_array_index (extras->children, i - 1)))
          g_ptr_array_remove_index_fast (extras->children, i - 1);
      extras->max_children = MAX (16, 2 * extras->children->len);
    }

  g_ptr_array_add (extras->children, geminga_target_ref (child));
}

/* Private API */

void
geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child)
{
  gboolean is_late;

  g_mutex_lock (&self->lock);
  is_late = self->state == GEMINGA_MAILBOX_ENDED;
  if (!is_late)
    add_child_locked (self, child);
  g_mutex_unlock (&self->lock);

  if (is_late)
    geminga_target_post (child, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}

void
geminga_mailbox_stop_children (GemingaMailbox *self)
{
  g_autoptr (GPtrArray) children = NULL;
  GemingaMailboxExtras *extras;

  g_mutex_lock (&self->lock);
  extras = atomic_load (&self->extras);
  if (extras != NULL)
    children = g_steal_pointer (&extras->children);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; children != NULL && i < children->len; i++)
    geminga_target_post (g_ptr_array_index (children, i),
                         geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}
