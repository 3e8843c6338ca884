/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-error.h"

/*
 * A process makes another one and passes its address on to a third, which wants to be connected: that
 * reaches the root over another link than the news of the new process, and may be earlier. The root knows
 * which numbers it gave to whom, and which of them it has heard of, so it knows what is early and what is
 * late.
 */

/* How long the news may take beyond that, in microseconds. */
#define PATIENCE G_TIME_SPAN_SECOND

#define N_WORDS (GEMINGA_NODE_BLOCK_SIZE / 64)

/* Numbers that a process may give away. */
typedef struct
{
  guint32 owner;
  guint64 heard_of[N_WORDS]; /* a bit a number */
} Block;

/* Somebody who wants to be connected to a process that is not there yet. */
typedef struct
{
  GemingaTimer timer;
  GemingaNode *node; /* not owned */
  GemingaLink *link; /* (owned) */
  GemingaAsk *ask;   /* (owned) */
  guint32 number;
} Early;

/* Helpers */

static void
early_free (gpointer data)
{
  Early *self = data;

  geminga_loop_disarm (self->node->loop, &self->timer);
  geminga_link_unref (self->link);
  geminga_ask_unref (self->ask);
  g_free (self);
}

static gpointer
name_block (guint32 number)
{
  return GUINT_TO_POINTER ((number - GEMINGA_NODE_FIRST_BLOCK) / GEMINGA_NODE_BLOCK_SIZE);
}

static Block *
find_block_locked (GemingaNode *self, guint32 number)
{
  if (number < GEMINGA_NODE_FIRST_BLOCK || self->blocks == NULL)
    return NULL;

  return g_hash_table_lookup (self->blocks, name_block (number));
}

static gboolean
may_come (GemingaNode *self, guint32 number)
{
  guint32 place = (number - GEMINGA_NODE_FIRST_BLOCK) % GEMINGA_NODE_BLOCK_SIZE;
  gboolean may_come;
  Block *block;

  g_mutex_lock (&self->lock);
  block = find_block_locked (self, number);
  may_come =
      block != NULL && (block->heard_of[place / 64] & G_GUINT64_CONSTANT (1) << place % 64) == 0;
  g_mutex_unlock (&self->lock);

  return may_come;
}

static void
time_is_over (gpointer user_data)
{
  Early *early = user_data;
  guint position;

  if (g_ptr_array_find (early->node->early, early, &position))
    g_ptr_array_steal_index (early->node->early, position);
  geminga_ask_answer (early->ask, NULL, NULL,
                      g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                                   "there is no process %u yet", early->number));
  early_free (early);
}

/* For the node's own files */

void
geminga_node_note_block (GemingaNode *self, guint32 first, guint32 owner)
{
  Block *block = g_new0 (Block, 1);

  block->owner = owner;
  g_mutex_lock (&self->lock);
  if (self->blocks == NULL)
    self->blocks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_hash_table_replace (self->blocks, name_block (first), block);
  g_mutex_unlock (&self->lock);
}

void
geminga_node_forget_blocks (GemingaNode *self, guint32 owner)
{
  GHashTableIter iter;
  gpointer block;

  g_mutex_lock (&self->lock);
  if (self->blocks != NULL)
    {
      g_hash_table_iter_init (&iter, self->blocks);
      while (g_hash_table_iter_next (&iter, NULL, &block))
        if (((Block *) block)->owner == owner)
          g_hash_table_iter_remove (&iter);
    }
  g_mutex_unlock (&self->lock);
}

gboolean
geminga_node_await_birth (GemingaNode *self, GemingaLink *link, guint32 number, GemingaAsk *ask)
{
  Early *early;

  if (!may_come (self, number))
    return FALSE;

  early = g_new0 (Early, 1);
  early->node = self;
  early->link = geminga_link_ref (link);
  early->ask = geminga_ask_ref (ask);
  early->number = number;
  early->timer.func = time_is_over;
  early->timer.user_data = early;
  if (self->early == NULL)
    self->early = g_ptr_array_new_with_free_func (early_free);
  g_ptr_array_add (self->early, early);
  geminga_loop_arm (self->loop, &early->timer, g_get_monotonic_time () + PATIENCE);

  return TRUE;
}

void
geminga_node_hear_of (GemingaNode *self, guint32 number)
{
  guint32 place = (number - GEMINGA_NODE_FIRST_BLOCK) % GEMINGA_NODE_BLOCK_SIZE;
  Block *block;

  g_mutex_lock (&self->lock);
  block = find_block_locked (self, number);
  if (block != NULL)
    block->heard_of[place / 64] |= G_GUINT64_CONSTANT (1) << place % 64;
  g_mutex_unlock (&self->lock);

  for (guint i = 0; self->early != NULL && i < self->early->len;)
    {
      Early *early = g_ptr_array_index (self->early, i);

      if (early->number != number)
        {
          i++;
          continue;
        }
      g_ptr_array_steal_index (self->early, i);
      geminga_node_connect (self, early->link, number, early->ask);
      early_free (early);
    }
}
