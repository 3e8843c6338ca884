/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * GemingaPidFile: a file with the number of this process, which holds a lock on it. The file is complete
 * whenever it is there. One that a process left behind is replaced; one whose process lives, or that is
 * something else, is not. A program that executes itself again just makes it again.
 */
typedef struct _GemingaPidFile GemingaPidFile;

GemingaPidFile *geminga_pid_file_new (const char *path, GError **error);
/* Removes the file if it is this process's still. */
void geminga_pid_file_free (GemingaPidFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaPidFile, geminga_pid_file_free)

G_END_DECLS
