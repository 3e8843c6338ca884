/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-setting-info.h"

G_BEGIN_DECLS

/* Text to value and back, for each type. @directory is what relative paths are relative to, or NULL
 * for the working directory. Errors are complete but for the name and the origin of the setting. */
GVariant *geminga_setting_value_parse (GemingaSettingInfo *info,
                                       const char *text,
                                       const char *directory,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *geminga_setting_value_parse_list (GemingaSettingInfo *info,
                                            const char *const *items,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *geminga_setting_value_convert (GemingaSettingInfo *info,
                                         GVariant *value,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *geminga_setting_value_to_text (GemingaSettingInfo *info,
                                     GVariant *value) G_GNUC_WARN_UNUSED_RESULT;
char *geminga_setting_value_number_to_text (GemingaSettingType type,
                                            double number) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
