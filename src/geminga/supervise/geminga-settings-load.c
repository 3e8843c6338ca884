/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/* What a file and the command line can give; these layers are read again by a load. */
#define FIRST_DRAFT GEMINGA_SETTINGS_LAYER_FILE
#define LAST_DRAFT  GEMINGA_SETTINGS_LAYER_ARGUMENTS

/* Helpers */

/* Calls @func for the settings and for their children. */
static void
for_each (GemingaSettings *self, GFunc func, gpointer user_data)
{
  func (self, user_data);
  g_ptr_array_foreach (self->children, func, user_data);
}

static void
drop_drafts (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;

  for (guint i = FIRST_DRAFT; i <= LAST_DRAFT; i++)
    g_clear_pointer (&self->drafts[i], g_hash_table_unref);
}

/* Starts one layer anew, so that what is not given any more is forgotten. */
static void
begin_draft (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  guint layer = GPOINTER_TO_UINT (user_data);

  g_assert (self->drafts[layer] == NULL);
  self->drafts[layer] = geminga_settings_layer_new ();
}

static void
switch_to_drafts (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;

  for (guint i = FIRST_DRAFT; i <= LAST_DRAFT; i++)
    {
      if (self->drafts[i] == NULL)
        continue;
      g_hash_table_unref (self->layers[i]);
      self->layers[i] = g_steal_pointer (&self->drafts[i]);
    }
}

/* The value of @slot if nobody had changed it at run time. */
static GVariant *
get_configured (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  return geminga_settings_resolve (self, slot, GEMINGA_SETTINGS_LAYER_ARGUMENTS)->value;
}

/* Remembers the configured value of each setting that was changed at run time, by its slot. */
static void
collect_configured (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  GHashTable *configured = user_data;

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);

      if (g_hash_table_contains (self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME], slot->info->name))
        g_hash_table_insert (configured, slot, g_variant_ref (get_configured (self, slot)));
    }
}

/* What was set at run time stays until somebody changes the configuration of just that setting. */
static void
forget_runtime (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  GHashTable *configured = user_data;

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);
      GVariant *before = g_hash_table_lookup (configured, slot);

      if (before != NULL && !g_variant_equal (before, get_configured (self, slot)))
        g_hash_table_remove (self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME], slot->info->name);
    }
}

/* Takes over what the layers say; what only a restart can change is left alone unless all are new. */
static void
update_all (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  gboolean is_reload = GPOINTER_TO_INT (user_data);
  g_autoptr (GStrvBuilder) changed = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) pending = g_strv_builder_new ();

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);

      if (is_reload && (slot->info->flags & GEMINGA_SETTING_FLAGS_RESTART) != 0)
        {
          GemingaSettingsCell *cell =
              geminga_settings_resolve (self, slot, GEMINGA_SETTINGS_LAYER_RUNTIME);

          if (!g_variant_equal (cell->value, slot->value))
            g_strv_builder_add (pending, slot->info->name);
        }
      else if (geminga_settings_update (self, slot))
        {
          g_strv_builder_add (changed, slot->info->name);
        }
    }

  g_strfreev (self->changed);
  self->changed = g_strv_builder_end (changed);
  g_strfreev (self->pending);
  self->pending = g_strv_builder_end (pending);
}

static void
emit_changed (gpointer data, gpointer user_data)
{
  geminga_settings_emit_changed (data);
}

static void
clear_changed (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;

  g_strfreev (self->changed);
  self->changed = g_new0 (char *, 1);
}

/* Everything was read well: switches over. Nobody is told yet. */
static void
commit (GemingaSettings *self, gboolean is_reload)
{
  g_autoptr (GHashTable) configured =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);

  for_each (self, collect_configured, configured);
  for_each (self, switch_to_drafts, NULL);
  for_each (self, forget_runtime, configured);
  for_each (self, update_all, GINT_TO_POINTER (is_reload));
}

