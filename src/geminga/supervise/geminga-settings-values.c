/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/*
 * Values are changed in the thread of the settings and read in any: under the lock a value is taken whole.
 * Those that were in force once are kept, since somebody may still read what a getter gave.
 */

/* A value that was in force once. */
typedef struct
{
  GVariant *value; /* (owned) */
  GStrv items;     /* (owned) (nullable) */
} Kept;

/* Helpers */

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_variant_unref (kept->value);
  g_strfreev (kept->items);
  g_free (kept);
}

static gboolean
has_value (gconstpointer kept, gconstpointer value)
{
  return g_variant_equal (((const Kept *) kept)->value, value);
}

static void
change_locked (GemingaSettingsSlot *slot, GVariant *value)
{
  Kept *before = g_new0 (Kept, 1);
  guint position;

  before->value = g_steal_pointer (&slot->value);
  before->items = g_steal_pointer (&slot->items);
  if (slot->kept == NULL)
    slot->kept = g_ptr_array_new_with_free_func (kept_free);

  /* There are only as many as there are different ones. */
  if (g_ptr_array_find_with_equal_func (slot->kept, value, has_value, &position))
    {
      Kept *again = g_ptr_array_steal_index_fast (slot->kept, position);

      slot->value = again->value;
      slot->items = again->items;
      g_free (again);
    }
  else
    {
      slot->value = g_variant_ref (value);
    }
  g_ptr_array_add (slot->kept, before);
}

static GVariant *
peek (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  GVariant *value;

  g_mutex_lock (&self->lock);
  value = slot->value;
  g_mutex_unlock (&self->lock);

  return value;
}

static GemingaSettingsSlot *
find_of_kind (GemingaSettings *self, const char *name, const char *variant_type)
{
  GemingaSettingsSlot *slot = geminga_settings_find (self, name);
  const char *type;

  if (slot == NULL)
    {
      g_critical ("There is no setting “%s”", name);
      return NULL;
    }

  type = g_variant_get_type_string (peek (self, slot));
  if (variant_type != NULL && !g_str_equal (type, variant_type))
    {
      g_critical ("Setting “%s” is of type “%s”, not “%s”", name, type, variant_type);
      return NULL;
    }

  return slot;
}

/* Private API */

/* Takes over what the layers say about @slot and tells whether its value is another one now. */
gboolean
geminga_settings_update (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  GemingaSettingsCell *cell = geminga_settings_resolve (self, slot, GEMINGA_SETTINGS_LAYER_RUNTIME);
  gboolean changed = !g_variant_equal (cell->value, slot->value);

  g_mutex_lock (&self->lock);
  slot->origin = g_intern_string (cell->origin);
  if (changed)
    change_locked (slot, cell->value);
  if (slot->info->type == GEMINGA_SETTING_TYPE_STRING_LIST && slot->items == NULL)
    slot->items = g_variant_dup_strv (slot->value, NULL);
  g_mutex_unlock (&self->lock);

  return changed;
}

void
geminga_settings_slot_free (gpointer data)
{
  GemingaSettingsSlot *slot = data;

  geminga_setting_info_unref (slot->info);
  g_variant_unref (slot->value);
  g_strfreev (slot->items);
  g_clear_pointer (&slot->kept, g_ptr_array_unref);
  g_free (slot);
}

/* Public API */

/**
 * geminga_settings_get_boolean:
 * @self: settings
 * @name: a boolean setting; another is a mistake of the program
 *
 * Gets the value of a boolean setting.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
gboolean
geminga_settings_get_boolean (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  slot = find_of_kind (self, name, "b");
  return slot != NULL && g_variant_get_boolean (peek (self, slot));
}

/**
 * geminga_settings_get_int:
 * @self: settings
 * @name: an integer, size or mode setting; another is a mistake of the program
 *
 * Gets the value of a setting that is a whole number.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
gint64
geminga_settings_get_int (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  slot = find_of_kind (self, name, "x");
  return slot != NULL ? g_variant_get_int64 (peek (self, slot)) : 0;
}

/**
 * geminga_settings_get_double:
 * @self: settings
 * @name: a number or duration setting; another is a mistake of the program
 *
 * Gets the value of a setting that is a number; a duration is in seconds.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
double
geminga_settings_get_double (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  slot = find_of_kind (self, name, "d");
  return slot != NULL ? g_variant_get_double (peek (self, slot)) : 0;
}

/**
 * geminga_settings_get_string:
 * @self: settings
 * @name: a string, choice or path setting; another is a mistake of the program
 *
 * Gets the value of a setting that is a text.
 *
 * Returns: (transfer none): the value, valid as long as @self
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_string (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), "");
  g_return_val_if_fail (name != NULL, "");

  slot = find_of_kind (self, name, "s");
  return slot != NULL ? g_variant_get_string (peek (self, slot), NULL) : "";
}

/**
 * geminga_settings_get_strv:
 * @self: settings
 * @name: a list setting; another is a mistake of the program
 *
 * Gets the value of a setting that is a list of texts.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the value, valid as long as @self;
 *   %NULL only for a setting that is no list
 *
 * Since: 0.1
 */
