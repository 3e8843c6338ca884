/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

/* What one flag is for. */
typedef struct
{
  GemingaSettings *settings;
  GemingaSettingsSlot *slot;
  gboolean is_negated; /* --no-NAME */
} Flag;

/* One reading of a command line. */
typedef struct
{
  GemingaSettings *settings;
  GOptionContext *context;
  GHashTable *flags;  /* (element-type utf8 Flag), by "--name" and "-n" */
  GHashTable *lists;  /* (element-type utf8 GStrvBuilder), by long flag: lists that were given */
  GPtrArray *strings; /* (element-type utf8): what the option entries point to */
  GHashTable *groups; /* (element-type utf8 GOptionGroup), by title, borrows from the context */
  gboolean wants_help;
  gboolean wants_version;
  GStrv rest; /* (nullable) */
} Reading;

/* Helpers */

static const char *
keep (Reading *self, char *string)
{
  g_ptr_array_add (self->strings, string);
  return string;
}

static gboolean
set_value (Reading *self, Flag *flag, const char *name, const char *text, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  GemingaSettingInfo *info = flag->slot->info;

  if (info->type == GEMINGA_SETTING_TYPE_BOOLEAN)
    {
      value = g_variant_ref_sink (g_variant_new_boolean (!flag->is_negated));
    }
  else if (info->type == GEMINGA_SETTING_TYPE_STRING_LIST)
    {
      GStrvBuilder *builder = g_hash_table_lookup (self->lists, name);
      g_auto (GStrv) items = NULL;

      if (builder == NULL)
        {
          builder = g_strv_builder_new ();
          g_hash_table_insert (self->lists, g_strdup (name), builder);
        }
      /* Ending a builder empties it. */
      g_strv_builder_add (builder, text);
      items = g_strv_builder_end (builder);
      g_strv_builder_addv (builder, (const char **) items);
      value = geminga_setting_value_parse_list (info, (const char *const *) items, error);
    }
  else
    {
      value = geminga_setting_value_parse (info, text, NULL, error);
    }

  if (value == NULL)
    {
      geminga_settings_prefix_error (error, info->name, name);
      return FALSE;
    }

  geminga_settings_draft (flag->settings, GEMINGA_SETTINGS_LAYER_ARGUMENTS, flag->slot, value,
                          name);
  return TRUE;
}

static gboolean
on_flag_cb (const char *option_name, const char *text, gpointer data, GError **error)
{
  Reading *self = data;
  Flag *flag = g_hash_table_lookup (self->flags, option_name);
  g_autofree char *name = NULL;

  g_assert (flag != NULL);
  name = geminga_settings_dup_flag (flag->settings, flag->slot->info->name);
  if (flag->is_negated)
    {
      g_autofree char *negated = g_strconcat ("--no-", name + strlen ("--"), NULL);

      return set_value (self, flag, negated, text, error);
    }

  return set_value (self, flag, name, text, error);
}

static void
add_flag (Reading *self, const char *option, const Flag *flag)
{
  g_hash_table_insert (self->flags, g_strdup (option), g_memdup2 (flag, sizeof *flag));
}

