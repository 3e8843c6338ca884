/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* An argument of a method. */
typedef struct
{
  char *name; /* (owned) */
  char *type; /* (owned): one complete type */
} CliArgument;

typedef struct
{
  char *interface; /* (owned) */
  char *name;      /* (owned) */
  char *summary;   /* (owned) (nullable) */
  GPtrArray *in;   /* (owned) (element-type CliArgument) */
  GPtrArray *out;  /* (owned) (element-type CliArgument) */
} CliMethod;

/* What an object says of itself. */
typedef struct
{
  GPtrArray *interfaces; /* (owned) (element-type utf8) */
  GPtrArray *methods;    /* (owned) (element-type CliMethod) */
  GPtrArray *children;   /* (owned) (element-type utf8) */
} CliIntrospection;

CliIntrospection *cli_introspection_parse (const char *xml, gssize length, GError **error);
CliIntrospection *
cli_introspection_get (Cli *cli, const char *bus_name, const char *path, GError **error);
void cli_introspection_free (CliIntrospection *self);
CliMethod *
cli_introspection_find_method (CliIntrospection *self, const char *command, GError **error);
gboolean cli_introspection_is_own (const char *interface);
char *cli_method_dup_usage (CliMethod *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliIntrospection, cli_introspection_free)

G_END_DECLS
