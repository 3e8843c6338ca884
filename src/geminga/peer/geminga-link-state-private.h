/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-link-private.h"
#include "geminga-queue-private.h"

G_BEGIN_DECLS

/* What the files of the link share; nobody else includes this. */

/* GEMINGA_WIRE_EXTENSION_CREDIT of a command that is answered when it is accepted, not when it is handled. */
#define GEMINGA_LINK_CREDIT_AWAITED 1

typedef enum
{
  GEMINGA_OUTGOING_MESSAGE, /* to an actor of the other process */
  GEMINGA_OUTGOING_REPLY,
  GEMINGA_OUTGOING_CALL, /* to the other process itself */
  GEMINGA_OUTGOING_SIGNAL,
} GemingaOutgoingKind;

/* Is to be encoded: at once in the link's loop, and waits otherwise. */
typedef struct
{
  GemingaQueueNode node;
  GemingaOutgoingKind kind;
  gboolean is_urgent;
  gsize cost; /* bytes it may take, about */

  GemingaTarget *target;   /* (owned) (nullable), of a MESSAGE */
  GemingaMessage *message; /* (owned) (nullable), of a MESSAGE */
  char *own_path;          /* (owned) (nullable), of a SIGNAL */
  const char *path;        /* the target's, @own_path, or static */
  const char *member;      /* (nullable), static, of a CALL or SIGNAL */
  guint32 serial;          /* of what a REPLY answers */
  GVariant *body;          /* (owned) (nullable) */
  GUnixFDList *fds;        /* (owned) (nullable) */
  GError *error;           /* (owned) (nullable), of a REPLY */
  GemingaAsk *ask;         /* (owned) (nullable), of a CALL */
} GemingaOutgoing;

/* An ask that was sent. */
typedef struct
{
  GemingaAsk *ask;       /* (owned) */
  GemingaTarget *target; /* (owned) (nullable): NULL asks the process itself */
  gboolean is_watch;
} GemingaPending;

struct _GemingaLink
{
  atomic_int ref_count;
  guint32 node;
  GMainContext *context;            /* (owned) */
  GemingaLoop *loop;                /* (owned) */
  _Atomic (GemingaThread *) thread; /* (nullable): which had the loop when the socket came */
  const GemingaLinkFuncs *funcs;
  gpointer data;

  GemingaLoopItem item;
  atomic_bool is_scheduled;
  atomic_bool is_closed;
  GemingaQueue urgent;
  GemingaQueue messages;
  atomic_size_t backlog; /* bytes that wait to be encoded, about */
  atomic_size_t unsent;  /* bytes that are encoded */

  /* written before is_closed is set, constant from then on */
  int close_code;
  char *close_why; /* (owned) (nullable) */
  atomic_bool
      is_unsettled; /* how its process ended is not told yet: cleared later, never set again */

  _Atomic (char *)
      main_id;           /* (owned) (nullable), set once: the actor that the process there is for */
  atomic_int end_reason; /* GemingaExitReason: of the actors there; NORMAL: not known */

  /* the loop's thread only */
  GemingaSystem *system;     /* (owned) (nullable): until closed */
  int fd;                    /* (owned): not yet in a socket; -1: none */
  GemingaLinkSocket *socket; /* (nullable): owned by the context */
  char *finish_why;          /* (owned) (nullable): how the other process is known to have ended */
  guint32 last_serial;
  GHashTable
      *pending; /* (owned) (element-type guint32 GemingaPending): asks that wait for a reply */
  GHashTable *serials; /* (owned) (element-type GemingaAsk guint32): of those */
  GHashTable *handled; /* (owned) (element-type guint32 GemingaAsk): being answered here */
  gboolean is_patient; /* how its process ended will be told: watches wait for that */
  GPtrArray *late;     /* (owned) (nullable) (element-type GemingaPending): those watches */

  GemingaTarget *named_sender;   /* (owned) (nullable): whom @sender_name names */
  char *sender_name;             /* (owned) (nullable): last one sent */
  char *known_name;              /* (owned) (nullable): last one that came */
  GemingaTarget *known_sender;   /* (owned) (nullable): whom @known_name names */
  char *known_path;              /* (owned) (nullable): where the last command went */
  GemingaTarget *known_target;   /* (owned) (nullable): the actor there */
  GemingaCommand *known_command; /* (nullable): its class's, the last one that came */
};

/* geminga-link.c */
/* Takes what is in @outgoing, which is the caller's. Any thread. */
void geminga_link_enqueue (GemingaLink *self, GemingaOutgoing *outgoing);
void geminga_link_schedule (GemingaLink *self);
void geminga_link_fail (GemingaLink *self, const char *violation);
void geminga_outgoing_clear (GemingaOutgoing *self);
void geminga_outgoing_free (GemingaOutgoing *self);

/* geminga-link-send.c */
gboolean geminga_link_send_waiting (GemingaLink *self);
/* Encodes it, if this is the link's loop and nothing has to go first. Takes nothing. */
gboolean geminga_link_send_now (GemingaLink *self, GemingaOutgoing *outgoing);
gboolean geminga_link_may_send (GemingaLink *self);
/* Takes what waits for a reply with that serial. */
gboolean geminga_link_take_pending (GemingaLink *self,
                                    guint32 serial,
                                    GemingaAsk **ask,
                                    GemingaTarget **target);
void geminga_link_init_pending (GemingaLink *self);

/* geminga-link-loss.c */
void geminga_pending_free (GemingaPending *self);
void geminga_link_fail_pending (GemingaLink *self);
/* Whether it waits, in the loop, for the link to be settled. */
gboolean geminga_link_is_late_watch (GemingaLink *self, const GemingaOutgoing *outgoing);
void geminga_link_refuse (GemingaLink *self, GemingaOutgoing *outgoing, gboolean is_late);

/* geminga-link-survey.c: what both ends call a call that goes from one process to another */
char *geminga_link_make_key (guint32 from, guint32 to, guint32 serial);

/* geminga-link-receive.c */
extern const GemingaLinkSocketFuncs geminga_link_socket_funcs;
void geminga_link_cancel_handled (GemingaLink *self);

G_END_DECLS
