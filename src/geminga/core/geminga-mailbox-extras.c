/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-trace-private.h"

/* What a mailbox has only if somebody needs it: made then, and it stays as long as the mailbox. */

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

void
geminga_mailbox_extras_free (GemingaMailboxExtras *self)
{
  g_clear_pointer (&self->waits, geminga_waits_free);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_pointer (&self->traces, g_ptr_array_unref);
  g_clear_pointer (&self->properties, g_variant_unref);
  g_clear_pointer (&self->main_loop, g_main_loop_unref);
  g_clear_pointer (&self->queue, geminga_mailbox_queue_free);
  g_strfreev (self->wanted);
  g_clear_error (&self->failure);
  g_free (self);
}
