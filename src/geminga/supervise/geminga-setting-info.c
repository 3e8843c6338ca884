/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-setting-info.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-error.h"

G_DEFINE_BOXED_TYPE (GemingaSettingInfo,
                     geminga_setting_info,
                     geminga_setting_info_ref,
                     geminga_setting_info_unref)

/* Helpers */

static void
clear_info (gpointer data)
{
  GemingaSettingInfo *self = data;

  if (self->check_destroy != NULL)
    self->check_destroy (self->check_data);
  g_free (self->name);
  g_free (self->help);
  g_free (self->default_text);
  g_free (self->default_help);
  g_free (self->argument_name);
  g_free (self->section);
  g_strfreev (self->choices);
}

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  return g_ascii_islower (name[0]) && name[length - 1] != '-' && strstr (name, "--") == NULL &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static void
append_range (GemingaSettingInfo *self, GString *text)
{
  g_autofree char *low = geminga_setting_value_number_to_text (self->type, self->minimum);
  g_autofree char *high = geminga_setting_value_number_to_text (self->type, self->maximum);
  gboolean has_low = self->minimum > -G_MAXDOUBLE;
  gboolean has_high = self->maximum < G_MAXDOUBLE;

  /* Translators: appended to what a value may be: "a whole number" " from 0 to 1024" */
  if (has_low && has_high)
    g_string_append_printf (text, _ (" from %s to %s"), low, high);
  else if (has_low)
    g_string_append_printf (text, _ (" of at least %s"), low);
  else if (has_high)
    g_string_append_printf (text, _ (" of at most %s"), high);
}

/* What is wrong with the description, or NULL. */
static const char *
find_mistake (GemingaSettingInfo *self)
{
  char letter = self->short_flag[0];

  if (!is_name (self->name))
    return _ ("a name is made of lower case letters, digits and single dashes");
  if (g_str_has_prefix (self->name, "no-"))
    return _ ("a name that begins with “no-” would clash with the flag that turns a setting off");
  if (self->minimum > self->maximum)
    return _ ("the minimum is greater than the maximum");
  if (self->type == GEMINGA_SETTING_TYPE_CHOICE &&
      (self->choices == NULL || self->choices[0] == NULL))
    return _ ("a choice needs a list of what may be chosen");
  if (letter != '\0' && (!g_ascii_isalpha (letter) || letter == 'h'))
    return _ ("a short flag is one letter, and not h, which is help");

  return NULL;
}

/* Private API */

/* Checks that the description holds together and makes it unchangeable. */
gboolean
geminga_setting_info_seal (GemingaSettingInfo *self, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  const char *wrong;

  if (self->sealed)
    return TRUE;

  wrong = find_mistake (self);
  if (wrong != NULL)
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING,
                   _ ("Setting “%s” cannot be added: %s"), self->name, wrong);
      return FALSE;
    }

  if (self->default_text == NULL)
    self->default_text = g_strdup (geminga_setting_info_get_default (self));

  value = geminga_setting_value_parse (self, self->default_text, NULL, error);
  if (value == NULL)
    {
      g_prefix_error (error, _ ("Setting “%s” cannot be added, its default: "), self->name);
      return FALSE;
    }

  self->sealed = TRUE;
  return TRUE;
}

const char *
geminga_setting_info_get_argument_name (GemingaSettingInfo *self)
{
  if (self->argument_name != NULL)
    return self->argument_name;

  switch (self->type)
    {
    case GEMINGA_SETTING_TYPE_INT:
    case GEMINGA_SETTING_TYPE_DOUBLE:
      return _ ("N");
    case GEMINGA_SETTING_TYPE_DURATION:
      return _ ("TIME");
    case GEMINGA_SETTING_TYPE_SIZE:
      return _ ("BYTES");
    case GEMINGA_SETTING_TYPE_MODE:
      return _ ("MODE");
    case GEMINGA_SETTING_TYPE_CHOICE:
      return _ ("WORD");
    case GEMINGA_SETTING_TYPE_PATH:
      return _ ("FILE");
    case GEMINGA_SETTING_TYPE_BOOLEAN:
      return NULL;
    case GEMINGA_SETTING_TYPE_STRING:
    case GEMINGA_SETTING_TYPE_STRING_LIST:
    default:
      return _ ("TEXT");
    }
}

