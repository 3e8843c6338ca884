/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-setting-value-private.h"
#include "geminga-settings-private.h"

#define VARIABLE_PREFIX "GEMINGA_"

/* A configuration file that is larger than this is something else. */
#define MAX_FILE_SIZE (1024 * 1024)

/* Helpers */

static gboolean
fail_to_read (const char *path, const char *why, GError **error)
{
  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE,
               _ ("Configuration file “%s” cannot be read: %s"), path, why);
  return FALSE;
}

/* Whoever can write the file that root reads is root. */
static gboolean
check_file (const char *path, int fd, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return fail_to_read (path, g_strerror (errno), error);
  if (S_ISCHR (status.st_mode))
    return TRUE;
  if (!S_ISREG (status.st_mode))
    return fail_to_read (path, _ ("It is not a regular file"), error);
  if (geteuid () == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail_to_read (
        path,
        _ ("Others than its owner can write it, which is not safe when run by root; "
           "allowed is chmod go-w"),
        error);

  return TRUE;
}

static gboolean
read_all (const char *path, int fd, GString *text, GError **error)
{
  char buffer[4096];
  gssize n;

  do
    {
      n = read (fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_to_read (path, g_strerror (errno), error);
      g_string_append_len (text, buffer, n);
      if (text->len > MAX_FILE_SIZE)
        return fail_to_read (path, _ ("It is larger than 1 MiB"), error);
    }
  while (n != 0);

  return TRUE;
}

/* Gives NULL without an error if there is no such file and it does not matter. */
static GKeyFile *
open_file (const char *path, gboolean must_exist, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) local_error = NULL;
  gboolean is_good;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      if (must_exist || (errno != ENOENT && errno != ENOTDIR))
        fail_to_read (path, g_strerror (errno), error);
      return NULL;
    }

  is_good = check_file (path, fd, error) && read_all (path, fd, text, error);
  close (fd);
  if (!is_good)
    return NULL;

  /* An empty file has no data to load, which is not an error here. */
  if (text->len > 0 &&
      !g_key_file_load_from_data (key_file, text->str, text->len, G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_PARSE,
                   _ ("Configuration file “%s” is malformed: %s"), path, local_error->message);
      return NULL;
    }

  return g_steal_pointer (&key_file);
}

static GemingaSettings *
find_group (GemingaSettings *self, const char *path, const char *group, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *suggestion = NULL;

  if (g_str_equal (group, GEMINGA_SETTINGS_GROUP))
    return self;

  g_ptr_array_add (names, (char *) GEMINGA_SETTINGS_GROUP);
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaSettings *child = g_ptr_array_index (self->children, i);

      if (g_str_equal (child->prefix, group))
        return child;
      g_ptr_array_add (names, child->prefix);
    }

  suggestion = geminga_settings_suggest (group, names);
  if (suggestion != NULL)
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                   _ ("%s: There is no group [%s]; did you mean [%s]?"), path, group, suggestion);
    }
  else
    {
      g_autofree char *list = NULL;

      g_ptr_array_add (names, NULL);
      list = g_strjoinv ("], [", (char **) names->pdata);
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                   _ ("%s: There is no group [%s]; allowed is [%s]"), path, group, list);
    }

  return NULL;
}

static GVariant *
read_key (GemingaSettingsSlot *slot,
          GKeyFile *key_file,
          const char *path,
          const char *group,
          GError **error)
{
  const char *name = slot->info->name;

  if (slot->info->type == GEMINGA_SETTING_TYPE_STRING_LIST)
    {
      g_auto (GStrv) items = g_key_file_get_string_list (key_file, group, name, NULL, error);

      if (items == NULL)
        return NULL;
      return geminga_setting_value_parse_list (slot->info, (const char *const *) items, error);
    }
  else
    {
      g_autofree char *text = g_key_file_get_string (key_file, group, name, error);
      g_autofree char *directory = NULL;
      g_autofree char *absolute = NULL;

      if (text == NULL)
        return NULL;
      absolute = g_canonicalize_filename (path, NULL);
      directory = g_path_get_dirname (absolute);
      return geminga_setting_value_parse (slot->info, g_strchomp (text), directory, error);
    }
}

