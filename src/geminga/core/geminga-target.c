/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-target-private.h"

#include "geminga-command-private.h"
#include "geminga-error.h"

/* So many references are taken at once by who sends many messages. */
#define STOCK_SIZE 256

/* Helpers */

/*
 * Actors are known by their ids, but an id that was chosen is a number until somebody wants to see it:
 * that number's hash is the hash of the text.
 */
static guint
hash_add (guint hash, const char *text)
{
  for (; *text != '\0'; text++)
    hash = hash * 33 + (guchar) *text;

  return hash;
}

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
  /* Who has the last one need not tell anybody. */
  if (atomic_load_explicit (&self->ref_count, memory_order_acquire) != 1 &&
      atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_pointer (&self->forwarded_to, geminga_target_unref);
  if (self->klass->size == 0)
    {
      self->klass->free (self);
      return;
    }

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

char *
geminga_ask_dup_key (GemingaAsk *self, guint32 node)
{
  return self->klass->dup_key != NULL ? self->klass->dup_key (self, node) : NULL;
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
  return geminga_message_new_from (geminga_thread_get (), kind,
                                   ask != NULL ? geminga_ask_ref (ask) : NULL);
}

GemingaMessage *
geminga_message_new_from (GemingaThread *thread, GemingaMessageKind kind, GemingaAsk *ask)
{
  GemingaMessage *self = geminga_message_store_take (&thread->messages);

  memset (self, 0, sizeof (*self));

  self->kind = kind;
  self->node.is_urgent = kind != GEMINGA_MESSAGE_CALL;
  self->node.stamp = G_LIKELY (thread->stamp != 0) ? thread->stamp : geminga_loop_read_stamp (NULL);
  self->ask = ask;

  return self;
}

static void
free_sender (GemingaMessage *self, GemingaThread *thread)
{
  if (self->has_local_sender)
    geminga_target_unref_locally (self->sender);
  else
    geminga_target_unref_into_stock (self->sender, thread);
}

void
geminga_message_free (GemingaMessage *self)
{
  GemingaThread *thread = geminga_thread_get ();

  if (self->command != NULL)
    g_ref_string_release (self->command);
  if (self->arguments != NULL)
    g_variant_unref (self->arguments);
  if (self->fds != NULL)
    g_object_unref (self->fds);
  if (self->sender != NULL)
    free_sender (self, thread);
  if (self->ask != NULL)
    geminga_ask_unref (self->ask);

  geminga_message_store_put (&thread->messages, self);
}

const char *
geminga_message_get_command (const GemingaMessage *self)
{
  return self->declaration != NULL ? self->declaration->name : self->command;
}

GVariant *
geminga_message_get_arguments (const GemingaMessage *self)
{
  return self->arguments != NULL ? self->arguments : geminga_get_unit ();
}

void
geminga_message_keep_sender (GemingaMessage *self)
{
  if (!self->has_local_sender)
    return;

  geminga_target_ref (self->sender);
  geminga_target_unref_locally (self->sender);
  self->has_local_sender = FALSE;
}

/*
 * Who waited for that does not bound how long it is handled. If nobody waits any more, the message keeps
 * its ask, which is answered: then it is not handled.
 */
GemingaAsk *
geminga_message_accept (GemingaMessage *self)
{
  if (self->kind != GEMINGA_MESSAGE_TELL)
    return NULL;

  self->kind = GEMINGA_MESSAGE_CALL;
  self->node.is_urgent = FALSE;
  self->deadline = 0;
  if (geminga_ask_is_answered (self->ask))
    return NULL;

  return g_steal_pointer (&self->ask);
}

static gpointer
make_unit (gpointer data)
{
  return g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
}

GVariant *
geminga_get_unit (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_unit, NULL);
}

/* Whoever sent the message is still about to tell it, and can do nothing about an actor that is gone. */
static gboolean
is_being_told (GemingaThread *thread, GemingaMessage *message, int code)
{
  return thread->telling == message && message->ask == NULL && code == GEMINGA_ERROR_MAILBOX_FULL;
}

