/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What /proc tells about another process. */

/* Bytes of memory in use that are its own: resident and not shared. 0: not known. */
guint64 geminga_process_info_get_memory (GPid pid);

/* It does nothing until it is continued. */
gboolean geminga_process_info_is_stopped (GPid pid);

/* What a process that does not respond is doing, for people who look for the cause. */
char *geminga_process_info_describe (GPid pid);

/* "exited with status 3", "was killed by signal 9 (Killed)", from waitid(). */
char *geminga_process_info_describe_end (int code, int status);

G_END_DECLS
