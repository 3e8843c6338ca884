/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/* Helpers */

static GVariant *
get_default (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  return geminga_settings_resolve (self, slot, GEMINGA_SETTINGS_LAYER_CODE)->value;
}

static const char *
get_section (GemingaSettingsSlot *slot)
{
  return slot->info->section != NULL ? slot->info->section : _ ("Settings of the program");
}

/* The sections in the order of their first setting. */
static GPtrArray *
list_sections (GemingaSettings *self)
{
  GPtrArray *sections = g_ptr_array_new ();

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);
      const char *section = get_section (slot);

      if (geminga_settings_accepts (self, slot) &&
          !g_ptr_array_find_with_equal_func (sections, section, g_str_equal, NULL))
        g_ptr_array_add (sections, (char *) section);
    }

  return sections;
}

static const char *
describe_change (GemingaSettingsSlot *slot)
{
  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_LIVE) != 0)
    return _ ("at any time");
  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_RESTART) != 0)
    return _ ("by a restart");

  return _ ("by a reload");
}

static char *
describe_flags (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  g_autofree char *flag = geminga_settings_dup_flag (self, slot->info->name);
  const char *argument_name = geminga_setting_info_get_argument_name (slot->info);
  g_autoptr (GString) text = g_string_new (NULL);

  if (slot->info->short_flag[0] != '\0' && self->prefix == NULL)
    g_string_append_printf (text, "-%s, ", slot->info->short_flag);
  g_string_append (text, flag);
  if (slot->info->type == GEMINGA_SETTING_TYPE_BOOLEAN)
    g_string_append_printf (text, ", --no-%s", flag + strlen ("--"));
  else
    g_string_append_printf (text, " %s", argument_name);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_markdown (GemingaSettings *self, GemingaSettingsSlot *slot, GString *text)
{
  g_autofree char *flags = describe_flags (self, slot);
  g_autofree char *variable = geminga_settings_dup_variable (self, slot->info->name);
  g_autofree char *allowed = geminga_setting_info_dup_allowed (slot->info);
  g_autofree char *value =
      geminga_setting_info_dup_default_help (slot->info, get_default (self, slot));

  g_string_append_printf (text, "### `%s`\n\n%s.\n\n", slot->info->name, slot->info->help);
  g_string_append_printf (text, "| %s | |\n|---|---|\n", _ ("Property"));
  g_string_append_printf (text, "| %s | `%s` |\n", _ ("Command line"), flags);
  g_string_append_printf (text, "| %s | `%s` |\n", _ ("Environment"), variable);
  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_NO_FILE) == 0)
    g_string_append_printf (text, "| %s | `[%s]` `%s` |\n", _ ("File"),
                            geminga_settings_get_group (self), slot->info->name);
  g_string_append_printf (text, "| %s | %s |\n", _ ("Allowed"), allowed);
  g_string_append_printf (
      text, slot->info->default_help != NULL || value == NULL ? "| %s | %s |\n" : "| %s | `%s` |\n",
      _ ("Default"), value != NULL ? value : _ ("none"));
  g_string_append_printf (text, "| %s | %s |\n\n", _ ("Changes"), describe_change (slot));
}

static void
append_all_markdown (GemingaSettings *self, GString *text)
{
  g_autoptr (GPtrArray) sections = list_sections (self);

  if (self->prefix != NULL)
    g_string_append_printf (text, _ ("# Settings of %s\n\n"), self->prefix);
  else
    g_string_append_printf (text, _ ("# Settings of %s\n\n"), self->service_id);

  for (guint i = 0; i < sections->len; i++)
    {
      const char *section = g_ptr_array_index (sections, i);

      g_string_append_printf (text, "## %s\n\n", section);
      for (guint j = 0; j < self->slots->len; j++)
        {
          GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, j);

          if (geminga_settings_accepts (self, slot) && g_str_equal (get_section (slot), section))
            append_markdown (self, slot, text);
        }
    }
}

/* The key and its default, with all the escapes that a key file needs. */
static char *
dup_key_line (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  GVariant *value = get_default (self, slot);
  g_autofree char *data = NULL;

  if (slot->info->type == GEMINGA_SETTING_TYPE_STRING_LIST)
    {
      gsize n = 0;
      g_autofree const char **items = g_variant_get_strv (value, &n);

      g_key_file_set_string_list (key_file, "group", slot->info->name, items, n);
    }
  else
    {
      g_autofree char *text = geminga_setting_value_to_text (slot->info, value);

      g_key_file_set_string (key_file, "group", slot->info->name, text);
    }

  data = g_key_file_to_data (key_file, NULL, NULL);
  return g_strchomp (g_strdup (data + strlen ("[group]\n")));
}

static void
append_key (GemingaSettings *self, GemingaSettingsSlot *slot, GString *text)
{
  g_autofree char *line = dup_key_line (self, slot);
  g_autofree char *allowed = geminga_setting_info_dup_allowed (slot->info);

  g_string_append_printf (text, "# %s\n", slot->info->help);
  g_string_append_printf (text, _ ("# Allowed: %s\n"), allowed);
  if (slot->info->default_help != NULL)
    g_string_append_printf (text, _ ("# Default: %s\n"), slot->info->default_help);
  g_string_append_printf (text, "#%s\n\n", line);
}

static void
append_group (GemingaSettings *self, GString *text)
{
  g_autoptr (GPtrArray) sections = list_sections (self);

  g_string_append_printf (text, "[%s]\n\n", geminga_settings_get_group (self));
  for (guint i = 0; i < sections->len; i++)
    {
      const char *section = g_ptr_array_index (sections, i);

      g_string_append_printf (text, "## %s\n\n", section);
      for (guint j = 0; j < self->slots->len; j++)
        {
          GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, j);

          if (geminga_settings_accepts (self, slot) && g_str_equal (get_section (slot), section) &&
              (slot->info->flags & GEMINGA_SETTING_FLAGS_NO_FILE) == 0)
            append_key (self, slot, text);
        }
    }
}

/* Public API */

/**
 * geminga_settings_to_markdown:
 * @self: settings
 *
 * Writes the documentation of all settings and of those added under a prefix.
 *
 * Returns: (transfer full): a Markdown document
 *
 * Since: 0.1
 */
char *
geminga_settings_to_markdown (GemingaSettings *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  text = g_string_new (NULL);
  append_all_markdown (self, text);
  for (guint i = 0; i < self->children->len; i++)
    append_all_markdown (g_ptr_array_index (self->children, i), text);
  g_string_truncate (text, text->len - 1);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * geminga_settings_to_keyfile:
 * @self: settings
 *
 * Writes a configuration file that explains every setting and has all defaults as comments.
 *
 * Returns: (transfer full): the text of the file
 *
 * Since: 0.1
 */
char *
geminga_settings_to_keyfile (GemingaSettings *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, _ ("# Settings of %s\n\n"), self->service_id);
  append_group (self, text);
  for (guint i = 0; i < self->children->len; i++)
    append_group (g_ptr_array_index (self->children, i), text);
  g_string_truncate (text, text->len - 1);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
