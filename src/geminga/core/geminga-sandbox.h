/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-actor.h"

G_BEGIN_DECLS

/**
 * GemingaSystemCallAction:
 * @GEMINGA_SYSTEM_CALL_ACTION_KILL: the process is ended by the signal SIGSYS
 * @GEMINGA_SYSTEM_CALL_ACTION_FAIL: the call fails with EPERM
 *
 * What happens when a sandboxed process makes a system call that it may not make. In neither case is
 * the call carried out.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_SYSTEM_CALL_ACTION_KILL,
  GEMINGA_SYSTEM_CALL_ACTION_FAIL,
} GemingaSystemCallAction;

#define GEMINGA_TYPE_SANDBOX (geminga_sandbox_get_type ())

/**
 * GemingaSandbox:
 *
 * What the processes of an actor class may do: as which user, to which files, with which system calls
 * and with how much of the machine.
 *
 * A sandbox is built, given to its class with [method@Geminga.ActorClass.set_sandbox] and not changed
 * any more; from then on any thread may read it. It is put on in a process that was started for an
 * actor of the class, after the program has begun and before the actor is made, for all threads, and
 * cannot be taken off again.
 *
 * Since: 0.1
 */
typedef struct _GemingaSandbox GemingaSandbox;

GEMINGA_AVAILABLE_IN_0_1
GType geminga_sandbox_get_type (void) G_GNUC_CONST;

GEMINGA_AVAILABLE_IN_0_1
GemingaSandbox *geminga_sandbox_new (void) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_required (GemingaSandbox *self, gboolean required);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_user (GemingaSandbox *self, const char *user);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_no_new_privs (GemingaSandbox *self, gboolean no_new_privs);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_add_read_path (GemingaSandbox *self, const char *path);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_add_write_path (GemingaSandbox *self, const char *path);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_deny_paths (GemingaSandbox *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_allow_system_calls (GemingaSandbox *self, const char *const *names);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_system_call_action (GemingaSandbox *self, GemingaSystemCallAction action);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_memory_max (GemingaSandbox *self, guint64 bytes);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_cpu_quota (GemingaSandbox *self, guint percent);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_set_tasks_max (GemingaSandbox *self, guint tasks);

GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_sandbox_to_variant (GemingaSandbox *self) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
GemingaSandbox *geminga_sandbox_ref (GemingaSandbox *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_sandbox_unref (GemingaSandbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaSandbox, geminga_sandbox_unref)

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_sandbox (GemingaActorClass *klass, GemingaSandbox *sandbox);
GEMINGA_AVAILABLE_IN_0_1
GemingaSandbox *geminga_actor_class_get_sandbox (GemingaActorClass *klass);

G_END_DECLS
