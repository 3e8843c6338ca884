/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GemingaMailboxPolicy:
 * @GEMINGA_MAILBOX_POLICY_FAIL_CALLER: the message is refused: asks and tells fail with
 *   %GEMINGA_ERROR_MAILBOX_FULL
 * @GEMINGA_MAILBOX_POLICY_CREDIT: asks, and tells that are awaited, wait in line until there is room or
 *   their deadline passes; other tells are refused
 * @GEMINGA_MAILBOX_POLICY_DROP_OLDEST: what waits longest is dropped; an ask that is dropped fails with
 *   %GEMINGA_ERROR_MAILBOX_FULL
 * @GEMINGA_MAILBOX_POLICY_DROP_NEWEST: the message is dropped; as an ask, it fails with
 *   %GEMINGA_ERROR_MAILBOX_FULL
 * @GEMINGA_MAILBOX_POLICY_COALESCE: a message takes the place of the one with the same key that still
 *   waits, see [method@Geminga.Command.set_coalesce_key], full or not; an ask whose place is taken fails
 *   with %GEMINGA_ERROR_SUPERSEDED. If there is none, and the mailbox is full, the message is refused
 *
 * What happens to messages to an actor whose mailbox is full.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_MAILBOX_POLICY_FAIL_CALLER,
  GEMINGA_MAILBOX_POLICY_CREDIT,
  GEMINGA_MAILBOX_POLICY_DROP_OLDEST,
  GEMINGA_MAILBOX_POLICY_DROP_NEWEST,
  GEMINGA_MAILBOX_POLICY_COALESCE,
} GemingaMailboxPolicy;

G_END_DECLS