static char *
describe (GemingaSettings *settings, GemingaSettingsSlot *slot)
{
  GemingaSettingsCell *cell =
      geminga_settings_resolve (settings, slot, GEMINGA_SETTINGS_LAYER_CODE);
  g_autofree char *value = geminga_setting_info_dup_default_help (slot->info, cell->value);
  g_autoptr (GString) text = g_string_new (slot->info->help);

  if (slot->info->type == GEMINGA_SETTING_TYPE_CHOICE)
    {
      g_autofree char *words = g_strjoinv (", ", slot->info->choices);

      g_string_append_printf (text, ": %s", words);
    }
  if (value != NULL && slot->info->type != GEMINGA_SETTING_TYPE_BOOLEAN)
    g_string_append_printf (text, _ (" (default: %s)"), value);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The option group of a setting. GOption shows groups under their titles. */
static GOptionGroup *
get_group (Reading *self, GemingaSettings *settings, const char *section)
{
  g_autofree char *title = NULL;
  GOptionGroup *group;

  if (settings->prefix != NULL)
    title = g_strdup_printf (_ ("Settings of %s:"), settings->prefix);
  else if (section != NULL)
    title = g_strconcat (section, ":", NULL);
  else
    title = g_strdup (_ ("Settings of the program:"));

  group = g_hash_table_lookup (self->groups, title);
  if (group == NULL)
    {
      /* The group's name is for --help-NAME, which is off. */
      group = g_option_group_new (title, title, title, self, NULL);
      g_option_context_add_group (self->context, group);
      g_hash_table_insert (self->groups, g_steal_pointer (&title), group);
    }

  return group;
}

static void
add_slot (Reading *self, GemingaSettings *settings, GemingaSettingsSlot *slot)
{
  gboolean is_boolean = slot->info->type == GEMINGA_SETTING_TYPE_BOOLEAN;
  gboolean is_on =
      is_boolean &&
      g_variant_get_boolean (
          geminga_settings_resolve (settings, slot, GEMINGA_SETTINGS_LAYER_CODE)->value);
  char *option = geminga_settings_dup_flag (settings, slot->info->name);
  char letter = settings->prefix == NULL ? slot->info->short_flag[0] : '\0';
  int common = G_OPTION_FLAG_NOALIAS | (is_boolean ? G_OPTION_FLAG_NO_ARG : G_OPTION_FLAG_FILENAME);
  GOptionEntry entries[3] = { { NULL }, { NULL }, { NULL } };
  Flag flag = { settings, slot, FALSE };
  GOptionGroup *group = get_group (self, settings, slot->info->section);

  keep (self, option);
  entries[0].long_name = option + strlen ("--");
  entries[0].short_name = letter;
  entries[0].flags = common | (is_on ? G_OPTION_FLAG_HIDDEN : 0);
  entries[0].arg = G_OPTION_ARG_CALLBACK;
  entries[0].arg_data = on_flag_cb;
  entries[0].description = keep (self, describe (settings, slot));
  entries[0].arg_description = geminga_setting_info_get_argument_name (slot->info);
  add_flag (self, option, &flag);
  if (letter != '\0')
    {
      char short_option[] = { '-', letter, '\0' };

      add_flag (self, short_option, &flag);
    }

  if (is_boolean)
    {
      char *negated = g_strconcat ("--no-", entries[0].long_name, NULL);

      keep (self, negated);
      flag.is_negated = TRUE;
      entries[1].long_name = negated + strlen ("--");
      entries[1].flags = common | (is_on ? 0 : G_OPTION_FLAG_HIDDEN);
      entries[1].arg = G_OPTION_ARG_CALLBACK;
      entries[1].arg_data = on_flag_cb;
      entries[1].description = keep (self, g_strdup_printf (_ ("Not: %s"), slot->info->help));
      add_flag (self, negated, &flag);
    }

  g_option_group_add_entries (group, entries);
}

static void
add_slots (Reading *self, GemingaSettings *settings)
{
  for (guint i = 0; i < settings->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (settings->slots, i);

      if (geminga_settings_accepts (settings, slot))
        add_slot (self, settings, slot);
    }
}

static void
add_main_group (Reading *self)
{
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, self, NULL);
  const char *usage = self->settings->arguments_usage;
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->wants_help, _ ("Show this help and end"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->wants_version, _ ("Show the version and end"),
      NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->rest, NULL, usage },
    { NULL },
  };

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (self->context, group);
}

static char *
make_epilogue (Reading *self)
{
  const char *id = self->settings->service_id;

  return g_strdup_printf (
      _ ("A setting can also be given in the environment, --max-requests as GEMINGA_MAX_REQUESTS, "
         "or as a\nkey under [%s] in /etc/geminga/%s.conf or ~/.config/geminga/%s.conf. The "
         "command "
         "line\nbeats the environment, which beats the files."),
      GEMINGA_SETTINGS_GROUP, id, id);
}

