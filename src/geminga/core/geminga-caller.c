/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-caller-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"
#include "geminga-loop-private.h"

/* A thread keeps so many callers to use again. */
#define MAX_SPARE_CALLERS 1024

struct _GemingaCaller
{
  GObject parent_instance;

  /* It holds a reference to itself until the callback has returned; together its references hold one to
   * the object, which others may hold as well. */
  GemingaAsk ask;

  GemingaLoopItem item;
  GemingaLoop *loop;     /* (owned): until it is complete, if it is held locally */
  GemingaTarget *target; /* (owned) if @has_target, otherwise the source is a ref and holds it */
  gboolean has_local_loop;
  gboolean has_target;
  GemingaTimer timer;
  gulong cancelled_id; /* of the cancellable */
  guint64 step;        /* the actor's code that asked and waits; 0: it is not known to */
  GemingaCallerArgs args;

  /* written once by deliver () */
  GVariant *result; /* (owned) (nullable) */
  GUnixFDList *fds; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
};

static void async_result_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GemingaCaller,
                               geminga_caller,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT, async_result_init))

/* Helpers */

static GemingaCaller *
from_ask (GemingaAsk *ask)
{
  return (GemingaCaller *) ((char *) ask - G_STRUCT_OFFSET (GemingaCaller, ask));
}

/* The code that runs, so far as it is known to be an actor's. */
static guint64
get_step (GemingaThread *thread)
{
  return thread->call != NULL ? geminga_call_get_step (thread->call, thread) : thread->step;
}

/* Nobody waits any more: let the callee know. */
static void
give_up (GemingaCaller *self, GError *error)
{
  if (geminga_ask_answer (&self->ask, NULL, NULL, error))
    geminga_target_post (self->target, geminga_message_new (GEMINGA_MESSAGE_CANCEL, &self->ask));
}

static void
deadline_passed (gpointer user_data)
{
  GemingaCaller *self = user_data;

  give_up (self, g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT,
                              "Actor “%s” did not answer before the deadline",
                              geminga_target_get_id (self->target)));
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
  GemingaCaller *self = (GemingaCaller *) ((char *) item - G_STRUCT_OFFSET (GemingaCaller, item));

  geminga_loop_disarm (self->loop, &self->timer);
  if (self->cancelled_id != 0)
    g_cancellable_disconnect (self->args.cancellable, self->cancelled_id);
  if (self->args.callback != NULL)
    self->args.callback (self->args.source, (GAsyncResult *) self, self->args.user_data);
  if (self->has_local_loop)
    geminga_loop_unref_locally (g_steal_pointer (&self->loop));

  geminga_ask_unref (&self->ask);
}

static void
clear (GemingaCaller *self)
{
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_object (&self->fds);
  g_clear_error (&self->error);
  if (self->has_target)
    geminga_target_unref (self->target);
  self->has_target = FALSE;
  g_clear_object (&self->args.source);
  g_clear_object (&self->args.cancellable);
  g_clear_pointer (&self->loop, geminga_loop_unref);
}

/* Nobody else has a reference, not even a weak one. */
static gboolean
is_unknown (GemingaCaller *self)
{
  GObject *object = G_OBJECT (self);

  return g_atomic_int_get (&object->ref_count) == 1 && object->qdata == NULL;
}

/* GemingaAsk */

static void
caller_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  GemingaCaller *self = from_ask (ask);

  self->result = result;
  self->fds = fds;
  self->error = error;
  geminga_loop_post (self->loop, &self->item);
}

static void
caller_free (GemingaAsk *ask)
{
  GemingaThread *thread = geminga_thread_get ();
  GemingaCaller *self = from_ask (ask);

  if (!is_unknown (self) || thread->n_spare_callers >= MAX_SPARE_CALLERS)
    {
      g_object_unref (self);
      return;
    }

  clear (self);
  atomic_store_explicit (&self->item.next, (GemingaLoopItem *) thread->spare_caller,
                         memory_order_relaxed);
  thread->spare_caller = self;
  thread->n_spare_callers++;
}

/* The object may be used again, but not with the same deadline. What nobody waits for needs no name. */
static char *
caller_dup_key (GemingaAsk *ask, guint32 node)
{
  GemingaCaller *self = from_ask (ask);

  if (self->step == 0)
    return NULL;

  return g_strdup_printf (GEMINGA_CALLER_KEY "%u:%p:%" G_GINT64_FORMAT, node, (gpointer) self,
                          self->timer.deadline);
}

static const GemingaAskClass caller_class = { 0, caller_deliver, caller_free, caller_dup_key };

/* GAsyncResult */