/* Errors of the key file parser become ours; ours are complete but for the place. */
static gboolean
fail_at (GError **error,
         GError *cause,
         const char *path,
         const char *group,
         GemingaSettingsSlot *slot)
{
  g_autofree char *where = g_strdup_printf ("%s, [%s]", path, group);

  if (cause->domain != GEMINGA_SETTINGS_ERROR)
    {
      g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_PARSE,
                           cause->message);
      g_error_free (cause);
    }
  else
    {
      g_propagate_error (error, cause);
    }

  if (slot != NULL)
    geminga_settings_prefix_error (error, slot->info->name, where);
  else
    g_prefix_error (error, "%s: ", where);

  return FALSE;
}

static gboolean
check_key (GemingaSettings *self, GemingaSettingsSlot *slot, GError **error)
{
  if (!geminga_settings_accepts (self, slot))
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                   _ ("It goes for the whole program; allowed is a key in [%s]"),
                   GEMINGA_SETTINGS_GROUP);
      return FALSE;
    }
  if ((slot->info->flags & GEMINGA_SETTING_FLAGS_NO_FILE) != 0)
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                   _ ("It cannot be given in a file; allowed is the flag --%s"), slot->info->name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_group (GemingaSettings *self,
            GKeyFile *key_file,
            const char *path,
            const char *group,
            GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (key_file, group, NULL, error);

  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      GError *cause = NULL;
      g_autoptr (GVariant) value = NULL;
      GemingaSettingsSlot *slot = geminga_settings_find_or_fail (self, keys[i], &cause);

      if (slot != NULL && check_key (self, slot, &cause))
        value = read_key (slot, key_file, path, group, &cause);
      if (value == NULL)
        return fail_at (error, cause, path, group, slot);

      geminga_settings_draft (self, GEMINGA_SETTINGS_LAYER_FILE, slot, value, path);
    }

  return keys != NULL;
}

static gboolean
read_file (GemingaSettings *self,
           const char *path,
           gboolean must_exist,
           GStrvBuilder *files,
           GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GKeyFile) key_file = open_file (path, must_exist, &local_error);
  g_auto (GStrv) groups = NULL;

  if (key_file == NULL)
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, local_error);
      return FALSE;
    }

  groups = g_key_file_get_groups (key_file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      GemingaSettings *settings = find_group (self, path, groups[i], error);

      if (settings == NULL || !read_group (settings, key_file, path, groups[i], error))
        return FALSE;
    }

  g_strv_builder_add (files, path);
  return TRUE;
}

/* The file that was asked for, or NULL. */
static char *
find_config (GemingaSettings *self)
{
  for (int layer = GEMINGA_SETTINGS_LAYER_ARGUMENTS; layer >= 0; layer--)
    {
      GemingaSettingsCell *cell =
          geminga_settings_lookup (self, (GemingaSettingsLayer) layer, "config");

      if (cell != NULL && layer != GEMINGA_SETTINGS_LAYER_FILE &&
          g_variant_is_of_type (cell->value, G_VARIANT_TYPE_STRING))
        {
          const char *path = g_variant_get_string (cell->value, NULL);

          return *path != '\0' ? g_strdup (path) : NULL;
        }
    }

  return NULL;
}

static GStrv
list_standard_files (GemingaSettings *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *base = g_strconcat (self->service_id, ".conf", NULL);
  const char *directories[] = { "/etc", GEMINGA_SYSCONFDIR, g_get_user_config_dir () };

  for (gsize i = 0; i < G_N_ELEMENTS (directories); i++)
    {
      g_autofree char *path = NULL;

      if (i == 1 && g_str_equal (directories[0], directories[1]))
        continue;
      path = g_build_filename (directories[i], "geminga", base, NULL);
      g_strv_builder_add (builder, path);
    }

  return g_strv_builder_end (builder);
}

static gboolean
read_variable (GemingaSettings *self,
               GemingaSettingsSlot *slot,
               const char *variable,
               const char *text,
               GError **error)
{
  GemingaSettingType type = slot->info->type;
  g_autoptr (GVariant) value = NULL;

  /* An empty variable is how people unset one, unless empty is a value. */
  if (*text == '\0' && type != GEMINGA_SETTING_TYPE_STRING && type != GEMINGA_SETTING_TYPE_PATH &&
      type != GEMINGA_SETTING_TYPE_STRING_LIST && type != GEMINGA_SETTING_TYPE_MODE)
    return TRUE;

  if (type == GEMINGA_SETTING_TYPE_STRING_LIST)
    {
      g_auto (GStrv) items = g_strsplit (text, ",", -1);

      value = geminga_setting_value_parse_list (slot->info, (const char *const *) items, error);
    }
  else
    {
      value = geminga_setting_value_parse (slot->info, text, NULL, error);
    }

  if (value == NULL)
    {
      geminga_settings_prefix_error (error, slot->info->name, variable);
      return FALSE;
    }

  geminga_settings_draft (self, GEMINGA_SETTINGS_LAYER_ENVIRONMENT, slot, value, variable);
  return TRUE;
}

