/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Limits for single processes: each has a control group (version 2) of its own, below that of the
 * service. The service's other processes move to a group beside, since the kernel limits no group that
 * has both processes and groups in it.
 */

/* 0: no limit. */
typedef struct
{
  guint64 memory_max; /* bytes */
  guint cpu_quota;    /* per cent of one processor */
  guint tasks_max;
} GemingaCgroupLimits;

/*
 * Puts this process, which @service has started, into a group with these limits. The error is
 * GEMINGA_ERROR_NOT_SUPPORTED if the service has no group that it may divide.
 */
gboolean geminga_cgroup_enter (const GemingaCgroupLimits *limits, GPid service, GError **error);

/* In the service: after that process has ended. */
gboolean geminga_cgroup_ran_out_of_memory (GPid pid);
void geminga_cgroup_remove (GPid pid);

/* The same of any folder instead of the service's own group, for tests; @pid is no process there. */
gboolean geminga_cgroup_enter_below (const char *folder,
                                     const GemingaCgroupLimits *limits,
                                     GPid service,
                                     GPid pid,
                                     GError **error);

G_END_DECLS
