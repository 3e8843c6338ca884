/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-call.h"
#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

/* Takes the message. The call is this thread's spare one, if it has any. */
GemingaCall *
geminga_call_new (GemingaThread *thread, GemingaMailbox *mailbox, GemingaMessage *message);
/* Gives back what geminga_call_new () gave, which the handler may have kept. */
void geminga_call_release (GemingaCall *self, GemingaThread *thread);

/* Whether the actor's class has such a command; FALSE: the call is refused. */
gboolean geminga_call_check (GemingaCall *self, GemingaActor *actor);
/* The checked declaration of the call's command; borrowed from the class. */
GemingaCommand *geminga_call_get_declaration (GemingaCall *self);

/* What identifies the call to what is asked for it. The actor's thread. */
guint64 geminga_call_get_step (GemingaCall *self, GemingaThread *thread);
/* The same of an open call, under its mailbox's lock; 0: it has none yet. */
guint64 geminga_call_peek_locked (GemingaOpenCall *open_call, const char **command);

/* It is a dead letter, and will be refused. */
void geminga_call_note_unhandled (GemingaCall *self);

/* Whether that is what its answer is given to. */
gboolean geminga_call_has_ask (GemingaCall *self, const GemingaAsk *ask);

/* The call is traced, under that number, until it is answered. */
void geminga_call_set_trace (GemingaCall *self, guint32 number);

void geminga_call_refuse (GemingaCall *self, int code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
