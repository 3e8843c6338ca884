/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/* Helpers */

static gboolean
fail_if_loaded (GemingaSettings *self, const char *name, GError **error)
{
  if (!self->is_loaded)
    return FALSE;

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY,
               _ ("“%s” has to be set before the settings are loaded"), name);
  return TRUE;
}

/* The setting that has the flag letter, or NULL. */
static GemingaSettingsSlot *
find_short_flag (GemingaSettings *self, char letter)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);

      if (letter != '\0' && slot->info->short_flag[0] == letter)
        return slot;
    }

  return NULL;
}

static GemingaSettings *
find_child (GemingaSettings *self, const char *prefix)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaSettings *child = g_ptr_array_index (self->children, i);

      if (g_str_equal (child->prefix, prefix))
        return child;
    }

  return NULL;
}

static gboolean
fail_to_add (const char *name, const char *why, GError **error)
{
  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING,
               _ ("Setting “%s” cannot be added: %s"), name, why);
  return FALSE;
}

static gboolean
is_reserved (const char *name)
{
  return g_str_equal (name, "help") || g_str_equal (name, "version");
}

static gboolean
set_in_layer (GemingaSettings *self,
              GemingaSettingsLayer layer,
              const char *name,
              GVariant *value,
              const char *origin,
              GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (GVariant) converted = NULL;
  GemingaSettingsSlot *slot = geminga_settings_find_or_fail (self, name, error);

  if (slot == NULL || fail_if_loaded (self, name, error))
    return FALSE;

  converted = geminga_setting_value_convert (slot->info, sunk, error);
  if (converted == NULL)
    {
      geminga_settings_prefix_error (error, name, origin);
      return FALSE;
    }

  g_hash_table_replace (self->layers[layer], slot->info->name,
                        geminga_settings_cell_new (converted, origin));
  geminga_settings_update (self, slot);
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaSettings *child = g_ptr_array_index (self->children, i);
      GemingaSettingsSlot *child_slot = geminga_settings_find (child, name);

      if (child_slot != NULL)
        geminga_settings_update (child, child_slot);
    }

  return TRUE;
}

static GemingaSettingInfo *
info_from_entry (const GemingaSettingEntry *entry, const char *domain)
{
  GemingaSettingInfo *info =
      geminga_setting_info_new (entry->name, entry->type, g_dgettext (domain, entry->help));

  if (entry->default_value != NULL)
    geminga_setting_info_set_default (info, entry->default_value);
  if (entry->default_help != NULL)
    geminga_setting_info_set_default_help (info, g_dgettext (domain, entry->default_help));
  if (entry->minimum != 0 || entry->maximum != 0)
    geminga_setting_info_set_range (info, entry->minimum, entry->maximum);
  if (entry->choices != NULL)
    {
      g_auto (GStrv) choices = g_strsplit (entry->choices, "|", -1);

      geminga_setting_info_set_choices (info, (const char *const *) choices);
    }
  if (entry->argument_name != NULL)
    geminga_setting_info_set_argument_name (info, g_dgettext (domain, entry->argument_name));
  if (entry->section != NULL)
    geminga_setting_info_set_section (info, g_dgettext (domain, entry->section));
  if (entry->check != NULL)
    geminga_setting_info_set_check (info, entry->check, NULL, NULL);
  info->short_flag[0] = entry->short_flag;
  geminga_setting_info_set_flags (info, entry->flags);

  return info;
}

static gboolean
check_prefix (GemingaSettings *self, const char *prefix, GemingaSettings *child, GError **error)
{
  g_autoptr (GemingaSettingInfo) name_check =
      geminga_setting_info_new (prefix, GEMINGA_SETTING_TYPE_STRING, "");

  if (!geminga_setting_info_seal (name_check, error) || fail_if_loaded (self, prefix, error))
    return FALSE;
  /* With the prefix “no”, a setting's flag could be what turns another one off. */
  if (g_str_equal (prefix, GEMINGA_SETTINGS_GROUP) || g_str_equal (prefix, "no") ||
      find_child (self, prefix) != NULL)
    return fail_to_add (prefix, _ ("the name is taken"), error);
  if (self->parent != NULL || child->parent != NULL || child->children->len > 0 || child->is_loaded)
    return fail_to_add (prefix, _ ("the settings are part of others already"), error);

  for (guint i = 0; i < child->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (child->slots, i);
      g_autofree char *name = g_strconcat (prefix, "-", slot->info->name, NULL);

      if (geminga_settings_find (self, name) != NULL)
        return fail_to_add (name, _ ("the name is taken"), error);
    }

  return TRUE;
}

/* Public API */

/**
 * geminga_settings_add:
 * @self: settings that were not loaded yet
 * @info: the description; it cannot be changed from now on
 * @error: return location for an error
 *
 * Adds a setting.
 *
 * It fails with %GEMINGA_SETTINGS_ERROR_INVALID_SETTING if the description does not hold together, or
 * if the name or the short flag is taken.
 *
 * Returns: whether it was added
 *
 * Since: 0.1
 */
