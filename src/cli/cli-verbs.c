/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-verbs.h"

/* In the order in which help lists them. */
static const CliVerb *const verbs[] = {
  &cli_verb_ps,       &cli_verb_status,  &cli_verb_tree,    &cli_verb_start,    &cli_verb_stop,
  &cli_verb_restart,  &cli_verb_upgrade, &cli_verb_reload,  &cli_verb_scale,    &cli_verb_call,
  &cli_verb_get,      &cli_verb_set,     &cli_verb_monitor, &cli_verb_trace,    &cli_verb_log_level,
  &cli_verb_restarts, &cli_verb_version, &cli_verb_help,    &cli_verb_complete, NULL,
};

const CliVerb *const *
cli_verbs_list (void)
{
  return verbs;
}

const CliVerb *
cli_verbs_find (const char *name)
{
  for (gsize i = 0; verbs[i] != NULL; i++)
    {
      if (g_str_equal (verbs[i]->name, name))
        return verbs[i];
    }

  return NULL;
}
