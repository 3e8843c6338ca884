/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * From now on a thread that crashes in this process, or the main thread that gets a SIGABRT, writes to
 * the report where it was. The process then ends as it would have. Signals that the program or a
 * sanitizer handles are left alone.
 */
void geminga_crash_take_signals (void);

/* In the arbiter: what a process did by that report if it made a system call it must not; or NULL. */
char *geminga_crash_describe_system_call (const char *report) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
