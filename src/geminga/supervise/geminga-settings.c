/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/**
 * GemingaSettings:
 *
 * The settings of a service: what they are, their values, and where each value came from.
 *
 * Every setting is described once. From that come its command line flag, its environment variable, its
 * key in configuration files, the help text and the documentation. A value is taken from, each beating
 * the ones before:
 *
 * 1. the default,
 * 2. the program ([method@Geminga.Settings.set_from_code]),
 * 3. a configuration file: `/etc/geminga/ID.conf` and then `~/.config/geminga/ID.conf`, or only the one
 *    given with `--config`; in its group `[service]`,
 * 4. the environment: `GEMINGA_MAX_REQUESTS` for the setting `max-requests`,
 * 5. the command line: `--max-requests`,
 * 6. [method@Geminga.Settings.set_value] while the program runs.
 *
 * Where several services share a program, each has settings of its own under a prefix, see
 * [method@Geminga.Settings.add_prefixed].
 *
 * Settings are used in the thread that made them. Those who want to follow a change connect to
 * [signal@Geminga.Settings::changed] with the name of the setting as the detail.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (GemingaSettings, geminga_settings, G_TYPE_OBJECT)

enum
{
  PROP_SERVICE_ID = 1,
  PROP_PREFIX,
  PROP_SUMMARY,
  PROP_VERSION,
  PROP_ARGUMENTS_USAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Helpers */

static void
free_slot (gpointer data)
{
  GemingaSettingsSlot *slot = data;

  geminga_setting_info_unref (slot->info);
  g_variant_unref (slot->value);
  g_free (slot->origin);
  g_strfreev (slot->items);
  g_free (slot);
}

static gboolean
is_file_name_part (const char *text)
{
  return *text != '\0' && *text != '.' && strchr (text, '/') == NULL;
}

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
replace_string (char **field, const char *value)
{
  if (g_strcmp0 (*field, value) == 0)
    return FALSE;

  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
}

/* Private API */

GemingaSettingsSlot *
geminga_settings_find (GemingaSettings *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

GemingaSettingsSlot *
geminga_settings_find_or_fail (GemingaSettings *self, const char *name, GError **error)
{
  GemingaSettingsSlot *slot = geminga_settings_find (self, name);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *suggestion = NULL;

  if (slot != NULL)
    return slot;

  names = geminga_settings_list_keys (self->by_name);
  suggestion = geminga_settings_suggest (name, names);
  if (suggestion != NULL)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("There is no setting “%s”; did you mean “%s”?"), name, suggestion);
  else
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("There is no setting “%s”"), name);

  return NULL;
}

/* Whether the setting has a flag, a variable and a key of its own in this set of settings. */
gboolean
geminga_settings_accepts (GemingaSettings *self, GemingaSettingsSlot *slot)
{
  return self->prefix == NULL || (slot->info->flags & GEMINGA_SETTING_FLAGS_PROCESS) == 0;
}

const char *
geminga_settings_get_group (GemingaSettings *self)
{
  return self->prefix != NULL ? self->prefix : GEMINGA_SETTINGS_GROUP;
}

void
geminga_settings_prefix_error (GError **error, const char *name, const char *where)
{
  /* Translators: the setting, where its value was given, and then what is wrong with it */
  g_prefix_error (error, _ ("Setting “%s” (%s): "), name, where);
}

/* Tells about everything in `changed`. Handlers may change it, so a copy is walked. */
void
geminga_settings_emit_changed (GemingaSettings *self)
{
  g_auto (GStrv) names = g_strdupv (self->changed);

  for (gsize i = 0; names[i] != NULL; i++)
    g_signal_emit (self, signals[SIGNAL_CHANGED], g_quark_from_string (names[i]), names[i]);
}

/* GObject */

