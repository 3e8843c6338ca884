/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-state-private.h"

#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-exit-private.h"

/*
 * What waits for the other process when the link to it closes. Calls fail at once. Who watches an actor
 * there wants to know how it ended, which the link may not know, but its process's parent will.
 */

/* Helpers */

static GError *
explain_loss (GemingaLink *self, GemingaTarget *target)
{
  const char *why = self->close_why != NULL ? self->close_why : "its process ended";
  int code = self->close_code;

  if (target == NULL)
    return g_error_new (GEMINGA_ERROR, code, "Process %u is gone: %s", self->node, why);
  if (code == GEMINGA_ERROR_SPAWN_FAILED)
    return g_error_new (GEMINGA_ERROR, code, "Actor “%s” could not be started: %s", target->id,
                        why);
  if (code == GEMINGA_ERROR_NO_SUCH_ACTOR)
    return g_error_new (GEMINGA_ERROR, code, "There is no actor “%s”: %s", target->id, why);

  return g_error_new (GEMINGA_ERROR, code, "Actor “%s” died: %s", target->id, why);
}

/* How an actor ended whose process is gone. */
static GemingaExitReason
judge_loss (GemingaLink *self)
{
  int reason = atomic_load (&self->end_reason);

  if (self->close_code == GEMINGA_ERROR_SPAWN_FAILED)
    return GEMINGA_EXIT_REASON_FAILED;
  if (self->close_code == GEMINGA_ERROR_NO_SUCH_ACTOR)
    return GEMINGA_EXIT_REASON_NEVER;

  return reason != GEMINGA_EXIT_REASON_NORMAL ? (GemingaExitReason) reason
                                              : GEMINGA_EXIT_REASON_LOST;
}

static void
answer_lost (GemingaLink *self, GemingaAsk *ask, GemingaTarget *target, gboolean is_watch)
{
  GError *error = explain_loss (self, target);

  if (!is_watch)
    {
      geminga_ask_answer (ask, NULL, NULL, error);
      return;
    }

  geminga_exit_answer (ask, judge_loss (self), error);
  g_error_free (error);
}

static gboolean
is_command (const GemingaMessage *message)
{
  return message->kind == GEMINGA_MESSAGE_CALL || message->kind == GEMINGA_MESSAGE_TELL;
}

static void
add_late (GemingaLink *self, GemingaPending *pending)
{
  if (self->late == NULL)
    self->late = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_pending_free);
  g_ptr_array_add (self->late, pending);
}

static GemingaPending *
pending_new_late (const GemingaOutgoing *outgoing)
{
  GemingaPending *self = g_new0 (GemingaPending, 1);

  self->ask = geminga_ask_ref (outgoing->message->ask);
  self->target = geminga_target_ref (outgoing->target);
  self->is_watch = TRUE;

  return self;
}

/* For the link's own files */

void
geminga_pending_free (GemingaPending *self)
{
  geminga_ask_unref (self->ask);
  g_clear_pointer (&self->target, geminga_target_unref);
  g_free (self);
}

void
geminga_link_fail_pending (GemingaLink *self)
{
  g_autoptr (GHashTable) pending = g_steal_pointer (&self->pending);
  g_autoptr (GHashTable) serials = g_steal_pointer (&self->serials);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GemingaPending *lost = value;

      if (!lost->is_watch || !atomic_load (&self->is_unsettled))
        {
          answer_lost (self, lost->ask, lost->target, lost->is_watch);
          continue;
        }
      g_hash_table_iter_steal (&iter);
      add_late (self, lost);
    }
}

gboolean
geminga_link_is_late_watch (GemingaLink *self, const GemingaOutgoing *outgoing)
{
  return outgoing->message != NULL && outgoing->message->kind == GEMINGA_MESSAGE_WATCH &&
         outgoing->message->ask != NULL && atomic_load (&self->is_unsettled);
}

/* The link is closed. @is_late: it was when this was posted. Any thread, but for a late watch. */
void
geminga_link_refuse (GemingaLink *self, GemingaOutgoing *outgoing, gboolean is_late)
{
  GemingaMessage *message = outgoing->message;
  GemingaAsk *ask = message != NULL ? message->ask : outgoing->ask;

  if (geminga_link_is_late_watch (self, outgoing))
    {
      add_late (self, pending_new_late (outgoing));
      geminga_outgoing_free (outgoing);
      return;
    }

  if (message != NULL)
    geminga_dead_letters_note (outgoing->target, message, GEMINGA_DEAD_LETTER_REASON_ENDED);
  if (ask != NULL && !geminga_ask_is_answered (ask))
    {
      if (message != NULL && is_command (message) && is_late &&
          self->close_code == GEMINGA_ERROR_DIED)
        geminga_message_refuse (g_steal_pointer (&outgoing->message), GEMINGA_ERROR_NO_SUCH_ACTOR,
                                "There is no actor “%s” any more", outgoing->target->id);
      else
        answer_lost (self, ask, outgoing->target,
                     message != NULL && message->kind == GEMINGA_MESSAGE_WATCH);
    }

  geminga_outgoing_free (outgoing);
}

/* Private API */

void
geminga_link_set_end_reason (GemingaLink *self, GemingaExitReason reason)
{
  int expected = GEMINGA_EXIT_REASON_NORMAL;

  atomic_compare_exchange_strong (&self->end_reason, &expected, (int) reason);
}

void
geminga_link_set_patient (GemingaLink *self)
{
  self->is_patient = TRUE;
}

gboolean
geminga_link_is_unsettled (GemingaLink *self)
{
  return atomic_load (&self->is_unsettled);
}

void
geminga_link_settle (GemingaLink *self, const char *why)
{
  g_autoptr (GPtrArray) late = g_steal_pointer (&self->late);

  atomic_store (&self->is_unsettled, FALSE);
  for (guint i = 0; late != NULL && i < late->len; i++)
    {
      GemingaPending *pending = g_ptr_array_index (late, i);
      g_autoptr (GError) error = g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                              "Actor “%s” died: %s", pending->target->id, why);

      geminga_exit_answer (pending->ask, judge_loss (self), error);
    }
}
