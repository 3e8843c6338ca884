/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

/*
 * Where the messages to one actor wait: a stack that any thread pushes to (R. K. Treiber, "Systems
 * Programming: Coping with Parallelism", 1986), and two queues that only the consumer touches. The
 * consumer takes the whole stack at once and turns it round, so that there is one atomic exchange for
 * all that came meanwhile; what is urgent is taken first.
 *
 * The stack also says whether the consumer is on its way: whoever pushes to an idle inbox has to
 * schedule the consumer, and the consumer looks again before it becomes idle. What the consumer's own
 * thread appends needs no atomic exchange at all while the consumer is on its way.
 */

G_BEGIN_DECLS

typedef struct _GemingaInboxNode GemingaInboxNode;

struct _GemingaInboxNode
{
  GemingaInboxNode *next;
  gboolean is_urgent;
  guint32 stamp; /* when it was made, in milliseconds of a clock that wraps */
};

/* Nobody is going to look: not a node. */
#define GEMINGA_INBOX_IDLE ((GemingaInboxNode *) (guintptr) 1)

typedef struct
{
  _Atomic (GemingaInboxNode *) shared; /* newest first, NULL or GEMINGA_INBOX_IDLE */
} GemingaInbox;

/* The consumer's part: who pushes writes to other lines of the cache than the consumer. */
typedef struct
{
  GemingaInboxNode *urgent; /* (nullable): the last one of a ring */
  GemingaInboxNode *normal; /* (nullable): the last one of a ring */
} GemingaInboxTaken;

/* The consumer is on its way. */
static inline void
geminga_inbox_init (GemingaInbox *self, GemingaInboxTaken *taken)
{
  atomic_init (&self->shared, NULL);
  taken->urgent = NULL;
  taken->normal = NULL;
}

/* Any thread. Tells whether the consumer has to be scheduled. */
static inline gboolean
geminga_inbox_push (GemingaInbox *self, GemingaInboxNode *node)
{
  GemingaInboxNode *head = atomic_load_explicit (&self->shared, memory_order_relaxed);

  do
    node->next = head == GEMINGA_INBOX_IDLE ? NULL : head;
  while (!atomic_compare_exchange_weak (&self->shared, &head, node));

  return head == GEMINGA_INBOX_IDLE;
}

static inline void
geminga_inbox_add_last (GemingaInboxNode **last, GemingaInboxNode *node)
{
  if (*last != NULL)
    {
      node->next = (*last)->next;
      (*last)->next = node;
    }
  else
    {
      node->next = node;
    }
  *last = node;
}

static inline GemingaInboxNode *
geminga_inbox_take_first (GemingaInboxNode **last)
{
  GemingaInboxNode *first = (*last)->next;

  if (first == *last)
    {
      *last = NULL;
    }
  else
    {
      (*last)->next = first->next;
      __builtin_prefetch (first->next);
    }

  return first;
}

/* Adds a chain at the end of a ring. */
static inline void
geminga_inbox_add_chain (GemingaInboxNode **last,
                         GemingaInboxNode *oldest,
                         GemingaInboxNode *newest)
{
  if (oldest == NULL)
    return;

  if (*last != NULL)
    {
      newest->next = (*last)->next;
      (*last)->next = oldest;
    }
  else
    {
      newest->next = oldest;
    }
  *last = newest;
}

/* Consumer only: takes all that was pushed. Each node is looked at once: others have written it. */
static inline void
geminga_inbox_take_shared (GemingaInbox *self, GemingaInboxTaken *taken)
{
  GemingaInboxNode *node = atomic_load (&self->shared);
  GemingaInboxNode *oldest[2] = { NULL };
  GemingaInboxNode *newest[2] = { NULL };

  if (node == NULL || node == GEMINGA_INBOX_IDLE)
    return;

  node = atomic_exchange_explicit (&self->shared, NULL, memory_order_acquire);
  while (node != NULL)
    {
      GemingaInboxNode *next = node->next;
      const guint which = node->is_urgent ? 1 : 0;

      if (oldest[which] == NULL)
        newest[which] = node;
      node->next = oldest[which];
      oldest[which] = node;
      node = next;
    }

  geminga_inbox_add_chain (&taken->normal, oldest[0], newest[0]);
  geminga_inbox_add_chain (&taken->urgent, oldest[1], newest[1]);
}

/*
 * Consumer's thread only: as a push of a node that is not urgent, after what was pushed before. Tells
 * whether the consumer has to be scheduled.
 */
static inline gboolean
geminga_inbox_append (GemingaInbox *self, GemingaInboxTaken *taken, GemingaInboxNode *node)
{
  GemingaInboxNode *head = atomic_load_explicit (&self->shared, memory_order_relaxed);

  if (head == GEMINGA_INBOX_IDLE)
    return geminga_inbox_push (self, node);

  if (head != NULL)
    geminga_inbox_take_shared (self, taken);
  geminga_inbox_add_last (&taken->normal, node);

  return FALSE;
}

/* Puts one ring in front of another, which is taken; @front may not be empty. */
static inline void
geminga_inbox_join (GemingaInboxNode **front, GemingaInboxNode **back)
{
  GemingaInboxNode *last = *back;
  GemingaInboxNode *first;

  *back = NULL;
  if (last == NULL)
    return;

  first = last->next;
  last->next = (*front)->next;
  (*front)->next = first;
  *front = last;
}

/* Consumer only: the one that has waited longest of those that are not urgent, or NULL. */
static inline const GemingaInboxNode *
geminga_inbox_peek_oldest (GemingaInbox *self, GemingaInboxTaken *taken)
{
  geminga_inbox_take_shared (self, taken);

  return taken->normal != NULL ? taken->normal->next : NULL;
}

/*
 * Consumer only. NULL: there is nothing. Looks at what was pushed only if nothing is left of what was
 * taken before: what is urgent among it overtakes if the consumer has it taken first.
 */
static inline GemingaInboxNode *
geminga_inbox_pop (GemingaInbox *self, GemingaInboxTaken *taken)
{
  if (taken->urgent == NULL && taken->normal == NULL)
    geminga_inbox_take_shared (self, taken);
  if (taken->urgent != NULL)
    return geminga_inbox_take_first (&taken->urgent);
  if (taken->normal != NULL)
    return geminga_inbox_take_first (&taken->normal);

  return NULL;
}

/* Any thread: lets the consumer look without a message. Tells whether it has to be scheduled. */
static inline gboolean
geminga_inbox_wake (GemingaInbox *self)
{
  GemingaInboxNode *expected = GEMINGA_INBOX_IDLE;

  return atomic_compare_exchange_strong (&self->shared, &expected, NULL);
}

/* Consumer only, after it found nothing. FALSE: something has come meanwhile. */
static inline gboolean
geminga_inbox_rest (GemingaInbox *self, const GemingaInboxTaken *taken)
{
  GemingaInboxNode *expected = NULL;

  return taken->urgent == NULL && taken->normal == NULL &&
         atomic_compare_exchange_strong (&self->shared, &expected, GEMINGA_INBOX_IDLE);
}

G_END_DECLS
