/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-system.h"

G_BEGIN_DECLS

/**
 * GemingaDeadLetterReason:
 * @GEMINGA_DEAD_LETTER_REASON_ENDED: the actor has ended, or its process, or there was never one
 * @GEMINGA_DEAD_LETTER_REASON_FULL: its mailbox was full and refused the message
 * @GEMINGA_DEAD_LETTER_REASON_DROPPED: its mailbox was full and dropped the message
 * @GEMINGA_DEAD_LETTER_REASON_UNHANDLED: its class has no such command, or not with these arguments, or
 *   does not handle it
 * @GEMINGA_DEAD_LETTER_REASON_UNSENDABLE: the message could not be sent to the actor's process
 *
 * Why a message was not handled.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_DEAD_LETTER_REASON_ENDED,
  GEMINGA_DEAD_LETTER_REASON_FULL,
  GEMINGA_DEAD_LETTER_REASON_DROPPED,
  GEMINGA_DEAD_LETTER_REASON_UNHANDLED,
  GEMINGA_DEAD_LETTER_REASON_UNSENDABLE,
} GemingaDeadLetterReason;

#define GEMINGA_TYPE_DEAD_LETTERS (geminga_dead_letters_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaDeadLetters, geminga_dead_letters, GEMINGA, DEAD_LETTERS, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaDeadLetters *geminga_dead_letters_new (GemingaSystem *system) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
GemingaSystem *geminga_dead_letters_get_system (GemingaDeadLetters *self);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_dead_letters_get_max_rate (GemingaDeadLetters *self);
GEMINGA_AVAILABLE_IN_0_1
guint64 geminga_dead_letters_get_n_missed (GemingaDeadLetters *self);

G_END_DECLS
