/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-system.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * GemingaDirectory: what an actor system knows of names and groups: the way to the registry, which is an
 * actor in the root's process, and the memberships that this process follows. Thread-safe.
 */
typedef struct
{
  GMutex lock;
  GemingaTarget *registry; /* (owned) (nullable), under lock: the last one that was used */
  GHashTable
      *memberships; /* (owned) (element-type utf8 GemingaMembership), under lock: not owned */
} GemingaDirectory;

GemingaDirectory *geminga_directory_new (void) G_GNUC_WARN_UNUSED_RESULT;
void geminga_directory_free (GemingaDirectory *self);

/* Where the registry is. In the root's process it is made when it is first needed. */
GemingaTarget *geminga_directory_ref_registry (GemingaSystem *system,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asks the registry; takes the task, whose result is the answer, a GVariant. */
void geminga_directory_ask (GemingaSystem *system,
                            const char *command,
                            GVariant *arguments,
                            int timeout,
                            GTask *task);

G_END_DECLS
