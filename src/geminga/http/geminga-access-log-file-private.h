/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-access-log-private.h"
#include "geminga-privileges-private.h"

G_BEGIN_DECLS

/*
 * GemingaAccessLogFile: lines about requests in a file that several processes append to: each line is
 * one write. It never waits and never fails a request: what cannot be written is counted, and said once.
 */
typedef struct _GemingaAccessLogFile GemingaAccessLogFile;

/*
 * In the first process, before workers open it: makes a file that they can write, as who they are, or
 * says why it cannot be written. @path: "-" is standard output.
 */
gboolean
geminga_access_log_file_prepare (const char *path, const GemingaPrivileges *owner, GError **error);

/* @path: "-" is standard output. */
GemingaAccessLogFile *geminga_access_log_file_new (const char *path,
                                                   GemingaAccessLogFormat format,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void geminga_access_log_file_free (GemingaAccessLogFile *self);

void geminga_access_log_file_write (GemingaAccessLogFile *self, const GemingaAccessLogEntry *entry);
/* After the file was moved away. If it cannot be opened the old one stays. */
gboolean geminga_access_log_file_reopen (GemingaAccessLogFile *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaAccessLogFile, geminga_access_log_file_free)

G_END_DECLS
