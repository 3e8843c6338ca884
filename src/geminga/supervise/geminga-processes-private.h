/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-node-private.h"
#include "geminga-program-private.h"
#include "geminga-pulse-private.h"

G_BEGIN_DECLS

/*
 * GemingaProcesses: the processes that the arbiter started, by their number as nodes. Each is watched
 * through a pidfd, so that its end is known at once, and reaped. In the thread-default main context.
 */
typedef struct _GemingaProcesses GemingaProcesses;

typedef struct
{
  GPid pid;
  int code, status;         /* as those of a siginfo_t; 0 if somebody else reaped it */
  const char *why;          /* ends the sentence "its process …" */
  const char *report;       /* (nullable): what it wrote when it crashed */
  const char *const *lines; /* the last ones it logged, the oldest first */
} GemingaProcessEnd;

typedef struct
{
  void (*ended) (gpointer data, guint32 node, const GemingaProcessEnd *end);
  /* It is about to end, for a reason that is not known yet: nothing in it runs any more. */
  void (*dying) (gpointer data, guint32 node);
} GemingaProcessesFuncs;

GemingaProcesses *geminga_processes_new (GemingaProgram *program,
                                         const GemingaProcessesFuncs *funcs,
                                         gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Kills what is left. */
void geminga_processes_free (GemingaProcesses *self);

/* What each process started from now on is given. */
void geminga_processes_set_start (GemingaProcesses *self, GVariant *settings, GPtrArray *sockets);

/* @type: the class that the process is for, or G_TYPE_INVALID. @fd is duplicated. */
gboolean
geminga_processes_spawn (GemingaProcesses *self, guint32 node, GType type, int fd, GError **error);
/* A signal to that process, if it is still there. */
void geminga_processes_signal (GemingaProcesses *self, guint32 node, int signal_number);
/* SIGKILL, with @why in place of what its end would say. */
void geminga_processes_kill (GemingaProcesses *self, guint32 node, const char *why);
/*
 * The same for one that hangs: its main thread gets a SIGABRT first and with that a moment to tell where
 * it is, unless the process was stopped.
 */
void geminga_processes_abort (GemingaProcesses *self, guint32 node, const char *why);
/* It has started, so that dying() can be told of it. */
void geminga_processes_note_started (GemingaProcesses *self, guint32 node);
/* It is about to end by itself, or else is killed after @grace milliseconds. */
void geminga_processes_expect_end (GemingaProcesses *self, guint32 node, guint grace);
void geminga_processes_signal_all (GemingaProcesses *self, int signal_number);

/* 0: there is no such process. */
GPid geminga_processes_get_pid (GemingaProcesses *self, guint32 node);
/* NULL: there is no such process. It is freed when the process has ended. */
GemingaPulse *geminga_processes_get_pulse (GemingaProcesses *self, guint32 node);
guint geminga_processes_get_n (GemingaProcesses *self);
/* (element-type guint32), numbers in no order */
GArray *geminga_processes_list (GemingaProcesses *self) G_GNUC_WARN_UNUSED_RESULT;

/* The same of those that were stopped by a signal since it was asked for last; SIGCHLD tells when. */
GArray *geminga_processes_take_stopped (GemingaProcesses *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaProcesses, geminga_processes_free)

G_END_DECLS