static void
tell_changes (GemingaSettings *self)
{
  g_autoptr (GemingaSettings) hold = g_object_ref (self);

  for_each (hold, emit_changed, NULL);
}

/* Helpers: what was before */

/* What one set of settings had. */
typedef struct
{
  GemingaSettings *settings; /* (owned) */
  GHashTable
      *layers[GEMINGA_SETTINGS_N_LAYERS]; /* (owned): the drafted ones, and a copy of RUNTIME */
  GStrv files;                            /* (owned) */
} Saved;

static void
saved_free (gpointer data)
{
  Saved *saved = data;

  for (guint i = 0; i < GEMINGA_SETTINGS_N_LAYERS; i++)
    g_clear_pointer (&saved->layers[i], g_hash_table_unref);
  g_strfreev (saved->files);
  g_object_unref (saved->settings);
  g_free (saved);
}

/* Adds those cells to @layer that it does not have. */
static void
add_missing (GHashTable *layer, GHashTable *more)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, more);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      GemingaSettingsCell *cell = value;

      if (!g_hash_table_contains (layer, name))
        g_hash_table_replace (layer, name, geminga_settings_cell_new (cell->value, cell->origin));
    }
}

/* A load puts new layers in place of the drafted ones, which do not change any more then. */
static void
save_one (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  GPtrArray *state = user_data;
  Saved *saved = g_new0 (Saved, 1);

  saved->settings = g_object_ref (self);
  saved->files = g_strdupv (self->files);
  for (guint i = FIRST_DRAFT; i <= LAST_DRAFT; i++)
    saved->layers[i] = g_hash_table_ref (self->layers[i]);
  saved->layers[GEMINGA_SETTINGS_LAYER_RUNTIME] = geminga_settings_layer_new ();
  add_missing (saved->layers[GEMINGA_SETTINGS_LAYER_RUNTIME],
               self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME]);
  g_ptr_array_add (state, saved);
}

/* What was set at run time since then stays. */
static void
restore_one (gpointer data, gpointer user_data)
{
  Saved *saved = data;
  GemingaSettings *self = saved->settings;

  for (guint i = FIRST_DRAFT; i <= LAST_DRAFT; i++)
    {
      g_hash_table_unref (self->layers[i]);
      self->layers[i] = g_hash_table_ref (saved->layers[i]);
    }
  add_missing (self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME],
               saved->layers[GEMINGA_SETTINGS_LAYER_RUNTIME]);
  g_strfreev (self->files);
  self->files = g_strdupv (saved->files);
}

static void
go_back (GemingaSettings *self, GemingaSettingsState *state)
{
  g_ptr_array_foreach (state, restore_one, NULL);
  for_each (self, update_all, GINT_TO_POINTER (TRUE));
}

static gboolean
fail_if_child (GemingaSettings *self, GError **error)
{
  if (self->parent == NULL)
    return FALSE;

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY,
               _ ("The settings of “%s” are loaded together with those of “%s”"), self->prefix,
               self->parent->service_id);
  return TRUE;
}

/* Lists @name as all that changed where it did change, and says whether it did. */
static gboolean
update_one (GemingaSettings *self, const char *name)
{
  GemingaSettingsSlot *slot = geminga_settings_find (self, name);

  if (slot == NULL || !geminga_settings_update (self, slot))
    return FALSE;

  g_strfreev (self->changed);
  self->changed = g_new0 (char *, 2);
  self->changed[0] = g_strdup (name);
  return TRUE;
}

static gboolean
check_variant (GemingaSettings *self, GVariant *values, GHashTable *layer, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *item;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &item))
    {
      g_autoptr (GVariant) value = item;
      g_autoptr (GVariant) converted = NULL;
      GemingaSettingsSlot *slot = geminga_settings_find_or_fail (self, name, error);

      if (slot == NULL)
        return FALSE;
      converted = geminga_setting_value_convert (slot->info, value, error);
      if (converted == NULL)
        {
          geminga_settings_prefix_error (error, name, "arbiter");
          return FALSE;
        }
      g_hash_table_replace (layer, slot->info->name,
                            geminga_settings_cell_new (converted, "arbiter"));
    }

  return TRUE;
}

