/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* A service that runs on the bus. */
typedef struct
{
  char *id;       /* (owned): org.example.Hello */
  char *name;     /* (owned): Hello */
  char *path;     /* (owned): of its monitor */
  char *bus_name; /* (owned): of its arbiter */

  /* What cli_services_inspect() fills in. */
  char *owner;       /* (owned) (nullable): the arbiter's connection */
  GVariant *arbiter; /* (owned) (nullable): properties, a{sv} */
  GVariant *monitor; /* (owned) (nullable): properties, a{sv} */
  GError *error;     /* (owned) (nullable): why there are none */
} CliService;

CliService *cli_service_new (const char *id, const char *bus_name);
void cli_service_free (CliService *self);
const char *cli_service_get_state (CliService *self);
GVariant *cli_service_build_json (CliService *self);

GPtrArray *cli_services_list (Cli *cli, GError **error);
GPtrArray *cli_services_inspect (Cli *cli, GPtrArray *services, GError **error);
CliService *cli_service_resolve (Cli *cli, const char *id, GError **error);
char *cli_service_match (GPtrArray *ids, const char *id, GError **error);

char *cli_service_escape (const char *text);
char *cli_service_unescape (const char *text);
char *cli_service_dup_bus_name (const char *id);
char *cli_service_dup_id (const char *bus_name);

const char *cli_dict_get_string (GVariant *dict, const char *key);
guint64 cli_dict_get_number (GVariant *dict, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliService, cli_service_free)

G_END_DECLS