const char *const *
geminga_settings_get_strv (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;
  const char *const *items;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = find_of_kind (self, name, "as");
  if (slot == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  items = (const char *const *) slot->items;
  g_mutex_unlock (&self->lock);

  return items;
}

/**
 * geminga_settings_get_value:
 * @self: settings
 * @name: a setting
 *
 * Gets the value of a setting of any type.
 *
 * Returns: (transfer none) (nullable): the value, valid as long as @self; %NULL if there is no such
 *   setting
 *
 * Since: 0.1
 */
GVariant *
geminga_settings_get_value (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = geminga_settings_find (self, name);
  return slot != NULL ? peek (self, slot) : NULL;
}

/**
 * geminga_settings_dup_text:
 * @self: settings
 * @name: a setting
 *
 * Writes the value of a setting as a person would write it: `30s`, `64k`, `a;b`.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if there is no such setting
 *
 * Since: 0.1
 */
char *
geminga_settings_dup_text (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = geminga_settings_find (self, name);
  return slot != NULL ? geminga_setting_value_to_text (slot->info, peek (self, slot)) : NULL;
}

/**
 * geminga_settings_get_origin:
 * @self: settings
 * @name: a setting
 *
 * Says where the value of a setting was given.
 *
 * It is `default`, `code`, the name of a configuration file, the name of an environment variable, a
 * command line flag, `runtime` for what was set while the program runs, or `arbiter` for what a worker
 * was handed.
 *
 * Returns: (transfer none) (nullable): the origin; %NULL if there is no
 *   such setting
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_origin (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;
  const char *origin;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = geminga_settings_find (self, name);
  if (slot == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  origin = slot->origin;
  g_mutex_unlock (&self->lock);

  return origin;
}

/**
 * geminga_settings_has:
 * @self: settings
 * @name: a name
 *
 * Tells whether there is a setting of a name.
 *
 * Returns: whether there is
 *
 * Since: 0.1
 */
gboolean
geminga_settings_has (GemingaSettings *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return geminga_settings_find (self, name) != NULL;
}

/**
 * geminga_settings_list_names:
 * @self: settings
 *
 * Lists the names of all settings in the order they were added, without the prefix.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 0.1
 */
char **
geminga_settings_list_names (GemingaSettings *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);

      g_strv_builder_add (builder, slot->info->name);
    }

  return g_strv_builder_end (builder);
}

/**
 * geminga_settings_describe:
 * @self: settings
 * @name: a setting
 *
 * Gets the description of a setting.
 *
 * Returns: (transfer full) (nullable): the description, or %NULL if there is no such setting
 *
 * Since: 0.1
 */
GemingaSettingInfo *
geminga_settings_describe (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = geminga_settings_find (self, name);
  return slot != NULL ? geminga_setting_info_ref (slot->info) : NULL;
}

/**
 * geminga_settings_dup_flag:
 * @self: settings
 * @name: a setting
 *
 * Gets the command line flag of a setting, such as `--calc-workers`.
 *
 * Returns: (transfer full) (nullable): the flag, or %NULL if it has none of its own here
 *
 * Since: 0.1
 */
char *
geminga_settings_dup_flag (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slot = geminga_settings_find (self, name);
  if (slot == NULL || !geminga_settings_accepts (self, slot))
    return NULL;
  if (self->prefix != NULL)
    return g_strconcat ("--", self->prefix, "-", name, NULL);

  return g_strconcat ("--", name, NULL);
}

/**
 * geminga_settings_dup_variable:
 * @self: settings
 * @name: a setting
 *
 * Gets the environment variable of a setting, such as `GEMINGA_CALC_WORKERS`.
 *
 * Returns: (transfer full) (nullable): the variable, or %NULL if it has none of its own here
 *
 * Since: 0.1
 */
char *
geminga_settings_dup_variable (GemingaSettings *self, const char *name)
{
  g_autofree char *flag = geminga_settings_dup_flag (self, name);
  g_autofree char *upper = NULL;

  if (flag == NULL)
    return NULL;

  upper = g_ascii_strup (flag + strlen ("--"), -1);
  g_strdelimit (upper, "-", '_');

  return g_strconcat ("GEMINGA_", upper, NULL);
}

/**
 * geminga_settings_to_variant:
 * @self: settings
 *
 * Collects all values, to be handed to another process.
 *
 * Returns: (transfer full): an `a{sv}`
 *
 * Since: 0.1
 */
GVariant *
geminga_settings_to_variant (GemingaSettings *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);

      g_variant_builder_add (&builder, "{sv}", slot->info->name, peek (self, slot));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
