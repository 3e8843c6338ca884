/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

#define GEMINGA_LOG_TAIL_SIZE 3072

/*
 * GemingaLogTail: the last lines that a process logged, in memory that outlives it. Zeroes are an empty
 * one. One thread at a time may append; whoever reads does not trust what is there.
 */
typedef struct
{
  atomic_uint n_written; /* bytes, ever; the next one goes to that modulo the size */
  char bytes[GEMINGA_LOG_TAIL_SIZE];
} GemingaLogTail;

/* @line ends with a newline. Of one that is too long its end is kept. */
void geminga_log_tail_append (GemingaLogTail *self, const char *line);
/* (transfer full): the last @max whole lines, the oldest first. */
GStrv geminga_log_tail_dup_lines (GemingaLogTail *self, guint max) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
