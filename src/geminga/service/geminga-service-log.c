/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-service-private.h"

/* Private API */

gboolean
geminga_service_configure_log (GemingaLog *log, GemingaSettings *settings, GError **error)
{
  const char *format = geminga_settings_get_string (settings, "log-format");
  g_auto (GemingaPrivileges) owner = { 0 };

  if (!geminga_privileges_find (&owner, geminga_settings_get_string (settings, "user"),
                                geminga_settings_get_string (settings, "group"), error))
    return FALSE;
  if (g_str_equal (geminga_settings_get_origin (settings, "log-format"), "default"))
    format = geminga_log_default_format ();

  return geminga_log_configure (log, geminga_settings_get_string (settings, "log-level"), format,
                                geminga_settings_get_string (settings, "log-file"), &owner, error);
}
