/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

/* Private API */

GemingaMailboxExtras *
geminga_mailbox_get_extras_locked (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  if (extras == NULL)
    {
      extras = g_new0 (GemingaMailboxExtras, 1);
      atomic_store (&self->extras, extras);
    }

  return extras;
}

GemingaMailboxExtras *
geminga_mailbox_get_extras (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  if (extras != NULL)
    return extras;

  g_mutex_lock (&self->lock);
  extras = geminga_mailbox_get_extras_locked (self);
  g_mutex_unlock (&self->lock);

  return extras;
}

const GError *
geminga_mailbox_get_failure (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  return extras != NULL ? extras->failure : NULL;
}

void
geminga_mailbox_extras_free (GemingaMailboxExtras *extras)
{
  GemingaHandover *handover = atomic_load (&extras->handover);

  g_clear_pointer (&handover, geminga_handover_free);
  g_clear_pointer (&extras->waits, geminga_waits_free);
  g_clear_pointer (&extras->children, g_ptr_array_unref);
  g_clear_pointer (&extras->properties, g_variant_unref);
  g_clear_pointer (&extras->main_loop, g_main_loop_unref);
  g_clear_object (&extras->saved);
  g_clear_pointer (&extras->queue, geminga_mailbox_queue_free);
  g_strfreev (extras->wanted);
  g_clear_error (&extras->failure);
  g_free (extras);
}
