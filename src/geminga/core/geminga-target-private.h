/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <stdatomic.h>

#include "geminga-command.h"
#include "geminga-inbox-private.h"
#include "geminga-thread-private.h"

G_BEGIN_DECLS

typedef struct _GemingaTarget GemingaTarget;
typedef struct _GemingaAsk GemingaAsk;
typedef struct _GemingaMessage GemingaMessage;

/*
 * GemingaAsk: one question that is waiting for its answer. Shared by who asked and who answers; the
 * first answer wins, whoever gives it: the handler, the deadline, the caller's cancellable, the
 * death of the actor or of its process. Thread-safe.
 */
typedef struct
{
  gsize size; /* 0: @free frees the ask itself */
  /* Called once, in any thread, with no lock held; takes the arguments. */
  void (*deliver) (GemingaAsk *self, GVariant *result, GUnixFDList *fds, GError *error);
  void (*free) (GemingaAsk *self);
  /* (nullable): a name that no other ask of the service has; @node is this process. Any thread. */
  char *(*dup_key) (GemingaAsk *self, guint32 node);
} GemingaAskClass;

struct _GemingaAsk
{
  const GemingaAskClass *klass;
  atomic_int ref_count;
  atomic_bool is_answered;
  int forward_lock;            /* bit 0 */
  GemingaTarget *forwarded_to; /* (owned) (nullable), under the bit lock: who answers instead */
};

gpointer geminga_ask_alloc (const GemingaAskClass *klass);
GemingaAsk *geminga_ask_ref (GemingaAsk *self);
void geminga_ask_unref (GemingaAsk *self);

/* Gives the answer, if there is none yet. Consumes result, fds and error; tells whether it was taken. */
gboolean geminga_ask_answer (GemingaAsk *self, GVariant *result, GUnixFDList *fds, GError *error);
gboolean geminga_ask_is_answered (GemingaAsk *self);

/* NULL: who waits for the answer is nobody's call. */
char *geminga_ask_dup_key (GemingaAsk *self, guint32 node);

/* Who was asked lets another one answer. */
void geminga_ask_forward (GemingaAsk *self, GemingaTarget *target);
GemingaTarget *geminga_ask_ref_forwarded (GemingaAsk *self);

typedef enum
{
  GEMINGA_MESSAGE_CALL,       /* a command; with an ask, or a tell */
  GEMINGA_MESSAGE_READY,      /* answer the ask when the actor is ready, or could not start */
  GEMINGA_MESSAGE_EXIT,       /* answer the ask when the actor has ended */
  GEMINGA_MESSAGE_CANCEL,     /* nobody waits for the ask any more */
  GEMINGA_MESSAGE_STOP,       /* end the actor, gracefully */
  GEMINGA_MESSAGE_KILL,       /* end the actor, at once */
  GEMINGA_MESSAGE_WATCH,      /* as EXIT, with how; see geminga-exit-private.h */
  GEMINGA_MESSAGE_LINK,       /* the sender is linked to the actor from now on */
  GEMINGA_MESSAGE_UNLINK,     /* the sender is not linked to it any more */
  GEMINGA_MESSAGE_LINK_ENDED, /* the sender has ended; the arguments tell how */
  GEMINGA_MESSAGE_TOLD,    /* in this process: what the ask, a watch of the actor's, waited for */
  GEMINGA_MESSAGE_SAVE,    /* pause, and answer the ask with the state; arguments: how long (u) */
  GEMINGA_MESSAGE_RESUME,  /* go on: there is no successor */
  GEMINGA_MESSAGE_FORWARD, /* all messages are a successor's from now on; arguments: its path */
  GEMINGA_MESSAGE_TELL, /* a CALL without an ask once its own is answered: the mailbox takes it */
} GemingaMessageKind;

/* One message on its way. Everything but a CALL or a TELL overtakes. */
struct _GemingaMessage
{
  GemingaInboxNode node;
  GemingaMessageKind kind;
  gboolean has_local_sender;   /* @sender is held with geminga_target_ref_locally () */
  GemingaCommand *declaration; /* (nullable), of a CALL: borrowed from the actor's class for ever */
  GRefString *command;         /* (owned) (nullable), of a CALL without a declaration */
  GVariant *arguments;         /* (owned) (nullable), tuple, of a CALL; NULL stands for none */
  GUnixFDList *fds;            /* (owned) (nullable) */
  gint64 deadline;             /* monotonic microseconds, 0: none */
  GemingaTarget *sender;       /* (owned) (nullable) */
  GemingaAsk *ask;             /* (owned) (nullable) */
};

