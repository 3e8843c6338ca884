/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-pool-private.h"

G_BEGIN_DECLS

/* What the files of the pool share; nobody else includes this. */

struct _GemingaPool
{
  GemingaSystem *system; /* (owned) */
  GemingaPoolSpec spec;
  const GemingaPoolFuncs *funcs;
  gpointer data;
  GMainContext *context; /* (owned) */

  GemingaPoolLimits limits;
  GemingaRestartPolicy policy;
  GPtrArray *children; /* (owned) (element-type GemingaChild), oldest first */
  guint n_wanted;
  guint last_number;
  gboolean is_stopped;
  gboolean is_ending; /* stopped for good */
  gboolean has_given_up;
  gboolean is_replacing;
  gboolean is_reconciling;
  gint64 not_before; /* monotonic: when the next may be spawned */
  GSource *retry;    /* (owned) (nullable) */
  GSource *check;    /* (owned) (nullable) */

  /* geminga-pool-handover.c */
  gboolean is_stateful;            /* who is replaced leaves its state to its successor */
  GPtrArray *predecessors;         /* (owned) (element-type GemingaPredecessor) */
  GemingaPoolSavedFunc saved_func; /* (nullable): while all save */
  gpointer saved_data;
  char *save_failure; /* (owned) (nullable): of one of them */
};

/* geminga-pool.c */
void geminga_pool_reconcile (GemingaPool *self);
/* Instead of the time for its graceful end, if any. */
void geminga_pool_set_grace (GemingaChild *child, gint64 delay, GSourceFunc func);
/* Those that were to be replaced stay. */
void geminga_pool_abort_replacement (GemingaPool *self, const char *why);
void geminga_pool_give_up (GemingaPool *self, const char *why);
void geminga_pool_unref_child (gpointer child);
gboolean geminga_pool_on_grace_passed (gpointer child);

/* geminga-pool-handover.c */
void geminga_pool_init_handover (GemingaPool *self);
void geminga_pool_clear_handover (GemingaPool *self);
/* What the next child is made from, if anything. FALSE: it is to wait for that. */
gboolean geminga_pool_find_predecessor (GemingaPool *self, GemingaPredecessor **predecessor);
void geminga_pool_set_successor (GemingaPredecessor *predecessor, GemingaChild *successor);
void geminga_pool_note_ready (GemingaPool *self, GemingaChild *child);
/* TRUE: it was a successor that did not get ready, and who it was to follow goes on. */
gboolean geminga_pool_note_ended (GemingaPool *self, GemingaChild *child, const GError *error);
/* Those that wait for a successor have none. */
void geminga_pool_take_back (GemingaPool *self);
/* It forwards what it gets, and nobody needs that any more. */
void geminga_pool_stop_forwarder (GemingaChild *child);

G_END_DECLS
