/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Exit statuses, as the manual page geminga(1) lists them.
 */
typedef enum
{
  CLI_STATUS_OK = 0,
  CLI_STATUS_FAILED = 1,
  CLI_STATUS_USAGE = 2, /* the command line, or a value in it */
  CLI_STATUS_NOT_RUNNING = 3,
  CLI_STATUS_NO_SUCH_ACTOR = 4, /* nor command, nor setting */
  CLI_STATUS_NOT_LOADABLE = 5,
  CLI_STATUS_TIMED_OUT = 6,
  CLI_STATUS_NOT_AUTHORIZED = 7,
  CLI_STATUS_NO_BUS = 8,
} CliStatus;

/* The code of an error in this domain is the exit status it leads to. */
#define CLI_ERROR (cli_error_quark ())

/* Ends the command without a word: nobody reads what it prints. */
#define CLI_ERROR_QUIET CLI_STATUS_OK

/* What a shell says of a command that Ctrl-C has ended. */
#define CLI_STATUS_INTERRUPTED 130

GQuark cli_error_quark (void);
gboolean cli_error_is_quiet (const GError *error);
int cli_error_get_status (const GError *error);
char *cli_error_dup_name (const GError *error);
char *cli_error_dup_message (const GError *error);
gboolean cli_error_is_remote (const GError *error, const char *name);
gboolean cli_error_is_silence (const GError *error);

G_END_DECLS
