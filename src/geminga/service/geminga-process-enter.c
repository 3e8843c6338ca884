/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-enter-private.h"

#include <glib/gi18n-lib.h>

#include "geminga-daemon-private.h"
#include "geminga-privileges-private.h"
#include "geminga-process-setup-private.h"
#include "geminga-process-start-private.h"

/* Helpers */

static gboolean
find_privileges (GemingaSettings *settings, GemingaPrivileges *privileges, GError **error)
{
  return geminga_privileges_find (privileges, geminga_settings_get_string (settings, "user"),
                                  geminga_settings_get_string (settings, "group"), error);
}

static void
set_name (GemingaSettings *settings)
{
  const char *name = geminga_settings_get_string (settings, "name");

  /* A worker was executed through a link of another name. */
  if (name == NULL || *name == '\0')
    name = g_get_prgname ();
  if (name != NULL)
    geminga_process_set_name (name);
}

/* Private API */

gboolean
geminga_process_enter_check (GemingaSettings *settings, gboolean is_in_processes, GError **error)
{
  g_auto (GemingaPrivileges) privileges = { 0 };

  if (!find_privileges (settings, &privileges, error))
    return FALSE;
  if (privileges.is_change && !is_in_processes)
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                   _ ("“%s” and “%s” are for workers with processes of their own; with threads or "
                      "no workers, start the service as that user"),
                   "user", "group");
      return FALSE;
    }

  return geminga_process_check_directory (geminga_settings_get_string (settings, "chdir"), error);
}

gboolean
geminga_process_enter_arbiter (GemingaSettings *settings, GError **error)
{
  geminga_process_set_umask (geminga_settings_get_int (settings, "umask"));
  geminga_process_raise_file_limit ();
  set_name (settings);

  return geminga_process_change_directory (geminga_settings_get_string (settings, "chdir"), error);
}

gboolean
geminga_process_enter_worker (GemingaSettings *settings, GemingaConfine *confine, GError **error)
{
  g_auto (GemingaPrivileges) privileges = { 0 };

  /* The first ones start before their arbiter leaves it. */
  if (geminga_settings_get_boolean (settings, "daemon"))
    geminga_daemon_leave_terminal ();
  if (!geminga_process_enter_arbiter (settings, error) ||
      !geminga_confine_find_privileges (confine, &privileges,
                                        geminga_settings_get_string (settings, "user"),
                                        geminga_settings_get_string (settings, "group"), error) ||
      !geminga_privileges_drop (&privileges, error))
    return FALSE;

  /* Changing the user ends it. */
  geminga_process_start_follow_parent ();

  return geminga_confine_finish (confine, error);
}
