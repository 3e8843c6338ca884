/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

/*
 * Intrusive queue with many producers and one consumer, after Dmitry Vyukov ("Intrusive MPSC
 * node-based queue", 1024cores.net). A push is one exchange and one store and never waits; the
 * consumer may see the queue as empty for the moment between the two, so whoever pushes must make
 * sure that the consumer looks again afterwards.
 */

G_BEGIN_DECLS

typedef struct _GemingaQueueNode GemingaQueueNode;

struct _GemingaQueueNode
{
  _Atomic (GemingaQueueNode *) next;
};

typedef struct
{
  _Atomic (GemingaQueueNode *) head; /* producers exchange it */
  GemingaQueueNode *tail;            /* consumer only */
  GemingaQueueNode stub;
} GemingaQueue;

static inline void
geminga_queue_init (GemingaQueue *self)
{
  atomic_init (&self->stub.next, NULL);
  atomic_init (&self->head, &self->stub);
  self->tail = &self->stub;
}

static inline void
geminga_queue_push (GemingaQueue *self, GemingaQueueNode *node)
{
  GemingaQueueNode *previous;

  atomic_store_explicit (&node->next, NULL, memory_order_relaxed);
  previous = atomic_exchange_explicit (&self->head, node, memory_order_acq_rel);
  atomic_store_explicit (&previous->next, node, memory_order_release);
}

/* Consumer only. NULL: empty, or a producer is half-way. */
static inline GemingaQueueNode *
geminga_queue_pop (GemingaQueue *self)
{
  GemingaQueueNode *tail = self->tail;
  GemingaQueueNode *next = atomic_load_explicit (&tail->next, memory_order_acquire);

  if (tail == &self->stub)
    {
      if (next == NULL)
        return NULL;

      self->tail = next;
      tail = next;
      next = atomic_load_explicit (&next->next, memory_order_acquire);
    }

  if (next != NULL)
    {
      self->tail = next;
      return tail;
    }

  if (tail != atomic_load_explicit (&self->head, memory_order_acquire))
    return NULL;

  geminga_queue_push (self, &self->stub);
  next = atomic_load_explicit (&tail->next, memory_order_acquire);
  if (next == NULL)
    return NULL;

  self->tail = next;

  return tail;
}

/* Consumer only. A queue whose producer is half-way is not empty. */
static inline gboolean
geminga_queue_is_empty (GemingaQueue *self)
{
  return self->tail == &self->stub &&
         atomic_load_explicit (&self->head, memory_order_acquire) == &self->stub;
}

G_END_DECLS
