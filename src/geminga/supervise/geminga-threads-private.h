/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Takes privileges from all threads of this process: no_new_privs, and what @rules denies, see
 * geminga_landlock_new_rules(); -1: nothing. Threads that they start have as little.
 *
 * The kernel does this to the calling thread only. So the others are sent a signal that makes them do
 * it. One that blocks all signals, as those of GLib do, cannot be reached: that is an error,
 * GEMINGA_ERROR_NOT_SUPPORTED, which names the thread and comes before anything was changed, but for a
 * thread that blocks them at the last moment.
 */
gboolean geminga_threads_restrict (int rules, GError **error);

G_END_DECLS
