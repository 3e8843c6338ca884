/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* GemingaPrivileges: the user and the group that processes run as. Cleared by its owner. */
typedef struct
{
  gboolean is_change; /* FALSE: everything stays as it is */
  uid_t uid;
  gid_t gid;
  char *user; /* (owned) (nullable): the account's name; NULL if the user has no account */
} GemingaPrivileges;

/*
 * Looks up names or numbers, each of which may be NULL or empty, and checks that this process may change
 * to them. The group of a user is its account's unless it is given.
 */
gboolean geminga_privileges_find (GemingaPrivileges *self,
                                  const char *user,
                                  const char *group,
                                  GError **error);
/* For good. After a failure the process may have changed in part: it ends, or it would run as root. */
gboolean geminga_privileges_drop (const GemingaPrivileges *self, GError **error);
void geminga_privileges_clear (GemingaPrivileges *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaPrivileges, geminga_privileges_clear)

G_END_DECLS
