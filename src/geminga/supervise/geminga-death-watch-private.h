/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-process-report-private.h"

G_BEGIN_DECLS

/*
 * GemingaDeathWatch: tells that a process begins to die. The kernel makes a pidfd readable only when it
 * has taken the memory of a process apart, which takes milliseconds where there are many libraries; the
 * locks of its threads it gives away before. A thread waits for these. Without support by the kernel
 * nothing is told. In the thread-default main context.
 */
typedef struct _GemingaDeathWatch GemingaDeathWatch;

typedef void (*GemingaDeathWatchFunc) (gpointer data, guint32 node);

GemingaDeathWatch *geminga_death_watch_new (GemingaDeathWatchFunc dying,
                                            gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void geminga_death_watch_free (GemingaDeathWatch *self);

/* The process has joined its report. */
void geminga_death_watch_add (GemingaDeathWatch *self, guint32 node, GemingaProcessReport *report);
/* Not told any more. */
void geminga_death_watch_remove (GemingaDeathWatch *self, guint32 node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaDeathWatch, geminga_death_watch_free)

G_END_DECLS
