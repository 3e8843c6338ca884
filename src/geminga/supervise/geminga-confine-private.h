/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-privileges-private.h"
#include "geminga-sandbox.h"

G_BEGIN_DECLS

/*
 * GemingaConfine: puts on a sandbox in a process that was started for its class, in two steps: what
 * needs the privileges of the service's user, then what is taken away at last. Between them is the
 * change of the user. What the system does not support is an error if the sandbox is required, or else
 * a warning, if @is_loud. Without a sandbox nothing happens.
 */
typedef struct
{
  const GemingaSandbox *sandbox; /* not owned (nullable) */
  gboolean is_loud;
  int rules; /* (owned): of Landlock, or -1 */
} GemingaConfine;

#define GEMINGA_CONFINE_INIT \
  {                          \
    NULL, FALSE, -1          \
  }

/* @service: the process of the service that started this one. */
gboolean geminga_confine_begin (GemingaConfine *self,
                                const GemingaSandbox *sandbox,
                                gboolean is_loud,
                                GPid service,
                                GError **error);
/* Who the process shall be: the sandbox's user, or that of the settings. */
gboolean geminga_confine_find_privileges (GemingaConfine *self,
                                          GemingaPrivileges *privileges,
                                          const char *user,
                                          const char *group,
                                          GError **error);
gboolean geminga_confine_finish (GemingaConfine *self, GError **error);
void geminga_confine_clear (GemingaConfine *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaConfine, geminga_confine_clear)

G_END_DECLS
