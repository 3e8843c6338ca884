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
  GPtrArray *traces;   /* (owned) (nullable) (element-type GemingaTrace) */

  /* counters; see geminga-mailbox-counters.c */
  guint32 n_taken_high;   /* the consumer only: what does not fit in n_taken */
  guint32 busy_high;      /* the loop's thread only: what does not fit in busy_low */
  atomic_ullong n_failed; /* calls that were answered with an error */
  atomic_uint n_traced;   /* numbers of traced messages */
} GemingaMailboxExtras;

/* What makes a message go another way than the short one. */
enum
{
  GEMINGA_MAILBOX_HAS_THREAD = 1 << 0, /* of its own; constant once it is started */
  GEMINGA_MAILBOX_IS_TRACED = 1 << 1,  /* changes under lock */
};

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
  atomic_uint n_taken;          /* written by the consumer only; the extras have the rest */
  guint32 busy_low;             /* nanoseconds, the loop's thread only; the extras have the rest */
  atomic_uint n_from_elsewhere; /* came from other loops, or not from actors */
  atomic_uint n_from_here;      /* came from actors of the same loop, written by its thread only */
  guint limit;                  /* so many may wait */

  guint n_holds;             /* the loop's thread only */
  _Atomic (guint8) state;    /* GemingaMailboxState, only ever grows */
  _Atomic (guint8) consumer; /* who may take messages out, see geminga-mailbox.c */
  atomic_bool is_closed;
  guint8 placement;         /* GemingaPlacement */
  _Atomic (guint8) detours; /* GEMINGA_MAILBOX_HAS_THREAD | GEMINGA_MAILBOX_IS_TRACED */
  bool has_system;          /* it holds a reference to its system: until the actor has ended */
  bool is_ready_delayed;    /* the loop's thread only */
  guint8 reason;            /* GemingaExitReason, of the failure; under lock, constant once ended */

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
GemingaMailboxExtras *geminga_mailbox_get_extras_locked (GemingaMailbox *self);
/* Borrowed; NULL if the actor has not ended or was asked to. */
const GError *geminga_mailbox_get_failure (GemingaMailbox *self);
/* How many messages wait. */
guint geminga_mailbox_get_length (GemingaMailbox *self);
/* The mailbox that an item of a loop is, or NULL. */
GemingaMailbox *geminga_mailbox_from_item (GemingaLoopItem *item);

/* The loop's thread only. */
void geminga_mailbox_stop (GemingaMailbox *self);
void geminga_mailbox_fail (GemingaMailbox *self, const GError *error);
void geminga_mailbox_end_linked (GemingaMailbox *self, const GError *error);
void geminga_mailbox_delay_ready (GemingaMailbox *self);
void geminga_mailbox_become_ready (GemingaMailbox *self);
void geminga_mailbox_hold (GemingaMailbox *self);
void geminga_mailbox_release (GemingaMailbox *self);

/* See geminga-mailbox-children.c; any thread may stop them. */
void geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child);
void geminga_mailbox_stop_children (GemingaMailbox *self);

/* The loop's thread only; see geminga-mailbox-counters.c. */
void geminga_mailbox_note_wrap (GemingaMailbox *self);
void geminga_mailbox_charge (GemingaMailbox *self, guint64 nanoseconds);
guint64 geminga_mailbox_get_n_taken (GemingaMailbox *self);
guint64 geminga_mailbox_get_busy_time (GemingaMailbox *self);        /* nanoseconds */
guint64 geminga_mailbox_get_age (GemingaMailbox *self, guint32 now); /* milliseconds */
/* Any thread. */
void geminga_mailbox_note_failed (GemingaMailbox *self);
guint64 geminga_mailbox_get_n_failed (GemingaMailbox *self);

/* Any thread; see geminga-mailbox-calls.c. */
void geminga_mailbox_cancel_call (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_fail_open_calls (GemingaMailbox *self);
void geminga_mailbox_open_call (GemingaMailbox *self, GemingaOpenCall *open_call, GemingaAsk *ask);
void geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call);
GCancellable *geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call);

G_END_DECLS
