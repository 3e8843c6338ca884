/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdatomic.h>

#include "geminga-scheduler.h"

G_BEGIN_DECLS

/*
 * GemingaLoop: the one source through which everything of ours runs in a GMainContext. It holds a
 * run queue of items (mailboxes with messages, asks with answers) that any thread may post to, and
 * the timers of the context. The context is woken only if it sleeps.
 */
typedef struct _GemingaLoop GemingaLoop;
typedef struct _GemingaLoopItem GemingaLoopItem;
typedef struct _GemingaTimer GemingaTimer;
typedef struct _GemingaThread GemingaThread;
typedef struct _GemingaHalts GemingaHalts;

typedef void (*GemingaLoopFunc) (GemingaLoopItem *item);
typedef void (*GemingaTimerFunc) (gpointer user_data);

/* Embedded in what is posted; owned by the poster until it runs. */
struct _GemingaLoopItem
{
  _Atomic (GemingaLoopItem *) next;
  GemingaLoopFunc run;
};

/* A deadline that never comes. */
#define GEMINGA_LOOP_NEVER G_MAXINT64

/* Embedded in what waits. Unarmed while index is 0. */
struct _GemingaTimer
{
  gint64 deadline; /* by geminga_loop_get_time () */
  guint index;     /* place in the heap, from 1; under the loop's lock */
  GemingaTimerFunc func;
  GemingaTimerFunc give_up; /* (nullable): the loop ends; the timer stays armed, but not for long */
  gpointer user_data;
};

GemingaLoop *geminga_loop_ref_for_context (GMainContext *context);
GemingaLoop *geminga_loop_ref_thread_default (void);
GemingaLoop *geminga_loop_ref (GemingaLoop *self);
void geminga_loop_unref (GemingaLoop *self);
/* Without an atomic operation, in the loop's dispatch only: those together hold one. */
void geminga_loop_ref_locally (GemingaLoop *self);
void geminga_loop_unref_locally (GemingaLoop *self);

/* Any thread. The item must stay valid until it runs. */
void geminga_loop_post (GemingaLoop *self, GemingaLoopItem *item);
void geminga_loop_post_from (GemingaLoop *self, GemingaLoopItem *item, GemingaThread *thread);

/* The loop's thread, outside of its dispatch: does what waits at once, as far as a dispatch does. */
void geminga_loop_run_now (GemingaLoop *self);

/* Any thread; the function runs in the loop. Disarming tells whether the timer was still armed. */
void geminga_loop_arm (GemingaLoop *self, GemingaTimer *timer, gint64 deadline);
gboolean geminga_loop_disarm (GemingaLoop *self, GemingaTimer *timer);

/*
 * Any thread: a cheap and coarse clock, in milliseconds; it wraps, and is never 0. NULL: of loops that have
 * no scheduler.
 */
guint32 geminga_loop_read_stamp (GemingaLoop *self);

/* Monotonic, in microseconds; or what the scheduler says. Any thread. */
gint64 geminga_loop_get_time (GemingaLoop *self);

/* NULL: there is none. The loop's thread only. */
void geminga_loop_set_scheduler (GemingaLoop *self,
                                 const GemingaScheduler *scheduler,
                                 gpointer user_data);
gboolean geminga_loop_has_scheduler (GemingaLoop *self);
/* What the scheduler says; nothing, if there is none any more. */
GemingaFault geminga_loop_inject (GemingaLoop *self,
                                  GemingaFaultPoint point,
                                  const char *actor,
                                  const char *detail,
                                  gint64 *delay);
void
geminga_loop_note (GemingaLoop *self, const char *event, const char *actor, const char *detail);
/* Messages that are delayed, see geminga-mailbox-scheduled.c. Borrowed; NULL without a scheduler. */
GQueue *geminga_loop_get_delayed (GemingaLoop *self);
/* The first deadline; GEMINGA_LOOP_NEVER if there is none. */
gint64 geminga_loop_get_next_deadline (GemingaLoop *self);
gboolean geminga_loop_has_items (GemingaLoop *self);
/* Seeded by the scheduler, if there is one. */
GRand *geminga_loop_make_random (GemingaLoop *self) G_GNUC_WARN_UNUSED_RESULT;

/* See geminga-halts-private.h. Made when needed; the loop's thread only. */
GemingaHalts *geminga_loop_get_halts (GemingaLoop *self);

/* Any thread: goes through the timers that are armed, under the lock. */
void geminga_loop_foreach_timer_locked (GemingaLoop *self,
                                        void (*func) (GemingaTimer *timer, gpointer user_data),
                                        gpointer user_data);

/* The actors that live in the loop. They are added by any thread, and removed in the loop. */
void geminga_loop_add_actor (GemingaLoop *self);
void geminga_loop_remove_actor (GemingaLoop *self);
guint geminga_loop_get_n_actors (GemingaLoop *self);

/*
 * The loop's thread, before it ends: runs the loop until its actors have ended, lets what waits give
 * up, and runs the loop until nothing waits any more.
 */
void geminga_loop_run_down (GemingaLoop *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaLoop, geminga_loop_unref)

G_END_DECLS