/* Private API */

GemingaSettingsCell *
geminga_settings_cell_new (GVariant *value, const char *origin)
{
  GemingaSettingsCell *cell = g_new0 (GemingaSettingsCell, 1);

  cell->value = g_variant_ref_sink (value);
  cell->origin = g_strdup (origin);

  return cell;
}

void
geminga_settings_cell_free (gpointer data)
{
  GemingaSettingsCell *cell = data;

  g_variant_unref (cell->value);
  g_free (cell->origin);
  g_free (cell);
}

GHashTable *
geminga_settings_layer_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, geminga_settings_cell_free);
}

void
geminga_settings_draft (GemingaSettings *self,
                        GemingaSettingsLayer layer,
                        GemingaSettingsSlot *slot,
                        GVariant *value,
                        const char *origin)
{
  g_assert (self->drafts[layer] != NULL);
  g_hash_table_replace (self->drafts[layer], slot->info->name,
                        geminga_settings_cell_new (value, origin));
}

/* What a layer, or its draft if there is one, has for a name. */
GemingaSettingsCell *
geminga_settings_lookup (GemingaSettings *self, GemingaSettingsLayer layer, const char *name)
{
  GHashTable *cells = self->drafts[layer] != NULL ? self->drafts[layer] : self->layers[layer];

  return g_hash_table_lookup (cells, name);
}

/* Whether what the program's @cell says can go for @slot of one of its services. */
static gboolean
can_inherit (GemingaSettingsSlot *slot, GemingaSettingsCell *cell)
{
  g_autoptr (GVariant) converted = NULL;

  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_OWN) != 0 ||
      !g_variant_is_of_type (cell->value, g_variant_get_type (slot->value)))
    return FALSE;

  converted = geminga_setting_value_convert (slot->info, cell->value, NULL);
  return converted != NULL;
}

/* The cell in force, looking at layers up to @highest. There is always a default. */
GemingaSettingsCell *
geminga_settings_resolve (GemingaSettings *self,
                          GemingaSettingsSlot *slot,
                          GemingaSettingsLayer highest)
{
  const char *name = slot->info->name;

  for (int layer = (int) highest; layer >= 0; layer--)
    {
      GemingaSettingsCell *cell = g_hash_table_lookup (self->layers[layer], name);

      if (cell != NULL)
        return cell;
      if (self->parent == NULL)
        continue;
      cell = g_hash_table_lookup (self->parent->layers[layer], name);
      if (cell != NULL && can_inherit (slot, cell))
        return cell;
    }

  g_assert_not_reached ();
}

gboolean
geminga_settings_reload_checked (GemingaSettings *self,
                                 GemingaSettingsCheck check,
                                 gpointer data,
                                 GError **error)
{
  g_autoptr (GemingaSettingsState) before = NULL;
  g_auto (GStrv) files = NULL;

  if (fail_if_child (self, error))
    return FALSE;

  for_each (self, begin_draft, GUINT_TO_POINTER (GEMINGA_SETTINGS_LAYER_FILE));
  for_each (self, begin_draft, GUINT_TO_POINTER (GEMINGA_SETTINGS_LAYER_ENVIRONMENT));
  if (!geminga_settings_read_environment (self, error) ||
      !geminga_settings_read_files (self, &files, error))
    {
      for_each (self, drop_drafts, NULL);
      return FALSE;
    }

  before = geminga_settings_save (self);
  g_strfreev (self->files);
  self->files = g_steal_pointer (&files);
  commit (self, TRUE);
  if (check != NULL && !check (data, error))
    {
      go_back (self, before);
      return FALSE;
    }
  tell_changes (self);

  return TRUE;
}

