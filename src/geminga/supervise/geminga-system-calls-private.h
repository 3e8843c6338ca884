/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Groups of system calls with names that begin with “@”. */

/* What every process needs. */
#define GEMINGA_SYSTEM_CALLS_BASIC "@basic"

/* The names of a group's calls and groups, with one space between them; NULL: there is no such group. */
const char *geminga_system_calls_lookup (const char *group);

/* For the book: the groups, in their order. */
GStrv geminga_system_calls_list_groups (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
