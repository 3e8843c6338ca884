/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

/**
 * GEMINGA_SETTINGS_ERROR:
 *
 * The error domain of settings. Codes are [enum@Geminga.SettingsError].
 *
 * Since: 0.1
 */
#define GEMINGA_SETTINGS_ERROR (geminga_settings_error_quark ())

/**
 * GemingaSettingsError:
 * @GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING: there is no setting, flag, key or group of that name
 * @GEMINGA_SETTINGS_ERROR_INVALID_VALUE: the value is not of the setting's type
 * @GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE: the value is of the right type, but too small or too large
 * @GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE: a configuration file cannot be read, or not be trusted
 * @GEMINGA_SETTINGS_ERROR_PARSE: a configuration file or the command line is malformed
 * @GEMINGA_SETTINGS_ERROR_READ_ONLY: the setting cannot change any more
 * @GEMINGA_SETTINGS_ERROR_INVALID_SETTING: the description of a setting is wrong or its name is taken
 * @GEMINGA_SETTINGS_ERROR_HELP: help was asked for; the error's message is the help text
 * @GEMINGA_SETTINGS_ERROR_VERSION: the version was asked for; the error's message is the version
 *
 * What can go wrong with settings.
 *
 * The last two are not failures: whoever runs the program prints the message to standard output
 * and ends with success. All others are for standard error.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
  GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
  GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE,
  GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE,
  GEMINGA_SETTINGS_ERROR_PARSE,
  GEMINGA_SETTINGS_ERROR_READ_ONLY,
  GEMINGA_SETTINGS_ERROR_INVALID_SETTING,
  GEMINGA_SETTINGS_ERROR_HELP,
  GEMINGA_SETTINGS_ERROR_VERSION,
} GemingaSettingsError;

GEMINGA_AVAILABLE_IN_0_1
GQuark geminga_settings_error_quark (void);

G_END_DECLS
