/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-thread-private.h"

#include "geminga-call-private.h"
#include "geminga-caller-private.h"
#include "geminga-target-private.h"

/* A thread has so many steps to itself. */
#define STEP_BITS 40

/* Helpers */

static inline GemingaThread **
get_slot (void)
{
  static __thread GemingaThread *self __attribute__ ((tls_model ("initial-exec")));

  return &self;
}

/* Other destructors of the thread may still send messages and free them: they get a new one. */
static void
thread_free (gpointer data)
{
  GemingaThread *self = data;

  *get_slot () = NULL;
  geminga_message_store_clear (&self->messages);
  geminga_callers_free_spare (self);
  g_clear_object (&self->spare_call);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_free (self);
}

static gpointer
make_count (gpointer data)
{
  return g_new0 (atomic_uint, 1);
}

/* How many there have been before. */
static guint
count_thread (void)
{
  static GOnce once = G_ONCE_INIT;
  atomic_uint *count = g_once (&once, make_count, NULL);

  return atomic_fetch_add (count, 1);
}

static GemingaThread *
thread_new (void)
{
  static GPrivate key = G_PRIVATE_INIT (thread_free);
  GemingaThread *self = g_new0 (GemingaThread, 1);

  self->last_step = (guint64) count_thread () << STEP_BITS;

  g_private_set (&key, self);

  return self;
}

/* Private API */

/* It is asked for several times a message. The private key is there to free it with the thread. */
GemingaThread *
geminga_thread_get (void)
{
  GemingaThread **slot = get_slot ();

  if (G_UNLIKELY (*slot == NULL))
    *slot = thread_new ();

  return *slot;
}

/* A context that is gone has destroyed its loop: another one at its address is not taken for it. */
GemingaLoop *
geminga_thread_get_loop (GemingaThread *self)
{
  GMainContext *context = g_main_context_get_thread_default ();

  if (context == NULL)
    context = g_main_context_default ();
  if (G_LIKELY (self->loop != NULL && self->context == context &&
                !g_source_is_destroyed ((GSource *) self->loop)))
    return self->loop;

  g_clear_pointer (&self->loop, geminga_loop_unref);
  self->context = context;
  self->loop = geminga_loop_ref_for_context (context);

  return self->loop;
}

void
geminga_thread_push_frame (GemingaThread *self, GemingaFrame *frame)
{
  *frame = (GemingaFrame){ self->frames, self->actor, self->call, self->step };
  if (frame->call == NULL && frame->step == 0)
    frame->step = ++self->last_step;

  self->frames = frame;
  self->actor = NULL;
  self->call = NULL;
  self->step = 0;
}

void
geminga_thread_pop_frame (GemingaThread *self)
{
  GemingaFrame *frame = self->frames;

  self->frames = frame->below;
  self->actor = frame->actor;
  self->call = frame->call;
  self->step = frame->step;
}
