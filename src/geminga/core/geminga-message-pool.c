/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-message-pool-private.h"

#include <stdlib.h>

/*
 * They are cut from slabs, where the first place is used to count. So many chunks are kept for others, which
 * are 40 MiB; what comes back beyond that goes to the system, a slab once all of it is back.
 */
#define SLAB_SIZE  (256 * 1024)
#define N_IN_SLAB  (SLAB_SIZE / GEMINGA_MESSAGE_SIZE - 1)
#define MAX_CHUNKS 2048

G_STATIC_ASSERT (sizeof (GemingaSpareMessage) <= GEMINGA_MESSAGE_SIZE);

typedef struct
{
  guint n_returned; /* under the pool's lock */
} Slab;

typedef struct
{
  GMutex lock;
  GemingaSpareMessage *chunks; /* (nullable), under lock: a stack */
  guint n_chunks;              /* under lock */
  char *fresh;                 /* (nullable), under lock: what is left of the last slab */
  guint n_fresh;               /* under lock */
} Pool;

/* Helpers */

static gpointer
make_pool (gpointer data)
{
  return g_new0 (Pool, 1);
}

static Pool *
get_pool (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_pool, NULL);
}

static void
add_slab_locked (Pool *pool)
{
  void *memory = NULL;

  if (posix_memalign (&memory, SLAB_SIZE, SLAB_SIZE) != 0)
    g_error ("There is no memory for more messages");

  ((Slab *) memory)->n_returned = 0;
  pool->fresh = (char *) memory + GEMINGA_MESSAGE_SIZE;
  pool->n_fresh = N_IN_SLAB;
}

/* Pages of a slab are touched when they are used, and not before. */
static void
take_fresh_locked (Pool *pool, GemingaMessageStore *store)
{
  if (pool->n_fresh == 0)
    add_slab_locked (pool);

  store->fresh = (GemingaSpareMessage *) (gpointer) pool->fresh;
  store->n_fresh = MIN (pool->n_fresh, GEMINGA_MESSAGE_CHUNK);
  pool->fresh += store->n_fresh * GEMINGA_MESSAGE_SIZE;
  pool->n_fresh -= store->n_fresh;
}

static void
fill (GemingaMessageStore *store)
{
  Pool *pool = get_pool ();
  GemingaSpareMessage *chunk;

  g_mutex_lock (&pool->lock);
  chunk = pool->chunks;
  if (chunk != NULL)
    {
      pool->chunks = chunk->next_chunk;
      pool->n_chunks--;
      store->spare = chunk;
      store->n_spare = chunk->n_in_chunk;
    }
  else
    {
      take_fresh_locked (pool, store);
    }
  g_mutex_unlock (&pool->lock);
}

static void
return_locked (GemingaSpareMessage *message)
{
  Slab *slab = (Slab *) ((guintptr) message & ~(guintptr) (SLAB_SIZE - 1));

  if (++slab->n_returned == N_IN_SLAB)
    free (slab);
}

static void
leave_chunk (GemingaSpareMessage *chunk, guint n_in_chunk)
{
  Pool *pool = get_pool ();

  g_mutex_lock (&pool->lock);
  if (pool->n_chunks < MAX_CHUNKS)
    {
      chunk->n_in_chunk = n_in_chunk;
      chunk->next_chunk = pool->chunks;
      pool->chunks = chunk;
      pool->n_chunks++;
      chunk = NULL;
    }
  while (chunk != NULL)
    {
      GemingaSpareMessage *next = chunk->next;

      return_locked (chunk);
      chunk = next;
    }
  g_mutex_unlock (&pool->lock);
}

static gpointer
take_fresh (GemingaMessageStore *self)
{
  GemingaSpareMessage *message = self->fresh;

  self->n_fresh--;
  self->fresh = (GemingaSpareMessage *) (gpointer) ((char *) message + GEMINGA_MESSAGE_SIZE);

  return message;
}

/* Private API */

gpointer
geminga_message_store_take_more (GemingaMessageStore *self)
{
  GemingaSpareMessage *message;

  if (self->n_fresh > 0)
    return take_fresh (self);

  self->spare = g_steal_pointer (&self->chunk);
  self->n_spare = self->spare != NULL ? GEMINGA_MESSAGE_CHUNK : 0;
  if (self->spare == NULL)
    fill (self);
  if (self->spare == NULL)
    return take_fresh (self);

  message = self->spare;
  self->spare = message->next;
  self->n_spare--;

  return message;
}

void
geminga_message_store_put_away (GemingaMessageStore *self)
{
  if (self->chunk != NULL)
    leave_chunk (self->chunk, GEMINGA_MESSAGE_CHUNK);
  self->chunk = g_steal_pointer (&self->spare);
  self->n_spare = 0;
}

void
geminga_message_store_clear (GemingaMessageStore *self)
{
  while (self->n_fresh > 0)
    geminga_message_store_put (self, take_fresh (self));
  if (self->chunk != NULL)
    leave_chunk (g_steal_pointer (&self->chunk), GEMINGA_MESSAGE_CHUNK);
  if (self->spare != NULL)
    leave_chunk (g_steal_pointer (&self->spare), self->n_spare);
  self->n_spare = 0;
}
