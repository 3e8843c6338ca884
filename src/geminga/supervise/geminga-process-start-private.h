/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-log-tail-private.h"
#include "geminga-pulse-private.h"

G_BEGIN_DECLS

/*
 * What the arbiter gives a process it starts, beside the program's own command line: in the environment
 * variable the arbiter's pid, the number of sockets and, if it is sandboxed, its class, and as descriptors from 3 on the link to the
 * arbiter, memfds with the settings, the page of its pulse and its report, and the sockets.
 */
#define GEMINGA_WORKER_VARIABLE "GEMINGA_WORKER"

typedef struct
{
  int link_fd;         /* (owned): this end of the link to the arbiter; -1 once it was taken */
  GemingaPulse *pulse; /* (owned) */
  GemingaLogTail *log; /* for the last lines of the log, there as long as the process */
  GVariant *settings;  /* (owned): a{sv} */
  GPtrArray *sockets;  /* (owned) (element-type GSocket): listening */
  char *type;          /* (owned) (nullable): the class whose sandbox it has to put on */
  gboolean is_first;   /* of that class */
} GemingaProcessStart;

/* What the variable is set to; @type may be NULL. */
char *geminga_process_start_dup_value (guint n_sockets,
                                       const char *type,
                                       gboolean is_first) G_GNUC_WARN_UNUSED_RESULT;
/* A memfd with the settings. */
int geminga_process_start_new_settings_fd (GVariant *settings, GError **error);

/*
 * In the process that was started. NULL without an error: it is no worker. The variable is taken out of
 * the environment, and from now on the process is killed when its parent dies.
 */
GemingaProcessStart *geminga_process_start_read (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void geminga_process_start_free (GemingaProcessStart *self);

/* A worker that changed its user is not killed with its parent any more unless it says so again. */
void geminga_process_start_follow_parent (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaProcessStart, geminga_process_start_free)

G_END_DECLS
