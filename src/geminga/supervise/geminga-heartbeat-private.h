/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-node-private.h"
#include "geminga-pulse-private.h"

G_BEGIN_DECLS

/*
 * GemingaHeartbeat: finds processes whose main loop does not run: each is pinged over its link, and one
 * that has not answered for the time-out is reported, once, at most a tenth of a second late. In the thread-default main context.
 */
typedef struct _GemingaHeartbeat GemingaHeartbeat;

typedef void (*GemingaHeartbeatFunc) (gpointer data, guint32 node);

GemingaHeartbeat *geminga_heartbeat_new (GemingaNode *node,
                                         GemingaHeartbeatFunc hung,
                                         gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* After its node was freed: until then pongs may come. */
void geminga_heartbeat_free (GemingaHeartbeat *self);

/* In microseconds; 0: nothing counts as hung. */
void geminga_heartbeat_set_timeout (GemingaHeartbeat *self, gint64 timeout);
/* @pulse outlives its place here; without it a hang is found as much later as a ping is rare. */
void geminga_heartbeat_add (GemingaHeartbeat *self, guint32 node, GemingaPulse *pulse);
/* It has shown that it lives; before that it gets ten seconds at least, to start. */
void geminga_heartbeat_note_life (GemingaHeartbeat *self, guint32 node);
/* Something has happened to it: it is pinged now. */
void geminga_heartbeat_look (GemingaHeartbeat *self, guint32 node);
void geminga_heartbeat_remove (GemingaHeartbeat *self, guint32 node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHeartbeat, geminga_heartbeat_free)

G_END_DECLS
