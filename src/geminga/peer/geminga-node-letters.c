/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-core-enums.h"

/*
 * The dead letters of every process, on their way to the root's hook. They are news, not a log: each
 * process tells a few a second.
 */
#define LETTERS_PER_SECOND 10

/* Helpers */

static void
tell (GemingaNode *self, const char *target, const char *command, const char *reason)
{
  if (self->hooks->dead_letter != NULL)
    self->hooks->dead_letter (self->data, target, command, reason);
}

static void
on_letters_arrived (GemingaDeadLetters *letters,
                    const char *target,
                    const char *command,
                    GVariant *arguments,
                    GemingaDeadLetterReason reason,
                    const char *sender,
                    gpointer user_data)
{
  GemingaNode *self = user_data;
  g_autoptr (GEnumClass) reasons = g_type_class_ref (GEMINGA_TYPE_DEAD_LETTER_REASON);
  const char *nick = g_enum_get_value (reasons, (int) reason)->value_nick;
  /* What cannot be sent need not be text. */
  g_autofree char *text = g_utf8_make_valid (command, -1);

  if (self->is_root)
    tell (self, target, text, nick);
  else
    geminga_link_call (self->root_link, "DeadLetter", g_variant_new ("(sss)", target, text, nick),
                       NULL, NULL);
}

/* For the node's own files */

void
geminga_node_listen_to_letters (GemingaNode *self)
{
  self->letters = g_object_new (GEMINGA_TYPE_DEAD_LETTERS, "system", self->system, "max-rate",
                                LETTERS_PER_SECOND, NULL);
  g_signal_connect (self->letters, "arrived", G_CALLBACK (on_letters_arrived), self);
}

/* A letter on its way may still have the object. */
void
geminga_node_ignore_letters (GemingaNode *self)
{
  if (self->letters != NULL)
    g_signal_handlers_disconnect_by_data (self->letters, self);
  g_clear_object (&self->letters);
}

void
geminga_node_handle_letter (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  const char *target;
  const char *command;
  const char *reason;

  g_variant_get (call->arguments, "(&s&s&s)", &target, &command, &reason);
  tell (self, target, command, reason);
}
