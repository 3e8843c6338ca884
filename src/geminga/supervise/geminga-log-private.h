/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-log-tail-private.h"
#include "geminga-privileges-private.h"

G_BEGIN_DECLS

/*
 * GemingaLog: where what the process logs with GLib's functions goes. There is one in a process, for
 * good, and all its functions may be called in any thread. Until it is configured, it is text on
 * standard error, from level info on.
 *
 * Levels and formats are those of the settings: error, warning, message, info, debug; text, json,
 * journal. error includes critical. G_MESSAGES_DEBUG shows more, as it does in any GLib program.
 *
 * Where lines cannot be written they are lost; how many were is written as soon as it can be.
 */
typedef struct _GemingaLog GemingaLog;

GemingaLog *geminga_log_install (void);

/*
 * All or nothing. @file is standard error if it is NULL, empty or "-". @owner is who the workers are, which
 * may be NULL: the file is one that they can open.
 */
gboolean geminga_log_configure (GemingaLog *self,
                                const char *level,
                                const char *format,
                                const char *file,
                                const GemingaPrivileges *owner,
                                GError **error);
/* The format that suits where standard error goes: journal if that is the journal, else text. */
const char *geminga_log_default_format (void);

gboolean geminga_log_set_level (GemingaLog *self, const char *level, GError **error);
const char *geminga_log_get_level (GemingaLog *self);
const char *geminga_log_get_format (GemingaLog *self);

/* Each line goes to @tail, too, as text; for good. */
void geminga_log_keep_lines (GemingaLog *self, GemingaLogTail *tail);

/* Opens the file again, after it was renamed. Where that fails, the old one stays, and the log says so. */
gboolean geminga_log_reopen (GemingaLog *self, GError **error);

G_END_DECLS
