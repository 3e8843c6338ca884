/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-exit.h"
#include "geminga-loop-private.h"
#include "geminga-mailbox-queue-private.h"
#include "geminga-target-private.h"
#include "geminga-waits-private.h"

#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _GemingaMailbox GemingaMailbox;
typedef struct _GemingaOpenCall GemingaOpenCall;
typedef struct _GemingaHandover GemingaHandover;

typedef enum
{
  GEMINGA_MAILBOX_NEW,
  GEMINGA_MAILBOX_STARTING,
  GEMINGA_MAILBOX_RUNNING,
  GEMINGA_MAILBOX_SELECTIVE, /* running, but only some commands are received */
  GEMINGA_MAILBOX_PAUSED,    /* it makes way for a successor, see geminga-mailbox-handover.c */
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
  GVariant *properties;       /* (owned) (nullable), a{sv}, until the actor is made */
  GMainLoop *main_loop;       /* (owned) (nullable): of an actor with a thread of its own */
  GemingaMailboxQueue *queue; /* (owned) (nullable), contents under the mailbox's lock */
  GUnixFDList *saved;         /* (owned) (nullable): a predecessor's state, until it is restored */

  _Atomic (GemingaHandover *) handover; /* (owned) (nullable), made in the loop's thread */

  char **wanted;        /* (owned) (nullable): commands to receive, in the SELECTIVE state */
  guint64 n_taken_more; /* the consumer only: the mailbox's n_taken counts from there */

  /* under the mailbox's lock */
  GemingaWaits *waits;     /* (owned) (nullable) */
  GemingaInboxNode *stash; /* (owned) (nullable): the last one of a ring of messages put aside */
  guint n_stashed;
  GError *failure;     /* (owned) (nullable), constant once ended: why, if not asked to */
  guint max_children;  /* then those that have ended are forgotten */
  GPtrArray *children; /* (owned) (element-type GemingaTarget): end with it */
  GPtrArray *traces;   /* (owned) (nullable) (element-type GemingaTrace) */

  /* counters; see geminga-mailbox-counters.c */
  guint32 busy_high;      /* the loop's thread only: what does not fit in busy_low */
  guint n_more_holds;     /* the loop's thread only: what does not fit in n_holds */
  atomic_ullong n_failed; /* calls that were answered with an error */
  atomic_uint n_traced;   /* numbers of traced messages */
} GemingaMailboxExtras;

/* What makes a message go another way than the short one. */
enum
{
  GEMINGA_MAILBOX_HAS_THREAD = 1 << 0, /* of its own; constant once it is started */
  GEMINGA_MAILBOX_IS_TRACED = 1 << 1,  /* changes under lock */
  GEMINGA_MAILBOX_IS_CLOSED = 1 << 2,  /* nothing gets in any more; for good */
};

/*
 * GemingaMailbox: an actor's place in this process. It is there before the actor and outlives it, so
 * a ref can be used at once and messages to an actor that has ended get their error. There may be
 * millions: see the test of its size.
 */
struct _GemingaMailbox
{
  GemingaTarget target; /* while the loop may run the mailbox, it holds a local reference */

  /*
   * What everybody reads with each message comes first, then what the consumer writes, and at the end what
   * those who send write, so that they are in different lines of the cache.
   */
  _Atomic (guint8) state;    /* GemingaMailboxState, only ever grows but for SELECTIVE and PAUSED */
  _Atomic (guint8) consumer; /* who may take messages out, see geminga-mailbox.c */
  _Atomic (guint8) detours;  /* see above */
  atomic_bool has_urgent;    /* something that overtakes was pushed and may not be taken */
  guint8 placement;          /* GemingaPlacement */
  bool has_system;           /* it holds a reference to its system: until the actor has ended */
  guint8 reason; /* GemingaExitReason, of the failure; under lock, constant once ended */

  /* the loop's thread only */
  guint8 n_holds : 7; /* the extras have those that are more */
  bool is_ready_delayed : 1;

  guint limit;             /* so many may wait; 0: the queue in the extras knows */
  atomic_uint n_from_here; /* came from actors of the same loop, written by its thread only */

  /* the loop's thread only; once the actor has ended, who ended it */
  GemingaActor *actor; /* (owned) (nullable) */

