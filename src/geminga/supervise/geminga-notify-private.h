/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/*
 * GemingaNotify: tells the service manager that started the process, such as systemd, how it is doing.
 * Without one, all functions do nothing. What cannot be sent is logged once and is no failure. Functions
 * may be called in any thread, apart from those that change the environment: new() and export().
 */
typedef struct _GemingaNotify GemingaNotify;

/* Takes what the manager said out of the environment, so that it does not reach child processes. */
GemingaNotify *geminga_notify_new (void);
void geminga_notify_free (GemingaNotify *self);

void geminga_notify_ready (GemingaNotify *self);
/* Ends with ready(). */
void geminga_notify_reloading (GemingaNotify *self);
void geminga_notify_stopping (GemingaNotify *self);
void geminga_notify_status (GemingaNotify *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Another process is the main one from now on. */
void geminga_notify_main_pid (GemingaNotify *self, pid_t pid);

/* How often, in microseconds, the manager wants to hear watchdog() at least, or 0. */
guint64 geminga_notify_get_watchdog_interval (GemingaNotify *self);
void geminga_notify_watchdog (GemingaNotify *self);

/* Whether somebody listens. */
gboolean geminga_notify_is_active (GemingaNotify *self);
/* Puts back into the environment what new() took, for a program that executes itself again. */
void geminga_notify_export (GemingaNotify *self);
/* Takes it out of the environment again. */
void geminga_notify_withdraw (GemingaNotify *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaNotify, geminga_notify_free)

G_END_DECLS