GemingaSettingsState *
geminga_settings_save (GemingaSettings *self)
{
  GemingaSettingsState *state = g_ptr_array_new_with_free_func (saved_free);

  for_each (self, save_one, state);

  return state;
}

void
geminga_settings_restore (GemingaSettings *self, GemingaSettingsState *state)
{
  go_back (self, state);
  tell_changes (self);
}

/* Public API */

/**
 * geminga_settings_load:
 * @self: settings
 * @argv: (nullable) (array zero-terminated=1) (element-type filename): the command line with the name of
 *   the program first, or %NULL for none
 * @error: return location for an error
 *
 * Reads the command line, the environment and the configuration files.
 *
 * All of it is read before any value changes. Fails with %GEMINGA_SETTINGS_ERROR_HELP or
 * %GEMINGA_SETTINGS_ERROR_VERSION if that was asked for: print the error's message and end. Every other
 * error says in one line what is wrong, where, and what is allowed.
 *
 * ```python
 * try:
 *     settings.load(sys.argv)
 * except GLib.Error as error:
 *     if error.matches(Geminga.settings_error_quark(), Geminga.SettingsError.HELP):
 *         print(error.message)
 * ```
 *
 * Returns: whether the new values are in force
 *
 * Since: 0.1
 */
gboolean
geminga_settings_load (GemingaSettings *self, const char *const *argv, GError **error)
{
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) files = NULL;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);

  if (fail_if_child (self, error))
    return FALSE;

  for (guint i = FIRST_DRAFT; i <= LAST_DRAFT; i++)
    for_each (self, begin_draft, GUINT_TO_POINTER (i));
  if (!geminga_settings_read_arguments (self, argv, &arguments, error) ||
      !geminga_settings_read_environment (self, error) ||
      !geminga_settings_read_files (self, &files, error))
    {
      for_each (self, drop_drafts, NULL);
      return FALSE;
    }

  g_strfreev (self->arguments);
  self->arguments = g_steal_pointer (&arguments);
  g_strfreev (self->files);
  self->files = g_steal_pointer (&files);
  self->is_loaded = TRUE;
  for (guint i = 0; i < self->children->len; i++)
    ((GemingaSettings *) g_ptr_array_index (self->children, i))->is_loaded = TRUE;
  commit (self, FALSE);
  tell_changes (self);

  return TRUE;
}

/**
 * geminga_settings_reload:
 * @self: settings that were loaded
 * @error: return location for an error
 *
 * Reads the environment and the configuration files again; the command line stays what it was.
 *
 * If anything is wrong nothing changes. What was set at run time stays, unless the file says something
 * new about it. A setting that needs a restart keeps its value and is listed by
 * [method@Geminga.Settings.get_pending].
 *
 * Returns: whether the new values are in force
 *
 * Since: 0.1
 */
gboolean
geminga_settings_reload (GemingaSettings *self, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);

  return geminga_settings_reload_checked (self, NULL, NULL, error);
}

/**
 * geminga_settings_set_value:
 * @self: settings
 * @name: a setting with %GEMINGA_SETTING_FLAGS_LIVE
 * @value: of the setting's type, or text to read it from
 * @error: return location for an error
 *
 * Changes a setting while the program runs.
 *
 * Fails with %GEMINGA_SETTINGS_ERROR_READ_ONLY if the setting cannot change so.
 *
 * Returns: whether the new value is in force
 *
 * Since: 0.1
 */