gboolean
geminga_settings_add (GemingaSettings *self, GemingaSettingInfo *info, GError **error)
{
  GemingaSettingsSlot *slot;
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (info != NULL, FALSE);

  if (fail_if_loaded (self, info->name, error) || !geminga_setting_info_seal (info, error))
    return FALSE;
  if (geminga_settings_find (self, info->name) != NULL || is_reserved (info->name))
    return fail_to_add (info->name, _ ("the name is taken"), error);
  if (self->parent != NULL)
    return fail_to_add (info->name, _ ("the settings are part of others already"), error);
  if (find_short_flag (self, info->short_flag[0]) != NULL)
    return fail_to_add (info->name, _ ("the short flag is taken"), error);

  value = geminga_setting_value_parse (info, geminga_setting_info_get_default (info), NULL, error);
  if (value == NULL)
    return FALSE;

  slot = g_new0 (GemingaSettingsSlot, 1);
  slot->info = geminga_setting_info_ref (info);
  slot->value = g_variant_ref (value);
  g_ptr_array_add (self->slots, slot);
  g_hash_table_insert (self->by_name, info->name, slot);
  g_hash_table_insert (self->layers[GEMINGA_SETTINGS_LAYER_DEFAULT], info->name,
                       geminga_settings_cell_new (value, "default"));
  geminga_settings_update (self, slot);

  return TRUE;
}

/**
 * geminga_settings_add_entries: (skip)
 * @self: settings that were not loaded yet
 * @entries: (array length=n_entries): rows of a table
 * @n_entries: the number of rows
 * @translation_domain: (nullable): the gettext domain of the table's texts
 *
 * Adds a table of settings. A row that is wrong is a mistake of the program and reported as such.
 *
 * Since: 0.1
 */
void
geminga_settings_add_entries (GemingaSettings *self,
                              const GemingaSettingEntry *entries,
                              gsize n_entries,
                              const char *translation_domain)
{
  g_return_if_fail (GEMINGA_IS_SETTINGS (self));
  g_return_if_fail (entries != NULL || n_entries == 0);

  for (gsize i = 0; i < n_entries; i++)
    {
      g_autoptr (GemingaSettingInfo) info = info_from_entry (&entries[i], translation_domain);
      g_autoptr (GError) error = NULL;

      if (!geminga_settings_add (self, info, &error))
        g_critical ("%s", error->message);
    }
}

/**
 * geminga_settings_add_prefixed:
 * @self: the settings of a program, not loaded yet
 * @prefix: lower case letters, digits and single dashes, such as `calc`
 * @child: the settings of one of several services in the program
 * @error: return location for an error
 *
 * Makes the settings of a service part of those of a program that runs several.
 *
 * The service's `workers` is given as `--calc-workers`, as `GEMINGA_CALC_WORKERS` or under `[calc]` in
 * the program's configuration file. In each of these places, what is given without the prefix goes for
 * all services that are not named, unless each has its own (%GEMINGA_SETTING_FLAGS_OWN), as the addresses
 * to listen on. Settings of the whole program have no prefixed form. @child is
 * loaded and reloaded together with @self, and can have no children.
 *
 * Returns: whether it was added
 *
 * Since: 0.1
 */
gboolean
geminga_settings_add_prefixed (GemingaSettings *self,
                               const char *prefix,
                               GemingaSettings *child,
                               GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (prefix != NULL && *prefix != '\0', FALSE);
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (child) && child != self, FALSE);

  if (!check_prefix (self, prefix, child, error))
    return FALSE;

  child->parent = self;
  child->prefix = g_strdup (prefix);
  g_ptr_array_add (self->children, g_object_ref (child));
  for (guint i = 0; i < child->slots->len; i++)
    geminga_settings_update (child, g_ptr_array_index (child->slots, i));
  g_object_notify (G_OBJECT (child), "prefix");

  return TRUE;
}

/**
 * geminga_settings_set_default:
 * @self: settings that were not loaded yet
 * @name: a setting
 * @value: of the setting's type, or text to read it from
 * @error: return location for an error
 *
 * Replaces the default of a setting.
 *
 * Returns: whether it was replaced
 *
 * Since: 0.1
 */
gboolean
geminga_settings_set_default (GemingaSettings *self,
                              const char *name,
                              GVariant *value,
                              GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  return set_in_layer (self, GEMINGA_SETTINGS_LAYER_DEFAULT, name, value, "default", error);
}

/**
 * geminga_settings_set_from_code:
 * @self: settings that were not loaded yet
 * @name: a setting
 * @value: of the setting's type, or text to read it from
 * @error: return location for an error
 *
 * Sets what the program itself wants; files, the environment and the command line have the last word.
 *
 * Returns: whether it was set
 *
 * Since: 0.1
 */
gboolean
geminga_settings_set_from_code (GemingaSettings *self,
                                const char *name,
                                GVariant *value,
                                GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  return set_in_layer (self, GEMINGA_SETTINGS_LAYER_CODE, name, value, "code", error);
}