/* What help and docs say the default is; @value is the default in force. NULL if it is nothing. */
char *
geminga_setting_info_dup_default_help (GemingaSettingInfo *self, GVariant *value)
{
  g_autofree char *text = NULL;

  if (self->default_help != NULL)
    return g_strdup (self->default_help);

  text = geminga_setting_value_to_text (self, value);
  return *text == '\0' ? NULL : g_steal_pointer (&text);
}

/* Public API */

/**
 * geminga_setting_info_new:
 * @name: lower case letters, digits and single dashes, such as `max-requests`
 * @type: what its values look like
 * @help: one sentence for people, without a final period, already translated
 *
 * Makes a description with the type's zero as its default, no flag letter and no limits.
 *
 * Durations and sizes are not negative unless [method@Geminga.SettingInfo.set_range] says so.
 *
 * Returns: (transfer full): a new description
 *
 * Since: 0.1
 */
GemingaSettingInfo *
geminga_setting_info_new (const char *name, GemingaSettingType type, const char *help)
{
  GemingaSettingInfo *self;

  g_return_val_if_fail (name != NULL && *name != '\0', NULL);
  g_return_val_if_fail (type <= GEMINGA_SETTING_TYPE_PATH, NULL);
  g_return_val_if_fail (help != NULL, NULL);

  self = g_atomic_rc_box_new0 (GemingaSettingInfo);
  self->name = g_strdup (name);
  self->type = type;
  self->help = g_strdup (help);
  self->minimum = -G_MAXDOUBLE;
  self->maximum = G_MAXDOUBLE;
  if (type == GEMINGA_SETTING_TYPE_DURATION || type == GEMINGA_SETTING_TYPE_SIZE ||
      type == GEMINGA_SETTING_TYPE_MODE)
    self->minimum = 0;
  if (type == GEMINGA_SETTING_TYPE_MODE)
    self->maximum = 07777;

  return self;
}

/**
 * geminga_setting_info_ref:
 * @self: a description
 *
 * Takes a reference. Safe from any thread.
 *
 * Returns: (transfer full): the same description
 *
 * Since: 0.1
 */
GemingaSettingInfo *
geminga_setting_info_ref (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * geminga_setting_info_unref:
 * @self: (transfer full): a description
 *
 * Drops a reference. Safe from any thread.
 *
 * Since: 0.1
 */
void
geminga_setting_info_unref (GemingaSettingInfo *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_info);
}

