/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-death-watch-private.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel waits for so many at once, of which one is ours. Processes beyond are not watched. */
#define MAX_WATCHED (FUTEX_WAITV_MAX - 1)

typedef struct
{
  guint32 node;
  GemingaProcessReport *report; /* (owned) */
} Watched;

struct _GemingaDeathWatch
{
  GemingaDeathWatchFunc dying;
  gpointer data;
  GSource *source; /* (owned): tells */
  GThread *thread; /* (owned) (nullable): until the first is added */

  GMutex lock;
  GArray *watched;       /* (owned) (element-type Watched), under lock */
  GArray *dead;          /* (owned) (element-type guint32), under lock: to be told */
  gboolean is_over;      /* under lock */
  atomic_uint n_changes; /* a futex too: what is to be waited for has changed */
};

/* Helpers */

static void
watched_clear (gpointer data)
{
  geminga_process_report_unref (((Watched *) data)->report);
}

static GArray *
new_watched (void)
{
  GArray *watched = g_array_new (FALSE, FALSE, sizeof (Watched));

  g_array_set_clear_func (watched, watched_clear);

  return watched;
}

/* FALSE: nobody holds it, or who did is dead. */
static gboolean
is_held (guint value)
{
  return (value & FUTEX_TID_MASK) != 0 && (value & FUTEX_OWNER_DIED) == 0;
}

/* The thread: a copy, so that nothing that is waited for goes away. NULL: it is over. */
static GArray *
copy_watched (GemingaDeathWatch *self, guint *n_changes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GArray) copy = NULL;

  *n_changes = atomic_load (&self->n_changes);
  if (self->is_over)
    return NULL;

  copy = new_watched ();
  for (guint i = 0; i < MIN (self->watched->len, MAX_WATCHED); i++)
    {
      Watched one = g_array_index (self->watched, Watched, i);

      geminga_process_report_ref (one.report);
      g_array_append_val (copy, one);
    }

  return g_steal_pointer (&copy);
}

static gboolean
forget_locked (GemingaDeathWatch *self, guint32 node)
{
  for (guint i = 0; i < self->watched->len; i++)
    if (g_array_index (self->watched, Watched, i).node == node)
      {
        g_array_remove_index_fast (self->watched, i);
        return TRUE;
      }

  return FALSE;
}

static void
note_death (GemingaDeathWatch *self, guint32 node)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!forget_locked (self, node))
    return;

  g_array_append_val (self->dead, node);
  g_source_set_ready_time (self->source, 0);
}

static void
set_waiter (struct futex_waitv *waiter, atomic_uint *word, guint value, guint flags)
{
  *waiter = (struct futex_waitv){ .val = value, .uaddr = (guintptr) word, .flags = flags };
}

/* Asks for the word to be woken. FALSE: it is dead. */
static gboolean
expect (Watched *one, struct futex_waitv *waiter)
{
  atomic_uint *life = geminga_process_report_get_life (one->report);
  guint value = atomic_load (life);

  do
    if (!is_held (value))
      return FALSE;
  while (!atomic_compare_exchange_weak (life, &value, value | FUTEX_WAITERS));
  set_waiter (waiter, life, value | FUTEX_WAITERS, FUTEX_32);

  return TRUE;
}

/* FALSE: the kernel cannot do it. */
static gboolean
wait_for_some (GemingaDeathWatch *self, GArray *watched, guint n_changes)
{
  struct futex_waitv waiters[MAX_WATCHED + 1];
  guint n_waiters = 0;

  set_waiter (&waiters[n_waiters++], &self->n_changes, n_changes, FUTEX_32 | FUTEX_PRIVATE_FLAG);
  for (guint i = 0; i < watched->len; i++)
    {
      Watched *one = &g_array_index (watched, Watched, i);

      if (expect (one, &waiters[n_waiters]))
        n_waiters++;
      else
        note_death (self, one->node);
    }

  return syscall (SYS_futex_waitv, waiters, n_waiters, 0, NULL, 0) >= 0 || errno == EAGAIN ||
         errno == EINTR;
}

static gpointer
run (gpointer data)
{
  GemingaDeathWatch *self = data;
  gboolean is_possible = TRUE;

  while (is_possible)
    {
      guint n_changes;
      g_autoptr (GArray) watched = copy_watched (self, &n_changes);

      is_possible = watched != NULL && wait_for_some (self, watched, n_changes);
    }

  return NULL;
}

/* Under lock. */
static void
note_change (GemingaDeathWatch *self)
{
  atomic_fetch_add (&self->n_changes, 1);
  syscall (SYS_futex, &self->n_changes, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static gboolean
on_dead (gpointer user_data)
{
  GemingaDeathWatch *self = user_data;
  g_autoptr (GArray) dead = NULL;

  g_mutex_lock (&self->lock);
  g_source_set_ready_time (self->source, -1);
  dead = g_steal_pointer (&self->dead);
  self->dead = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < dead->len; i++)
    self->dying (self->data, g_array_index (dead, guint32, i));

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* Private API */

GemingaDeathWatch *
geminga_death_watch_new (GemingaDeathWatchFunc dying, gpointer data)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  GemingaDeathWatch *self = g_new0 (GemingaDeathWatch, 1);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->dying = dying;
  self->data = data;
  g_mutex_init (&self->lock);
  self->watched = new_watched ();
  self->dead = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[geminga] death watch");
  g_source_set_priority (self->source, G_PRIORITY_HIGH);
  g_source_set_callback (self->source, on_dead, self, NULL);
  g_source_attach (self->source, context);

  return self;
}

void
geminga_death_watch_free (GemingaDeathWatch *self)
{
  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  note_change (self);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_array_unref (self->watched);
  g_array_unref (self->dead);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
geminga_death_watch_add (GemingaDeathWatch *self, guint32 node, GemingaProcessReport *report)
{
  Watched one = { node, report };
  g_autoptr (GMutexLocker) locker = NULL;

  /* Not joined, or over before it began, which is told otherwise. */
  if (!is_held (atomic_load (geminga_process_report_get_life (report))))
    return;

  locker = g_mutex_locker_new (&self->lock);
  forget_locked (self, node);
  geminga_process_report_ref (report);
  g_array_append_val (self->watched, one);
  if (self->thread == NULL)
    self->thread = g_thread_new ("geminga-death", run, self);
  note_change (self);
}

void
geminga_death_watch_remove (GemingaDeathWatch *self, guint32 node)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (forget_locked (self, node))
    note_change (self);
}
