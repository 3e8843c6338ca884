/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <glib/gstdio.h>
#include <string.h>

#include "geminga-settings-private.h"

/* Other parts and other people's scripts rely on these: name, default, short flag. */
typedef struct
{
  const char *name;
  GemingaSettingType type;
  const char *text;
  const char *letter;
} Vector;

static const Vector vectors[] = {
  { "config", GEMINGA_SETTING_TYPE_PATH, "", "c" },
  { "bind", GEMINGA_SETTING_TYPE_STRING_LIST, "", "b" },
  { "backlog", GEMINGA_SETTING_TYPE_INT, "1024", "" },
  { "keep-alive", GEMINGA_SETTING_TYPE_DURATION, "5s", "" },
  { "request-timeout", GEMINGA_SETTING_TYPE_DURATION, "1m", "" },
  { "max-body", GEMINGA_SETTING_TYPE_SIZE, "10M", "" },
  { "tls-certificate", GEMINGA_SETTING_TYPE_PATH, "", "" },
  { "tls-key", GEMINGA_SETTING_TYPE_PATH, "", "" },
  { "workers", GEMINGA_SETTING_TYPE_INT, "1", "w" },
  { "min-workers", GEMINGA_SETTING_TYPE_INT, "1", "" },
  { "max-workers", GEMINGA_SETTING_TYPE_INT, "0", "" },
  { "scale-target", GEMINGA_SETTING_TYPE_INT, "70", "" },
  { "scale-cool-down", GEMINGA_SETTING_TYPE_DURATION, "1m", "" },
  { "spares", GEMINGA_SETTING_TYPE_INT, "1", "" },
  { "placement", GEMINGA_SETTING_TYPE_CHOICE, "process", "" },
  { "timeout", GEMINGA_SETTING_TYPE_DURATION, "30s", "t" },
  { "graceful-timeout", GEMINGA_SETTING_TYPE_DURATION, "30s", "" },
  { "max-requests", GEMINGA_SETTING_TYPE_INT, "0", "" },
  { "max-requests-jitter", GEMINGA_SETTING_TYPE_INT, "0", "" },
  { "max-age", GEMINGA_SETTING_TYPE_DURATION, "0", "" },
  { "max-age-jitter", GEMINGA_SETTING_TYPE_DURATION, "0", "" },
  { "max-memory", GEMINGA_SETTING_TYPE_SIZE, "0", "" },
  { "deadlock-interval", GEMINGA_SETTING_TYPE_DURATION, "1s", "" },
  { "max-restarts", GEMINGA_SETTING_TYPE_INT, "8", "" },
  { "user", GEMINGA_SETTING_TYPE_STRING, "", "u" },
  { "group", GEMINGA_SETTING_TYPE_STRING, "", "g" },
  { "umask", GEMINGA_SETTING_TYPE_MODE, "", "" },
  { "chdir", GEMINGA_SETTING_TYPE_PATH, "", "" },
  { "daemon", GEMINGA_SETTING_TYPE_BOOLEAN, "false", "D" },
  { "pid-file", GEMINGA_SETTING_TYPE_PATH, "", "p" },
  { "name", GEMINGA_SETTING_TYPE_STRING, "", "n" },
  { "bus", GEMINGA_SETTING_TYPE_STRING, "none", "" },
  { "log-level", GEMINGA_SETTING_TYPE_CHOICE, "info", "" },
  { "log-format", GEMINGA_SETTING_TYPE_CHOICE, "text", "" },
  { "log-file", GEMINGA_SETTING_TYPE_PATH, "", "" },
  { "access-log", GEMINGA_SETTING_TYPE_PATH, "", "" },
  { "access-log-format", GEMINGA_SETTING_TYPE_CHOICE, "combined", "" },
  { "reload-on-change", GEMINGA_SETTING_TYPE_BOOLEAN, "false", "" },
};

static void
test_table (void)
{
  GemingaSettings *settings = geminga_settings_new ("org.example.Test");
  g_auto (GStrv) names = NULL;

  geminga_settings_add_standard (settings);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GemingaSettingInfo) info = geminga_settings_describe (settings, vectors[i].name);
      g_autofree char *text = geminga_settings_dup_text (settings, vectors[i].name);

      g_test_message ("%s", vectors[i].name);
      g_assert_nonnull (info);
      g_assert_cmpint (geminga_setting_info_get_value_type (info), ==, vectors[i].type);
      g_assert_cmpstr (geminga_setting_info_get_short_flag (info), ==, vectors[i].letter);
      g_assert_nonnull (geminga_setting_info_get_section (info));
      g_assert_cmpstr (text, ==, vectors[i].text);
    }

  names = geminga_settings_list_names (settings);
  g_assert_cmpuint (g_strv_length (names), ==, G_N_ELEMENTS (vectors));
  g_assert_finalize_object (settings);
}

static void
assert_bus (const char *bus)
{
  g_autoptr (GemingaSettings) settings = geminga_settings_new ("org.example.Test");

  geminga_settings_add_standard (settings);
  g_assert_cmpstr (geminga_settings_get_string (settings, "bus"), ==, bus);
  g_assert_cmpstr (geminga_settings_get_origin (settings, "bus"), ==, "default");
}

static void
test_bus (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("geminga-bus-XXXXXX", &error);
  g_autofree char *path = g_build_filename (directory, "bus", NULL);

  g_assert_no_error (error);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus", TRUE);
  assert_bus ("session");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  assert_bus ("none");
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("XDG_RUNTIME_DIR", directory, TRUE);
  assert_bus ("none");
  g_file_set_contents (path, "", 0, &error);
  g_assert_no_error (error);
  assert_bus ("session");
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_bind (void)
{
  static const char *const addresses[] = { "127.0.0.1:8060", "unix:/run/x", NULL };
  g_autoptr (GemingaSettings) settings = geminga_settings_new ("org.example.Test");
  g_autoptr (GError) error = NULL;

  geminga_settings_add_standard (settings);
  geminga_settings_set_default (settings, "bind", g_variant_new_strv (addresses, -1), &error);
  g_assert_no_error (error);
  g_assert_false (
      geminga_settings_set_default (settings, "bind", g_variant_new_string ("http://x"), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_assert_nonnull (strstr (error->message, "write only x"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/settings-table/table", test_table);
  g_test_add_func ("/supervise/settings-table/bind", test_bind);
  g_test_add_func ("/supervise/settings-table/bus", test_bus);

  return g_test_run ();
}
