/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-target-private.h"

G_BEGIN_DECLS

/* What a caller's task returns. */
typedef struct
{
  GVariant *result; /* (owned) (nullable) */
  GUnixFDList *fds; /* (owned) (nullable) */
} GemingaAnswer;

void geminga_answer_free (GemingaAnswer *self);

/*
 * An ask whose answer completes a task, in the task's context, with a GemingaAnswer. Its deadline (0:
 * none) and the task's cancellable are armed; the target is told when either strikes.
 */
GemingaAsk *geminga_caller_new (GemingaTarget *target, GTask *task, gint64 deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaAnswer, geminga_answer_free)

G_END_DECLS
