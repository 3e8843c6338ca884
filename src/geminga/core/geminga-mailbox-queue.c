/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-mailbox-queue-private.h"

#include "geminga-command-private.h"

/* So many may wait for room in a lane: those who ask without end are refused after all. */
#define MAX_HELD 65536

/* Messages of one priority, each ring by its last node. */
typedef struct
{
  GemingaInboxNode *waiting; /* (nullable) */
  GemingaInboxNode *held;    /* (nullable): wait for room */
  guint n_waiting;
  guint n_held;
} Lane;

enum
{
  LANE_URGENT,
  LANE_ORDINARY,
  N_LANES,
};

struct _GemingaMailboxQueue
{
  GemingaMailboxPolicy policy;
  guint limit;
  Lane lanes[N_LANES];
  GHashTable *keyed; /* (owned) (nullable) (element-type GemingaMessage): those that have a key */
};

/* Helpers: keys */

static gboolean
has_key (const GemingaMessage *message)
{
  return message->declaration != NULL &&
         message->declaration->coalesce_argument != GEMINGA_COMMAND_NEVER_COALESCES;
}

/* NULL: all messages of the command have the same one, or this has arguments that do not fit it. */
static GVariant *
dup_key (const GemingaMessage *message)
{
  int argument = message->declaration->coalesce_argument;

  if (argument < 0 || message->arguments == NULL ||
      (gsize) argument >= g_variant_n_children (message->arguments))
    return NULL;

  return g_variant_get_child_value (message->arguments, (gsize) argument);
}

static guint
key_hash (gconstpointer data)
{
  const GemingaMessage *message = data;
  g_autoptr (GVariant) key = dup_key (message);
  g_autoptr (GBytes) bytes = key != NULL ? g_variant_get_data_as_bytes (key) : NULL;

  return g_direct_hash (message->declaration) ^ (bytes != NULL ? g_bytes_hash (bytes) : 0);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const GemingaMessage *one = a;
  const GemingaMessage *two = b;
  g_autoptr (GVariant) one_key = NULL;
  g_autoptr (GVariant) two_key = NULL;

  if (one->declaration != two->declaration)
    return FALSE;

  one_key = dup_key (one);
  two_key = dup_key (two);
  if (one_key == NULL || two_key == NULL)
    return one_key == two_key;

  return g_variant_equal (one_key, two_key);
}

static void
forget_key (GemingaMailboxQueue *self, GemingaMessage *message)
{
  if (self->keyed != NULL && has_key (message) &&
      g_hash_table_lookup (self->keyed, message) == message)
    g_hash_table_remove (self->keyed, message);
}

/* Both stay where they are in rings and tables: what they say changes places. */
static void
swap_contents (GemingaMessage *one, GemingaMessage *two)
{
  GemingaMessage kept = *one;
  GemingaInboxNode two_node = two->node;

  *one = *two;
  one->node = kept.node;
  *two = kept;
  two->node = two_node;
}

/* Helpers: lanes */

static Lane *
get_lane (GemingaMailboxQueue *self, const GemingaMessage *message)
{
  gboolean is_urgent = message->declaration != NULL &&
                       (message->declaration->flags & GEMINGA_COMMAND_FLAGS_URGENT) != 0;

  return &self->lanes[is_urgent ? LANE_URGENT : LANE_ORDINARY];
}

static GemingaAsk *
add_waiting (GemingaMailboxQueue *self, Lane *lane, GemingaMessage *message)
{
  geminga_inbox_add_last (&lane->waiting, &message->node);
  lane->n_waiting++;
  if (self->keyed != NULL && has_key (message))
    g_hash_table_add (self->keyed, message);

  return geminga_message_accept (message);
}

static GemingaMessage *
take_waiting (GemingaMailboxQueue *self, Lane *lane)
{
  GemingaMessage *message = (GemingaMessage *) geminga_inbox_take_first (&lane->waiting);

  lane->n_waiting--;
  forget_key (self, message);

  return message;
}

/* There is room for one more. */
static GemingaAsk *
let_in (GemingaMailboxQueue *self, Lane *lane)
{
  GemingaMessage *message;

  if (lane->held == NULL || lane->n_waiting >= self->limit)
    return NULL;

  message = (GemingaMessage *) geminga_inbox_take_first (&lane->held);
  lane->n_held--;

  return add_waiting (self, lane, message);
}

/* Helpers: policies */

static GemingaMailboxVerdict
hold_back (Lane *lane, GemingaMessage *message, GemingaMessage **dropped)
{
  if (message->ask == NULL || lane->n_held >= MAX_HELD)
    {
      *dropped = message;
      return GEMINGA_MAILBOX_REFUSED;
    }

  geminga_inbox_add_last (&lane->held, &message->node);
  lane->n_held++;

  return GEMINGA_MAILBOX_HELD;
}

static GemingaMailboxVerdict
push_to_full (GemingaMailboxQueue *self,
              Lane *lane,
              GemingaMessage *message,
              GemingaMessage **dropped,
              GemingaAsk **accepted)
{
  switch (self->policy)
    {
    case GEMINGA_MAILBOX_POLICY_CREDIT:
      return hold_back (lane, message, dropped);
    case GEMINGA_MAILBOX_POLICY_DROP_OLDEST:
      *dropped = take_waiting (self, lane);
      *accepted = add_waiting (self, lane, message);
      return GEMINGA_MAILBOX_DISPLACED;
    case GEMINGA_MAILBOX_POLICY_DROP_NEWEST:
      *dropped = message;
      return GEMINGA_MAILBOX_DROPPED;
    case GEMINGA_MAILBOX_POLICY_FAIL_CALLER:
    case GEMINGA_MAILBOX_POLICY_COALESCE:
    default:
      *dropped = message;
      return GEMINGA_MAILBOX_REFUSED;
    }
}