static gpointer
caller_get_user_data (GAsyncResult *result)
{
  return GEMINGA_CALLER (result)->args.user_data;
}

static GObject *
caller_get_source_object (GAsyncResult *result)
{
  GObject *source = GEMINGA_CALLER (result)->args.source;

  return source != NULL ? g_object_ref (source) : NULL;
}

static gboolean
caller_is_tagged (GAsyncResult *result, gpointer tag)
{
  return GEMINGA_CALLER (result)->args.tag == tag;
}

static void
async_result_init (GAsyncResultIface *iface)
{
  iface->get_user_data = caller_get_user_data;
  iface->get_source_object = caller_get_source_object;
  iface->is_tagged = caller_is_tagged;
}

/* GObject */

static void
geminga_caller_finalize (GObject *object)
{
  clear (GEMINGA_CALLER (object));

  G_OBJECT_CLASS (geminga_caller_parent_class)->finalize (object);
}

static void
geminga_caller_class_init (GemingaCallerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_caller_finalize;
}

static void
geminga_caller_init (GemingaCaller *self)
{
  self->ask.klass = &caller_class;
  self->item.run = complete;
  self->timer.func = deadline_passed;
  self->timer.give_up = loop_ends;
  self->timer.user_data = self;
}

/* Helpers: use */

static GemingaCaller *
take_spare (GemingaThread *thread)
{
  GemingaCaller *self = thread->spare_caller;

  if (self != NULL)
    {
      thread->spare_caller =
          (GemingaCaller *) atomic_load_explicit (&self->item.next, memory_order_relaxed);
      thread->n_spare_callers--;
    }

  return self;
}

/* Within the loop's dispatch it needs no atomic operation. */
static void
hold_loop (GemingaCaller *self, GemingaThread *thread)
{
  self->loop = geminga_thread_get_loop (thread);
  self->has_local_loop = self->loop == thread->dispatching;
  if (self->has_local_loop)
    geminga_loop_ref_locally (self->loop);
  else
    geminga_loop_ref (self->loop);
}

/* Private API */

GemingaAsk *
geminga_caller_new (GemingaThread *thread,
                    GemingaTarget *target,
                    const GemingaCallerArgs *args,
                    gint64 deadline)
{
  GemingaCaller *self = take_spare (thread);

  if (self == NULL)
    self = g_object_new (GEMINGA_TYPE_CALLER, NULL);

  atomic_store_explicit (&self->ask.ref_count, 2, memory_order_relaxed);
  atomic_store_explicit (&self->ask.is_answered, FALSE, memory_order_relaxed);
  hold_loop (self, thread);
  self->target = target;
  self->args = *args;
  if (args->source != NULL)
    g_object_ref (args->source);
  self->has_target = !geminga_actor_ref_is_of (args->source, target);
  if (self->has_target)
    geminga_target_ref (target);
  if (args->cancellable != NULL)
    g_object_ref (args->cancellable);

  self->step = args->callback != NULL ? get_step (thread) : 0;
  geminga_loop_arm (self->loop, &self->timer, deadline != 0 ? deadline : GEMINGA_LOOP_NEVER);
  self->cancelled_id = 0;
  if (args->cancellable != NULL)
    self->cancelled_id =
        g_cancellable_connect (args->cancellable, G_CALLBACK (on_cancellable_cancelled),
                               g_object_ref (self), g_object_unref);

  return &self->ask;
}

guint64
geminga_caller_peek_locked (GemingaTimer *timer, GemingaAsk **ask)
{
  GemingaCaller *self = timer->user_data;

  if (timer->func != deadline_passed || self->step == 0 || geminga_ask_is_answered (&self->ask))
    return 0;

  *ask = geminga_ask_ref (&self->ask);

  return self->step;
}

void
geminga_caller_fail (GemingaAsk *ask, GError *error)
{
  give_up (from_ask (ask), error);
}

gboolean
geminga_caller_is_valid (gpointer result, gpointer source, gpointer tag)
{
  return GEMINGA_IS_CALLER (result) && GEMINGA_CALLER (result)->args.source == source &&
         GEMINGA_CALLER (result)->args.tag == tag;
}

GVariant *
geminga_caller_propagate (GemingaCaller *self, GUnixFDList **fds, GError **error)
{
  if (fds != NULL)
    *fds = g_steal_pointer (&self->fds);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));

  return g_steal_pointer (&self->result);
}

void
geminga_callers_free_spare (GemingaThread *thread)
{
  GemingaCaller *caller;

  while ((caller = take_spare (thread)) != NULL)
    g_object_unref (caller);
}
