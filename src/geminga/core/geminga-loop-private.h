/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdatomic.h>

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
  gint64 deadline; /* monotonic, microseconds */
  guint index;     /* place in the heap, from 1; under the loop's lock */
  GemingaTimerFunc func;
  GemingaTimerFunc give_up; /* (nullable): the loop ends; the timer stays armed, but not for long */
  gpointer user_data;
};

GemingaLoop *geminga_loop_ref_for_context (GMainContext *context);
GemingaLoop *geminga_loop_ref_thread_default (void);
GemingaLoop *geminga_loop_ref (GemingaLoop *self);
void geminga_loop_unref (GemingaLoop *self);

/* Any thread. The item must stay valid until it runs. */
void geminga_loop_post (GemingaLoop *self, GemingaLoopItem *item);
void geminga_loop_post_from (GemingaLoop *self, GemingaLoopItem *item, GemingaThread *thread);

/* Any thread; the function runs in the loop. Disarming tells whether the timer was still armed. */
void geminga_loop_arm (GemingaLoop *self, GemingaTimer *timer, gint64 deadline);
gboolean geminga_loop_disarm (GemingaLoop *self, GemingaTimer *timer);

/* Any thread: a cheap and coarse clock, in milliseconds; it wraps, and is never 0. */
guint32 geminga_loop_read_stamp (void);

/* The actors that live in the loop. They are added by any thread, and removed in the loop. */
void geminga_loop_add_actor (GemingaLoop *self);
void geminga_loop_remove_actor (GemingaLoop *self);

/*
 * The loop's thread, before it ends: runs the loop until its actors have ended, lets what waits give
 * up, and runs the loop until nothing waits any more.
 */
void geminga_loop_run_down (GemingaLoop *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaLoop, geminga_loop_unref)

G_END_DECLS
