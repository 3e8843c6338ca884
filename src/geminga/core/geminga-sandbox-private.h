/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-sandbox.h"

G_BEGIN_DECLS

struct _GemingaSandbox
{
  gatomicrefcount ref_count;
  gboolean is_required;
  char *user; /* (owned) (nullable) */
  gboolean has_no_new_privs;
  gboolean restricts_paths;
  GPtrArray *read_paths;   /* (owned) (element-type filename) */
  GPtrArray *write_paths;  /* (owned) (element-type filename) */
  GPtrArray *system_calls; /* (owned) (nullable) (element-type utf8): NULL: all are allowed */
  GemingaSystemCallAction action;
  guint64 memory_max; /* bytes; 0: no limit */
  guint cpu_quota;    /* per cent of one processor; 0: no limit */
  guint tasks_max;    /* 0: no limit */
};

gboolean geminga_sandbox_has_limits (const GemingaSandbox *self);

/* That of the class of actors with that name, if the program knows it. */
GemingaSandbox *geminga_sandbox_peek_for_type (GType type);

/* Outside of a process of their own, actors of the class have no sandbox: whether that may be. */
gboolean geminga_sandbox_check_placement (GemingaActorClass *klass,
                                          GemingaPlacement placement,
                                          GError **error);

G_END_DECLS
