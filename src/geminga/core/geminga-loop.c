/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-loop-private.h"

#include <time.h>

#include "geminga-actor-private.h"
#include "geminga-halts-private.h"
#include "geminga-mailbox-private.h"
#include "geminga-thread-private.h"
#include "geminga-timer-heap-private.h"

/* A dispatch lets other sources run after this many items or this long. */
#define DISPATCH_ITEMS 1024
#define DISPATCH_TIME  2000 /* microseconds */

/*
 * Looking at the clock costs as much as a quick handler. The loop looks after each item that takes
 * about this long, and less often the quicker they are: after so many at most, on average.
 */
#define LOOK_TIME  2000 /* nanoseconds */
#define LOOK_ITEMS 16

/* What a test has put in the place of time and chance. */
typedef struct
{
  const GemingaScheduler *scheduler;
  gpointer user_data;
  GQueue delayed;
} Schedule;

struct _GemingaLoop
{
  GSource source;
  atomic_int n_users; /* hold one reference to the source together */

  guint n_local_users; /* the loop's thread only: they are one of the users together */
  gboolean is_used_locally;

  GemingaLoopItem *first; /* (nullable), run queue of the loop's own thread, oldest first */
  GemingaLoopItem *last;  /* (nullable) */
  _Atomic (GemingaLoopItem *) inbox; /* posted by any thread, newest first */
  atomic_bool is_sleeping;

  /* the loop's thread only */
  gint64 looked_at; /* monotonic, nanoseconds */
  guint window;     /* items between that look and the next one */
  guint n_to_look;  /* those that are left of them, never 0 between items */
  guint32 dice;

  atomic_uint n_actors;
  Schedule *schedule;  /* (owned) (nullable) */
  GemingaHalts *halts; /* (owned) (nullable), the loop's thread only */

  GMutex lock;
  GPtrArray *timers;    /* (owned) (element-type GemingaTimer), heap by deadline, under lock */
  gint64 wakes_at;      /* under lock: when the context wakes by itself, or later */
  gboolean is_run_down; /* under lock: what waits gives up */
};

/* Helpers: timers */

/* Costs a lock of the context and perhaps a system call: not for what is disarmed before it is due. */
static void
wake_at_locked (GemingaLoop *self, gint64 deadline)
{
  self->wakes_at = deadline;
  if (self->schedule != NULL) /* whose time passes when nothing else happens */
    deadline = GEMINGA_LOOP_NEVER;
  g_source_set_ready_time ((GSource *) self, deadline != GEMINGA_LOOP_NEVER ? deadline : -1);
}

/* Once the time has come, or somebody has posted: when to wake next. */
static void
set_next_wake (GemingaLoop *self, gint64 now)
{
  gint64 ready_time = g_source_get_ready_time ((GSource *) self);

  if (ready_time < 0 || ready_time > now)
    return;

  g_mutex_lock (&self->lock);
  wake_at_locked (self, geminga_timer_heap_get_deadline (self->timers));
  g_mutex_unlock (&self->lock);
}

/* Each stays armed until the loop runs what it posts, and only then is gone. */
static void
give_up_timers (GemingaLoop *self)
{
  g_autoptr (GPtrArray) timers = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  self->is_run_down = TRUE;
  g_ptr_array_extend (timers, self->timers, NULL, NULL);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < timers->len; i++)
    {
      GemingaTimer *timer = g_ptr_array_index (timers, i);

      if (timer->give_up != NULL)
        timer->give_up (timer->user_data);
    }
}

static gboolean
has_timers (GemingaLoop *self)
{
  gboolean has_some;

  g_mutex_lock (&self->lock);
  has_some = self->timers->len > 0;
  g_mutex_unlock (&self->lock);

  return has_some;
}

/* Tells whether there were any. */
static gboolean
run_timers (GemingaLoop *self, gint64 now)
{
  for (gboolean has_run = FALSE;; has_run = TRUE)
    {
      GemingaTimer *timer;

      g_mutex_lock (&self->lock);
      timer = geminga_timer_heap_peek (self->timers);
      if (timer != NULL && timer->deadline <= now)
        geminga_timer_heap_remove (self->timers, timer);
      else
        timer = NULL;
      g_mutex_unlock (&self->lock);

      if (timer == NULL)
        return has_run;

      timer->func (timer->user_data);
    }
}

/* Helpers: items */

