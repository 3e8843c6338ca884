/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-exit.h"
#include "geminga-loop-private.h"
#include "geminga-target-private.h"
#include "geminga-waits-private.h"

#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _GemingaMailbox GemingaMailbox;
typedef struct _GemingaOpenCall GemingaOpenCall;

typedef enum
{
  GEMINGA_MAILBOX_NEW,
  GEMINGA_MAILBOX_STARTING,
  GEMINGA_MAILBOX_RUNNING,
  GEMINGA_MAILBOX_STOPPING,
  GEMINGA_MAILBOX_ENDED,
} GemingaMailboxState;

/* A call that was handed to the handler and is not answered. Part of the call. */
struct _GemingaOpenCall
{
  GemingaOpenCall *next;
  GemingaOpenCall *previous;
  GemingaAsk *ask;           /* the call's */
  GCancellable *cancellable; /* (owned) (nullable): made when asked for */
  gboolean is_cancelled;
};

/* What few actors need, or not for long. */
typedef struct
{
  /* fixed at creation */
  GVariant *properties; /* (owned) (nullable), a{sv}, until the actor is made */
  GMainLoop *main_loop; /* (owned) (nullable): of an actor with a thread of its own */

  /* the loop's thread only; once the actor has ended, who ended it */
  GemingaWaits *waits; /* (owned) (nullable) */

  /* under the mailbox's lock */
  GError *failure;     /* (owned) (nullable), constant once ended: why, if not asked to */
  guint max_children;  /* then those that have ended are forgotten */
  GPtrArray *children; /* (owned) (element-type GemingaTarget): end with it */
} GemingaMailboxExtras;

/*
 * GemingaMailbox: an actor's place in this process. It is there before the actor and outlives it, so
 * a ref can be used at once and messages to an actor that has ended get their error. There may be
 * millions: see the test of its size.
 */
struct _GemingaMailbox
{
  GemingaTarget target; /* while the loop may run the mailbox, it holds a local reference */

  GemingaLoopItem item;
  GemingaInbox inbox;
  GemingaLoop *loop; /* (owned) */

  /* user messages: those that wait have come and have not been taken */
  atomic_ullong n_taken;        /* written by the consumer only */
  atomic_uint n_from_elsewhere; /* came from other loops, or not from actors */
  atomic_uint n_from_here;      /* came from actors of the same loop, written by its thread only */
  guint limit;                  /* so many may wait */

  guint n_holds;             /* the loop's thread only */
  _Atomic (guint8) state;    /* GemingaMailboxState, only ever grows */
  _Atomic (guint8) consumer; /* who may take messages out, see geminga-mailbox.c */
  atomic_bool is_closed;
  guint8 placement;      /* GemingaPlacement */
  bool has_thread;       /* of its own */
  bool has_system;       /* it holds a reference to its system: until the actor has ended */
  bool is_ready_delayed; /* the loop's thread only */
  guint8 reason;         /* GemingaExitReason, of the failure; under lock, constant once ended */

  /* the loop's thread only; once the actor has ended, who ended it */
  gint64 started_at;   /* microseconds since 1970 */
  GemingaActor *actor; /* (owned) (nullable) */

  _Atomic (GemingaMailboxExtras *) extras; /* (owned) (nullable), made under lock */
  GMutex lock;
  GemingaOpenCall *open_calls; /* (nullable), under lock */
};

GemingaMailbox *geminga_mailbox_new (GemingaSystem *system,
                                     guint32 node,
                                     GemingaLoop *loop,
                                     GType type,
                                     const char *id,
                                     GemingaPlacement placement,
                                     GVariant *properties);
/* Lets the loop make the actor; with a context, in a thread of its own. Once. */
void geminga_mailbox_start (GemingaMailbox *self);
gboolean geminga_mailbox_start_thread (GemingaMailbox *self, GMainContext *context, GError **error);

/* Whether the target is a mailbox, of this process that is, and one that this loop alone runs. */
gboolean geminga_target_is_mailbox (GemingaTarget *target);
gboolean geminga_mailbox_is_here (GemingaTarget *target, GemingaThread *thread);

/* Borrowed; NULL once the actor has ended. */
GemingaSystem *geminga_mailbox_get_system (GemingaMailbox *self);
/* What is there only if somebody needs it. */
GemingaMailboxExtras *geminga_mailbox_get_extras (GemingaMailbox *self);
/* Borrowed; NULL if the actor has not ended or was asked to. */
const GError *geminga_mailbox_get_failure (GemingaMailbox *self);
/* How many messages wait. */
guint geminga_mailbox_get_length (GemingaMailbox *self);

static inline GemingaMailbox *
geminga_mailbox_from_item (GemingaLoopItem *item)
{
  return (GemingaMailbox *) ((char *) item - G_STRUCT_OFFSET (GemingaMailbox, item));
}

/* What targets and the loop do with it, and the same for one whose loop has a scheduler. */
void geminga_mailbox_post (GemingaTarget *target, GemingaMessage *message);
void geminga_mailbox_run_some (GemingaMailbox *self, guint max);
void geminga_mailbox_post_scheduled (GemingaTarget *target, GemingaMessage *message);
void geminga_mailbox_run_scheduled (GemingaLoopItem *item);
gboolean geminga_mailbox_can_be_made (GemingaMailbox *self, GError **error);
/* Delivers what is delayed, before the scheduler goes. */
void geminga_loop_deliver_delayed (GemingaLoop *loop);

/* The loop's thread only. */
void geminga_mailbox_stop (GemingaMailbox *self);
void geminga_mailbox_fail (GemingaMailbox *self, const GError *error);
void geminga_mailbox_end_linked (GemingaMailbox *self, const GError *error);
void geminga_mailbox_delay_ready (GemingaMailbox *self);
void geminga_mailbox_become_ready (GemingaMailbox *self);
void geminga_mailbox_hold (GemingaMailbox *self);
void geminga_mailbox_release (GemingaMailbox *self);
void geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child);

/* Any thread; see geminga-mailbox-calls.c. */
void geminga_mailbox_cancel_call (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_fail_open_calls (GemingaMailbox *self);
void geminga_mailbox_open_call (GemingaMailbox *self, GemingaOpenCall *open_call, GemingaAsk *ask);
void geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call);
GCancellable *geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call);

G_END_DECLS
