/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-setting-info.h"
#include "geminga-settings-error.h"
#include "geminga-version.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_SETTINGS (geminga_settings_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaSettings, geminga_settings, GEMINGA, SETTINGS, GObject)

/**
 * GemingaSettingEntry: (skip)
 * @name: see [ctor@Geminga.SettingInfo.new]
 * @type: what its values look like
 * @flags: how the setting may be given and changed
 * @short_flag: a letter, or 0
 * @default_value: (nullable): the default as a person would write it, or %NULL for the type's zero
 * @default_help: (nullable): how the default comes about, where it depends on something
 * @minimum: the smallest value allowed
 * @maximum: the largest value allowed; with @minimum 0 and @maximum 0 the range is the type's own
 * @choices: (nullable): for a choice, the words with `|` between them
 * @argument_name: (nullable): a word in capitals for the help text
 * @section: (nullable): the heading in help and docs
 * @help: one sentence for people, without a final period
 * @check: (nullable): looks at each new value
 *
 * One row of a table of settings. Texts for people are translated when the row is
 * added.
 *
 * Since: 0.1
 */
typedef struct
{
  const char *name;
  GemingaSettingType type;
  GemingaSettingFlags flags;
  char short_flag;
  const char *default_value;
  const char *default_help;
  double minimum;
  double maximum;
  const char *choices;
  const char *argument_name;
  const char *section;
  const char *help;
  GemingaSettingCheckFunc check;
} GemingaSettingEntry;

GEMINGA_AVAILABLE_IN_0_1
GemingaSettings *geminga_settings_new (const char *service_id) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_service_id (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_prefix (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_summary (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_settings_set_summary (GemingaSettings *self, const char *summary);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_version (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_settings_set_version (GemingaSettings *self, const char *version);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_arguments_usage (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_settings_set_arguments_usage (GemingaSettings *self, const char *usage);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_add (GemingaSettings *self, GemingaSettingInfo *info, GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_settings_add_entries (GemingaSettings *self,
                                   const GemingaSettingEntry *entries,
                                   gsize n_entries,
                                   const char *translation_domain);
GEMINGA_AVAILABLE_IN_0_1
void geminga_settings_add_standard (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_add_prefixed (GemingaSettings *self,
                                        const char *prefix,
                                        GemingaSettings *child,
                                        GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_set_default (GemingaSettings *self,
                                       const char *name,
                                       GVariant *value,
                                       GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_set_from_code (GemingaSettings *self,
                                         const char *name,
                                         GVariant *value,
                                         GError **error);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_load (GemingaSettings *self, const char *const *argv, GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_reload (GemingaSettings *self, GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_set_value (GemingaSettings *self,
                                     const char *name,
                                     GVariant *value,
                                     GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_from_variant (GemingaSettings *self, GVariant *values, GError **error);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_settings_get_changed (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_settings_get_pending (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_settings_get_arguments (GemingaSettings *self);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_settings_get_files (GemingaSettings *self);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_get_boolean (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_settings_get_int (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
double geminga_settings_get_double (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_string (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
const char *const *geminga_settings_get_strv (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_settings_get_value (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_settings_dup_text (GemingaSettings *self, const char *name) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_settings_get_origin (GemingaSettings *self, const char *name);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_settings_has (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
char **geminga_settings_list_names (GemingaSettings *self) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaSettingInfo *geminga_settings_describe (GemingaSettings *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_settings_dup_flag (GemingaSettings *self, const char *name) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
char *geminga_settings_dup_variable (GemingaSettings *self,
                                     const char *name) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_settings_to_variant (GemingaSettings *self) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
char *geminga_settings_to_markdown (GemingaSettings *self) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
char *geminga_settings_to_keyfile (GemingaSettings *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
