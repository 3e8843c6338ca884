/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-pipe-private.h"

#include <string.h>

/* A buffer that grew above this is given back when it is empty. */
#define KEPT_SIZE (4 * 1024)

struct _GemingaHttpPipe
{
  gatomicrefcount ref_count;
  GMainContext *context;

  /* The engine's context only */
  GemingaHttpPipeFunc func;
  gpointer engine;

  GMutex lock;
  GCond changed;
  /* Under lock */
  GByteArray *held; /* (nullable) */
  gsize done;       /* of @held */
  gsize limit;
  gboolean is_wanted;
  gboolean is_ended;
  gboolean is_calling; /* the engine will be called */
  GError *error;       /* (nullable) */
  char *tail;          /* (nullable) */
  GPtrArray *sources;  /* (element-type PipeSource): not referenced, they leave when disposed of */
};

typedef struct
{
  GSource source;
  GemingaHttpPipe *pipe; /* (owned) */
  GIOCondition condition;
} PipeSource;

/* Helpers */

static gsize
get_size_locked (GemingaHttpPipe *self)
{
  return self->held != NULL ? self->held->len - self->done : 0;
}

static gboolean
is_ready_locked (GemingaHttpPipe *self, GIOCondition condition)
{
  if (self->error != NULL)
    return TRUE;
  if ((condition & G_IO_PRI) != 0 && get_size_locked (self) == 0)
    return TRUE;
  if ((condition & G_IO_OUT) != 0 && (get_size_locked (self) < self->limit || self->is_ended))
    return TRUE;

  return (condition & G_IO_IN) != 0 && (get_size_locked (self) > 0 || self->is_ended);
}

/* The side of the handler, whatever it waits for. */
static void
wake_locked (GemingaHttpPipe *self)
{
  g_cond_broadcast (&self->changed);
  for (guint i = 0; i < self->sources->len; i++)
    {
      PipeSource *source = g_ptr_array_index (self->sources, i);

      if (is_ready_locked (self, source->condition))
        g_source_set_ready_time (&source->source, 0);
    }
}

static gboolean
call_engine_cb (gpointer user_data)
{
  GemingaHttpPipe *self = user_data;

  g_mutex_lock (&self->lock);
  self->is_calling = FALSE;
  g_mutex_unlock (&self->lock);

  if (self->func != NULL)
    self->func (self->engine);

  return G_SOURCE_REMOVE;
}

static void
call_engine_and_unlock (GemingaHttpPipe *self)
{
  g_autoptr (GSource) source = NULL;

  if (g_main_context_is_owner (self->context))
    {
      g_mutex_unlock (&self->lock);
      if (self->func != NULL)
        self->func (self->engine);
      return;
    }

  if (!self->is_calling)
    {
      source = g_idle_source_new ();
      g_source_set_static_name (source, "[geminga] http stream");
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, call_engine_cb, geminga_http_pipe_ref (self),
                             (GDestroyNotify) geminga_http_pipe_unref);
      self->is_calling = TRUE;
    }
  g_mutex_unlock (&self->lock);

  if (source != NULL)
    g_source_attach (source, self->context);
}

static void
consume_locked (GemingaHttpPipe *self, gsize size)
{
  self->done += size;
  if (self->done < self->held->len)
    return;

  self->done = 0;
  if (self->held->len > KEPT_SIZE)
    g_clear_pointer (&self->held, g_byte_array_unref);
  else
    g_byte_array_set_size (self->held, 0);
}

/* Helpers: sources */

static gboolean
pipe_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  PipeSource *self = (PipeSource *) source;
  gboolean is_ready;

  g_mutex_lock (&self->pipe->lock);
  is_ready = is_ready_locked (self->pipe, self->condition);
  if (!is_ready)
    g_source_set_ready_time (source, -1);
  g_mutex_unlock (&self->pipe->lock);

  return is_ready && callback != NULL ? callback (user_data) : G_SOURCE_CONTINUE;
}

static void
pipe_source_dispose (GSource *source)
{
  PipeSource *self = (PipeSource *) source;

  g_mutex_lock (&self->pipe->lock);
  g_ptr_array_remove_fast (self->pipe->sources, self);
  g_mutex_unlock (&self->pipe->lock);
}

static void
pipe_source_finalize (GSource *source)
{
  geminga_http_pipe_unref (((PipeSource *) source)->pipe);
}

static GSourceFuncs pipe_source_funcs = {
  .dispatch = pipe_source_dispatch,
  .finalize = pipe_source_finalize,
};

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GemingaHttpPipe *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* Private API */

