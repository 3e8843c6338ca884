/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <glib/gstdio.h>
#include <string.h>

#include "geminga-settings-private.h"

static const char *const no_files[] = { NULL };

/* Helpers */

static GemingaSettings *
make_settings (void)
{
  GemingaSettings *settings = geminga_settings_new ("org.example.Test");
  g_autoptr (GemingaSettingInfo) odd =
      geminga_setting_info_new ("odd", GEMINGA_SETTING_TYPE_STRING, "Needs escapes");
  g_autoptr (GError) error = NULL;
  const char *const addresses[] = { "127.0.0.1:8060", "unix:/a;b", NULL };

  geminga_settings_set_config_files (settings, no_files);
  geminga_settings_add_standard (settings);
  geminga_setting_info_set_default (odd, " a\\b ; \t=");
  geminga_settings_add (settings, odd, &error);
  g_assert_no_error (error);
  geminga_settings_set_default (settings, "bind", g_variant_new_strv (addresses, -1), &error);
  g_assert_no_error (error);

  return settings;
}

/* Tests */

/* The sample file with all its defaults switched on means the defaults. */
static void
test_keyfile (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sample = geminga_settings_to_keyfile (settings);
  g_auto (GStrv) lines = g_strsplit (sample, "\n", -1);
  g_auto (GStrv) names = geminga_settings_list_names (settings);
  g_autoptr (GString) active = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr (GVariant) before = geminga_settings_to_variant (settings);
  g_autoptr (GVariant) after = NULL;
  int fd;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i];

      if (line[0] == '#' && line[1] != ' ' && line[1] != '#')
        line++;
      g_string_append_printf (active, "%s\n", line);
    }

  fd = g_file_open_tmp ("geminga-sample-XXXXXX.conf", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents_full (path, active->str, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);

  geminga_settings_set_config_files (settings, (const char *[]){ path, NULL });
  geminga_settings_load (settings, NULL, &error);
  g_assert_no_error (error);
  after = geminga_settings_to_variant (settings);
  g_assert_cmpvariant (before, after);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const char *origin = g_str_equal (names[i], "config") ? "default" : path;

      g_assert_cmpstr (geminga_settings_get_origin (settings, names[i]), ==, origin);
    }
  g_unlink (path);
}

/* As it is, the sample has no effect. */
static void
test_keyfile_inactive (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GemingaSettings) calc = geminga_settings_new ("org.example.Calc");
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sample = NULL;
  g_auto (GStrv) groups = NULL;

  geminga_settings_add_standard (calc);
  g_assert_true (geminga_settings_add_prefixed (settings, "calc", calc, &error));
  sample = geminga_settings_to_keyfile (settings);
  g_key_file_load_from_data (key_file, sample, -1, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  groups = g_key_file_get_groups (key_file, NULL);
  g_assert_cmpuint (g_strv_length (groups), ==, 2);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (key_file, groups[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_null (keys[0]);
    }
}

static void
test_markdown (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GemingaSettings) calc = geminga_settings_new ("org.example.Calc");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) names = geminga_settings_list_names (settings);

  geminga_settings_add_standard (calc);
  g_assert_true (geminga_settings_add_prefixed (settings, "calc", calc, &error));
  text = geminga_settings_to_markdown (settings);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *heading = g_strdup_printf ("\n### `%s`\n", names[i]);
      g_autofree char *flag = geminga_settings_dup_flag (settings, names[i]);
      g_autofree char *variable = geminga_settings_dup_variable (settings, names[i]);

      g_assert_nonnull (strstr (text, heading));
      g_assert_nonnull (strstr (text, flag));
      g_assert_nonnull (strstr (text, variable));
    }
  g_assert_nonnull (strstr (text, "`-w, --workers N`"));
  g_assert_nonnull (strstr (text, "`--calc-workers N`"));
  g_assert_nonnull (strstr (text, "`[calc]` `workers`"));
  g_assert_null (strstr (text, "GEMINGA_CALC_USER"));
  g_assert_null (strstr (text, "`[service]` `config`"));
  g_assert_nonnull (strstr (text, "## Network\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/settings-docs/keyfile", test_keyfile);
  g_test_add_func ("/supervise/settings-docs/keyfile-inactive", test_keyfile_inactive);
  g_test_add_func ("/supervise/settings-docs/markdown", test_markdown);

  return g_test_run ();
}
