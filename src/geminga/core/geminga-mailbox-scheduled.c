/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-private.h"

#include "geminga-actor-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-exit-private.h"

/*
 * Mailboxes of a loop that has a scheduler: they are run one message at a time, and things go wrong as
 * the scheduler says.
 */

/* A message that is on its way. Those from one sender to one actor arrive in order. */
typedef struct
{
  GemingaTimer timer;
  GemingaMailbox *mailbox; /* (owned): its target */
  GemingaMessage *message; /* (owned) */
} Delayed;

/* Helpers */

static const char *
get_id (GemingaMailbox *self)
{
  return geminga_target_get_id (&self->target);
}

static void
deliver (GemingaLoop *loop, Delayed *delayed)
{
  GemingaMailbox *mailbox = delayed->mailbox;

  g_queue_remove (geminga_loop_get_delayed (loop), delayed);
  geminga_mailbox_post (&mailbox->target, delayed->message);
  g_free (delayed);
  geminga_target_unref (&mailbox->target);
}

static gboolean
is_between (Delayed *delayed, GemingaMailbox *mailbox, GemingaTarget *sender)
{
  return delayed->mailbox == mailbox && delayed->message->sender == sender;
}

/* With those before it, as timers that are due at the same time have no order. */
static void
delay_passed (gpointer user_data)
{
  Delayed *self = user_data;
  GemingaLoop *loop = self->mailbox->loop;
  GemingaMailbox *mailbox = self->mailbox;
  GemingaTarget *sender = self->message->sender;
  GList *next;
  gboolean is_last = FALSE;

  for (GList *l = geminga_loop_get_delayed (loop)->head; l != NULL && !is_last; l = next)
    {
      Delayed *delayed = l->data;

      next = l->next;
      is_last = delayed == self;
      if (!is_between (delayed, mailbox, sender))
        continue;
      geminga_loop_disarm (loop, &delayed->timer);
      deliver (loop, delayed);
    }
}

/* NULL: nothing of that sender is on its way. */
static Delayed *
find_last (GemingaMailbox *self, GemingaTarget *sender)
{
  GQueue *queue = geminga_loop_get_delayed (self->loop);

  for (GList *l = queue != NULL ? queue->tail : NULL; l != NULL; l = l->prev)
    if (is_between (l->data, self, sender))
      return l->data;

  return NULL;
}

static void
delay_message (GemingaMailbox *self, GemingaMessage *message, gint64 deadline)
{
  Delayed *delayed = g_new0 (Delayed, 1);

  geminga_message_keep_sender (message);
  geminga_target_ref (&self->target);
  delayed->mailbox = self;
  delayed->message = message;
  delayed->timer.func = delay_passed;
  delayed->timer.user_data = delayed;
  g_queue_push_tail (geminga_loop_get_delayed (self->loop), delayed);
  geminga_loop_arm (self->loop, &delayed->timer, deadline);
}

static void
post_call (GemingaMailbox *self, GemingaMessage *message)
{
  const char *command = geminga_message_get_command (message);
  gint64 delay = 0;
  GemingaFault fault;
  Delayed *before;
  gint64 deadline;

  geminga_loop_note (self->loop, "send", get_id (self), command);
  fault =
      geminga_loop_inject (self->loop, GEMINGA_FAULT_POINT_SEND, get_id (self), command, &delay);
  if (fault == GEMINGA_FAULT_FAIL)
    {
      geminga_message_refuse (message, GEMINGA_ERROR_MAILBOX_FULL,
                              "The test has the mailbox of actor “%s” refuse %s", get_id (self),
                              command);
      return;
    }

  before = find_last (self, message->sender);
  if (fault != GEMINGA_FAULT_DELAY && before == NULL)
    {
      geminga_mailbox_post (&self->target, message);
      return;
    }

  deadline = geminga_loop_get_time (self->loop) + delay;
  if (before != NULL)
    deadline = MAX (deadline, before->timer.deadline);
  delay_message (self, message, deadline);
}

static void
crash (GemingaMailbox *self)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "The test has actor “%s” fail",
               get_id (self));
  geminga_mailbox_fail (self, error);
}

static void
inject_crash (GemingaMailbox *self)
{
  gint64 delay;
  GemingaFault fault;

  if (self->state != GEMINGA_MAILBOX_RUNNING)
    return;

  fault = geminga_loop_inject (self->loop, GEMINGA_FAULT_POINT_RUN, get_id (self), NULL, &delay);
  if (fault == GEMINGA_FAULT_FAIL)
    crash (self);
  else if (fault == GEMINGA_FAULT_KILL)
    geminga_target_post (&self->target, geminga_message_new (GEMINGA_MESSAGE_KILL, NULL));
}

/* Private API */

void
geminga_mailbox_run_scheduled (GemingaLoopItem *item)
{
  GemingaMailbox *self = geminga_mailbox_from_item (item);
  GemingaLoop *loop = self->loop;
  g_autoptr (GemingaTarget) kept = geminga_target_ref (&self->target);
  gboolean had_ended = self->state == GEMINGA_MAILBOX_ENDED;

  geminga_loop_note (loop, self->state == GEMINGA_MAILBOX_NEW ? "start" : "run", get_id (self),
                     NULL);
  inject_crash (self);
  geminga_mailbox_run_some (self, 1);
  if (!had_ended && self->state == GEMINGA_MAILBOX_ENDED)
    geminga_loop_note (loop, "end", get_id (self),
                       geminga_exit_reason_get_nick ((GemingaExitReason) self->reason));
}

gboolean
geminga_mailbox_can_be_made (GemingaMailbox *self, GError **error)
{
  const char *type = g_type_name (self->target.type);
  gint64 delay;

  geminga_loop_note (self->loop, "spawn", get_id (self), type);
  if (geminga_loop_inject (self->loop, GEMINGA_FAULT_POINT_SPAWN, get_id (self), type, &delay) ==
      GEMINGA_FAULT_NONE)
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               "The test has actor “%s” of class %s not be made", get_id (self), type);

  return FALSE;
}

void
geminga_loop_deliver_delayed (GemingaLoop *loop)
{
  GQueue *queue = geminga_loop_get_delayed (loop);

  while (!g_queue_is_empty (queue))
    {
      Delayed *delayed = g_queue_peek_head (queue);

      geminga_loop_disarm (loop, &delayed->timer);
      deliver (loop, delayed);
    }
}

void
geminga_mailbox_post_scheduled (GemingaTarget *target, GemingaMessage *message)
{
  GemingaMailbox *self = (GemingaMailbox *) target;

  message->node.stamp = geminga_loop_read_stamp (self->loop);
  if (message->kind == GEMINGA_MESSAGE_CALL)
    post_call (self, message);
  else
    geminga_mailbox_post (target, message);
}
