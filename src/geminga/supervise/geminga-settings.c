/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
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
 * Settings are used in the thread that made them; values can be read in any. Those who want to follow a change connect to
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

static gboolean
is_file_name_part (const char *text)
{
  return *text != '\0' && *text != '.' && strchr (text, '/') == NULL;
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
  g_mutex_clear (&self->lock);

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
  g_mutex_init (&self->lock);
  self->slots = g_ptr_array_new_with_free_func (geminga_settings_slot_free);
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
