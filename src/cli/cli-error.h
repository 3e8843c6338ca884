/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sysexits.h>

G_BEGIN_DECLS

/*
 * The code of an error in this domain is the exit status it leads to: EXIT_FAILURE or one of
 * sysexits.h. The page geminga(1) lists what is used.
 */
#define CLI_ERROR (cli_error_quark ())

/* Ends the command without a word: nobody reads what it prints. */
#define CLI_ERROR_QUIET EX_OK

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
