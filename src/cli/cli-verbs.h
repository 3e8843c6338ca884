/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Each in its own file, verb-NAME.c. */
extern const CliVerb cli_verb_call;
extern const CliVerb cli_verb_complete;
extern const CliVerb cli_verb_get;
extern const CliVerb cli_verb_help;
extern const CliVerb cli_verb_log_level;
extern const CliVerb cli_verb_monitor;
extern const CliVerb cli_verb_ps;
extern const CliVerb cli_verb_reload;
extern const CliVerb cli_verb_restart;
extern const CliVerb cli_verb_restarts;
extern const CliVerb cli_verb_scale;
extern const CliVerb cli_verb_set;
extern const CliVerb cli_verb_start;
extern const CliVerb cli_verb_status;
extern const CliVerb cli_verb_stop;
extern const CliVerb cli_verb_trace;
extern const CliVerb cli_verb_tree;
extern const CliVerb cli_verb_version;

G_END_DECLS
