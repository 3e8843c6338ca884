/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-log-tail-private.h"

G_BEGIN_DECLS

/*
 * GemingaProcessReport: memory that a process shares with the arbiter, which has it still when the
 * process is dead. In it are a lock that the main thread of the process holds all its life, so that the
 * kernel says that it dies before it takes the process apart, the last lines that it logged, and what it
 * wrote when it crashed. The process may be of another user: nothing in there is trusted.
 */
typedef struct _GemingaProcessReport GemingaProcessReport;

/* Where a process has it. */
#define GEMINGA_PROCESS_REPORT_FD 6

/* What the file of a report is sealed with, which no other file in a process is likely to be. */
#define GEMINGA_PROCESS_REPORT_SEALS (F_SEAL_SHRINK | F_SEAL_SEAL)

/* In the arbiter. Refs may be taken and dropped in any thread. */
GemingaProcessReport *geminga_process_report_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
GemingaProcessReport *geminga_process_report_ref (GemingaProcessReport *self);
void geminga_process_report_unref (GemingaProcessReport *self);
int geminga_process_report_get_fd (GemingaProcessReport *self);
/* A robust futex: the thread that holds it, and what the kernel adds when that dies. */
atomic_uint *geminga_process_report_get_life (GemingaProcessReport *self);
/* NULL: it wrote nothing. */
char *geminga_process_report_dup_text (GemingaProcessReport *self) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): the last lines of its log, the oldest first; there may be none. */
GStrv geminga_process_report_dup_log (GemingaProcessReport *self) G_GNUC_WARN_UNUSED_RESULT;

/*
 * In the process, its main thread: what is written to @fd from now on is the text. The last lines of the
 * log go to what is returned, which is there as long as the process; NULL with @error set.
 */
GemingaLogTail *geminga_process_report_join (int fd, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaProcessReport, geminga_process_report_unref)

G_END_DECLS
