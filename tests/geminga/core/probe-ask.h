/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

#include "geminga-target-private.h"

/*
 * An ask that does something where it is answered, in the middle of what the mailbox does: there a test can
 * let another thread go on, and see who is in whose way.
 */

typedef struct
{
  GemingaAsk parent;

  GThreadFunc func; /* (nullable): runs in a thread of its own until it returns */
  gpointer data;
  GThread *thread; /* that answered it; NULL: nobody has */
  GError *error;   /* (owned) (nullable) */
} ProbeAsk;

static inline void
probe_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  ProbeAsk *self = (ProbeAsk *) ask;

  self->error = error;
  if (self->func != NULL)
    g_thread_join (g_thread_new ("probe", self->func, self->data));
  g_atomic_pointer_set (&self->thread, g_thread_self ());
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
}

static inline void
probe_free (GemingaAsk *ask)
{
  g_clear_error (&((ProbeAsk *) ask)->error);
}

static const GemingaAskClass probe_class = { sizeof (ProbeAsk), probe_deliver, probe_free };

static inline ProbeAsk *
probe_new (GThreadFunc func, gpointer data)
{
  ProbeAsk *self = geminga_ask_alloc (&probe_class);

  self->func = func;
  self->data = data;

  return self;
}

static inline void
probe_post (ProbeAsk *self, GemingaTarget *target, GemingaMessageKind kind)
{
  GemingaMessage *message = geminga_message_new (kind, &self->parent);

  if (kind == GEMINGA_MESSAGE_CALL)
    message->command = g_ref_string_new ("Ping");
  geminga_target_post (target, message);
}
