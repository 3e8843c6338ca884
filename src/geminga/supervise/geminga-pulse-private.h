/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * GemingaPulse: a page of memory that a process shares with the arbiter, in which its main loop leaves
 * whether it waits for something to do, or since when it does it. The arbiter looks there when the
 * process does not answer. It does not trust it: whatever is in it ends at most that process.
 */
typedef struct _GemingaPulse GemingaPulse;

/* In the arbiter; @fd is the page's, for the process, and the caller's to close. */
GemingaPulse *geminga_pulse_new (int *fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In the process. */
GemingaPulse *geminga_pulse_new_for_fd (int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void geminga_pulse_free (GemingaPulse *self);

/* A source of the main context that is shown, for as long as @self lives. */
GSource *geminga_pulse_create_source (GemingaPulse *self) G_GNUC_WARN_UNUSED_RESULT;
/* Monotonic; 0: it waits, or has not begun. */
gint64 geminga_pulse_get_busy_since (GemingaPulse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaPulse, geminga_pulse_free)

G_END_DECLS
