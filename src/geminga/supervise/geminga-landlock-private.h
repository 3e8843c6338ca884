/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Landlock: the kernel's way to deny files to a process by their paths. */

/* What the kernel can, as a number that grows; 0: nothing. */
int geminga_landlock_get_version (void);

/*
 * The descriptor of a set of rules, for geminga_threads_restrict(); -1 with an error, which is
 * GEMINGA_ERROR_NOT_SUPPORTED if the kernel has no Landlock.
 */
int geminga_landlock_new_rules (GPtrArray *read_paths,
                                GPtrArray *write_paths,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
