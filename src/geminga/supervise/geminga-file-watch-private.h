/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long files have to be left alone before a change counts, in milliseconds. */
#define GEMINGA_FILE_WATCH_DELAY 200

/*
 * GemingaFileWatch: tells when one of a few files is another one than before, however that came about:
 * written in place, replaced by rename, or behind a symbolic link that points elsewhere now. A file that
 * is gone is nothing to tell until there is one again. Bound to the context that is the thread's default
 * when it is made.
 */
typedef struct _GemingaFileWatch GemingaFileWatch;

/* @path is the first of the files that changed. The function may free the watch. */
typedef void (*GemingaFileWatchFunc) (const char *path, gpointer user_data);

GemingaFileWatch *geminga_file_watch_new (const char *const *files,
                                          guint delay,
                                          GemingaFileWatchFunc changed,
                                          gpointer user_data,
                                          GError **error);
void geminga_file_watch_free (GemingaFileWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaFileWatch, geminga_file_watch_free)

G_END_DECLS
