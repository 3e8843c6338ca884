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
  /* For who looks whether the last reference is its own. */
  __tsan_release ((void *) &((GObject *) object)->ref_count);
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

NOT_CHECKED void
g_ptr_array_unref (GPtrArray *array)
{
  __tsan_release (array);
  __tsan_acquire (array);
  REAL (g_ptr_array_unref) (array);
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

/* Sources: what was done before a source was attached, or its callback set, is seen by the callback,
 * in whatever thread it runs. GLib asks for an indirect callback in the thread that dispatches. */

typedef struct
{
  gatomicrefcount ref_count;
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

NOT_CHECKED static void
callback_ref (gpointer user_data)
{
  Callback *callback = user_data;

  g_atomic_ref_count_inc (&callback->ref_count);
}

NOT_CHECKED static void
callback_unref (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_release (callback);
  if (!REAL (g_atomic_ref_count_dec) (&callback->ref_count))
    return;
  __tsan_acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

NOT_CHECKED static void
callback_get (gpointer user_data, GSource *source, GSourceFunc *func, gpointer *data)
{
  Callback *callback = user_data;

  __tsan_acquire (callback);
  __tsan_acquire (source);
  *func = callback->func;
  *data = callback->data;
}

NOT_CHECKED void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  static GSourceCallbackFuncs funcs = { callback_ref, callback_unref, callback_get };
  Callback *callback = g_new (Callback, 1);

  g_atomic_ref_count_init (&callback->ref_count);
  callback->func = func;
  callback->data = data;
  callback->notify = notify;
  __tsan_release (callback);
  g_source_set_callback_indirect (source, callback, &funcs);
}

NOT_CHECKED guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (source);
  return REAL (g_source_attach) (source, context);
}

/* What GLib attaches for its caller, made of the same parts. */
static guint
attach_default (GSource *source,
                int priority,
                GSourceFunc func,
                gpointer data,
                GDestroyNotify notify)
{
  guint id;

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, notify);
  id = g_source_attach (source, NULL);
  g_source_unref (source);

  return id;
}

guint
g_idle_add_full (int priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  return attach_default (g_idle_source_new (), priority, func, data, notify);
}

guint
g_idle_add (GSourceFunc func, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

guint
g_timeout_add_full (int priority,
                    guint interval,
                    GSourceFunc func,
                    gpointer data,
                    GDestroyNotify notify)
{
  return attach_default (g_timeout_source_new (interval), priority, func, data, notify);
}

guint
g_timeout_add (guint interval, GSourceFunc func, gpointer data)
{
  return g_timeout_add_full (G_PRIORITY_DEFAULT, interval, func, data, NULL);
}

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Invocation;

NOT_CHECKED static gboolean
invocation_run (gpointer user_data)
{
  Invocation *invocation = user_data;

  __tsan_acquire (invocation);
  return invocation->func (invocation->data);
}

NOT_CHECKED static void
invocation_free (gpointer user_data)
{
  Invocation *invocation = user_data;

  __tsan_acquire (invocation);
  if (invocation->notify != NULL)
    invocation->notify (invocation->data);
  g_free (invocation);
}

NOT_CHECKED void
g_main_context_invoke_full (GMainContext *context,
                            int priority,
                            GSourceFunc func,
                            gpointer data,
                            GDestroyNotify notify)
{
  Invocation *invocation = g_new (Invocation, 1);

  invocation->func = func;
  invocation->data = data;
  invocation->notify = notify;
  __tsan_release (invocation);
  REAL (g_main_context_invoke_full)
  (context, priority, invocation_run, invocation, invocation_free);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}

/* Tasks: a result, and the data of a task that runs in a thread, pass between threads. */

NOT_CHECKED void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  __tsan_release (task);
  REAL (g_task_run_in_thread) (task, func);
}

NOT_CHECKED gpointer
g_task_get_task_data (GTask *task)
{
  __tsan_acquire (task);
  return REAL (g_task_get_task_data) (task);
}

NOT_CHECKED void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  __tsan_release (task);
  REAL (g_task_return_pointer) (task, result, destroy);
}

NOT_CHECKED void
g_task_return_boolean (GTask *task, gboolean result)
{
  __tsan_release (task);
  REAL (g_task_return_boolean) (task, result);
}

NOT_CHECKED void
g_task_return_error (GTask *task, GError *error)
{
  __tsan_release (task);
  REAL (g_task_return_error) (task, error);
}

NOT_CHECKED gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  __tsan_acquire (task);
  return REAL (g_task_propagate_pointer) (task, error);
}

NOT_CHECKED gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  __tsan_acquire (task);
  return REAL (g_task_propagate_boolean) (task, error);
}
