/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CLI_ARBITER_PATH      "/org/geminga1"
#define CLI_ARBITER_INTERFACE "org.geminga1.Arbiter"
#define CLI_MONITOR_INTERFACE "org.geminga1.Monitor"
#define CLI_ACTOR_INTERFACE   "org.geminga1.Actor"
#define CLI_WEB_INTERFACE     "org.geminga1.WebService"

typedef struct _Cli Cli;

/* What an operand of a verb is, for completion. */
typedef enum
{
  CLI_OPERAND_NONE,
  CLI_OPERAND_SERVICE,   /* one that runs */
  CLI_OPERAND_INSTALLED, /* one that could be started */
  CLI_OPERAND_ACTOR,
  CLI_OPERAND_COMMAND,
  CLI_OPERAND_NAME, /* a setting, or a property of the actor before it */
  CLI_OPERAND_ACTOR_OR_NAME,
  CLI_OPERAND_LEVEL,
  CLI_OPERAND_VERB,
} CliOperand;

typedef enum
{
  CLI_VERB_NONE = 0,
  CLI_VERB_WATCH = 1 << 0,   /* takes --watch */
  CLI_VERB_QUICK = 1 << 1,   /* takes --quick */
  CLI_VERB_HIDDEN = 1 << 2,  /* is not shown to people */
  CLI_VERB_TRACE = 1 << 4,   /* takes --count and --capture, and ends after --timeout */
  CLI_VERB_OFFLINE = 1 << 3, /* is not told about the bus: it connects itself, if at all */
} CliVerbFlags;

typedef struct
{
  const char *name;
  const char *summary;
  gboolean (*run) (Cli *cli, const char *const *operands, GError **error);

  const char *usage; /* the operands */
  guint min_operands;
  guint max_operands; /* 0 with @min_operands above it: any number */
  CliOperand operands[4];
  CliVerbFlags flags;
} CliVerb;

/* One run of the command. */
struct _Cli
{
  GDBusConnection *connection; /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned): Ctrl-C */
  GString *out;                /* (owned): what is printed next */
  int signal;                  /* which one asked to end, or 0 */
  const CliVerb *verb;         /* (nullable) */

  char *address; /* (owned) (nullable) */
  gboolean is_system;
  gboolean is_user;
  gboolean is_json;
  gboolean is_pretty; /* JSON of several lines */
  gboolean is_watching;
  gboolean is_quick;
  gboolean is_utc;
  double interval; /* seconds between two looks */
  double timeout;  /* seconds; negative: not given */
  guint64 count;   /* records to print; 0: any number */
  char *capture;   /* (owned) (nullable): file for messages */

  gboolean is_terminal; /* stdout is */
  gboolean is_unicode;
  gboolean has_color;
};

const CliVerb *const *cli_verbs_list (void);
const CliVerb *cli_verbs_find (const char *name);

G_END_DECLS
