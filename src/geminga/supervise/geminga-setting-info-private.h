/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-setting-info.h"

G_BEGIN_DECLS

struct _GemingaSettingInfo
{
  char *name;
  GemingaSettingType type;
  GemingaSettingFlags flags;
  char *help;
  char *default_text;  /* (nullable): the type's zero */
  char *default_help;  /* (nullable): where the default depends on something */
  char *argument_name; /* (nullable): the type's own */
  char *section;       /* (nullable): with the program's own settings */
  GStrv choices;       /* (nullable) */
  double minimum;
  double maximum;
  char short_flag[2];
  GemingaSettingCheckFunc check; /* (nullable) */
  gpointer check_data;
  GDestroyNotify check_destroy;

  gboolean sealed; /* was added: never changes any more */
};

gboolean geminga_setting_info_seal (GemingaSettingInfo *self, GError **error);
const char *geminga_setting_info_get_argument_name (GemingaSettingInfo *self);
char *geminga_setting_info_dup_default_help (GemingaSettingInfo *self, GVariant *value);

G_END_DECLS