gboolean
geminga_settings_set_value (GemingaSettings *self,
                            const char *name,
                            GVariant *value,
                            GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GVariant) converted = NULL;
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_object_unref);
  GemingaSettingsSlot *slot;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  sunk = g_variant_ref_sink (value);
  slot = geminga_settings_find_or_fail (self, name, error);
  if (slot == NULL)
    return FALSE;
  if (!geminga_settings_accepts (self, slot) && geminga_settings_has (self->parent, name))
    return geminga_settings_set_value (self->parent, name, sunk, error);
  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_LIVE) == 0)
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY,
                   _ ("Setting “%s” cannot change while the program runs"), name);
      return FALSE;
    }

  converted = geminga_setting_value_convert (slot->info, sunk, error);
  if (converted == NULL)
    {
      geminga_settings_prefix_error (error, name, "runtime");
      return FALSE;
    }

  g_hash_table_replace (self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME], slot->info->name,
                        geminga_settings_cell_new (converted, "runtime"));
  for_each (self, clear_changed, NULL);
  if (update_one (self, slot->info->name))
    g_ptr_array_add (touched, g_object_ref (self));
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaSettings *child = g_ptr_array_index (self->children, i);

      if (update_one (child, slot->info->name))
        g_ptr_array_add (touched, g_object_ref (child));
    }
  g_ptr_array_foreach (touched, emit_changed, NULL);

  return TRUE;
}

/**
 * geminga_settings_from_variant:
 * @self: settings
 * @values: an `a{sv}` made by [method@Geminga.Settings.to_variant]
 * @error: return location for an error
 *
 * Takes over values from another process; those that are not in @values stay.
 *
 * This is how a worker gets what the arbiter read, in place of a load.
 *
 * Returns: whether the new values are in force
 *
 * Since: 0.1
 */
gboolean
geminga_settings_from_variant (GemingaSettings *self, GVariant *values, GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GHashTable) layer = NULL;
  g_autoptr (GemingaSettings) hold = NULL;
  GHashTableIter iter;
  gpointer name, cell;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (values != NULL, FALSE);

  hold = g_object_ref (self);
  sunk = g_variant_ref_sink (values);
  if (!g_variant_is_of_type (sunk, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                   _ ("Settings of another process are of type “a{sv}”, not “%s”"),
                   g_variant_get_type_string (sunk));
      return FALSE;
    }

  layer = geminga_settings_layer_new ();
  if (!check_variant (self, sunk, layer, error))
    return FALSE;

  g_hash_table_iter_init (&iter, layer);
  while (g_hash_table_iter_next (&iter, &name, &cell))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_replace (self->layers[GEMINGA_SETTINGS_LAYER_RUNTIME], name, cell);
    }
  self->is_loaded = TRUE;
  for_each (self, update_all, GINT_TO_POINTER (FALSE));
  for_each (self, emit_changed, NULL);

  return TRUE;
}

/**
 * geminga_settings_get_changed:
 * @self: settings
 *
 * Lists the settings that the last load, reload or change gave a new value.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names, valid until the next change
 *
 * Since: 0.1
 */
const char *const *
geminga_settings_get_changed (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return (const char *const *) self->changed;
}

/**
 * geminga_settings_get_pending:
 * @self: settings
 *
 * Lists the settings whose new value in the configuration waits for a restart.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names, valid until the next reload
 *
 * Since: 0.1
 */
const char *const *
geminga_settings_get_pending (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return (const char *const *) self->pending;
}

/**
 * geminga_settings_get_arguments:
 * @self: settings
 *
 * Gets what was on the command line besides flags.
 *
 * Returns: (transfer none) (array zero-terminated=1) (element-type filename): the arguments, valid until
 *   the next load
 *
 * Since: 0.1
 */
const char *const *
geminga_settings_get_arguments (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return (const char *const *) self->arguments;
}

/**
 * geminga_settings_get_files:
 * @self: settings
 *
 * Lists the configuration files that were read, in the order they were.
 *
 * Returns: (transfer none) (array zero-terminated=1) (element-type filename): the names, valid until the
 *   next load or reload
 *
 * Since: 0.1
 */
const char *const *
geminga_settings_get_files (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return (const char *const *) self->files;
}