static gboolean
read_variables (GemingaSettings *self, GError **error)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);
      g_autofree char *variable = geminga_settings_dup_variable (self, slot->info->name);
      const char *text = variable != NULL ? g_getenv (variable) : NULL;

      if (text != NULL && !read_variable (self, slot, variable, text, error))
        return FALSE;
    }

  return TRUE;
}

/* What processes of a service hand each other. */
static gboolean
is_internal (const char *variable)
{
  static const char *const internal[] = { "GEMINGA_DAEMON_FD", "GEMINGA_TRIAL", "GEMINGA_UPGRADE",
                                          "GEMINGA_WORKER", NULL };

  return g_strv_contains (internal, variable);
}

static void
list_variables (gpointer data, gpointer user_data)
{
  GemingaSettings *self = data;
  GPtrArray *variables = user_data;

  for (guint i = 0; i < self->slots->len; i++)
    {
      GemingaSettingsSlot *slot = g_ptr_array_index (self->slots, i);
      char *variable = geminga_settings_dup_variable (self, slot->info->name);

      if (variable != NULL)
        g_ptr_array_add (variables, variable);
    }
}

static gboolean
refuse_variable (const char *variable, GPtrArray *known, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *suggestion = NULL;

  for (guint i = 0; i < known->len; i++)
    g_ptr_array_add (names, (char *) g_ptr_array_index (known, i) + strlen (VARIABLE_PREFIX));
  suggestion = geminga_settings_suggest (variable + strlen (VARIABLE_PREFIX), names);
  if (suggestion != NULL)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("The environment has %s, which is no setting; did you mean %s%s?"), variable,
                 VARIABLE_PREFIX, suggestion);
  else
    g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
                 _ ("The environment has %s, which is no setting; --help lists them"), variable);

  return FALSE;
}

/* A misspelt one would do nothing, and nobody would learn of it. */
static gboolean
check_variables (GemingaSettings *self, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) given = g_listenv ();

  list_variables (self, known);
  g_ptr_array_foreach (self->children, list_variables, known);
  for (gsize i = 0; given[i] != NULL; i++)
    {
      if (g_str_has_prefix (given[i], VARIABLE_PREFIX) && !is_internal (given[i]) &&
          !g_ptr_array_find_with_equal_func (known, given[i], g_str_equal, NULL))
        return refuse_variable (given[i], known, error);
    }

  return TRUE;
}

/* Private API */

gboolean
geminga_settings_read_environment (GemingaSettings *self, GError **error)
{
  if (!check_variables (self, error))
    return FALSE;
  if (!read_variables (self, error))
    return FALSE;

  for (guint i = 0; i < self->children->len; i++)
    {
      if (!read_variables (g_ptr_array_index (self->children, i), error))
        return FALSE;
    }

  return TRUE;
}

/* Reads the files into drafts; the arguments and the environment have to be there already. */
gboolean
geminga_settings_read_files (GemingaSettings *self, GStrv *files, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *config = find_config (self);

  if (config != NULL)
    {
      if (!read_file (self, config, TRUE, builder, error))
        return FALSE;
    }
  else
    {
      g_auto (GStrv) paths =
          self->config_files != NULL ? g_strdupv (self->config_files) : list_standard_files (self);

      for (gsize i = 0; paths[i] != NULL; i++)
        {
          if (!read_file (self, paths[i], FALSE, builder, error))
            return FALSE;
        }
    }

  *files = g_strv_builder_end (builder);
  return TRUE;
}

/* Replaces the standard places, for tests. */
void
geminga_settings_set_config_files (GemingaSettings *self, const char *const *files)
{
  g_strfreev (self->config_files);
  self->config_files = g_strdupv ((char **) files);
}