/**
 * geminga_setting_info_set_default:
 * @self: a description that was not added yet
 * @text: the default as a person would write it, such as `30s`; in a list, one item
 *
 * Sets the default.
 *
 * The default is checked when the description is added. A default that is computed, or a list, is set
 * with [method@Geminga.Settings.set_default] afterwards.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_default (GemingaSettingInfo *self, const char *text)
{
  g_return_if_fail (self != NULL && !self->sealed);
  g_return_if_fail (text != NULL);

  g_free (self->default_text);
  self->default_text = g_strdup (text);
}

/**
 * geminga_setting_info_set_default_help:
 * @self: a description that was not added yet
 * @text: (nullable): how the default comes about, or %NULL to show the default itself
 *
 * Says in words what the default is, where it depends on the machine.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_default_help (GemingaSettingInfo *self, const char *text)
{
  g_return_if_fail (self != NULL && !self->sealed);

  g_free (self->default_help);
  self->default_help = g_strdup (text);
}

/**
 * geminga_setting_info_set_range:
 * @self: a description that was not added yet
 * @minimum: the smallest value allowed
 * @maximum: the largest value allowed
 *
 * Limits a numeric setting: seconds for durations, bytes for sizes.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_range (GemingaSettingInfo *self, double minimum, double maximum)
{
  g_return_if_fail (self != NULL && !self->sealed);

  self->minimum = minimum;
  self->maximum = maximum;
}

/**
 * geminga_setting_info_set_choices:
 * @self: a description that was not added yet
 * @choices: (array zero-terminated=1): the words
 *
 * Sets what may be chosen. Unless a default is set, it is the first word.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_choices (GemingaSettingInfo *self, const char *const *choices)
{
  g_return_if_fail (self != NULL && !self->sealed);
  g_return_if_fail (choices != NULL);

  g_strfreev (self->choices);
  self->choices = g_strdupv ((char **) choices);
}

/**
 * geminga_setting_info_set_flags:
 * @self: a description that was not added yet
 * @flags: how the setting may be given and changed
 *
 * Sets how the setting may be given and changed.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_flags (GemingaSettingInfo *self, GemingaSettingFlags flags)
{
  g_return_if_fail (self != NULL && !self->sealed);

  self->flags = flags;
}

/**
 * geminga_setting_info_set_short_flag:
 * @self: a description that was not added yet
 * @letter: one letter, such as `w` for `-w`, or an empty string for none
 *
 * Sets the short form of the command line flag.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_short_flag (GemingaSettingInfo *self, const char *letter)
{
  g_return_if_fail (self != NULL && !self->sealed);
  g_return_if_fail (letter != NULL && strlen (letter) <= 1);

  self->short_flag[0] = letter[0];
}

/**
 * geminga_setting_info_set_argument_name:
 * @self: a description that was not added yet
 * @argument_name: (nullable): a word in capitals, or %NULL for the type's own
 *
 * Sets what the help text puts behind the flag: `--bind ADDRESS`.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_argument_name (GemingaSettingInfo *self, const char *argument_name)
{
  g_return_if_fail (self != NULL && !self->sealed);

  g_free (self->argument_name);
  self->argument_name = g_strdup (argument_name);
}

/**
 * geminga_setting_info_set_section:
 * @self: a description that was not added yet
 * @section: (nullable): a heading, already translated, or %NULL for the program's own settings
 *
 * Sets the heading under which help and docs list the setting.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_section (GemingaSettingInfo *self, const char *section)
{
  g_return_if_fail (self != NULL && !self->sealed);

  g_free (self->section);
  self->section = g_strdup (section);
}

/**
 * geminga_setting_info_set_check:
 * @self: a description that was not added yet
 * @func: (scope notified) (closure user_data) (destroy destroy): looks at each new value
 * @user_data: passed to @func
 * @destroy: (nullable): frees @user_data
 *
 * Sets a function that refuses values beyond what type, range and choices refuse.
 *
 * It is called in the thread of the settings, before anything changes, so that a wrong value is
 * reported with the name of the setting and where the value came from.
 *
 * Since: 0.1
 */
void
geminga_setting_info_set_check (GemingaSettingInfo *self,
                                GemingaSettingCheckFunc func,
                                gpointer user_data,
                                GDestroyNotify destroy)
{
  g_return_if_fail (self != NULL && !self->sealed);

  if (self->check_destroy != NULL)
    self->check_destroy (self->check_data);
  self->check = func;
  self->check_data = user_data;
  self->check_destroy = destroy;
}

/**
 * geminga_setting_info_get_name:
 * @self: a description
 *
 * Gets the name of the setting.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
geminga_setting_info_get_name (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * geminga_setting_info_get_value_type:
 * @self: a description
 *
 * Gets what the values look like.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
GemingaSettingType
geminga_setting_info_get_value_type (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, GEMINGA_SETTING_TYPE_STRING);

  return self->type;
}

/**
 * geminga_setting_info_get_help:
 * @self: a description
 *
 * Gets the sentence for people.
 *
 * Returns: (transfer none): the help text
 *
 * Since: 0.1
 */
const char *
geminga_setting_info_get_help (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->help;
}

/**
 * geminga_setting_info_get_default:
 * @self: a description
 *
 * Gets the default as a person would write it.
 *
 * Returns: (transfer none): the default
 *
 * Since: 0.1
 */
