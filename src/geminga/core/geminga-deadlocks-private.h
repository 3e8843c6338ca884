/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-halts-private.h"
#include "geminga-system-private.h"
#include "geminga-wait-graph-private.h"

G_BEGIN_DECLS

/*
 * GemingaDeadlocks: finds the deadlocks of an actor system. One that is alone does so by itself; among
 * several processes the root does, see peer/geminga-node-deadlocks.c, with what each of them tells.
 *
 * Whenever a halted actor is waited for, the graph of all waits is drawn: a look. What two looks agree upon
 * is a deadlock, see geminga_wait_graph_confirm (). Any thread.
 */
/* In milliseconds. */
#define GEMINGA_DEFAULT_DEADLOCK_INTERVAL 1000

GemingaDeadlocks *geminga_deadlocks_new (void) G_GNUC_WARN_UNUSED_RESULT;
GemingaDeadlocks *geminga_deadlocks_ref (GemingaDeadlocks *self);
void geminga_deadlocks_unref (GemingaDeadlocks *self);
/* The system is gone. */
void geminga_deadlocks_close (GemingaDeadlocks *self);

/* In microseconds; 0: nobody looks. */
gint64 geminga_deadlocks_get_interval (GemingaDeadlocks *self);

/* The actors of a loop that are halted right now, instead of those before. Takes them; NULL: none. */
void geminga_deadlocks_publish (GemingaDeadlocks *self, GemingaLoop *loop, GPtrArray *halts);
/* Some that are halted are waited for. */
void geminga_deadlocks_suspect (GemingaSystem *system);

/*
 * What this process knows, of the type GEMINGA_WAIT_NODES_TYPE. Halts that were published since then are
 * fresh, by the monotonic time.
 */
GVariant *geminga_deadlocks_survey (GemingaSystem *system, gint64 since) G_GNUC_WARN_UNUSED_RESULT;

/* When the look was complete that is to be confirmed; 0: there is none. */
gint64 geminga_deadlocks_get_since (GemingaDeadlocks *self);
/*
 * Another look is complete, for which everything that was seen after @since was fresh. Takes the graph, gives
 * the deadlocks that it confirms.
 */
GPtrArray *geminga_deadlocks_judge (GemingaDeadlocks *self,
                                    GemingaWaitGraph *graph,
                                    gint64 since) G_GNUC_WARN_UNUSED_RESULT;
/* How often that was. */
guint geminga_deadlocks_get_n_looks (GemingaDeadlocks *self);
/* Writes it to the log. */
void geminga_deadlock_log (const GemingaDeadlock *deadlock);
/* Fails those of the asks that are this process's. */
void geminga_deadlocks_resolve (GemingaSystem *system, const char *const *asks, const char *chain);

G_END_DECLS
