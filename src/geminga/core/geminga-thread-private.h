/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-call.h"
#include "geminga-loop-private.h"
#include "geminga-message-pool-private.h"

G_BEGIN_DECLS

typedef struct _GemingaMessage GemingaMessage;
typedef struct _GemingaCaller GemingaCaller;
typedef struct _GemingaTarget GemingaTarget;
typedef struct _GemingaFrame GemingaFrame;

/* References to one target that a thread holds to give them away. */
typedef struct
{
  GemingaTarget *target; /* (nullable): compared only, while there are none */
  guint n_refs;
} GemingaTargetStock;

/*
 * Code of an actor that runs the main context and so waits on the stack of its thread. It is one only while
 * the loop is dispatched.
 */
struct _GemingaFrame
{
  GemingaFrame *below; /* (nullable) */
  GemingaActor *actor;
  GemingaCall *call; /* (nullable): which it handles */
  guint64 step;      /* if there is no call */
};

/*
 * GemingaThread: what a thread is doing right now, and what it keeps to use again. Only the thread
 * itself looks at it.
 */
struct _GemingaThread
{
  GemingaActor *actor;      /* (nullable): whose code runs */
  GemingaCall *call;        /* (nullable): which it handles */
  GemingaLoop *dispatching; /* (nullable): the loop that runs it */
  GemingaMessage *telling;  /* (nullable): compared only; what is being posted without an ask */
  GError *refusal;          /* (owned) (nullable): why it was refused */
  GemingaTargetStock stock; /* empty when none is dispatched */
  GemingaMessageStore messages;
  guint32 stamp; /* milliseconds, when that loop last looked at the clock; 0: none runs */

  GemingaFrame *frames; /* (nullable): the uppermost one */
  guint64 step;         /* of the actor's code that runs and handles no call; 0: unknown */
  guint64 last_step;    /* steps of all threads are different ones */

  GMainContext *context; /* (nullable): compared only by pointer */
  GemingaLoop *loop;     /* (owned) (nullable): of @context */

  GemingaCall *spare_call;     /* (owned) (nullable) */
  GemingaCaller *spare_caller; /* (owned) (nullable): a stack through their items */
  guint n_spare_callers;
};

GemingaThread *geminga_thread_get (void);

/* The loop of the thread-default main context, borrowed until the thread does something else. */
GemingaLoop *geminga_thread_get_loop (GemingaThread *self);

/* An actor's code runs the context. What is run in between is not its doing. */
void geminga_thread_push_frame (GemingaThread *self, GemingaFrame *frame);
void geminga_thread_pop_frame (GemingaThread *self);

G_END_DECLS
