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
 * GEMINGA_ERROR:
 *
 * The error domain of actors, calls and supervision. Codes are [enum@Geminga.Error].
 *
 * Since: 0.1
 */
#define GEMINGA_ERROR (geminga_error_quark ())

/**
 * GemingaError:
 * @GEMINGA_ERROR_FAILED: something failed and no other code fits
 * @GEMINGA_ERROR_NO_SUCH_ACTOR: the actor does not exist, or not any more
 * @GEMINGA_ERROR_NO_SUCH_COMMAND: the actor's class has no command of that name
 * @GEMINGA_ERROR_INVALID_ARGUMENTS: the arguments are not of the command's signature or range
 * @GEMINGA_ERROR_TIMED_OUT: the deadline passed before the answer came
 * @GEMINGA_ERROR_CANCELLED: the caller cancelled the call
 * @GEMINGA_ERROR_DIED: the actor ended, or its process died, before it answered
 * @GEMINGA_ERROR_DROPPED: the handler let go of the call without answering it
 * @GEMINGA_ERROR_MAILBOX_FULL: the actor's mailbox takes no more messages
 * @GEMINGA_ERROR_ALREADY_EXISTS: there is an actor of that id already
 * @GEMINGA_ERROR_UNSUPPORTED_PLACEMENT: actors of that class cannot run in that placement
 * @GEMINGA_ERROR_SPAWN_FAILED: the actor's thread or process could not be started
 * @GEMINGA_ERROR_INVALID_STATE: the object is not in a state that allows it
 * @GEMINGA_ERROR_NOT_AUTHORIZED: the caller may not do that
 * @GEMINGA_ERROR_NOT_SUPPORTED: the operation is not supported here
 * @GEMINGA_ERROR_TOO_LARGE: a message or a value is larger than its limit
 * @GEMINGA_ERROR_SUPERSEDED: a newer message has taken the place of the call, which was not handled
 * @GEMINGA_ERROR_DEADLOCK: the answer waits, over one or more actors, for what waits for it; the message names
 *   them
 *
 * What can go wrong with actors and calls. Each code has a D-Bus error name, so that it arrives
 * unchanged in another process.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_ERROR_FAILED,
  GEMINGA_ERROR_NO_SUCH_ACTOR,
  GEMINGA_ERROR_NO_SUCH_COMMAND,
  GEMINGA_ERROR_INVALID_ARGUMENTS,
  GEMINGA_ERROR_TIMED_OUT,
  GEMINGA_ERROR_CANCELLED,
  GEMINGA_ERROR_DIED,
  GEMINGA_ERROR_DROPPED,
  GEMINGA_ERROR_MAILBOX_FULL,
  GEMINGA_ERROR_ALREADY_EXISTS,
  GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
  GEMINGA_ERROR_SPAWN_FAILED,
  GEMINGA_ERROR_INVALID_STATE,
  GEMINGA_ERROR_NOT_AUTHORIZED,
  GEMINGA_ERROR_NOT_SUPPORTED,
  GEMINGA_ERROR_TOO_LARGE,
  GEMINGA_ERROR_SUPERSEDED,
  GEMINGA_ERROR_DEADLOCK,
} GemingaError;

GEMINGA_AVAILABLE_IN_0_1
GQuark geminga_error_quark (void);

G_END_DECLS
