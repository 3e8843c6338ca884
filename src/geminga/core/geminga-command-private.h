/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"
#include "geminga-command.h"

G_BEGIN_DECLS

/* Instead of the index of an argument. */
#define GEMINGA_COMMAND_ALWAYS_COALESCES (-1)
#define GEMINGA_COMMAND_NEVER_COALESCES  (-2)

struct _GemingaCommand
{
  gatomicrefcount ref_count;
  char *name;
  GVariantType *argument_type; /* (owned), a tuple */
  gboolean takes_nothing;      /* the empty one */
  GVariantType *result_type;   /* (owned), a tuple */
  gboolean gives_nothing;      /* the empty one */
  char **argument_names;       /* (owned) */
  char **result_names;         /* (owned) */
  char *documentation;         /* (owned) */
  GemingaCommandFlags flags;
  int coalesce_argument;         /* index of the argument that is the key */
  GemingaCommandHandler handler; /* (nullable): the class's handle () does it */
};

/* "d" -> "(d)", "(ss)" -> "(ss)", "" or NULL -> "()"; NULL if it is no signature. */
GVariantType *geminga_command_parse_signature (const char *signature);

GemingaCommand *geminga_command_new_from_entry (const GemingaCommandEntry *entry);

G_END_DECLS
