/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-call.h"
#include "geminga-child-spec-private.h"
#include "geminga-loop-private.h"
#include "geminga-restart-budget-private.h"
#include "geminga-watch-private.h"

G_BEGIN_DECLS

/* What the files of the supervisor share. */

typedef enum
{
  GEMINGA_SUPERVISED_DOWN,
  GEMINGA_SUPERVISED_STARTING,
  GEMINGA_SUPERVISED_RUNNING,
  GEMINGA_SUPERVISED_STOPPING,
} GemingaSupervisedState;

/* A child: its specification, and the actor that it is now. */
typedef struct
{
  GemingaSupervisor *supervisor; /* not owned */
  GemingaChildSpec *spec;        /* (owned) */
  GemingaSupervisedState state;
  gboolean is_wanted;      /* it is to run */
  gboolean is_sequenced;   /* it is started in its turn, not at once */
  gboolean must_stop;      /* in its turn */
  gboolean is_removed;     /* once it has ended it is forgotten */
  gboolean is_overdue;     /* it was killed because it took too long */
  gboolean is_unspawnable; /* the last time there was not even an actor */
  gboolean is_waiting;     /* the timer is armed */

  GemingaActorRef *ref;      /* (owned) (nullable): while it is not down */
  GemingaWatch *end_watch;   /* (owned) (nullable) */
  GemingaWatch *ready_watch; /* (owned) (nullable) */
  GemingaTimer timer;        /* down: when to start it; stopping: when to kill it */

  gint64 start_deadline; /* monotonic; 0: none */
  gint64 ready_at;       /* monotonic; 0: it was not */
  gint64 started_at;     /* microseconds since 1970 */
  guint n_failures;      /* in a row */
  guint n_restarts;
  GemingaRestartBudget budget;

  GemingaCall *call;    /* (owned) (nullable): waits for it to be ready, or removed */
  gboolean is_on_trial; /* it was added by the call: if it cannot start it is forgotten */
} GemingaSupervised;

typedef struct
{
  gint64 time; /* microseconds since 1970 */
  char *id;    /* (owned) */
  GemingaExitReason reason;
  char *detail; /* (owned) */
  gint64 delay; /* microseconds until it was to be restarted; -1: it was not */
} GemingaRestartRecord;

typedef struct
{
  GemingaStrategy strategy; /* properties */
  guint max_restarts;
  guint period;
  guint first_delay;
  guint max_delay;
  guint max_records;
  guint subtree_max_restarts;
  GVariant *specs; /* (owned) (nullable) */

  GPtrArray *children; /* (owned) (element-type GemingaSupervised), in order */
  GHashTable *by_id;   /* (owned) (element-type utf8 GemingaSupervised) */
  GemingaRestartBudget budget;
  GemingaRestartBudget subtree_budget;
  GemingaActorRef *report_to;    /* (owned) (nullable): whose subtree this is in */
  GemingaRestartRecord *records; /* (owned) (nullable): a ring of max_records */
  guint64 n_records;             /* ever */
  GRand *random;                 /* (owned) (nullable) */
  GemingaTimer start_timer;
  gint64 start_timer_at; /* the next start_deadline of any child, or sooner; 0: not armed */
  gboolean has_begun;
  gboolean was_ready;
  gboolean is_ending; /* holds the actor until all children have ended */
  gboolean is_advancing;
  gboolean must_advance;
} GemingaSupervision;

/* geminga-supervisor.c */
GemingaSupervision *geminga_supervisor_get_supervision (GemingaSupervisor *self);

/* geminga-supervised.c: one child */
GemingaSupervised *geminga_supervised_new (GemingaSupervisor *supervisor, GemingaChildSpec *spec);
void geminga_supervised_free (GemingaSupervised *self);
/* Arms its timer, and disarms it. */
void geminga_supervised_wait (GemingaSupervised *self, gint64 delay);
void geminga_supervised_stop_waiting (GemingaSupervised *self);
void geminga_supervised_start (GemingaSupervised *self);
/* It is not down. Asks it to end, and kills it if it does not. */
void geminga_supervised_stop (GemingaSupervised *self);
/* "starting", "running" … */
const char *geminga_supervised_get_state_name (GemingaSupervised *self);
/* Answers who waits, with the path if it is there and @error is NULL. */
void geminga_supervised_answer (GemingaSupervised *self, const GError *error);

/* geminga-supervision.c: all of them */
void geminga_supervision_begin (GemingaSupervisor *self);
void geminga_supervision_end (GemingaSupervisor *self);
void geminga_supervision_clear (GemingaSupervision *self);
/* Stops and starts what is to be stopped and started next. */
void geminga_supervision_advance (GemingaSupervisor *self);
GemingaSupervised *geminga_supervision_add (GemingaSupervisor *self, GemingaChildSpec *spec);
void geminga_supervision_remove (GemingaSupervisor *self, GemingaSupervised *child);
void geminga_supervision_restart (GemingaSupervisor *self, GemingaSupervised *child);
/* A child is ready; has ended; @reason and @error as with a watch. */
void geminga_supervision_child_ready (GemingaSupervisor *self, GemingaSupervised *child);
void geminga_supervision_child_ended (GemingaSupervisor *self,
                                      GemingaSupervised *child,
                                      GemingaExitReason reason,
                                      const GError *error);
/* A restart in the tree below. */
void geminga_supervision_count_subtree (GemingaSupervisor *self, const char *id);

/* geminga-supervisor-commands.c */
void geminga_supervisor_install_commands (GemingaActorClass *klass);
void geminga_supervisor_record (GemingaSupervision *self,
                                GemingaSupervised *child,
                                GemingaExitReason reason,
                                const GError *error,
                                gint64 delay);
void geminga_supervisor_clear_records (GemingaSupervision *self);

G_END_DECLS
