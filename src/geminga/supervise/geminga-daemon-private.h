/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Running in the background. Threads forbid to fork, so the program is executed again, with the same
 * arguments, descriptors and a pipe, whose number is in the environment. The first process waits until
 * the second one says that it is ready, and ends with success; or prints why it is not and ends as that
 * did. Until then, both are in the terminal's foreground.
 */
typedef struct _GemingaDaemon GemingaDaemon;

/* In the first process: FALSE if nothing was started; otherwise it ends with the status. */
gboolean geminga_daemon_start (int *exit_status, GError **error);

/* In the second process: NULL in any other one. */
GemingaDaemon *geminga_daemon_take (void);
/* A session of its own, and nothing to read from or write to: also for the workers of such a service. */
void geminga_daemon_leave_terminal (void);
/* Says it, and leaves the terminal; free() without it says nothing. */
void geminga_daemon_ready (GemingaDaemon *self);
/* The other process prints @message; this one ends with the status both are to have. */
void geminga_daemon_fail (GemingaDaemon *self, const char *message);
void geminga_daemon_free (GemingaDaemon *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaDaemon, geminga_daemon_free)

G_END_DECLS
