/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-ref-handover-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-caller-private.h"
#include "geminga-error.h"

/* How long an actor may take beyond its patience before it is held to hang, in milliseconds. */
#define SLACK 5000

/* Private API */

void
geminga_actor_ref_save_state_async (GemingaActorRef *self,
                                    guint patience,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GemingaCallerArgs args = { G_OBJECT (self), geminga_actor_ref_save_state_async, cancellable,
                             callback, user_data };
  GemingaThread *thread = geminga_thread_get ();
  GemingaTarget *target = geminga_actor_ref_get_target (self);
  gint64 deadline = g_get_monotonic_time () + ((gint64) patience + SLACK) * G_TIME_SPAN_MILLISECOND;
  GemingaAsk *ask = geminga_caller_new (thread, target, &args, deadline);
  GemingaMessage *message = geminga_message_new_from (thread, GEMINGA_MESSAGE_SAVE, ask);

  message->arguments = g_variant_ref_sink (g_variant_new ("(u)", patience));
  geminga_target_post (target, message);
}

GUnixFDList *
geminga_actor_ref_save_state_finish (GemingaActorRef *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GUnixFDList) saved = NULL;
  g_autoptr (GVariant) answer = NULL;

  g_return_val_if_fail (geminga_caller_is_valid (result, self, geminga_actor_ref_save_state_async),
                        NULL);

  answer = geminga_caller_propagate (GEMINGA_CALLER (result), &saved, error);
  if (answer == NULL)
    return NULL;
  if (saved != NULL && g_unix_fd_list_get_length (saved) == 1)
    return g_steal_pointer (&saved);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "Actor “%s” handed over no state",
               geminga_actor_ref_get_id (self));

  return NULL;
}

void
geminga_actor_ref_resume (GemingaActorRef *self)
{
  geminga_target_post (geminga_actor_ref_get_target (self),
                       geminga_message_new (GEMINGA_MESSAGE_RESUME, NULL));
}

void
geminga_actor_ref_forward_to (GemingaActorRef *self, GemingaActorRef *successor)
{
  GemingaMessage *message = geminga_message_new (GEMINGA_MESSAGE_FORWARD, NULL);

  message->arguments =
      g_variant_ref_sink (g_variant_new ("(o)", geminga_actor_ref_get_path (successor)));
  geminga_target_post (geminga_actor_ref_get_target (self), message);
}
