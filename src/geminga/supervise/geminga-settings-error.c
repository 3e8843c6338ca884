/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings-error.h"

static const GDBusErrorEntry error_entries[] = {
  { GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "org.geminga1.Error.Settings.UnknownSetting" },
  { GEMINGA_SETTINGS_ERROR_INVALID_VALUE, "org.geminga1.Error.Settings.InvalidValue" },
  { GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, "org.geminga1.Error.Settings.OutOfRange" },
  { GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE, "org.geminga1.Error.Settings.FileUnreadable" },
  { GEMINGA_SETTINGS_ERROR_PARSE, "org.geminga1.Error.Settings.Parse" },
  { GEMINGA_SETTINGS_ERROR_READ_ONLY, "org.geminga1.Error.Settings.ReadOnly" },
  { GEMINGA_SETTINGS_ERROR_INVALID_SETTING, "org.geminga1.Error.Settings.InvalidSetting" },
  { GEMINGA_SETTINGS_ERROR_HELP, "org.geminga1.Error.Settings.Help" },
  { GEMINGA_SETTINGS_ERROR_VERSION, "org.geminga1.Error.Settings.Version" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == GEMINGA_SETTINGS_ERROR_VERSION + 1);

/**
 * geminga_settings_error_quark:
 *
 * Gives the error domain of settings.
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
GQuark
geminga_settings_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("geminga-settings-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));

  return (GQuark) quark;
}
