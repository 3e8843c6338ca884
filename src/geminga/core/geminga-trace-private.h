/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

/*
 * GemingaTrace: what one actor of this process gets, answers and sends, as it happens, for somebody who
 * watches. The actor's side only ever adds records: if the reader does not keep up they are counted and
 * lost. An actor may be watched by several.
 *
 * Any thread; counted atomically. A trace that was started lives until it is stopped or the actor ends.
 */
typedef struct _GemingaTrace GemingaTrace;

typedef enum
{
  GEMINGA_TRACE_ASKED,     /* somebody asked; peer, command, body */
  GEMINGA_TRACE_TOLD,      /* somebody told; the same */
  GEMINGA_TRACE_ANSWERED,  /* reply_to, duration, body; of a tell: its handler is done, no body */
  GEMINGA_TRACE_FAILED,    /* reply_to, duration, error */
  GEMINGA_TRACE_FORWARDED, /* reply_to; peer answers instead */
  GEMINGA_TRACE_STASHED,   /* reply_to; put aside: it will be asked or told again */
  GEMINGA_TRACE_ASKS,      /* the actor asks; peer, command, body */
  GEMINGA_TRACE_TELLS,     /* the actor tells; the same */
  GEMINGA_TRACE_ENDED,     /* the actor has ended: the last one */
} GemingaTraceKind;

/* Immutable. */
typedef struct
{
  GemingaTraceKind kind;
  guint32 number;        /* never 0; they grow, and go round */
  guint32 reply_to;      /* 0: none */
  gint64 time;           /* microseconds since 1970 */
  gint64 duration;       /* microseconds that the call took */
  gboolean is_tell;      /* a tell, or what became of one */
  GemingaTarget *peer;   /* (owned) (nullable) */
  GRefString *command;   /* (owned) */
  const char *interface; /* (nullable): lives as long as the class */
  GVariant *body;        /* (owned) (nullable), a tuple */
  guint n_fds;
  GError *error; /* (owned) (nullable) */
} GemingaTraceRecord;

GemingaTraceRecord *geminga_trace_record_ref (GemingaTraceRecord *self);
void geminga_trace_record_unref (GemingaTraceRecord *self);

/*
 * @wake is called once after geminga_trace_wait () said that there was nothing, when there is something,
 * in any thread. It may not call the trace.
 */
GemingaTrace *geminga_trace_new (void (*wake) (gpointer data),
                                 gpointer data) G_GNUC_WARN_UNUSED_RESULT;
GemingaTrace *geminga_trace_ref (GemingaTrace *self);
void geminga_trace_unref (GemingaTrace *self);

/* Once. FALSE: the actor has ended, or is none of this process. */
gboolean geminga_trace_start (GemingaTrace *self, GemingaTarget *target);
/* From now on there is nothing new, and @wake is not called. */
void geminga_trace_stop (GemingaTrace *self);

/* Whether there is something to take. */
gboolean geminga_trace_wait (GemingaTrace *self);
/* The oldest records, at most so many, and how many were lost since the last time. */
GPtrArray *geminga_trace_take (GemingaTrace *self, guint max, guint64 *n_lost);
/* There is nothing left and nothing will come. */
gboolean geminga_trace_is_over (GemingaTrace *self);

/* What the actor's side calls if the mailbox has GEMINGA_MAILBOX_IS_TRACED. */
/* The number of the record. */
guint32 geminga_trace_received (GemingaMailbox *mailbox, const GemingaMessage *message);
void geminga_trace_answered (GemingaMailbox *mailbox,
                             const GemingaMessage *message,
                             guint32 number,
                             gint64 duration,
                             GVariant *result,
                             GUnixFDList *fds,
                             const GError *error);
void geminga_trace_forwarded (GemingaMailbox *mailbox,
                              const GemingaMessage *message,
                              guint32 number,
                              GemingaTarget *target);
void geminga_trace_stashed (GemingaMailbox *mailbox, const GemingaMessage *message, guint32 number);
void
geminga_trace_sent (GemingaMailbox *mailbox, const GemingaMessage *message, GemingaTarget *target);
/* The actor has ended. */
void geminga_mailbox_end_traces (GemingaMailbox *mailbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaTrace, geminga_trace_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaTraceRecord, geminga_trace_record_unref)

G_END_DECLS