  /* the consumer only */
  GemingaInboxTaken taken;
  atomic_uint n_taken; /* user messages; others may read it */
  guint32 busy_low;    /* nanoseconds, the loop's thread only; the extras have the rest */

  GemingaLoopItem item;
  GemingaLoop *loop;                       /* (owned) */
  _Atomic (GemingaMailboxExtras *) extras; /* (owned) (nullable), made under lock */
  gint64 started_at;                       /* microseconds since 1970; as the actor */
  GMutex lock;
  GemingaOpenCall *open_calls; /* (nullable), under lock */

  /* Those that wait are from_elsewhere + from_here - taken; see geminga-mailbox-length.c. */
  atomic_uint n_from_elsewhere; /* came from other loops, or not from actors */
  atomic_uint n_taken_before;   /* not more than n_taken: read again if that is too few */
  GemingaInbox inbox;
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

static inline gboolean
geminga_mailbox_is_running (GemingaMailbox *self)
{
  return self->state == GEMINGA_MAILBOX_RUNNING || self->state == GEMINGA_MAILBOX_SELECTIVE;
}

/* Nothing gets in any more: the actor has ended, or is about to. Any thread. */
static inline gboolean
geminga_mailbox_is_closed (GemingaMailbox *self)
{
  return (atomic_load (&self->detours) & GEMINGA_MAILBOX_IS_CLOSED) != 0;
}

/* Borrowed; NULL once the actor has ended. */
GemingaSystem *geminga_mailbox_get_system (GemingaMailbox *self);
/* What is there only if somebody needs it; any thread, see geminga-mailbox-extras.c. */
GemingaMailboxExtras *geminga_mailbox_get_extras (GemingaMailbox *self);
GemingaMailboxExtras *geminga_mailbox_get_extras_locked (GemingaMailbox *self);
void geminga_mailbox_extras_free (GemingaMailboxExtras *self);
/* Borrowed; NULL if the actor has not ended or was asked to. */
const GError *geminga_mailbox_get_failure (GemingaMailbox *self);
/* Any thread. FALSE: there is no room for one more message, which was counted otherwise. */
gboolean geminga_mailbox_count_from_elsewhere (GemingaMailbox *self);
/* Whether it takes everything: then who sends does not count. */
static inline gboolean
geminga_mailbox_is_unbounded (GemingaMailbox *self)
{
  return self->limit > G_MAXINT;
}

/* How many messages wait; if it takes everything, the loop's thread only. */
guint geminga_mailbox_get_length (GemingaMailbox *self);
/* How many did; the loop's thread. */
guint64 geminga_mailbox_get_n_taken (GemingaMailbox *self);

/* Whether an item of a loop is a mailbox, of a loop that has no scheduler. */
gboolean geminga_mailbox_is_item (const GemingaLoopItem *item);

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

/* Who waits for the start or the end; any thread, see geminga-mailbox-waits.c. */
void geminga_mailbox_add_wait (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_forget_wait (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_announce_ready (GemingaMailbox *self);
/* The actor has ended. */
void geminga_mailbox_answer_waits (GemingaMailbox *self);

/* See geminga-mailbox-children.c; any thread may stop them. */
void geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child);
void geminga_mailbox_stop_children (GemingaMailbox *self);

/* The loop's thread only; see geminga-mailbox-counters.c. */
void geminga_mailbox_charge (GemingaMailbox *self, guint64 nanoseconds);
guint64 geminga_mailbox_get_busy_time (GemingaMailbox *self);        /* nanoseconds */
guint64 geminga_mailbox_get_age (GemingaMailbox *self, guint32 now); /* milliseconds */
/* Any thread. */
void geminga_mailbox_note_failed (GemingaMailbox *self);
guint64 geminga_mailbox_get_n_failed (GemingaMailbox *self);

/* What does not simply go into the inbox; see geminga-mailbox-full.c. Before the actor is started. */
void geminga_mailbox_make_queue (GemingaMailbox *self, GemingaMailboxPolicy policy);
/* Any thread. The messages are taken. */
void geminga_mailbox_post_to_full (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_post_awaited (GemingaMailbox *self, GemingaMessage *message);
/* The consumer, of a mailbox with a queue. */
gboolean geminga_mailbox_has_queued (GemingaMailbox *self);
GemingaMessage *geminga_mailbox_take_queued (GemingaMailbox *self);
/* Of any mailbox: nobody waits for the ask any more; the actor has ended. */
gboolean geminga_mailbox_cancel_queued (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_refuse_queued (GemingaMailbox *self);
void geminga_mailbox_refuse_ended (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_refuse_full (GemingaMailbox *self, GemingaMessage *message);
/* How many may wait. */
guint geminga_mailbox_get_limit (GemingaMailbox *self);

/* Messages put aside, in the loop's thread; see geminga-mailbox-stash.c. Taken if there is room. */
gboolean geminga_mailbox_stash (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_unstash (GemingaMailbox *self);
guint geminga_mailbox_get_n_stashed (GemingaMailbox *self);
/* NULL: all commands are received again. */
void geminga_mailbox_select (GemingaMailbox *self, const char *const *commands);
void geminga_mailbox_begin_selecting (GemingaMailbox *self);
/* In the SELECTIVE state. FALSE: the message was put aside, or refused. */
gboolean geminga_mailbox_selects (GemingaMailbox *self, GemingaMessage *message);
/* Any thread: nobody waits for the ask any more; the actor has ended. */
gboolean geminga_mailbox_cancel_stashed (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_refuse_stashed (GemingaMailbox *self);

/* See geminga-mailbox-handover.c; in the loop's thread, messages are borrowed. */
void geminga_mailbox_save (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_check_handover (GemingaMailbox *self);
void geminga_mailbox_resume (GemingaMailbox *self);
void geminga_mailbox_hand_over (GemingaMailbox *self, GemingaMessage *message);
/* In the PAUSED state: it waits, or is forwarded. Takes the message. */
void geminga_mailbox_set_aside (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_foreach_set_aside_locked (GemingaMailbox *self,
                                               gboolean (*func) (GemingaMessage *message,
                                                                 gpointer data),
                                               gpointer data);
gboolean geminga_mailbox_cancel_waiting (GemingaMailbox *self, GemingaAsk *ask);
/* Any thread, once the actor has ended: its successor gets the message. FALSE: it has none. */
gboolean geminga_mailbox_pass_on (GemingaMailbox *self, GemingaMessage *message);
void geminga_mailbox_end_handover (GemingaMailbox *self);
void geminga_handover_free (GemingaHandover *self);
/* Any thread. */
gboolean geminga_mailbox_is_paused (GemingaMailbox *self);
gboolean geminga_mailbox_keeps_queue (GemingaMailbox *self);
/* Borrowed; NULL: all messages are still its own. */
GemingaTarget *geminga_mailbox_peek_successor (GemingaMailbox *self);
gboolean geminga_mailbox_awaits_forwarded (GemingaMailbox *self);

/*
 * Who is asked and does not come to it, see geminga-mailbox-peek.c. The first in the loop's thread, while no
 * message is taken: the asks that wait, @max at most. The second in any thread: those that are handled.
 */
typedef void (*GemingaMailboxPeekFunc) (GemingaAsk *ask,
                                        const char *command,
                                        guint64 step,
                                        gpointer user_data);
void geminga_mailbox_peek_waiting (GemingaMailbox *self,
                                   guint max,
                                   GemingaMailboxPeekFunc func,
                                   gpointer user_data);
void
geminga_mailbox_peek_open (GemingaMailbox *self, GemingaMailboxPeekFunc func, gpointer user_data);
/* The loop's thread: the actor receives nothing before it says so. */
gboolean geminga_mailbox_is_shut (GemingaMailbox *self);

/* Any thread; see geminga-mailbox-calls.c. */
void geminga_mailbox_cancel_call (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_fail_open_calls (GemingaMailbox *self);
/* The actor has ended: those, what is put aside and what is in the queue. */
void geminga_mailbox_refuse_waiting (GemingaMailbox *self);
void geminga_mailbox_open_call (GemingaMailbox *self, GemingaOpenCall *open_call, GemingaAsk *ask);
void geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call);
GCancellable *geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call);

G_END_DECLS
