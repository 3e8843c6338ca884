/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-caller-private.h"

#include "geminga-error.h"
#include "geminga-loop-private.h"

typedef struct
{
  GemingaAsk parent;

  GemingaLoopItem item;
  GemingaLoop *loop;     /* (owned): of the task's context */
  GTask *task;           /* (owned) */
  GemingaTarget *target; /* (owned) */
  GemingaTimer timer;    /* holds a reference to the ask while it is armed */
  gulong cancelled_id;   /* of the task's cancellable */

  /* written once by deliver () */
  GVariant *result; /* (owned) (nullable) */
  GUnixFDList *fds; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} Caller;

/* Helpers */

/* Nobody waits any more: let the callee know. */
static void
give_up (Caller *self, GError *error)
{
  if (geminga_ask_answer (&self->parent, NULL, NULL, error))
    geminga_target_post (self->target, geminga_message_new (GEMINGA_MESSAGE_CANCEL, &self->parent));
}

static void
deadline_passed (gpointer user_data)
{
  Caller *self = user_data;

  give_up (self, g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT,
                              "Actor “%s” did not answer before the deadline", self->target->id));
  geminga_ask_unref (&self->parent);
}

static void
loop_ends (gpointer user_data)
{
  give_up (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                           "The thread that waits for the answer ends"));
}

static void
on_cancellable_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  give_up (user_data, error);
}

/* In the caller's loop. */
static void
complete (GemingaLoopItem *item)
{
  Caller *self = (Caller *) ((char *) item - G_STRUCT_OFFSET (Caller, item));
  GemingaAnswer *answer;

  if (geminga_loop_disarm (self->loop, &self->timer))
    geminga_ask_unref (&self->parent);
  if (self->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (self->task), self->cancelled_id);

  if (self->error != NULL)
    {
      g_task_return_error (self->task, g_steal_pointer (&self->error));
    }
  else
    {
      answer = g_new0 (GemingaAnswer, 1);
      answer->result = g_steal_pointer (&self->result);
      answer->fds = g_steal_pointer (&self->fds);
      g_task_return_pointer (self->task, answer, (GDestroyNotify) geminga_answer_free);
    }

  geminga_ask_unref (&self->parent);
}

/* GemingaAsk */

static void
caller_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  Caller *self = (Caller *) ask;

  self->result = result;
  self->fds = fds;
  self->error = error;
  geminga_ask_ref (ask);
  geminga_loop_post (self->loop, &self->item);
}

static void
caller_free (GemingaAsk *ask)
{
  Caller *self = (Caller *) ask;

  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_object (&self->fds);
  g_clear_error (&self->error);
  g_clear_object (&self->task);
  g_clear_pointer (&self->target, geminga_target_unref);
  g_clear_pointer (&self->loop, geminga_loop_unref);
}

static const GemingaAskClass caller_class = { sizeof (Caller), caller_deliver, caller_free };

/* Private API */

void
geminga_answer_free (GemingaAnswer *self)
{
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_object (&self->fds);
  g_free (self);
}

GemingaAsk *
geminga_caller_new (GemingaTarget *target, GTask *task, gint64 deadline)
{
  Caller *self = geminga_ask_alloc (&caller_class);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->item.run = complete;
  self->loop = geminga_loop_ref_for_context (g_task_get_context (task));
  self->task = g_object_ref (task);
  self->target = geminga_target_ref (target);
  g_task_set_check_cancellable (task, FALSE);

  self->timer.func = deadline_passed;
  self->timer.give_up = loop_ends;
  self->timer.user_data = geminga_ask_ref (&self->parent);
  geminga_loop_arm (self->loop, &self->timer, deadline != 0 ? deadline : GEMINGA_LOOP_NEVER);
  if (cancellable != NULL)
    self->cancelled_id =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancellable_cancelled),
                               geminga_ask_ref (&self->parent), (GDestroyNotify) geminga_ask_unref);

  return &self->parent;
}