static void
append (GemingaLoop *self, GemingaLoopItem *item)
{
  atomic_store_explicit (&item->next, NULL, memory_order_relaxed);
  if (self->last != NULL)
    atomic_store_explicit (&self->last->next, item, memory_order_relaxed);
  else
    self->first = item;
  self->last = item;
}

static void
take_inbox (GemingaLoop *self)
{
  GemingaLoopItem *newest = atomic_load (&self->inbox);
  GemingaLoopItem *oldest = NULL;

  if (newest == NULL)
    return;

  newest = atomic_exchange (&self->inbox, NULL);
  while (newest != NULL)
    {
      GemingaLoopItem *next = atomic_load_explicit (&newest->next, memory_order_relaxed);

      atomic_store_explicit (&newest->next, oldest, memory_order_relaxed);
      oldest = newest;
      newest = next;
    }

  while (oldest != NULL)
    {
      GemingaLoopItem *next = atomic_load_explicit (&oldest->next, memory_order_relaxed);

      append (self, oldest);
      oldest = next;
    }
}

static gboolean
run_first (GemingaLoop *self)
{
  GemingaLoopItem *item = self->first;

  if (item == NULL)
    return FALSE;

  self->first = atomic_load_explicit (&item->next, memory_order_relaxed);
  if (self->first == NULL)
    self->last = NULL;
  item->run (item);

  return TRUE;
}

/* Helpers: time */

static guint32
make_stamp (gint64 milliseconds)
{
  return (guint32) milliseconds | 1;
}

static void
look (GemingaLoop *self, GemingaThread *thread, guint window)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  self->looked_at = (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
  self->window = window;
  self->n_to_look = window;
  thread->stamp = make_stamp (self->looked_at / 1000000);
}

/*
 * Twice as many items as before if they were quick. The number is never quite the same, so that actors
 * that take turns all get their share of being the one that is looked at.
 */
static guint
choose_window (GemingaLoop *self, guint64 elapsed)
{
  guint64 window = (guint64) self->window * LOOK_TIME / MAX (elapsed, 1);

  window = MIN (window, MIN (self->window * 2, LOOK_ITEMS));
  if (window < 4)
    return MAX ((guint) window, 1);

  self->dice = self->dice * 1664525 + 1013904223;

  return (guint) (window / 2) + (self->dice >> 16) % (guint) window + 1;
}

/*
 * The last item of a window. If it is a mailbox, what passed since the last look is put down to its actor:
 * all of it was this actor's if items are slow, and quick ones get their share in the long run.
 */
static gboolean
run_first_and_look (GemingaLoop *self, GemingaThread *thread)
{
  GemingaLoopItem *item = self->first;
  GemingaMailbox *mailbox =
      item != NULL && geminga_mailbox_is_item (item) ? geminga_mailbox_from_item (item) : NULL;
  gint64 before = self->looked_at;
  gboolean has_run;

  if (mailbox != NULL)
    geminga_target_ref (&mailbox->target);

  self->n_to_look = 1;
  has_run = run_first (self);
  if (has_run)
    {
      /* Unless it ran the loop itself, which has looked meanwhile. */
      guint window = self->window;

      before = MAX (before, self->looked_at);
      look (self, thread, window);
      self->n_to_look = self->window = choose_window (self, (guint64) (self->looked_at - before));
      if (mailbox != NULL)
        geminga_mailbox_charge (mailbox, (guint64) (self->looked_at - before));
    }
  if (mailbox != NULL)
    geminga_target_unref (&mailbox->target);

  return has_run;
}

static gboolean
has_items (GemingaLoop *self)
{
  return self->first != NULL || atomic_load (&self->inbox) != NULL;
}

/* Helpers: what a scheduler does */

static gboolean
has_due_timers (GemingaLoop *self)
{
  return geminga_loop_get_next_deadline (self) <= geminga_loop_get_time (self);
}

static gboolean
is_ready (GemingaLoop *self)
{
  return has_items (self) || (G_UNLIKELY (self->schedule != NULL) && has_due_timers (self));
}

/* Any mailbox may go first, as its messages come from anywhere. Answers stay in order. */
static gboolean
may_go_first (GemingaLoopItem *item, gboolean *has_answer)
{
  if (item->run == geminga_mailbox_run_scheduled)
    return TRUE;
  if (*has_answer)
    return FALSE;

  return *has_answer = TRUE;
}