/* Private API */

GemingaMailboxQueue *
geminga_mailbox_queue_new (GemingaMailboxPolicy policy, guint limit)
{
  GemingaMailboxQueue *self = g_new0 (GemingaMailboxQueue, 1);

  self->policy = policy;
  self->limit = limit;
  if (policy == GEMINGA_MAILBOX_POLICY_COALESCE)
    self->keyed = g_hash_table_new (key_hash, key_equal);

  return self;
}

void
geminga_mailbox_queue_free (GemingaMailboxQueue *self)
{
  g_assert (geminga_mailbox_queue_is_empty (self));

  g_clear_pointer (&self->keyed, g_hash_table_unref);
  g_free (self);
}

guint
geminga_mailbox_queue_get_limit (GemingaMailboxQueue *self)
{
  return self->limit;
}

/* Nothing is held where nothing waits. */
gboolean
geminga_mailbox_queue_is_empty (GemingaMailboxQueue *self)
{
  return self->lanes[LANE_URGENT].waiting == NULL && self->lanes[LANE_ORDINARY].waiting == NULL;
}

guint
geminga_mailbox_queue_get_length (GemingaMailboxQueue *self)
{
  return self->lanes[LANE_URGENT].n_waiting + self->lanes[LANE_ORDINARY].n_waiting;
}

/* Stamps wrap: those that are less than half way round ahead of the time are new. */
const GemingaInboxNode *
geminga_mailbox_queue_peek_oldest (GemingaMailboxQueue *self, guint32 now)
{
  const GemingaInboxNode *oldest = NULL;

  for (guint i = 0; i < N_LANES; i++)
    {
      const GemingaInboxNode *last = self->lanes[i].waiting;

      if (last != NULL &&
          (oldest == NULL || (gint32) (now - last->next->stamp) > (gint32) (now - oldest->stamp)))
        oldest = last->next;
    }

  return oldest;
}

GemingaMailboxVerdict
geminga_mailbox_queue_push (GemingaMailboxQueue *self,
                            GemingaMessage *message,
                            GemingaMessage **dropped,
                            GemingaAsk **accepted)
{
  Lane *lane = get_lane (self, message);
  GemingaMessage *older = NULL;

  *dropped = NULL;
  *accepted = NULL;
  if (self->keyed != NULL && has_key (message))
    older = g_hash_table_lookup (self->keyed, message);
  if (older != NULL)
    {
      *accepted = geminga_message_accept (message);
      swap_contents (older, message);
      *dropped = message;
      return GEMINGA_MAILBOX_SUPERSEDED;
    }

  if (lane->n_waiting >= self->limit)
    return push_to_full (self, lane, message, dropped, accepted);

  *accepted = add_waiting (self, lane, message);

  return GEMINGA_MAILBOX_QUEUED;
}

GemingaMessage *
geminga_mailbox_queue_pop (GemingaMailboxQueue *self, GemingaAsk **accepted)
{
  *accepted = NULL;
  for (guint i = 0; i < N_LANES; i++)
    {
      Lane *lane = &self->lanes[i];
      GemingaMessage *message;

      if (lane->waiting == NULL)
        continue;
      message = take_waiting (self, lane);
      *accepted = let_in (self, lane);
      return message;
    }

  return NULL;
}

GemingaMessage *
geminga_mailbox_queue_remove (GemingaMailboxQueue *self, GemingaAsk *ask, GemingaAsk **accepted)
{
  *accepted = NULL;
  for (guint i = 0; i < N_LANES; i++)
    {
      Lane *lane = &self->lanes[i];
      GemingaMessage *message = geminga_message_ring_remove (&lane->held, ask);

      if (message != NULL)
        {
          lane->n_held--;
          return message;
        }

      message = geminga_message_ring_remove (&lane->waiting, ask);
      if (message != NULL)
        {
          lane->n_waiting--;
          forget_key (self, message);
          *accepted = let_in (self, lane);
          return message;
        }
    }

  return NULL;
}

gboolean
geminga_mailbox_queue_foreach (GemingaMailboxQueue *self,
                               gboolean (*func) (GemingaMessage *message, gpointer data),
                               gpointer data)
{
  for (guint i = 0; i < N_LANES; i++)
    if (!geminga_message_ring_foreach (self->lanes[i].waiting, func, data) ||
        !geminga_message_ring_foreach (self->lanes[i].held, func, data))
      return FALSE;

  return TRUE;
}

gboolean
geminga_message_ring_foreach (GemingaInboxNode *last,
                              gboolean (*func) (GemingaMessage *message, gpointer data),
                              gpointer data)
{
  GemingaInboxNode *node = last;

  if (last == NULL)
    return TRUE;

  do
    {
      node = node->next;
      if (!func ((GemingaMessage *) node, data))
        return FALSE;
    }
  while (node != last);

  return TRUE;
}

GemingaMessage *
geminga_message_ring_remove (GemingaInboxNode **last, GemingaAsk *ask)
{
  GemingaInboxNode *previous = *last;
  GemingaInboxNode *node;

  if (previous == NULL)
    return NULL;

  do
    {
      node = previous->next;
      if (((GemingaMessage *) node)->ask == ask)
        {
          if (node == previous)
            *last = NULL;
          else if (node == *last)
            *last = previous;
          previous->next = node->next;
          return (GemingaMessage *) node;
        }
      previous = node;
    }
  while (node != *last);

  return NULL;
}
