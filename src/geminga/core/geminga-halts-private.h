/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-mailbox-private.h"

G_BEGIN_DECLS

/*
 * GemingaHalts: the actors of a loop that take no messages, and why. There are two reasons: their code runs
 * the main context itself and so waits on the stack, or they have said that they receive nothing.
 *
 * While there are such actors, what is known of them is published now and then, in the loop and thus while
 * it is certain: see geminga-deadlocks-private.h. Without them this costs nothing.
 */

/* One of them, as it is published. */
typedef struct
{
  gconstpointer mailbox; /* compared only */
  char *key;             /* (owned): as long as it is halted, the same */
  char *label;           /* (owned): actor and command */
  char *path;            /* (owned) */
  guint64 step;          /* on the stack; 0: it receives nothing */
  guint64 above;         /* on the stack, above @step; 0: none */
  GPtrArray *asks;       /* (owned) (element-type utf8): keys of asks that wait in its mailbox */
  GPtrArray *commands;   /* (owned) (element-type utf8): actor and command, of each */
} GemingaHalt;

void geminga_halt_free (GemingaHalt *self);

/* The loop's thread, all of these. The loop owns it. */
GemingaHalts *geminga_halts_new (GemingaLoop *loop) G_GNUC_WARN_UNUSED_RESULT;
void geminga_halts_free (GemingaHalts *self);

/* Code of that actor runs the context of the loop. */
void geminga_halts_expect (GemingaHalts *self, GemingaMailbox *mailbox);
/* The actor receives nothing from now on; it does again, or has ended. */
void geminga_halts_add_shut (GemingaHalts *self, GemingaMailbox *mailbox);
void geminga_halts_remove_shut (GemingaHalts *self, GemingaMailbox *mailbox);

G_END_DECLS