static guint
count_choices (GemingaLoop *self)
{
  gboolean has_answer = FALSE;
  guint n_choices = 0;

  for (GemingaLoopItem *item = self->first; item != NULL;
       item = atomic_load_explicit (&item->next, memory_order_relaxed))
    n_choices += may_go_first (item, &has_answer) ? 1 : 0;

  return n_choices;
}

static void
make_first (GemingaLoop *self, GemingaLoopItem *item, GemingaLoopItem *previous)
{
  GemingaLoopItem *next = atomic_load_explicit (&item->next, memory_order_relaxed);

  if (previous == NULL)
    return;

  atomic_store_explicit (&previous->next, next, memory_order_relaxed);
  if (next == NULL)
    self->last = previous;
  atomic_store_explicit (&item->next, self->first, memory_order_relaxed);
  self->first = item;
}

static void
choose_first (GemingaLoop *self)
{
  Schedule *schedule = self->schedule;
  guint n_choices = count_choices (self);
  guint n = n_choices > 1 ? schedule->scheduler->choose (schedule->user_data, n_choices) : 0;
  gboolean has_answer = FALSE;
  GemingaLoopItem *previous = NULL;

  for (GemingaLoopItem *item = self->first; item != NULL;
       item = atomic_load_explicit (&item->next, memory_order_relaxed))
    {
      if (may_go_first (item, &has_answer) && n-- == 0)
        {
          make_first (self, item, previous);
          return;
        }
      previous = item;
    }
}

/* One step. */
static void
dispatch_scheduled (GemingaLoop *self)
{
  run_timers (self, geminga_loop_get_time (self));
  take_inbox (self);
  choose_first (self);
  run_first (self);
}

/* GSource */

static gboolean
loop_prepare (GSource *source, int *timeout)
{
  GemingaLoop *self = (GemingaLoop *) source;
  GemingaThread *thread = geminga_thread_get ();

  if (G_UNLIKELY (thread->actor != NULL))
    geminga_halts_expect (geminga_loop_get_halts (self), geminga_actor_get_mailbox (thread->actor));
  *timeout = -1;
  if (is_ready (self))
    return TRUE;

  /* Whoever posts after this store sees it and wakes the context. */
  atomic_store (&self->is_sleeping, TRUE);
  if (!has_items (self))
    return FALSE;

  atomic_store (&self->is_sleeping, FALSE);

  return TRUE;
}

static gboolean
loop_check (GSource *source)
{
  GemingaLoop *self = (GemingaLoop *) source;

  atomic_store (&self->is_sleeping, FALSE);

  return is_ready (self);
}

static void
dispatch (GemingaLoop *self, GemingaThread *thread)
{
  gint64 end = self->looked_at + DISPATCH_TIME * 1000;
  guint n_items = 0;
  gboolean has_run;

  if (run_timers (self, self->looked_at / 1000))
    look (self, thread, 1);
  do
    {
      take_inbox (self);
      has_run = --self->n_to_look > 0 ? run_first (self) : run_first_and_look (self, thread);
    }
  while (has_run && ++n_items < DISPATCH_ITEMS && self->looked_at < end);
}

static gboolean
loop_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GemingaLoop *self = (GemingaLoop *) source;
  GemingaThread *thread = geminga_thread_get ();
  GemingaLoop *previous = thread->dispatching;
  gboolean is_nested = thread->actor != NULL;
  GemingaFrame frame;

  look (self, thread, 1);
  if (G_UNLIKELY (is_nested))
    geminga_thread_push_frame (thread, &frame);
  thread->dispatching = self;
  if (G_LIKELY (self->schedule == NULL))
    dispatch (self, thread);
  else
    dispatch_scheduled (self);
  geminga_target_return_stock (&thread->stock);
  thread->dispatching = previous;
  if (G_UNLIKELY (is_nested))
    geminga_thread_pop_frame (thread);
  if (previous == NULL)
    thread->stamp = 0;
  set_next_wake (self, self->looked_at / 1000);
  if (self->is_used_locally && self->n_local_users == 0)
    {
      self->is_used_locally = FALSE;
      geminga_loop_unref (self);
    }

  return G_SOURCE_CONTINUE;
}

