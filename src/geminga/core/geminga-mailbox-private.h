/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-exit.h"
#include "geminga-loop-private.h"
#include "geminga-target-private.h"
#include "geminga-waits-private.h"

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

/* A call that was handed to the handler and is not answered. */
struct _GemingaOpenCall
{
  GemingaOpenCall *next;
  GemingaOpenCall *previous;
  GemingaAsk *ask;           /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): made when asked for */
  gboolean is_cancelled;
};

/*
 * GemingaMailbox: an actor's place in this process. It is there before the actor and outlives it, so
 * a ref can be used at once and messages to an actor that has ended get their error.
 */
struct _GemingaMailbox
{
  GemingaTarget target;

  GemingaLoopItem item;
  atomic_bool is_scheduled;
  atomic_bool is_closed;
  atomic_uint depth;   /* user messages waiting */
  atomic_int consumer; /* who may take messages out, see geminga-mailbox.c */
  GemingaQueue messages;
  GemingaQueue urgent;
  GemingaLoop *loop; /* (owned) */
  guint limit;       /* user messages that may wait */

  /* fixed at creation */
  GemingaSystem *system; /* (owned) until the actor has ended */
  GType type;
  GemingaPlacement placement;
  GVariant *properties; /* (owned) (nullable), a{sv}, until the actor is made */

  _Atomic (GemingaMailboxState) state; /* only ever grows */

  /* the loop's thread only; once the actor has ended, who ended it */
  GemingaActor *actor;  /* (owned) (nullable) */
  GemingaWaits *waits;  /* (owned) (nullable) */
  GMainLoop *main_loop; /* (owned) (nullable): of an actor with a thread of its own */
  gboolean is_ready_delayed;
  guint n_holds;
  guint64 n_processed;
  gint64 started_at; /* microseconds since 1970 */

  GMutex lock;
  GemingaOpenCall *open_calls; /* (nullable), under lock */
  GError *failure; /* (owned) (nullable), under lock, constant once ended: why, if not asked to */
  GemingaExitReason reason; /* the same */
  guint max_children;       /* under lock: then those that have ended are forgotten */
  GPtrArray *children;      /* (owned) (element-type GemingaTarget), under lock: end with it */
};

GemingaMailbox *geminga_mailbox_new (GemingaSystem *system,
                                     guint32 node,
                                     GemingaLoop *loop,
                                     GType type,
                                     const char *id,
                                     GemingaPlacement placement,
                                     GVariant *properties);
gboolean geminga_mailbox_start_thread (GemingaMailbox *self, GMainContext *context, GError **error);

/* The loop's thread only. */
void geminga_mailbox_stop (GemingaMailbox *self);
void geminga_mailbox_fail (GemingaMailbox *self, const GError *error);
void geminga_mailbox_end_linked (GemingaMailbox *self, const GError *error);
void geminga_mailbox_delay_ready (GemingaMailbox *self);
void geminga_mailbox_become_ready (GemingaMailbox *self);
void geminga_mailbox_hold (GemingaMailbox *self);
void geminga_mailbox_release (GemingaMailbox *self);
void geminga_mailbox_add_child (GemingaMailbox *self, GemingaTarget *child);

/* Any thread. */
gboolean geminga_mailbox_is (GemingaTarget *target);
GemingaOpenCall *geminga_mailbox_open_call (GemingaMailbox *self, GemingaAsk *ask);
void geminga_mailbox_close_call (GemingaMailbox *self, GemingaOpenCall *open_call);
GCancellable *geminga_mailbox_get_cancellable (GemingaMailbox *self, GemingaOpenCall *open_call);

G_END_DECLS
