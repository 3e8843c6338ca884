/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-call-private.h"

/* What a mailbox holds, for whoever wants to know why nothing happens. Nothing is taken out. */

typedef struct
{
  GemingaMailboxPeekFunc func;
  gpointer user_data;
  guint n_left;
} Peek;

/* Helpers */

static gboolean
peek_message (GemingaMessage *message, gpointer data)
{
  Peek *self = data;
  gboolean is_command =
      message->kind == GEMINGA_MESSAGE_CALL || message->kind == GEMINGA_MESSAGE_TELL;

  if (!is_command || message->ask == NULL || geminga_ask_is_answered (message->ask))
    return TRUE;
  if (self->n_left == 0)
    return FALSE;

  self->n_left--;
  self->func (message->ask, geminga_message_get_command (message), 0, self->user_data);

  return TRUE;
}

/* Others push in front of what is there, and only the consumer takes it. */
static void
peek_shared (GemingaMailbox *self, Peek *peek)
{
  GemingaInboxNode *node = atomic_load (&self->inbox.shared);

  if (node == GEMINGA_INBOX_IDLE)
    return;

  for (; node != NULL; node = node->next)
    peek_message ((GemingaMessage *) node, peek);
}

/* Private API */

/* A killer may become the consumer, which is settled under the lock. */
void
geminga_mailbox_peek_waiting (GemingaMailbox *self,
                              guint max,
                              GemingaMailboxPeekFunc func,
                              gpointer user_data)
{
  Peek peek = { func, user_data, max };
  GemingaMailboxExtras *extras;

  g_mutex_lock (&self->lock);
  if (self->state != GEMINGA_MAILBOX_ENDED)
    {
      extras = atomic_load (&self->extras);
      if (extras != NULL)
        {
          geminga_message_ring_foreach (extras->stash, peek_message, &peek);
          geminga_mailbox_foreach_set_aside_locked (self, peek_message, &peek);
        }
      geminga_message_ring_foreach (self->taken.urgent, peek_message, &peek);
      geminga_message_ring_foreach (self->taken.normal, peek_message, &peek);
      if (extras != NULL && extras->queue != NULL)
        geminga_mailbox_queue_foreach (extras->queue, peek_message, &peek);
      peek_shared (self, &peek);
    }
  g_mutex_unlock (&self->lock);
}

void
geminga_mailbox_peek_open (GemingaMailbox *self, GemingaMailboxPeekFunc func, gpointer user_data)
{
  g_mutex_lock (&self->lock);
  for (GemingaOpenCall *open_call = self->open_calls; open_call != NULL;
       open_call = open_call->next)
    {
      const char *command;
      guint64 step = geminga_call_peek_locked (open_call, &command);

      func (open_call->ask, command, step, user_data);
    }
  g_mutex_unlock (&self->lock);
}

gboolean
geminga_mailbox_is_shut (GemingaMailbox *self)
{
  GemingaMailboxExtras *extras = atomic_load (&self->extras);

  return self->state == GEMINGA_MAILBOX_SELECTIVE && extras != NULL && extras->wanted != NULL &&
         extras->wanted[0] == NULL;
}