static void
loop_finalize (GSource *source)
{
  GemingaLoop *self = (GemingaLoop *) source;

  g_clear_pointer (&self->timers, g_ptr_array_unref);
  g_clear_pointer (&self->schedule, g_free);
  g_clear_pointer (&self->halts, geminga_halts_free);
  g_mutex_clear (&self->lock);
}

static GSourceFuncs loop_funcs = { loop_prepare,  loop_check, loop_dispatch,
                                   loop_finalize, NULL,       NULL };

/* Private API */

/*
 * The context owns its loop, so that everything of ours in it shares one. Looking for it holds the
 * context's lock for a walk over its sources: keep the result.
 */
GemingaLoop *
geminga_loop_ref_for_context (GMainContext *context)
{
  GSource *source;
  GemingaLoop *self;
  static GMutex creation_lock;

  g_mutex_lock (&creation_lock);
  source = g_main_context_find_source_by_funcs_user_data (context, &loop_funcs, NULL);
  if (source != NULL)
    {
      self = geminga_loop_ref ((GemingaLoop *) source);
      g_mutex_unlock (&creation_lock);
      return self;
    }

  source = g_source_new (&loop_funcs, sizeof (GemingaLoop));
  self = (GemingaLoop *) source;
  atomic_init (&self->n_users, 1);
  self->timers = g_ptr_array_new ();
  self->wakes_at = GEMINGA_LOOP_NEVER;
  g_mutex_init (&self->lock);
  atomic_init (&self->inbox, NULL);
  atomic_init (&self->is_sleeping, FALSE);
  atomic_init (&self->n_actors, 0);
  g_source_set_callback (source, NULL, NULL, NULL);
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, "GemingaLoop");
  g_source_attach (source, context);
  g_mutex_unlock (&creation_lock);

  return self;
}

GemingaLoop *
geminga_loop_ref_thread_default (void)
{
  return geminga_loop_ref (geminga_thread_get_loop (geminga_thread_get ()));
}

/* References to a source are dear: they lock its context. */
GemingaLoop *
geminga_loop_ref (GemingaLoop *self)
{
  if (atomic_fetch_add_explicit (&self->n_users, 1, memory_order_relaxed) == 0)
    g_source_ref ((GSource *) self);

  return self;
}

void
geminga_loop_unref (GemingaLoop *self)
{
  if (atomic_fetch_sub_explicit (&self->n_users, 1, memory_order_acq_rel) == 1)
    g_source_unref ((GSource *) self);
}

void
geminga_loop_ref_locally (GemingaLoop *self)
{
  self->n_local_users++;
  if (!self->is_used_locally)
    geminga_loop_ref (self);
  self->is_used_locally = TRUE;
}

/* Others may come in the same dispatch. */
void
geminga_loop_unref_locally (GemingaLoop *self)
{
  self->n_local_users--;
}

void
geminga_loop_post (GemingaLoop *self, GemingaLoopItem *item)
{
  geminga_loop_post_from (self, item, geminga_thread_get ());
}

void
geminga_loop_post_from (GemingaLoop *self, GemingaLoopItem *item, GemingaThread *thread)
{
  GemingaLoopItem *head;

  if (thread->dispatching == self)
    {
      append (self, item);
      return;
    }

  head = atomic_load_explicit (&self->inbox, memory_order_relaxed);
  do
    atomic_store_explicit (&item->next, head, memory_order_relaxed);
  while (!atomic_compare_exchange_weak (&self->inbox, &head, item));

  if (atomic_load (&self->is_sleeping) && atomic_exchange (&self->is_sleeping, FALSE))
    g_source_set_ready_time ((GSource *) self, 0);
}

void
geminga_loop_run_now (GemingaLoop *self)
{
  if (geminga_thread_get ()->dispatching != self && has_items (self))
    loop_dispatch ((GSource *) self, NULL, NULL);
}

void
geminga_loop_arm (GemingaLoop *self, GemingaTimer *timer, gint64 deadline)
{
  gboolean is_too_late;

  g_mutex_lock (&self->lock);
  g_assert (timer->index == 0);
  timer->deadline = deadline;
  geminga_timer_heap_add (self->timers, timer);
  if (deadline < self->wakes_at)
    wake_at_locked (self, deadline);
  is_too_late = self->is_run_down && timer->give_up != NULL;
  g_mutex_unlock (&self->lock);

  if (is_too_late)
    timer->give_up (timer->user_data);
}

