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
 * GemingaSettingType:
 * @GEMINGA_SETTING_TYPE_BOOLEAN: `true`, `yes`, `on`, `1` or their opposites; variant `b`
 * @GEMINGA_SETTING_TYPE_INT: a whole number; variant `x`
 * @GEMINGA_SETTING_TYPE_DOUBLE: a number; variant `d`
 * @GEMINGA_SETTING_TYPE_DURATION: a time span such as `500ms`, `30s`, `5m`, `1h30m` or a number of
 *   seconds; variant `d`, in seconds
 * @GEMINGA_SETTING_TYPE_SIZE: a number of bytes such as `4096`, `64k`, `10M` or `1G`, each unit 1024
 *   times the one before; variant `x`
 * @GEMINGA_SETTING_TYPE_MODE: a file mode in octal such as `022`, or empty for none, which is stored
 *   as -1; variant `x`
 * @GEMINGA_SETTING_TYPE_STRING: any text; variant `s`
 * @GEMINGA_SETTING_TYPE_CHOICE: one of a fixed list of words; variant `s`
 * @GEMINGA_SETTING_TYPE_STRING_LIST: any number of texts: a repeated flag, separated by `;` in a file,
 *   by `,` in an environment variable; variant `as`
 * @GEMINGA_SETTING_TYPE_PATH: a file name; `~/` is the home directory, and what is relative is relative
 *   to the configuration file it is in, otherwise to the working directory. Empty is none and `-` is
 *   left alone; variant `s`
 *
 * What the values of a setting look like.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_SETTING_TYPE_BOOLEAN,
  GEMINGA_SETTING_TYPE_INT,
  GEMINGA_SETTING_TYPE_DOUBLE,
  GEMINGA_SETTING_TYPE_DURATION,
  GEMINGA_SETTING_TYPE_SIZE,
  GEMINGA_SETTING_TYPE_MODE,
  GEMINGA_SETTING_TYPE_STRING,
  GEMINGA_SETTING_TYPE_CHOICE,
  GEMINGA_SETTING_TYPE_STRING_LIST,
  GEMINGA_SETTING_TYPE_PATH,
} GemingaSettingType;

/**
 * GemingaSettingFlags:
 * @GEMINGA_SETTING_FLAGS_NONE: a reload applies a new value
 * @GEMINGA_SETTING_FLAGS_LIVE: the value can change at any time with [method@Geminga.Settings.set_value]
 * @GEMINGA_SETTING_FLAGS_RESTART: only a restart applies a new value: a reload keeps the old one and lists
 *   the setting in [method@Geminga.Settings.get_pending]
 * @GEMINGA_SETTING_FLAGS_PROCESS: there is one value for the whole program: where several services
 *   share a program, none has its own
 * @GEMINGA_SETTING_FLAGS_NO_FILE: a configuration file cannot give the value
 * @GEMINGA_SETTING_FLAGS_OWN: where several services share a program, what is given without a prefix goes
 *   for the first only
 *
 * How a setting may be given and changed.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  GEMINGA_SETTING_FLAGS_NONE = 0,
  GEMINGA_SETTING_FLAGS_LIVE = 1 << 0,
  GEMINGA_SETTING_FLAGS_RESTART = 1 << 1,
  GEMINGA_SETTING_FLAGS_PROCESS = 1 << 2,
  GEMINGA_SETTING_FLAGS_NO_FILE = 1 << 3,
  GEMINGA_SETTING_FLAGS_OWN = 1 << 4,
} GemingaSettingFlags;

/**
 * GemingaSettingCheckFunc:
 * @value: a value of the setting's type and within its range
 * @user_data: what was given with the function
 * @error: return location for what is wrong with the value and what is allowed
 *
 * Looks at a value beyond what type, range and choices say.
 *
 * Returns: whether the value is allowed
 *
 * Since: 0.1
 */
typedef gboolean (*GemingaSettingCheckFunc) (GVariant *value, gpointer user_data, GError **error);

#define GEMINGA_TYPE_SETTING_INFO (geminga_setting_info_get_type ())

/**
 * GemingaSettingInfo:
 *
 * Describes one setting: its name, type, default, range, flag and help text.
 *
 * Make one, set what differs from the plain case and give it to [method@Geminga.Settings.add]. From
 * then on it cannot be changed and may be read from any thread.
 *
 * ```python
 * rate = Geminga.SettingInfo.new("rate", Geminga.SettingType.DOUBLE, "Requests a second for each client")
 * rate.set_default("10")
 * rate.set_range(0.1, 1000)
 * settings.add(rate)
 * ```
 *
 * Since: 0.1
 */
typedef struct _GemingaSettingInfo GemingaSettingInfo;

GEMINGA_AVAILABLE_IN_0_1
GType geminga_setting_info_get_type (void) G_GNUC_CONST;
GEMINGA_AVAILABLE_IN_0_1
GemingaSettingInfo *geminga_setting_info_new (const char *name,
                                              GemingaSettingType type,
                                              const char *help) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaSettingInfo *geminga_setting_info_ref (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_unref (GemingaSettingInfo *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_default (GemingaSettingInfo *self, const char *text);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_default_help (GemingaSettingInfo *self, const char *text);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_range (GemingaSettingInfo *self, double minimum, double maximum);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_choices (GemingaSettingInfo *self, const char *const *choices);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_flags (GemingaSettingInfo *self, GemingaSettingFlags flags);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_short_flag (GemingaSettingInfo *self, const char *letter);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_argument_name (GemingaSettingInfo *self, const char *argument_name);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_section (GemingaSettingInfo *self, const char *section);
GEMINGA_AVAILABLE_IN_0_1
void geminga_setting_info_set_check (GemingaSettingInfo *self,
                                     GemingaSettingCheckFunc func,
                                     gpointer user_data,
                                     GDestroyNotify destroy);

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_setting_info_get_name (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaSettingType geminga_setting_info_get_value_type (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_setting_info_get_help (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_setting_info_get_default (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
double geminga_setting_info_get_minimum (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
double geminga_setting_info_get_maximum (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_setting_info_get_choices (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaSettingFlags geminga_setting_info_get_flags (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_setting_info_get_short_flag (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_setting_info_get_section (GemingaSettingInfo *self);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_setting_info_dup_allowed (GemingaSettingInfo *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaSettingInfo, geminga_setting_info_unref)

G_END_DECLS
