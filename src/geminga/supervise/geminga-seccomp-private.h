/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-sandbox.h"

G_BEGIN_DECLS

/* Seccomp: the kernel's way to deny system calls to a process. */

/*
 * Allows these calls and groups, and @basic, to this process and all its threads, and no others. The
 * error is GEMINGA_ERROR_NOT_SUPPORTED if the kernel, or the library as it was built, cannot.
 */
gboolean geminga_seccomp_apply (GPtrArray *names, GemingaSystemCallAction action, GError **error);

/* The name of a system call, or its number. */
char *geminga_seccomp_dup_name (int number) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
