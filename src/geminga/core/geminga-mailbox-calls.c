/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-error.h"

/* Helpers */

static void
unlink_open_call_locked (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  if (open_call->previous != NULL)
    open_call->previous->next = open_call->next;
  else
    self->open_calls = open_call->next;
  if (open_call->next != NULL)
    open_call->next->previous = open_call->previous;
}

static void
cancel_forwarded (GemingaMailbox *self, GemingaAsk *ask)
{
  g_autoptr (GemingaTarget) target = geminga_ask_ref_forwarded (ask);

  if (target != NULL && target != &self->target)
    geminga_target_post (target, geminga_message_new (GEMINGA_MESSAGE_CANCEL, ask));
}

static GPtrArray *
steal_open_asks (GemingaMailbox *self)
{
  GPtrArray *asks = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_ask_unref);

  g_mutex_lock (&self->lock);
  for (GemingaOpenCall *open_call = self->open_calls; open_call != NULL;
       open_call = open_call->next)
    g_ptr_array_add (asks, geminga_ask_ref (open_call->ask));
  g_mutex_unlock (&self->lock);

  return asks;
}

static void
answer_died (GemingaMailbox *self, GemingaAsk *ask)
{
  geminga_ask_answer (ask, NULL, NULL,
                      g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                   "Actor “%s” ended before it answered",
                                   geminga_target_get_id (&self->target)));
}

/* Private API */

void
geminga_mailbox_cancel_call (GemingaMailbox *self, GemingaAsk *ask)
{
  g_autoptr (GCancellable) cancellable = NULL;
  GemingaOpenCall *open_call;

  g_mutex_lock (&self->lock);
  for (open_call = self->open_calls; open_call != NULL; open_call = open_call->next)
    if (open_call->ask == ask)
      break;
  /* What is cancelled is cancelled in the actor's loop. */
  if (self->state == GEMINGA_MAILBOX_ENDED)
    open_call = NULL;
  if (open_call != NULL)
    {
      open_call->is_cancelled = TRUE;
      if (open_call->cancellable != NULL)
        cancellable = g_object_ref (open_call->cancellable);
    }
  g_mutex_unlock (&self->lock);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  else if (open_call == NULL && !geminga_mailbox_cancel_stashed (self, ask) &&
           !geminga_mailbox_cancel_queued (self, ask))
    cancel_forwarded (self, ask);
}

void
geminga_mailbox_refuse_waiting (GemingaMailbox *self)
{
  geminga_mailbox_fail_open_calls (self);
  geminga_mailbox_refuse_stashed (self);
  geminga_mailbox_refuse_queued (self);
}

void
geminga_mailbox_fail_open_calls (GemingaMailbox *self)
{
  g_autoptr (GPtrArray) asks = steal_open_asks (self);

  for (guint i = 0; i < asks->len; i++)
    answer_died (self, g_ptr_array_index (asks, i));
}

/* A killer who has taken over may have failed the open calls already. */
void
geminga_mailbox_open_call (GemingaMailbox *self, GemingaOpenCall *open_call, GemingaAsk *ask)
{
  gboolean is_late;

  open_call->ask = ask;
  open_call->previous = NULL;
  g_mutex_lock (&self->lock);
  open_call->next = self->open_calls;
  if (self->open_calls != NULL)
    self->open_calls->previous = open_call;
  self->open_calls = open_call;
  is_late = self->state == GEMINGA_MAILBOX_ENDED;
  g_mutex_unlock (&self->lock);

  if (G_UNLIKELY (is_late))
    answer_died (self, ask);
}

void
geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  g_mutex_lock (&self->lock);
  unlink_open_call_locked (self, open_call);
  g_mutex_unlock (&self->lock);
}

GCancellable *
geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call)
{
  GCancellable *cancellable;

  g_mutex_lock (&self->lock);
  if (open_call->cancellable == NULL)
    {
      open_call->cancellable = g_cancellable_new ();
      /* Nobody knows it yet, so nobody is called under the lock. */
      if (open_call->is_cancelled)
        g_cancellable_cancel (open_call->cancellable);
    }
  cancellable = open_call->cancellable;
  g_mutex_unlock (&self->lock);

  return cancellable;
}
