/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-exit-private.h"
#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

/*
 * GemingaWatch: an actor waits for another one, wherever it is, to be ready or to end. It is told once,
 * in its own loop, through its mailbox, by a message that overtakes.
 */
typedef struct _GemingaWatch GemingaWatch;

/* The actor is there. The watch may be freed here. */
typedef void (*GemingaWatchFunc) (GemingaActor *watcher, GemingaWatch *watch);

struct _GemingaWatch
{
  GemingaAsk parent;

  GemingaTarget *watcher; /* (owned) */
  GemingaTarget *peer;    /* (owned) */
  GemingaWatchFunc func;  /* (nullable): cancelled; the watcher's loop only */
  gpointer data;

  /* written once, before the watcher is told */
  GemingaExitReason reason; /* of an end */
  GError *error;            /* (owned) (nullable) */
};

/*
 * The watcher's loop. @kind: GEMINGA_MESSAGE_WATCH for the end and its reason, which may come a little later
 * than GEMINGA_MESSAGE_EXIT, for the end alone; or GEMINGA_MESSAGE_READY.
 */
GemingaWatch *geminga_watch_new (GemingaMailbox *watcher,
                                 GemingaTarget *peer,
                                 GemingaMessageKind kind,
                                 GemingaWatchFunc func,
                                 gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* The watcher's loop. Takes the reference; the function does not run any more. */
void geminga_watch_free (GemingaWatch *self);

/* For the mailbox: runs the function of what came with a GEMINGA_MESSAGE_TOLD. */
void geminga_watch_run (GemingaAsk *ask, GemingaActor *watcher);

/* For geminga-exit.c. */
gboolean geminga_watch_is (GemingaAsk *ask);
void geminga_watch_answer (GemingaAsk *ask, GemingaExitReason reason, const GError *error);

G_END_DECLS
