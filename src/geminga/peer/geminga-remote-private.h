/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-node-state-private.h"

G_BEGIN_DECLS

/*
 * GemingaRemote: the target that stands for an actor of another process. It finds its link with the
 * first message, so that naming an actor costs no connection.
 */
typedef struct _GemingaRemote GemingaRemote;

/* @link may be NULL. @has_process: the process is there for this actor alone, and ends with it. */
GemingaRemote *geminga_remote_new (GemingaNode *node,
                                   guint32 number,
                                   const char *id,
                                   GemingaLink *link,
                                   gboolean has_process) G_GNUC_WARN_UNUSED_RESULT;
GemingaTarget *geminga_remote_get_target (GemingaRemote *self);

/* Has whoever asks from now on told how the actor ended, even if its process is gone. Once. */
void geminga_remote_watch (GemingaRemote *self);

G_END_DECLS