gboolean
geminga_loop_disarm (GemingaLoop *self, GemingaTimer *timer)
{
  gboolean was_armed;

  g_mutex_lock (&self->lock);
  was_armed = timer->index != 0;
  if (was_armed)
    geminga_timer_heap_remove (self->timers, timer);
  g_mutex_unlock (&self->lock);

  return was_armed;
}

guint32
geminga_loop_read_stamp (GemingaLoop *self)
{
  struct timespec now;

  if (G_UNLIKELY (self != NULL && self->schedule != NULL))
    return make_stamp (geminga_loop_get_time (self) / 1000);

  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);

  return make_stamp ((gint64) now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

gint64
geminga_loop_get_time (GemingaLoop *self)
{
  Schedule *schedule = self->schedule;

  return G_LIKELY (schedule == NULL) ? g_get_monotonic_time ()
                                     : schedule->scheduler->get_time (schedule->user_data);
}

void
geminga_loop_set_scheduler (GemingaLoop *self,
                            const GemingaScheduler *scheduler,
                            gpointer user_data)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->schedule, g_free);
  if (scheduler != NULL)
    {
      self->schedule = g_new0 (Schedule, 1);
      *self->schedule = (Schedule){ scheduler, user_data, G_QUEUE_INIT };
    }
  wake_at_locked (self, geminga_timer_heap_get_deadline (self->timers));
  g_mutex_unlock (&self->lock);
}

gboolean
geminga_loop_has_scheduler (GemingaLoop *self)
{
  return self->schedule != NULL;
}

GemingaFault
geminga_loop_inject (GemingaLoop *self,
                     GemingaFaultPoint point,
                     const char *actor,
                     const char *detail,
                     gint64 *delay)
{
  Schedule *schedule = self->schedule;

  if (schedule == NULL)
    return GEMINGA_FAULT_NONE;

  return schedule->scheduler->inject (schedule->user_data, point, actor, detail, delay);
}

void
geminga_loop_note (GemingaLoop *self, const char *event, const char *actor, const char *detail)
{
  Schedule *schedule = self->schedule;

  if (schedule != NULL)
    schedule->scheduler->note (schedule->user_data, event, actor, detail);
}

GQueue *
geminga_loop_get_delayed (GemingaLoop *self)
{
  return self->schedule != NULL ? &self->schedule->delayed : NULL;
}

gint64
geminga_loop_get_next_deadline (GemingaLoop *self)
{
  gint64 deadline;

  g_mutex_lock (&self->lock);
  deadline = geminga_timer_heap_get_deadline (self->timers);
  g_mutex_unlock (&self->lock);

  return deadline;
}

gboolean
geminga_loop_has_items (GemingaLoop *self)
{
  return has_items (self);
}

GRand *
geminga_loop_make_random (GemingaLoop *self)
{
  Schedule *schedule = self->schedule;

  if (schedule == NULL)
    return g_rand_new ();

  return g_rand_new_with_seed (schedule->scheduler->choose (schedule->user_data, G_MAXUINT));
}

GemingaHalts *
geminga_loop_get_halts (GemingaLoop *self)
{
  if (self->halts == NULL)
    self->halts = geminga_halts_new (self);

  return self->halts;
}

void
geminga_loop_foreach_timer_locked (GemingaLoop *self,
                                   void (*func) (GemingaTimer *timer, gpointer user_data),
                                   gpointer user_data)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->timers->len; i++)
    func (g_ptr_array_index (self->timers, i), user_data);
  g_mutex_unlock (&self->lock);
}

void
geminga_loop_add_actor (GemingaLoop *self)
{
  atomic_fetch_add_explicit (&self->n_actors, 1, memory_order_relaxed);
}

void
geminga_loop_remove_actor (GemingaLoop *self)
{
  atomic_fetch_sub_explicit (&self->n_actors, 1, memory_order_release);
}

guint
geminga_loop_get_n_actors (GemingaLoop *self)
{
  return atomic_load_explicit (&self->n_actors, memory_order_acquire);
}

void
geminga_loop_run_down (GemingaLoop *self)
{
  GMainContext *context = g_source_get_context ((GSource *) self);

  while (geminga_loop_get_n_actors (self) > 0)
    g_main_context_iteration (context, TRUE);
  give_up_timers (self);
  while (has_timers (self))
    g_main_context_iteration (context, TRUE);
  while (g_main_context_iteration (context, FALSE))
    continue;
}
