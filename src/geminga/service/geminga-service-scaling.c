/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "geminga-service-private.h"

/* Private API */

gboolean
geminga_service_check_scaling (GemingaSettings *settings,
                               GemingaPlacement placement,
                               GError **error)
{
  gint64 maximum = geminga_settings_get_int (settings, "max-workers");

  if (maximum == 0)
    return TRUE;

  if (geminga_settings_get_int (settings, "min-workers") > maximum)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                 _ ("“%s” is more than “%s”"), "min-workers", "max-workers");
  else if (placement != GEMINGA_PLACEMENT_PROCESS)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                 _ ("“%s” is for workers with processes of their own"), "max-workers");
  else
    return TRUE;

  return FALSE;
}
