/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-mailbox-policy.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * GemingaMailboxQueue: where user messages wait if the actor's class says more about them than how many
 * there may be: what happens to one that finds the mailbox full, and which are urgent. Urgent ones have a
 * lane of their own, with as much room as the others have.
 *
 * Plain data: whoever shares it has a lock. Nothing in here frees a message or answers an ask, because
 * that is not done under a lock.
 */
typedef struct _GemingaMailboxQueue GemingaMailboxQueue;

typedef enum
{
  GEMINGA_MAILBOX_QUEUED,
  GEMINGA_MAILBOX_HELD,       /* it waits for room */
  GEMINGA_MAILBOX_DISPLACED,  /* queued, and another one was dropped */
  GEMINGA_MAILBOX_SUPERSEDED, /* it has the place of another one, which was dropped */
  GEMINGA_MAILBOX_DROPPED,    /* it was dropped itself */
  GEMINGA_MAILBOX_REFUSED,
} GemingaMailboxVerdict;

GemingaMailboxQueue *geminga_mailbox_queue_new (GemingaMailboxPolicy policy, guint limit);
/* It must be empty. */
void geminga_mailbox_queue_free (GemingaMailboxQueue *self);

guint geminga_mailbox_queue_get_limit (GemingaMailboxQueue *self);
gboolean geminga_mailbox_queue_is_empty (GemingaMailboxQueue *self);
/* How many wait, without those that wait for room. */
guint geminga_mailbox_queue_get_length (GemingaMailboxQueue *self);
/*
 * Which of them came first, at a time that stamps are compared with; NULL: nothing waits. What has the
 * place of another message came when that one did.
 */
const GemingaInboxNode *geminga_mailbox_queue_peek_oldest (GemingaMailboxQueue *self, guint32 now);

/*
 * A CALL, or a TELL. @dropped is the message that is not in the queue now, or NULL. A TELL that was queued
 * is a CALL from then on; whoever posted it answers @accepted, its ask, which is the caller's now.
 */
GemingaMailboxVerdict geminga_mailbox_queue_push (GemingaMailboxQueue *self,
                                                  GemingaMessage *message,
                                                  GemingaMessage **dropped,
                                                  GemingaAsk **accepted);
/* NULL: nothing waits. @accepted as above: of a TELL that has got the room, if there is one. */
GemingaMessage *geminga_mailbox_queue_pop (GemingaMailboxQueue *self, GemingaAsk **accepted);
/* The message with that ask; NULL: there is none. */
GemingaMessage *
geminga_mailbox_queue_remove (GemingaMailboxQueue *self, GemingaAsk *ask, GemingaAsk **accepted);

/* Goes through those that wait, also for room; @func tells whether to go on. */
gboolean geminga_mailbox_queue_foreach (GemingaMailboxQueue *self,
                                        gboolean (*func) (GemingaMessage *message, gpointer data),
                                        gpointer data);
gboolean geminga_message_ring_foreach (GemingaInboxNode *last,
                                       gboolean (*func) (GemingaMessage *message, gpointer data),
                                       gpointer data);

/* Takes the message with that ask out of a ring of messages, given by its last node. */
GemingaMessage *geminga_message_ring_remove (GemingaInboxNode **last, GemingaAsk *ask);

G_END_DECLS
