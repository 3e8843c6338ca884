/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-ref.h"
#include "geminga-restart-policy-private.h"
#include "geminga-system.h"

G_BEGIN_DECLS

/*
 * GemingaPool: keeps a number of similar actors alive. It knows what is wanted and what is there, and
 * does what leads from one to the other: what ends is started again, as the restart policy says; what
 * has to be replaced stays until its replacement is ready. Bound to the thread-default main context it
 * was made in.
 */
typedef struct _GemingaPool GemingaPool;

typedef enum
{
  GEMINGA_CHILD_STARTING,
  GEMINGA_CHILD_RUNNING,
  GEMINGA_CHILD_STOPPING,
  GEMINGA_CHILD_DYING, /* it ends, unasked */
} GemingaChildState;

/* How busy its process is; of use to who scales the pool. */
typedef struct
{
  gint64 idle; /* microseconds that it had nothing to do by then, by its own clock */
  gint64 now;
  double busy; /* the share of the time between the last two answers; negative: not known */
  gboolean is_asked;
} GemingaChildLoad;

/* One of them; read only for others. */
typedef struct
{
  GemingaPool *pool; /* (nullable): NULL once the pool is gone */
  char *id;
  GemingaActorRef *ref;
  GemingaPlacement placement;
  guint32 node;      /* 0: in this process */
  GPid pid;          /* set by who started its process; 0: in this process */
  gint64 started_at; /* microseconds since 1970 */
  gint64 ready_at;   /* monotonic microseconds; 0: not yet */
  gint64 expires_at; /* monotonic microseconds; 0: never */
  GemingaChildState state;
  gboolean is_old;       /* to be replaced */
  gboolean is_worn;      /* whatever happens to the others */
  gboolean is_forgotten; /* it has ended */
  char *reason;          /* (nullable): why its process ended, or why it was killed */
  char *detail;          /* (nullable): set by who knows more about it */
  GStrv lines;           /* (nullable): the last ones that its process logged */
  gboolean is_killed;    /* somebody else killed its process */
  gboolean is_cut_short; /* the pool killed it */
  gboolean is_process_over;
  GError *death;  /* (nullable): it died, and why is not known yet */
  GSource *grace; /* (nullable) */
  GemingaChildLoad load;
} GemingaChild;

typedef struct
{
  char *name;         /* children are name1, name2, …; with is_single it is the only one's id */
  gboolean is_single; /* never two at once, not even while one is replaced */
  GType type;
  GemingaPlacement placement;
  GVariant *properties; /* (nullable) */
} GemingaPoolSpec;

/* What may change at any time. */
typedef struct
{
  guint max_restarts;      /* in a minute */
  gint64 graceful_timeout; /* microseconds */
  gint64 max_age;          /* microseconds; 0: none */
  gint64 max_age_jitter;   /* microseconds */
  guint64 max_memory;      /* bytes; 0: none */
} GemingaPoolLimits;

typedef struct
{
  /* A child was spawned. */
  void (*spawned) (gpointer data, GemingaChild *child);
  /* It has ended. @reason is NULL if it was asked to. */
  void (*ended) (gpointer data, GemingaChild *child, const char *reason);
  /* End its process at once. */
  void (*kill) (gpointer data, GemingaChild *child, const char *why);
  /* Bytes it uses; 0: not known. */
  guint64 (*get_memory) (gpointer data, GemingaChild *child);
  /* Something is different: states, numbers. */
  void (*changed) (gpointer data);
  /* A replacement did not get ready: the old ones stay. */
  void (*not_replaced) (gpointer data, const char *why);
  /* They die too often: no more are started. */
  void (*gave_up) (gpointer data, const char *why);
} GemingaPoolFuncs;

/* Takes over the contents of @spec. */
GemingaPool *geminga_pool_new (GemingaSystem *system,
                               GemingaPoolSpec *spec,
                               const GemingaPoolFuncs *funcs,
                               gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets its children; they do not end. */
void geminga_pool_free (GemingaPool *self);

const GemingaPoolSpec *geminga_pool_get_spec (GemingaPool *self);
void geminga_pool_set_limits (GemingaPool *self, const GemingaPoolLimits *limits);

/* How many there shall be. */
void geminga_pool_scale (GemingaPool *self, guint n_wanted);
guint geminga_pool_get_n_wanted (GemingaPool *self);
/* Stops all, until start(). With @is_quick nobody gets time to finish. */
void geminga_pool_stop (GemingaPool *self, gboolean is_quick);
void geminga_pool_start (GemingaPool *self);
/* The same, for good. */
void geminga_pool_end (GemingaPool *self, gboolean is_quick);
/* Replaces all, one after the other, each once the one in its place is ready. */
void geminga_pool_replace (GemingaPool *self);
/* Replaces one. */
void geminga_pool_replace_child (GemingaPool *self, GemingaChild *child, const char *why);
/* Ends one at once; it is started again as any that failed. */
void geminga_pool_kill_child (GemingaPool *self, GemingaChild *child, const char *why);

/* The process of a child begins to end: its place is free, if nothing speaks against filling it now. */
void geminga_pool_note_process_dying (GemingaPool *self, GemingaChild *child);
/* The process of a child has ended, which its ref tells a moment later. */
void geminga_pool_note_process_end (GemingaPool *self,
                                    GemingaChild *child,
                                    const char *why,
                                    gboolean is_killed);

/* What is wanted is there and nothing else. */
gboolean geminga_pool_is_settled (GemingaPool *self);
gboolean geminga_pool_is_empty (GemingaPool *self);
/* What it wants are processes. */
gboolean geminga_pool_needs_processes (GemingaPool *self);
gboolean geminga_pool_has_given_up (GemingaPool *self);
gboolean geminga_pool_is_replacing (GemingaPool *self);
guint geminga_pool_get_n_running (GemingaPool *self);
/* (element-type GemingaChild), oldest first, borrowed */
GPtrArray *geminga_pool_get_children (GemingaPool *self);
GemingaChild *geminga_pool_find_node (GemingaPool *self, guint32 node);
GemingaChild *geminga_pool_find (GemingaPool *self, const char *id);

const char *geminga_child_state_to_string (GemingaChildState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaPool, geminga_pool_free)

G_END_DECLS