static void
geminga_settings_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GemingaSettings *self = GEMINGA_SETTINGS (object);

  switch (prop_id)
    {
    case PROP_SERVICE_ID:
      g_value_set_string (value, self->service_id);
      break;
    case PROP_PREFIX:
      g_value_set_string (value, self->prefix);
      break;
    case PROP_SUMMARY:
      g_value_set_string (value, self->summary);
      break;
    case PROP_VERSION:
      g_value_set_string (value, self->version);
      break;
    case PROP_ARGUMENTS_USAGE:
      g_value_set_string (value, self->arguments_usage);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
geminga_settings_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  GemingaSettings *self = GEMINGA_SETTINGS (object);

  switch (prop_id)
    {
    case PROP_SERVICE_ID:
      self->service_id = g_value_dup_string (value);
      break;
    case PROP_SUMMARY:
      geminga_settings_set_summary (self, g_value_get_string (value));
      break;
    case PROP_VERSION:
      geminga_settings_set_version (self, g_value_get_string (value));
      break;
    case PROP_ARGUMENTS_USAGE:
      geminga_settings_set_arguments_usage (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
geminga_settings_dispose (GObject *object)
{
  GemingaSettings *self = GEMINGA_SETTINGS (object);

  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaSettings *child = g_ptr_array_index (self->children, i);

      child->parent = NULL;
    }
  g_ptr_array_set_size (self->children, 0);

  G_OBJECT_CLASS (geminga_settings_parent_class)->dispose (object);
}

static void
geminga_settings_finalize (GObject *object)
{
  GemingaSettings *self = GEMINGA_SETTINGS (object);

  for (guint i = 0; i < GEMINGA_SETTINGS_N_LAYERS; i++)
    {
      g_assert (self->drafts[i] == NULL);
      g_clear_pointer (&self->layers[i], g_hash_table_unref);
    }
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self->service_id);
  g_free (self->prefix);
  g_free (self->summary);
  g_free (self->version);
  g_free (self->arguments_usage);
  g_strfreev (self->config_files);
  g_strfreev (self->arguments);
  g_strfreev (self->files);
  g_strfreev (self->changed);
  g_strfreev (self->pending);

  G_OBJECT_CLASS (geminga_settings_parent_class)->finalize (object);
}

static void
geminga_settings_class_init (GemingaSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = geminga_settings_get_property;
  object_class->set_property = geminga_settings_set_property;
  object_class->dispose = geminga_settings_dispose;
  object_class->finalize = geminga_settings_finalize;

  /**
   * GemingaSettings:service-id:
   *
   * The application id of the service, which names its configuration files.
   *
   * Since: 0.1
   */
  props[PROP_SERVICE_ID] =
      g_param_spec_string ("service-id", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * GemingaSettings:prefix:
   *
   * What the names of flags, variables and groups begin with.
   *
   * Since: 0.1
   */
  props[PROP_PREFIX] =
      g_param_spec_string ("prefix", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * GemingaSettings:summary:
   *
   * What the program does, in one sentence, for `--help`.
   *
   * Since: 0.1
   */
  props[PROP_SUMMARY] =
      g_param_spec_string ("summary", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * GemingaSettings:version:
   *
   * The version of the program, for `--version`.
   *
   * Since: 0.1
   */
  props[PROP_VERSION] =
      g_param_spec_string ("version", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * GemingaSettings:arguments-usage:
   *
   * How arguments that are not flags look in `--help`, such as `FILE…`; %NULL if there can be none.
   *
   * Since: 0.1
   */
  props[PROP_ARGUMENTS_USAGE] =
      g_param_spec_string ("arguments-usage", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GemingaSettings::changed:
   * @self: the settings
   * @name: the setting's name, which is the signal's detail, too
   *
   * A setting has a new value.
   *
   * Emitted after a load, a reload or a set has applied all its values.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
geminga_settings_init (GemingaSettings *self)
{
  self->slots = g_ptr_array_new_with_free_func (free_slot);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->children = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < GEMINGA_SETTINGS_N_LAYERS; i++)
    self->layers[i] = geminga_settings_layer_new ();
  self->arguments = g_new0 (char *, 1);
  self->files = g_new0 (char *, 1);
  self->changed = g_new0 (char *, 1);
  self->pending = g_new0 (char *, 1);
}

/* Public API */

/**
 * geminga_settings_new:
 * @service_id: the application id of the service, such as `org.example.Hello`
 *
 * Makes settings without any entries.
 *
 * Returns: (transfer full): new settings
 *
 * Since: 0.1
 */
GemingaSettings *
geminga_settings_new (const char *service_id)
{
  g_return_val_if_fail (service_id != NULL && is_file_name_part (service_id), NULL);

  return g_object_new (GEMINGA_TYPE_SETTINGS, "service-id", service_id, NULL);
}

/**
 * geminga_settings_get_service_id:
 * @self: settings
 *
 * Gets the application id of the service.
 *
 * Returns: (transfer none): the id
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_service_id (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return self->service_id;
}

/**
 * geminga_settings_get_prefix:
 * @self: settings
 *
 * Gets what the names of flags, variables and groups begin with.
 *
 * Returns: (transfer none) (nullable): the prefix, or %NULL if the service has the program to itself
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_prefix (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return self->prefix;
}

/**
 * geminga_settings_get_summary:
 * @self: settings
 *
 * Gets what the program does, for `--help`.
 *
 * Returns: (transfer none) (nullable): the sentence
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_summary (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return self->summary;
}

/**
 * geminga_settings_set_summary:
 * @self: settings
 * @summary: (nullable): what the program does, in one sentence
 *
 * Sets what the program does, for `--help`.
 *
 * Since: 0.1
 */
void
geminga_settings_set_summary (GemingaSettings *self, const char *summary)
{
  g_return_if_fail (GEMINGA_IS_SETTINGS (self));

  if (replace_string (&self->summary, summary))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUMMARY]);
}

/**
 * geminga_settings_get_version:
 * @self: settings
 *
 * Gets the version of the program, for `--version`.
 *
 * Returns: (transfer none) (nullable): the version
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_version (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return self->version;
}

/**
 * geminga_settings_set_version:
 * @self: settings
 * @version: (nullable): the version of the program
 *
 * Sets the version of the program, for `--version`.
 *
 * Since: 0.1
 */
void
geminga_settings_set_version (GemingaSettings *self, const char *version)
{
  g_return_if_fail (GEMINGA_IS_SETTINGS (self));

  if (replace_string (&self->version, version))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VERSION]);
}

/**
 * geminga_settings_get_arguments_usage:
 * @self: settings
 *
 * Gets how arguments that are not flags look in `--help`.
 *
 * Returns: (transfer none) (nullable): the words, or %NULL if such arguments are errors
 *
 * Since: 0.1
 */
const char *
geminga_settings_get_arguments_usage (GemingaSettings *self)
{
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), NULL);

  return self->arguments_usage;
}

