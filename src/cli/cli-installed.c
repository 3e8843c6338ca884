/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-installed.h"

#include <string.h>

#include "cli-bus.h"

#define FOLDER "geminga-1/services"
#define SUFFIX ".service"
#define GROUP  "D-BUS Service"

/* Services that are installed, whether they run or not: DATA/geminga-1/services/ID.service. */

/* Helpers */

static GStrv
list_folders (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *const *system = g_get_system_data_dirs ();

  g_strv_builder_add (builder, g_get_user_data_dir ());
  for (gsize i = 0; system[i] != NULL; i++)
    g_strv_builder_add (builder, system[i]);

  return g_strv_builder_end (builder);
}

static void
add_id (GPtrArray *ids, GHashTable *known, const char *id)
{
  char *copy;

  if (!g_dbus_is_name (id) || g_dbus_is_unique_name (id) || g_hash_table_contains (known, id))
    return;

  copy = g_strdup (id);
  g_hash_table_add (known, copy);
  g_ptr_array_add (ids, copy);
}

static void
add_folder (GPtrArray *ids, GHashTable *known, const char *data_folder)
{
  g_autofree char *path = g_build_filename (data_folder, FOLDER, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *id = NULL;

      if (!g_str_has_suffix (name, SUFFIX))
        continue;
      id = g_strndup (name, strlen (name) - strlen (SUFFIX));
      add_id (ids, known, id);
    }
}

/* Public API */

/* Gives the ids of what is described, and of what the bus can start. */
GPtrArray *
cli_installed_list (Cli *cli, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) folders = list_folders ();
  g_autoptr (GVariant) reply =
      cli_bus_call (cli, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "ListActivatableNames", NULL, error);
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return NULL;

  for (gsize i = 0; folders[i] != NULL; i++)
    add_folder (ids, known, folders[i]);
  g_variant_get (reply, "(^a&s)", &names);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (!g_str_has_prefix (names[i], "org.freedesktop."))
        add_id (ids, known, names[i]);
    }

  return g_steal_pointer (&ids);
}

/* Gives the systemd unit of a service: the one its description names, or else ID.service. */
char *
cli_installed_dup_unit (const char *id)
{
  g_auto (GStrv) folders = list_folders ();
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);

  for (gsize i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], FOLDER, name, NULL);
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autofree char *unit = NULL;

      if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
        continue;
      unit = g_key_file_get_string (file, GROUP, "SystemdService", NULL);
      if (unit != NULL && *unit != '\0')
        return g_steal_pointer (&unit);
    }

  return g_steal_pointer (&name);
}
