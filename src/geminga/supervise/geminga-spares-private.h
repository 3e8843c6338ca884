/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-node-private.h"
#include "geminga-processes-private.h"

G_BEGIN_DECLS

/*
 * GemingaSpares: keeps processes at hand that have started but are told nothing yet, so that an actor
 * whose process died gets another one at once. They are made one after the other in the background,
 * when nothing else is to be started. In the thread-default main context.
 */
typedef struct _GemingaSpares GemingaSpares;

/* Read only. */
typedef struct
{
  guint32 node;
  gint64 started_at; /* microseconds since 1970 */
} GemingaSpare;

GemingaSpares *geminga_spares_new (GemingaNode *node,
                                   GemingaProcesses *processes) G_GNUC_WARN_UNUSED_RESULT;
/* Before its node and its processes, which end those that are left. */
void geminga_spares_free (GemingaSpares *self);

/* How many there shall be; those that are too many end. */
void geminga_spares_set_n_wanted (GemingaSpares *self, guint n_wanted);
/* What processes are started with has changed a little: others take their place in a moment. */
void geminga_spares_renew (GemingaSpares *self);
/* It has changed so that these are of no use. */
void geminga_spares_dismiss (GemingaSpares *self);

/* It has become an actor's. */
void geminga_spares_note_taken (GemingaSpares *self, guint32 node);
/* A process has ended. FALSE: it was no spare. */
gboolean geminga_spares_note_end (GemingaSpares *self, guint32 node, const char *why);

/* (element-type GemingaSpare), oldest first, borrowed */
GArray *geminga_spares_list (GemingaSpares *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaSpares, geminga_spares_free)

G_END_DECLS