void
geminga_message_refuse (GemingaMessage *self, int code, const char *format, ...)
{
  GemingaThread *thread = geminga_thread_get ();
  gboolean is_asked = self->ask != NULL && !geminga_ask_is_answered (self->ask);
  gboolean is_told = is_being_told (thread, self, code);

  if (is_asked || is_told)
    {
      GError *error;
      va_list args;

      va_start (args, format);
      error = g_error_new_valist (GEMINGA_ERROR, code, format, args);
      va_end (args);
      if (is_asked)
        geminga_ask_answer (self->ask, NULL, NULL, error);
      else
        thread->refusal = error;
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
  atomic_init (&self->id, g_strdup (id));
  self->system = system;
  self->n_local_refs = 1;
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

  id = atomic_load (&self->id);
  self->klass->free (self);
}

/* Helpers: stock */

static void
take_in_stock (GemingaTarget *self, GemingaTargetStock *stock)
{
  if (stock->n_refs > 0)
    geminga_target_return_stock (stock);
  stock->target = self;
}

/* Private API: stock */

void
geminga_target_return_stock (GemingaTargetStock *stock)
{
  GemingaTarget *target = g_steal_pointer (&stock->target);
  guint n_refs = stock->n_refs;

  stock->n_refs = 0;
  if (n_refs > 1)
    atomic_fetch_sub_explicit (&target->ref_count, (int) n_refs - 1, memory_order_release);
  if (n_refs > 0)
    geminga_target_unref (target);
}

/* The first one is not worth more: perhaps it is the only one. */
void
geminga_target_ref_from_stock (GemingaTarget *self, GemingaThread *thread)
{
  GemingaTargetStock *stock = &thread->stock;

  if (G_LIKELY (stock->target == self && stock->n_refs > 0))
    {
      stock->n_refs--;
      return;
    }

  if (thread->dispatching == NULL || stock->target != self)
    {
      if (thread->dispatching != NULL)
        take_in_stock (self, stock);
      geminga_target_ref (self);
      return;
    }

  atomic_fetch_add_explicit (&self->ref_count, STOCK_SIZE, memory_order_relaxed);
  stock->n_refs = STOCK_SIZE - 1;
}

void
geminga_target_unref_into_stock (GemingaTarget *self, GemingaThread *thread)
{
  GemingaTargetStock *stock = &thread->stock;

  if (G_UNLIKELY (thread->dispatching == NULL))
    {
      geminga_target_unref (self);
      return;
    }

  if (stock->target != self)
    take_in_stock (self, stock);
  if (G_UNLIKELY (++stock->n_refs == 2 * STOCK_SIZE))
    {
      stock->n_refs = STOCK_SIZE;
      atomic_fetch_sub_explicit (&self->ref_count, STOCK_SIZE, memory_order_release);
    }
}

void
geminga_target_ref_locally (GemingaTarget *self)
{
  self->n_local_refs++;
}

void
geminga_target_unref_locally (GemingaTarget *self)
{
  if (--self->n_local_refs == 0)
    geminga_target_unref (self);
}

const char *
geminga_target_get_id (GemingaTarget *self)
{
  char *id = atomic_load_explicit (&self->id, memory_order_acquire);
  char *made;

  if (id != NULL || self->klass->make_id == NULL)
    return id;

  made = self->klass->make_id (self);
  if (atomic_compare_exchange_strong (&self->id, &id, made))
    return made;

  g_free (made);

  return id;
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

guint
geminga_target_hash (gconstpointer key)
{
  const GemingaTarget *target = key;
  const char *id = atomic_load_explicit (&target->id, memory_order_acquire);
  char digits[11];
  char *digit = digits + sizeof (digits) - 1;
  guint hash = 5381;

  if (id != NULL)
    return hash_add (hash, id);

  *digit = '\0';
  for (guint32 number = target->number; number != 0; number /= 10)
    *--digit = (char) ('0' + number % 10);

  return hash_add (hash_add (hash, g_type_name (target->type)) * 33 + '-', digit);
}

gboolean
geminga_target_equal (gconstpointer a, gconstpointer b)
{
  return a == b || g_str_equal (geminga_target_get_id ((GemingaTarget *) a),
                                geminga_target_get_id ((GemingaTarget *) b));
}
