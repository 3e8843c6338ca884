/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-target-private.h"

#include "geminga-error.h"

/* GemingaAsk */

gpointer
geminga_ask_alloc (const GemingaAskClass *klass)
{
  GemingaAsk *self = g_malloc0 (klass->size);

  self->klass = klass;
  atomic_init (&self->ref_count, 1);
  atomic_init (&self->is_answered, FALSE);

  return self;
}

GemingaAsk *
geminga_ask_ref (GemingaAsk *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_ask_unref (GemingaAsk *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_pointer (&self->forwarded_to, geminga_target_unref);
  self->klass->free (self);
  g_free (self);
}

gboolean
geminga_ask_answer (GemingaAsk *self, GVariant *result, GUnixFDList *fds, GError *error)
{
  if (atomic_exchange (&self->is_answered, TRUE))
    {
      g_clear_pointer (&result, g_variant_unref);
      g_clear_object (&fds);
      g_clear_error (&error);
      return FALSE;
    }

  self->klass->deliver (self, result, fds, error);

  return TRUE;
}

gboolean
geminga_ask_is_answered (GemingaAsk *self)
{
  return atomic_load_explicit (&self->is_answered, memory_order_acquire);
}

void
geminga_ask_forward (GemingaAsk *self, GemingaTarget *target)
{
  GemingaTarget *previous;

  geminga_target_ref (target);
  g_bit_lock (&self->forward_lock, 0);
  previous = self->forwarded_to;
  self->forwarded_to = target;
  g_bit_unlock (&self->forward_lock, 0);
  g_clear_pointer (&previous, geminga_target_unref);
}

GemingaTarget *
geminga_ask_ref_forwarded (GemingaAsk *self)
{
  GemingaTarget *target;

  g_bit_lock (&self->forward_lock, 0);
  target = self->forwarded_to != NULL ? geminga_target_ref (self->forwarded_to) : NULL;
  g_bit_unlock (&self->forward_lock, 0);

  return target;
}

/* GemingaMessage */

GemingaMessage *
geminga_message_new (GemingaMessageKind kind, GemingaAsk *ask)
{
  GemingaMessage *self = g_new0 (GemingaMessage, 1);

  self->kind = kind;
  if (ask != NULL)
    self->ask = geminga_ask_ref (ask);

  return self;
}

void
geminga_message_free (GemingaMessage *self)
{
  g_clear_pointer (&self->command, g_ref_string_release);
  g_clear_pointer (&self->arguments, g_variant_unref);
  g_clear_object (&self->fds);
  g_clear_pointer (&self->sender, geminga_target_unref);
  g_clear_pointer (&self->ask, geminga_ask_unref);
  g_free (self);
}

void
geminga_message_refuse (GemingaMessage *self, int code, const char *format, ...)
{
  if (self->ask != NULL && !geminga_ask_is_answered (self->ask))
    {
      va_list args;

      va_start (args, format);
      geminga_ask_answer (self->ask, NULL, NULL,
                          g_error_new_valist (GEMINGA_ERROR, code, format, args));
      va_end (args);
    }

  geminga_message_free (self);
}

/* GemingaTarget */

void
geminga_target_init (GemingaTarget *self,
                     const GemingaTargetClass *klass,
                     gpointer system,
                     guint32 node,
                     const char *id)
{
  self->klass = klass;
  self->node = node;
  self->id = g_strdup (id);
  self->system = system;
  atomic_init (&self->ref_count, 1);
}

GemingaTarget *
geminga_target_ref (GemingaTarget *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_target_unref (GemingaTarget *self)
{
  g_autofree char *id = NULL; /* may be named to the last */

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  id = self->id;
  self->klass->free (self);
}

void
geminga_target_post (GemingaTarget *self, GemingaMessage *message)
{
  self->klass->post (self, message);
}

gboolean
geminga_target_has_ended (GemingaTarget *self)
{
  return self->klass->has_ended (self);
}
