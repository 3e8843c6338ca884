/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-dead-letters.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * Where the messages of an actor system go that nobody handles: they are counted, and told to those who
 * listen. Any thread. Targets outlive their system, so it is looked for; what belongs to none is not
 * counted.
 */
void geminga_dead_letters_open (GemingaSystem *system);
void geminga_dead_letters_close (GemingaSystem *system);

guint64 geminga_dead_letters_count (GemingaSystem *system);

/* A message that is not handled: a command, asked or told. Others, and asks that are over, do not count. */
void geminga_dead_letters_note (GemingaTarget *target,
                                const GemingaMessage *message,
                                GemingaDeadLetterReason reason);
/* The same for one whose actor is not known here. */
void geminga_dead_letters_note_path (GemingaSystem *system,
                                     const char *path,
                                     const GemingaMessage *message,
                                     GemingaDeadLetterReason reason);

G_END_DECLS