/**
 * geminga_settings_set_arguments_usage:
 * @self: settings
 * @usage: (nullable): how they look in `--help`, such as `FILE…`, or %NULL to refuse them
 *
 * Allows arguments that are not flags; [method@Geminga.Settings.get_arguments] has them after a load.
 *
 * Since: 0.1
 */
void
geminga_settings_set_arguments_usage (GemingaSettings *self, const char *usage)
{
  g_return_if_fail (GEMINGA_IS_SETTINGS (self));

  if (replace_string (&self->arguments_usage, usage))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ARGUMENTS_USAGE]);
}

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
 * all services that are not named. Settings of the whole program have no prefixed form. @child is
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
  g_autoptr (GemingaSettingInfo) name_check = NULL;

  g_return_val_if_fail (GEMINGA_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (prefix != NULL && *prefix != '\0', FALSE);
  g_return_val_if_fail (GEMINGA_IS_SETTINGS (child) && child != self, FALSE);

  name_check = geminga_setting_info_new (prefix, GEMINGA_SETTING_TYPE_STRING, "");
  if (!geminga_setting_info_seal (name_check, error) || fail_if_loaded (self, prefix, error))
    return FALSE;
  if (g_str_equal (prefix, GEMINGA_SETTINGS_GROUP) || find_child (self, prefix) != NULL)
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

  child->parent = self;
  child->prefix = g_strdup (prefix);
  g_ptr_array_add (self->children, g_object_ref (child));
  for (guint i = 0; i < child->slots->len; i++)
    geminga_settings_update (child, g_ptr_array_index (child->slots, i));
  g_object_notify_by_pspec (G_OBJECT (child), props[PROP_PREFIX]);

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