GemingaHttpPipe *
geminga_http_pipe_new (GMainContext *context, gsize limit)
{
  GemingaHttpPipe *self = g_new0 (GemingaHttpPipe, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->context = g_main_context_ref (context);
  self->limit = MAX (limit, 1);
  self->sources = g_ptr_array_new ();

  return self;
}

GemingaHttpPipe *
geminga_http_pipe_ref (GemingaHttpPipe *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
geminga_http_pipe_unref (GemingaHttpPipe *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->sources->len == 0);
  g_ptr_array_unref (self->sources);
  g_clear_pointer (&self->held, g_byte_array_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->tail, g_free);
  g_main_context_unref (self->context);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
geminga_http_pipe_set_engine (GemingaHttpPipe *self, GemingaHttpPipeFunc func, gpointer engine)
{
  self->func = func;
  self->engine = engine;
}

gboolean
geminga_http_pipe_is_in_engine (GemingaHttpPipe *self)
{
  return g_main_context_is_owner (self->context);
}

void
geminga_http_pipe_set_limit (GemingaHttpPipe *self, gsize limit)
{
  g_mutex_lock (&self->lock);
  self->limit = MAX (limit, 1);
  wake_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
geminga_http_pipe_write (GemingaHttpPipe *self, gconstpointer data, gsize size, GError **error)
{
  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      g_mutex_unlock (&self->lock);
      return FALSE;
    }
  if (self->is_ended || !is_ready_locked (self, G_IO_OUT))
    {
      if (self->is_ended)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The stream is closed");
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                             "The stream is full: the other side is slower");
      g_mutex_unlock (&self->lock);
      return FALSE;
    }

  if (self->held == NULL)
    self->held = g_byte_array_new ();
  g_byte_array_append (self->held, data, (guint) size);
  wake_locked (self);
  call_engine_and_unlock (self);

  return TRUE;
}

gssize
geminga_http_pipe_read (GemingaHttpPipe *self, gpointer buffer, gsize size, GError **error)
{
  gsize n;

  g_mutex_lock (&self->lock);
  n = MIN (size, get_size_locked (self));
  if (n == 0 && self->error == NULL && self->is_ended)
    {
      g_mutex_unlock (&self->lock);
      return 0;
    }
  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      g_mutex_unlock (&self->lock);
      return -1;
    }

  self->is_wanted = TRUE;
  if (n > 0)
    {
      memcpy (buffer, self->held->data + self->done, n);
      consume_locked (self, n);
      wake_locked (self);
    }
  call_engine_and_unlock (self);
  if (n > 0)
    return (gssize) n;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing came yet");

  return -1;
}

gsize
geminga_http_pipe_take (GemingaHttpPipe *self, GString *out, gsize size)
{
  gsize n;

  g_mutex_lock (&self->lock);
  n = MIN (size, get_size_locked (self));
  if (n > 0)
    {
      g_string_append_len (out, (char *) self->held->data + self->done, (gssize) n);
      consume_locked (self, n);
      wake_locked (self);
    }
  g_mutex_unlock (&self->lock);

  return n;
}

gboolean
geminga_http_pipe_wait (GemingaHttpPipe *self,
                        GIOCondition condition,
                        GCancellable *cancellable,
                        GError **error)
{
  gulong id = 0;

  /* Not under the lock: it may call back at once. */
  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);

  g_mutex_lock (&self->lock);
  while (!is_ready_locked (self, condition) && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, id);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

GSource *
geminga_http_pipe_create_source (GemingaHttpPipe *self, GIOCondition condition)
{
  GSource *source = g_source_new (&pipe_source_funcs, sizeof (PipeSource));
  PipeSource *pipe_source = (PipeSource *) source;

  pipe_source->pipe = geminga_http_pipe_ref (self);
  pipe_source->condition = condition;
  g_source_set_static_name (source, "[geminga] http stream is ready");
  g_source_set_dispose_function (source, pipe_source_dispose);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->sources, pipe_source);
  if (is_ready_locked (self, condition))
    g_source_set_ready_time (source, 0);
  if ((condition & G_IO_IN) != 0)
    self->is_wanted = TRUE;
  call_engine_and_unlock (self);

  return source;
}

void
geminga_http_pipe_end (GemingaHttpPipe *self, const char *tail)
{
  g_mutex_lock (&self->lock);
  if (self->is_ended)
    {
      g_mutex_unlock (&self->lock);
      return;
    }

  self->is_ended = TRUE;
  self->tail = g_strdup (tail);
  wake_locked (self);
  call_engine_and_unlock (self);
}

void
geminga_http_pipe_fail (GemingaHttpPipe *self, GError *error)
{
  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    {
      g_mutex_unlock (&self->lock);
      g_error_free (error);
      return;
    }

  self->error = error;
  g_clear_pointer (&self->held, g_byte_array_unref);
  self->done = 0;
  wake_locked (self);
  call_engine_and_unlock (self);
}

gsize
geminga_http_pipe_get_size (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_size_locked (self);
}

gboolean
geminga_http_pipe_has_room (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->error == NULL && !self->is_ended && get_size_locked (self) < self->limit;
}

gboolean
geminga_http_pipe_is_wanted (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->is_wanted;
}

gboolean
geminga_http_pipe_is_drained (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->error == NULL && self->is_ended && get_size_locked (self) == 0;
}

gboolean
geminga_http_pipe_is_failed (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->error != NULL;
}

char *
geminga_http_pipe_dup_tail (GemingaHttpPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->tail);
}
