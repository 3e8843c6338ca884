/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * GemingaCaller: who asked, and what the callback gets. It runs the callback in its own loop as soon as
 * the answer is there, where a task would wait for another iteration. A thread uses callers again that
 * nobody has kept.
 */
#define GEMINGA_TYPE_CALLER (geminga_caller_get_type ())
G_DECLARE_FINAL_TYPE (GemingaCaller, geminga_caller, GEMINGA, CALLER, GObject)

typedef struct
{
  GObject *source; /* (nullable) */
  gpointer tag;
  GCancellable *cancellable;    /* (nullable) */
  GAsyncReadyCallback callback; /* (nullable) */
  gpointer user_data;
} GemingaCallerArgs;

/*
 * In the loop of the thread's default context. The deadline (0: none) and the cancellable are armed;
 * the target is told when either strikes. The ask is the caller's second reference to it, which is for
 * who answers.
 */
GemingaAsk *geminga_caller_new (GemingaThread *thread,
                                GemingaTarget *target,
                                const GemingaCallerArgs *args,
                                gint64 deadline);

/* What the keys of its asks begin with: the number of the process follows. */
#define GEMINGA_CALLER_KEY "ask:"

/*
 * Under its loop's lock: whether the armed timer is a caller's that waits for its answer, and that of which
 * step; 0: it is not. Gives a reference to the ask.
 */
guint64 geminga_caller_peek_locked (GemingaTimer *timer, GemingaAsk **ask);
/* Any thread: such an ask fails, and the target is told. Takes the error. */
void geminga_caller_fail (GemingaAsk *ask, GError *error);

/* For finish functions. NULL with an error, or the answer; once. */
gboolean geminga_caller_is_valid (gpointer result, gpointer source, gpointer tag);
GVariant *geminga_caller_propagate (GemingaCaller *self, GUnixFDList **fds, GError **error);

void geminga_callers_free_spare (GemingaThread *thread);

G_END_DECLS