G_STATIC_ASSERT (sizeof (GemingaMessage) <= GEMINGA_MESSAGE_SIZE);

GemingaMessage *geminga_message_new (GemingaMessageKind kind, GemingaAsk *ask);
/* The same for who knows the thread; takes the ask. */
GemingaMessage *
geminga_message_new_from (GemingaThread *thread, GemingaMessageKind kind, GemingaAsk *ask);
void geminga_message_free (GemingaMessage *self);

const char *geminga_message_get_command (const GemingaMessage *self);
GVariant *geminga_message_get_arguments (const GemingaMessage *self);
/* The sender survives its loop's thread: for messages that leave it. */
void geminga_message_keep_sender (GemingaMessage *self);

/* Makes a CALL of a TELL, and gives its ask to whoever answers it; NULL if it is none. */
GemingaAsk *geminga_message_accept (GemingaMessage *self);

/* The empty tuple, borrowed. */
GVariant *geminga_get_unit (void);

/*
 * Answers the message's ask, if it has one, with an error in GEMINGA_ERROR, and frees the message. Who is
 * just telling it gets to know if there is no room for it.
 */
void geminga_message_refuse (GemingaMessage *self, int code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/*
 * GemingaTarget: where messages to one actor go, wherever it is: its mailbox in this process, or the
 * link to the process it is in. Immutable address, atomically counted, any thread.
 */
typedef struct
{
  void (*post) (GemingaTarget *self, GemingaMessage *message); /* takes the message */
  void (*free) (GemingaTarget *self);
  /* Whether the actor is known to have ended. */
  gboolean (*has_ended) (GemingaTarget *self);
  /* (nullable): makes the id of a target that has only a number. */
  char *(*make_id) (GemingaTarget *self);
} GemingaTargetClass;

struct _GemingaTarget
{
  const GemingaTargetClass *klass;
  atomic_int ref_count;
  guint32 node;        /* process of the service the actor is in; 0: the arbiter's */
  _Atomic (char *) id; /* (owned) (nullable), unique in its process: see geminga_target_get_id () */
  gpointer system;     /* GemingaSystem it was made for; not owned, compared only by pointer */
  GType type;     /* class of the actor, G_TYPE_INVALID if it is not known here; fixed before use */
  guint32 number; /* what the id is made of if there is none yet */
  guint n_local_refs; /* in the thread of its loop: they hold one reference together */
};

void geminga_target_init (GemingaTarget *self,
                          const GemingaTargetClass *klass,
                          gpointer system,
                          guint32 node,
                          const char *id);
GemingaTarget *geminga_target_ref (GemingaTarget *self);
void geminga_target_unref (GemingaTarget *self);
/* Without an atomic operation; while somebody else holds one and in the thread of the loop only. */
void geminga_target_ref_locally (GemingaTarget *self);
void geminga_target_unref_locally (GemingaTarget *self);
/*
 * For messages between threads: what the thread holds of one target meanwhile, it takes and gives back in
 * great numbers. All is given back at the end of each dispatch, and outside of one nothing is held.
 */
void geminga_target_ref_from_stock (GemingaTarget *self, GemingaThread *thread);
void geminga_target_unref_into_stock (GemingaTarget *self, GemingaThread *thread);
void geminga_target_return_stock (GemingaTargetStock *stock);
const char *geminga_target_get_id (GemingaTarget *self);
void geminga_target_post (GemingaTarget *self, GemingaMessage *message);
gboolean geminga_target_has_ended (GemingaTarget *self);
/* Of their ids: a set of the targets of one process finds one by it. */
guint geminga_target_hash (gconstpointer key);
gboolean geminga_target_equal (gconstpointer a, gconstpointer b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaTarget, geminga_target_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaAsk, geminga_ask_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaMessage, geminga_message_free)

G_END_DECLS
