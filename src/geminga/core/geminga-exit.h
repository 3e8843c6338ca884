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
 * GemingaExitReason:
 * @GEMINGA_EXIT_REASON_NORMAL: it was asked to end, or did so by itself and in order
 * @GEMINGA_EXIT_REASON_FAILED: it failed, or could not start
 * @GEMINGA_EXIT_REASON_KILLED: it was killed with [method@Geminga.ActorRef.kill], or by the service
 * @GEMINGA_EXIT_REASON_SIGNAL: its process was ended by a signal: a crash, or somebody's kill
 * @GEMINGA_EXIT_REASON_TIMED_OUT: it hung, or took longer to start or to stop than it may
 * @GEMINGA_EXIT_REASON_LOST: its process is gone, or the link to it is; how is not known here
 * @GEMINGA_EXIT_REASON_LINKED: an actor that it was linked to ended
 * @GEMINGA_EXIT_REASON_NEVER: there is no such actor; it may have ended long ago
 *
 * How an actor ended.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_EXIT_REASON_NORMAL,
  GEMINGA_EXIT_REASON_FAILED,
  GEMINGA_EXIT_REASON_KILLED,
  GEMINGA_EXIT_REASON_SIGNAL,
  GEMINGA_EXIT_REASON_TIMED_OUT,
  GEMINGA_EXIT_REASON_LOST,
  GEMINGA_EXIT_REASON_LINKED,
  GEMINGA_EXIT_REASON_NEVER,
} GemingaExitReason;

G_END_DECLS
