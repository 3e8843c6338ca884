/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells the thread sanitizer how GLib synchronises. GLib 2.74 as distributed is not instrumented: its
 * locks are bare futexes that the sanitizer cannot see, so every correct program would be reported.
 * A program links these functions; they win over GLib's for calls from our code, note the release or
 * the acquisition, and call the real ones. */

#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define NOT_CHECKED __attribute__ ((no_sanitize ("thread"))) G_GNUC_UNUSED

/* Two threads may look a function up at the same time; both find the same. */
#define REAL(name)                                          \
  ({                                                        \
    static __typeof__ (&name) real;                         \
    if (real == NULL)                                       \
      real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name); \
    real;                                                   \
  })

/* A lock is taken by LOCK and given back by UNLOCK. */
#define WRAP_LOCK(Type, lock, unlock)    \
  NOT_CHECKED void lock (Type *object)   \
  {                                      \
    REAL (lock) (object);                \
    __tsan_acquire (object);             \
  }                                      \
  NOT_CHECKED void unlock (Type *object) \
  {                                      \
    __tsan_release (object);             \
    REAL (unlock) (object);              \
  }

#define WRAP_TRYLOCK(Type, trylock)            \
  NOT_CHECKED gboolean trylock (Type *object)  \
  {                                            \
    gboolean locked = REAL (trylock) (object); \
    if (locked)                                \
      __tsan_acquire (object);                 \
    return locked;                             \
  }

/* Locks */

WRAP_LOCK (GMutex, g_mutex_lock, g_mutex_unlock)
WRAP_TRYLOCK (GMutex, g_mutex_trylock)
WRAP_LOCK (GRecMutex, g_rec_mutex_lock, g_rec_mutex_unlock)
WRAP_TRYLOCK (GRecMutex, g_rec_mutex_trylock)
WRAP_LOCK (GRWLock, g_rw_lock_writer_lock, g_rw_lock_writer_unlock)
WRAP_TRYLOCK (GRWLock, g_rw_lock_writer_trylock)
WRAP_LOCK (GRWLock, g_rw_lock_reader_lock, g_rw_lock_reader_unlock)
WRAP_TRYLOCK (GRWLock, g_rw_lock_reader_trylock)

NOT_CHECKED void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

NOT_CHECKED gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_release (mutex);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return signalled;
}

#undef g_once_init_leave
NOT_CHECKED void
g_once_init_leave (volatile void *location, gsize result)
{
  __tsan_release ((void *) location);
  REAL (g_once_init_leave) (location, result);
}

/* Reference counts: the last owner sees what the others did before they let go. */

NOT_CHECKED void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

NOT_CHECKED
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  __tsan_release (count);
  __tsan_acquire (count);
  return REAL (g_atomic_ref_count_dec) (count);
}

NOT_CHECKED void
g_atomic_rc_box_release_full (gpointer block, GDestroyNotify clear)
{
  __tsan_release (block);
  __tsan_acquire (block);
  REAL (g_atomic_rc_box_release_full) (block, clear);
}

/* Queues */

NOT_CHECKED void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

NOT_CHECKED gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

NOT_CHECKED gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

NOT_CHECKED gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

/* Sources: what was done before a source was attached is seen by its callback. */

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

NOT_CHECKED static gboolean
callback_run (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_acquire (callback);
  return callback->func (callback->data);
}

NOT_CHECKED static void
callback_free (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

NOT_CHECKED static Callback *
callback_new (GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback = g_new (Callback, 1);

  callback->func = func;
  callback->data = data;
  callback->notify = notify;
  __tsan_release (callback);

  return callback;
}

guint
g_idle_add_full (int priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  return REAL (g_idle_add_full) (priority, callback_run, callback_new (func, data, notify),
                                 callback_free);
}

guint
g_idle_add (GSourceFunc func, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

void
g_main_context_invoke_full (GMainContext *context,
                            int priority,
                            GSourceFunc func,
                            gpointer data,
                            GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full)
  (context, priority, callback_run, callback_new (func, data, notify), callback_free);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}

/* A source attached to a context is seen by the thread that owns the context from then on. */
NOT_CHECKED guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (context != NULL ? context : g_main_context_default ());
  return REAL (g_source_attach) (source, context);
}

NOT_CHECKED gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
  gboolean dispatched = REAL (g_main_context_iteration) (context, may_block);

  __tsan_acquire (context != NULL ? context : g_main_context_default ());
  return dispatched;
}
