/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Where messages come from and go to: what a thread frees it uses again, last first. Where some threads send
 * and others free, the allocator would have to move each message from one to the other; here they go in
 * chunks of messages that lie side by side.
 */
#define GEMINGA_MESSAGE_SIZE 80

#define GEMINGA_MESSAGE_CHUNK 256

typedef struct _GemingaSpareMessage GemingaSpareMessage;

/* What a message is while it is none. */
struct _GemingaSpareMessage
{
  GemingaSpareMessage *next;       /* (nullable), of a chunk or a stack */
  GemingaSpareMessage *next_chunk; /* (nullable), of the first one of a chunk in the pool */
  guint n_in_chunk;                /* the same */
};

/* A thread's own; zeroed is empty. */
typedef struct
{
  GemingaSpareMessage *spare; /* (nullable) */
  guint n_spare;              /* in @spare */
  guint n_fresh;              /* never used, from @fresh on */
  GemingaSpareMessage *fresh; /* (nullable) */
  GemingaSpareMessage *chunk; /* (nullable): a whole one, kept for the next that is needed */
} GemingaMessageStore;

/* When there is none; when there is a whole chunk. */
gpointer geminga_message_store_take_more (GemingaMessageStore *self);
void geminga_message_store_put_away (GemingaMessageStore *self);
/* Everything goes back to where other threads find it. */
void geminga_message_store_clear (GemingaMessageStore *self);

/* The contents are what they were. */
static inline gpointer
geminga_message_store_take (GemingaMessageStore *self)
{
  GemingaSpareMessage *message = self->spare;

  if (G_UNLIKELY (message == NULL))
    return geminga_message_store_take_more (self);

  self->spare = message->next;
  self->n_spare--;

  return message;
}

static inline void
geminga_message_store_put (GemingaMessageStore *self, gpointer message)
{
  GemingaSpareMessage *spare = (GemingaSpareMessage *) message;

  if (G_UNLIKELY (self->n_spare == GEMINGA_MESSAGE_CHUNK))
    geminga_message_store_put_away (self);

  spare->next = self->spare;
  self->spare = spare;
  self->n_spare++;
}

G_END_DECLS
