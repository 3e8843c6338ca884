/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-exit.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * GemingaWaits: the asks that wait for an actor to be ready or to end. NULL is none. Under the lock of the
 * actor's mailbox, but for answers: those are given to what was stolen.
 */
typedef struct _GemingaWaits GemingaWaits;

/* @kind: GEMINGA_MESSAGE_READY, _EXIT or _WATCH. */
void geminga_waits_add (GemingaWaits **self, GemingaMessageKind kind, GemingaAsk *ask);
void geminga_waits_forget (GemingaWaits **self, GemingaAsk *ask);
gboolean geminga_waits_are_empty (GemingaWaits *self);
void geminga_waits_free (GemingaWaits *self);

/* Takes those that wait for an actor that is ready, and answers them. */
GemingaWaits *geminga_waits_steal_ready (GemingaWaits **self);
void geminga_waits_answer_ready (GemingaWaits **self);
/* The actor has ended: all are answered. @failure is NULL if it was asked to. */
void geminga_waits_answer_ended (GemingaWaits **self,
                                 GemingaTarget *actor,
                                 GemingaExitReason reason,
                                 const GError *failure);

G_END_DECLS
