/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * GemingaIdleMeter: for how long the thread-default main context had nothing to do. It costs reading the
 * clock twice for each turn of the main loop.
 */
typedef struct _GemingaIdleMeter GemingaIdleMeter;

GemingaIdleMeter *geminga_idle_meter_new (void) G_GNUC_WARN_UNUSED_RESULT;
void geminga_idle_meter_free (GemingaIdleMeter *self);

/* Microseconds since it was made. */
gint64 geminga_idle_meter_get_idle (GemingaIdleMeter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaIdleMeter, geminga_idle_meter_free)

G_END_DECLS