static void
reading_init (Reading *self, GemingaSettings *settings)
{
  self->settings = settings;
  self->context = g_option_context_new (NULL);
  self->flags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_strv_builder_unref);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->strings = g_ptr_array_new_with_free_func (g_free);

  g_option_context_set_help_enabled (self->context, FALSE);
  g_option_context_set_ignore_unknown_options (self->context, TRUE);
  if (settings->summary != NULL)
    g_option_context_set_summary (self->context, settings->summary);
  g_option_context_set_description (self->context, keep (self, make_epilogue (self)));

  add_main_group (self);
  add_slots (self, settings);
  for (guint i = 0; i < settings->children->len; i++)
    add_slots (self, g_ptr_array_index (settings->children, i));
}

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->context, g_option_context_free);
  g_clear_pointer (&self->flags, g_hash_table_unref);
  g_clear_pointer (&self->lists, g_hash_table_unref);
  g_clear_pointer (&self->groups, g_hash_table_unref);
  g_clear_pointer (&self->strings, g_ptr_array_unref);
  g_clear_pointer (&self->rest, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static gboolean
fail_unknown (Reading *self, const char *argument, GError **error)
{
  g_autoptr (GPtrArray) names = geminga_settings_list_keys (self->flags);
  g_auto (GStrv) parts = g_strsplit (argument, "=", 2);
  g_autofree char *suggestion = NULL;
  g_autofree char *shown = g_utf8_make_valid (parts[0], -1);

  g_ptr_array_add (names, (char *) "--help");
  g_ptr_array_add (names, (char *) "--version");
  if (g_str_has_prefix (argument, "--"))
    suggestion = geminga_settings_suggest (parts[0], names);
  if (suggestion != NULL)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("There is no flag %s; did you mean %s?"), shown, suggestion);
  else
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("There is no flag %s; --help lists what there is"), shown);

  return FALSE;
}

static gboolean
fail_with_help (Reading *self, GError **error)
{
  g_autofree char *help = g_option_context_get_help (self->context, FALSE, NULL);

  g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_HELP,
                       g_strchomp (help));
  return FALSE;
}

static gboolean
fail_with_version (Reading *self, GError **error)
{
  const char *version = self->settings->version;

  if (version != NULL)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_VERSION,
                 "%s %s (Geminga %s)", self->settings->service_id, version, PACKAGE_VERSION);
  else
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_VERSION, "%s (Geminga %s)",
                 self->settings->service_id, PACKAGE_VERSION);

  return FALSE;
}

/* What GOption found wrong itself, such as a flag without its value. */
static gboolean
fail_to_parse (GError *cause, GError **error)
{
  if (cause->domain == GEMINGA_SETTINGS_ERROR)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }

  g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_PARSE, cause->message);
  g_error_free (cause);
  return FALSE;
}

static gboolean
takes_value (Flag *flag)
{
  return flag != NULL && flag->slot->info->type != GEMINGA_SETTING_TYPE_BOOLEAN;
}

/* The place in a cluster of letters (-Dqw3) of the one that takes a value, or 0. */
static gsize
find_value_letter (Reading *self, const char *argument)
{
  for (gsize i = 1; argument[i] != '\0'; i++)
    {
      const char option[] = { '-', argument[i], '\0' };
      Flag *flag = g_hash_table_lookup (self->flags, option);

      if (flag == NULL)
        return 0;
      if (takes_value (flag))
        return i;
    }

  return 0;
}