const char *
geminga_setting_info_get_default (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->default_text != NULL)
    return self->default_text;

  switch (self->type)
    {
    case GEMINGA_SETTING_TYPE_BOOLEAN:
      return "false";
    case GEMINGA_SETTING_TYPE_INT:
    case GEMINGA_SETTING_TYPE_DOUBLE:
    case GEMINGA_SETTING_TYPE_DURATION:
    case GEMINGA_SETTING_TYPE_SIZE:
      return "0";
    case GEMINGA_SETTING_TYPE_CHOICE:
      return self->choices != NULL && self->choices[0] != NULL ? self->choices[0] : "";
    default:
      return "";
    }
}

/**
 * geminga_setting_info_get_minimum:
 * @self: a description
 *
 * Gets the smallest value allowed.
 *
 * Returns: the minimum, or `-G_MAXDOUBLE` if there is none
 *
 * Since: 0.1
 */
double
geminga_setting_info_get_minimum (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->minimum;
}

/**
 * geminga_setting_info_get_maximum:
 * @self: a description
 *
 * Gets the largest value allowed.
 *
 * Returns: the maximum, or `G_MAXDOUBLE` if there is none
 *
 * Since: 0.1
 */
double
geminga_setting_info_get_maximum (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->maximum;
}

/**
 * geminga_setting_info_get_choices:
 * @self: a description
 *
 * Gets what may be chosen.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the words, or %NULL if the setting is
 *   not a choice
 *
 * Since: 0.1
 */
const char *const *
geminga_setting_info_get_choices (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->choices;
}

/**
 * geminga_setting_info_get_flags:
 * @self: a description
 *
 * Gets how the setting may be given and changed.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
GemingaSettingFlags
geminga_setting_info_get_flags (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, GEMINGA_SETTING_FLAGS_NONE);

  return self->flags;
}

/**
 * geminga_setting_info_get_short_flag:
 * @self: a description
 *
 * Gets the letter of the short flag.
 *
 * Returns: (transfer none): one letter, or an empty string
 *
 * Since: 0.1
 */
const char *
geminga_setting_info_get_short_flag (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->short_flag;
}

/**
 * geminga_setting_info_get_section:
 * @self: a description
 *
 * Gets the heading under which help and docs list the setting.
 *
 * Returns: (transfer none) (nullable): the heading, or %NULL for the program's own settings
 *
 * Since: 0.1
 */
const char *
geminga_setting_info_get_section (GemingaSettingInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->section;
}

/**
 * geminga_setting_info_dup_allowed:
 * @self: a description
 *
 * Says in words which values are allowed, such as "a whole number from 0 to 1024".
 *
 * Returns: (transfer full): the words
 *
 * Since: 0.1
 */
char *
geminga_setting_info_dup_allowed (GemingaSettingInfo *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  switch (self->type)
    {
    case GEMINGA_SETTING_TYPE_BOOLEAN:
      g_string_append (text, _ ("true or false"));
      break;
    case GEMINGA_SETTING_TYPE_INT:
      g_string_append (text, _ ("a whole number"));
      append_range (self, text);
      break;
    case GEMINGA_SETTING_TYPE_DOUBLE:
      g_string_append (text, _ ("a number"));
      append_range (self, text);
      break;
    case GEMINGA_SETTING_TYPE_DURATION:
      g_string_append (text, _ ("a time such as 500ms, 30s, 5m or 1h"));
      append_range (self, text);
      break;
    case GEMINGA_SETTING_TYPE_SIZE:
      g_string_append (text, _ ("a number of bytes such as 4096, 64k, 10M or 1G"));
      append_range (self, text);
      break;
    case GEMINGA_SETTING_TYPE_MODE:
      g_string_append (text, _ ("an octal number such as 022"));
      append_range (self, text);
      break;
    case GEMINGA_SETTING_TYPE_CHOICE:
      {
        g_autofree char *words = g_strjoinv (", ", self->choices);

        g_string_append_printf (text, _ ("one of %s"), words);
      }
      break;
    case GEMINGA_SETTING_TYPE_PATH:
      g_string_append (text, _ ("a file name in UTF-8"));
      break;
    default:
      g_string_append (text, _ ("text in UTF-8"));
      break;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
