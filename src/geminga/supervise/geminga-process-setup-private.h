/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a process sets up for itself before it does anything else. */

/* -1 leaves it as it is. */
void geminga_process_set_umask (gint64 mode);
/* An empty path or NULL leaves it as it is. */
gboolean geminga_process_check_directory (const char *path, GError **error);
gboolean geminga_process_change_directory (const char *path, GError **error);
/* The name in lists of processes, of which the system keeps 15 bytes. To be called in the main thread. */
void geminga_process_set_name (const char *name);
/* Raises the number of descriptors to what is allowed, and returns it; 0 if that cannot be found out. */
guint64 geminga_process_raise_file_limit (void);

/* The program that runs, to be executed again: its file, and its arguments from the name on. */
char *geminga_process_dup_program (GError **error);
GStrv geminga_process_dup_arguments (GError **error);

G_END_DECLS