/* GOption drops what is behind the = of a flag without a value: --quiet=no becomes --no-quiet. */
static char *
rewrite_boolean (Reading *self, const char *argument, GError **error)
{
  const char *equals = strchr (argument, '=');
  g_autofree char *option = equals != NULL ? g_strndup (argument, equals - argument) : NULL;
  Flag *flag = option != NULL ? g_hash_table_lookup (self->flags, option) : NULL;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) value = NULL;

  if (flag == NULL || takes_value (flag))
    return g_strdup (argument);

  value = geminga_setting_value_parse (flag->slot->info, equals + 1, NULL, error);
  if (value == NULL)
    {
      geminga_settings_prefix_error (error, flag->slot->info->name, option);
      return NULL;
    }

  name = geminga_settings_dup_flag (flag->settings, flag->slot->info->name);
  if (g_variant_get_boolean (value) != flag->is_negated)
    return g_steal_pointer (&name);
  return g_strconcat ("--no-", name + strlen ("--"), NULL);
}

/* Adds -w4 as -w 4, which is how GOption wants it, and tells whether a value is to come. */
static gboolean
add_cluster (Reading *self, GStrvBuilder *builder, const char *argument)
{
  gsize letter = find_value_letter (self, argument);
  const char *value = argument + letter + 1;
  g_autofree char *cluster = NULL;

  if (letter == 0 || *value == '\0')
    {
      g_strv_builder_add (builder, argument);
      return letter > 0;
    }

  cluster = g_strndup (argument, letter + 1);
  g_strv_builder_add (builder, cluster);
  g_strv_builder_add (builder, *value == '=' ? value + 1 : value);
  return FALSE;
}

/* Writes the command line as GOption understands it. Values of flags are left alone. */
static GStrv
rewrite (Reading *self, const char *const *argv, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_value = TRUE; /* so is the name of the program */
  gboolean is_over = FALSE;

  for (gsize i = 0; argv[i] != NULL; i++)
    {
      const char *argument = argv[i];

      if (is_value || is_over || argument[0] != '-')
        {
          g_strv_builder_add (builder, argument);
          is_value = FALSE;
        }
      else if (argument[1] != '-')
        {
          is_value = add_cluster (self, builder, argument);
        }
      else
        {
          g_autofree char *rewritten = rewrite_boolean (self, argument, error);

          if (rewritten == NULL)
            return NULL;
          g_strv_builder_add (builder, rewritten);
          is_over = argument[2] == '\0';
          is_value = takes_value (g_hash_table_lookup (self->flags, argument));
        }
    }

  return g_strv_builder_end (builder);
}

static gboolean
fail_unexpected (const char *argument, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (argument, -1);

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_PARSE,
               _ ("Argument “%s” is not expected; allowed are flags, which --help lists"), shown);
  return FALSE;
}

/* Private API */

gboolean
geminga_settings_read_arguments (GemingaSettings *self,
                                 const char *const *argv,
                                 GStrv *rest,
                                 GError **error)
{
  g_auto (Reading) reading = { NULL };
  g_auto (GStrv) copy = NULL;
  GError *local_error = NULL;

  if (argv == NULL || argv[0] == NULL)
    {
      *rest = g_new0 (char *, 1);
      return TRUE;
    }

  reading_init (&reading, self);
  copy = rewrite (&reading, argv, error);
  if (copy == NULL)
    return FALSE;
  if (!g_option_context_parse_strv (reading.context, &copy, &local_error))
    return fail_to_parse (local_error, error);
  if (reading.wants_help)
    return fail_with_help (&reading, error);
  if (reading.wants_version)
    return fail_with_version (&reading, error);

  /* Arguments that are no flags are in reading.rest: what is left here is an unknown flag, or --. */
  if (copy[1] != NULL && !g_str_equal (copy[1], "--"))
    return fail_unknown (&reading, copy[1], error);

  if (reading.rest != NULL && self->arguments_usage == NULL)
    return fail_unexpected (reading.rest[0], error);

  *rest = reading.rest != NULL ? g_steal_pointer (&reading.rest) : g_new0 (char *, 1);
  return TRUE;
}
