/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * GemingaWaitGraph: who waits for whom, over all actors and processes of a service, and which of them wait
 * for ever.
 *
 * Its nodes are of three kinds, but the graph does not care:
 *
 *  - a step is an actor's code that handles one call, or its start or end. It goes on when one of the asks
 *    is answered that it has made;
 *  - an ask goes on when the step does that handles it, or the halted actor in whose mailbox it is;
 *  - an actor is halted if it takes no message before a step of it has gone on.
 *
 * A node is stuck if it has nodes to wait for and all of them are stuck, or if one is that it is below on
 * the stack of a thread: it goes on when that has. What is stuck, once everything is taken away that can go
 * on, waits for itself.
 *
 * Processes tell what they know as GVariants: an array of nodes, each of them
 *
 *   s   key, the same in all processes
 *   s   label for people, may be empty
 *   s   path of the actor that it is, may be empty
 *   as  keys of the nodes that it waits for: one that is not there can go on
 *   as  keys of the nodes above it
 *   b   whether what was seen is newer than what was looked at before
 */
typedef struct _GemingaWaitGraph GemingaWaitGraph;

#define GEMINGA_WAIT_NODES_TYPE G_VARIANT_TYPE ("a(sssasasb)")

/* Some who wait for each other. */
typedef struct
{
  char *chain;       /* (owned): "a.Foo waits for b.Bar, which waits for a.Foo" */
  GPtrArray *asks;   /* (owned) (element-type utf8): keys of those on the way round */
  GPtrArray *actors; /* (owned) (element-type utf8): paths, in the order of the chain */
} GemingaDeadlock;

GemingaWaitGraph *geminga_wait_graph_new (void) G_GNUC_WARN_UNUSED_RESULT;
void geminga_wait_graph_free (GemingaWaitGraph *self);

/* A node that two processes know is taken for one that can go on, unless both say the same. */
void geminga_wait_graph_add (GemingaWaitGraph *self, GVariant *nodes);
/* Once all are there. Tells whether some nodes are stuck. */
gboolean geminga_wait_graph_settle (GemingaWaitGraph *self);

/*
 * Of two settled graphs: those that wait for each other in both, with nothing that has changed in between.
 * As each state was seen before the older graph was complete and again later, there was a moment at which
 * all of them were true. Afterwards only what is confirmed counts as stuck in this graph.
 */
GPtrArray *geminga_wait_graph_confirm (GemingaWaitGraph *self,
                                       GemingaWaitGraph *older) G_GNUC_WARN_UNUSED_RESULT;

void geminga_deadlock_free (GemingaDeadlock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaWaitGraph, geminga_wait_graph_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaDeadlock, geminga_deadlock_free)

G_END_DECLS
