/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

/**
 * GemingaCommandFlags:
 * @GEMINGA_COMMAND_FLAGS_NONE: nothing special
 * @GEMINGA_COMMAND_FLAGS_PRIVATE: only actors may send it; it is not exported on a bus
 * @GEMINGA_COMMAND_FLAGS_DEPRECATED: it is marked as deprecated wherever it is described
 * @GEMINGA_COMMAND_FLAGS_NO_REPLY: it has no answer; callers do not wait for one
 * @GEMINGA_COMMAND_FLAGS_URGENT: it overtakes those commands of the actor that are not urgent
 *
 * What is special about a command.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  GEMINGA_COMMAND_FLAGS_NONE = 0,
  GEMINGA_COMMAND_FLAGS_PRIVATE = 1 << 0,
  GEMINGA_COMMAND_FLAGS_DEPRECATED = 1 << 1,
  GEMINGA_COMMAND_FLAGS_NO_REPLY = 1 << 2,
  GEMINGA_COMMAND_FLAGS_URGENT = 1 << 3,
} GemingaCommandFlags;

#define GEMINGA_TYPE_COMMAND (geminga_command_get_type ())

/**
 * GemingaCommand:
 *
 * A message that actors of a class accept: a name and the types of its arguments and results.
 *
 * One declaration serves every way in: messages from other actors, D-Bus methods, and whatever else
 * describes or calls actors. A command is built, given to its class with
 * [method@Geminga.ActorClass.add_command] and not changed any more; from then on any thread may read
 * it.
 *
 * Since: 0.1
 */
typedef struct _GemingaCommand GemingaCommand;

GEMINGA_AVAILABLE_IN_0_1
GType geminga_command_get_type (void) G_GNUC_CONST;

GEMINGA_AVAILABLE_IN_0_1
GemingaCommand *geminga_command_new (const char *name,
                                     const char *arguments,
                                     const char *result) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_command_set_argument_names (GemingaCommand *self, const char *const *names);
GEMINGA_AVAILABLE_IN_0_1
void geminga_command_set_result_names (GemingaCommand *self, const char *const *names);
GEMINGA_AVAILABLE_IN_0_1
void geminga_command_set_documentation (GemingaCommand *self, const char *documentation);
GEMINGA_AVAILABLE_IN_0_1
void geminga_command_set_flags (GemingaCommand *self, GemingaCommandFlags flags);
GEMINGA_AVAILABLE_IN_0_1
void geminga_command_set_coalesce_key (GemingaCommand *self, const char *argument);

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_command_get_name (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const GVariantType *geminga_command_get_argument_type (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const GVariantType *geminga_command_get_result_type (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_command_get_argument_names (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_command_get_result_names (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_command_get_documentation (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaCommandFlags geminga_command_get_flags (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_command_get_coalesce_key (GemingaCommand *self);

GEMINGA_AVAILABLE_IN_0_1
GemingaCommand *geminga_command_ref (GemingaCommand *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_command_unref (GemingaCommand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaCommand, geminga_command_unref)

G_END_DECLS
