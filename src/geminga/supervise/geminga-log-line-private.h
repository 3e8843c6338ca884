/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What lines of the log look like. Each is one line whatever the message has in it, ends with a line
 * feed, is UTF-8 and has no control characters, so that no message can pass for another one or steer a
 * terminal.
 */

/* 2026-11-24 16:00:00.123 INFO  hello[1234]: message */
char *geminga_log_line_text (gint64 wall,
                             GLogLevelFlags level,
                             const GLogField *fields,
                             gsize n_fields,
                             gboolean is_colour);
/* {"time":"2026-11-24T16:00:00.123456Z","level":"info","pid":1234,"domain":"","message":"…"} */
char *
geminga_log_line_json (gint64 wall, GLogLevelFlags level, const GLogField *fields, gsize n_fields);

/* The most important of the levels in @level, without flags. */
GLogLevelFlags geminga_log_line_get_level (GLogLevelFlags level);
const GLogField *
geminga_log_line_find_field (const GLogField *fields, gsize n_fields, const char *name);
/* The text of a field, which need not end with a zero byte; NULL if there is none. */
char *geminga_log_line_dup_field (const GLogField *fields, gsize n_fields, const char *name);

G_END_DECLS
