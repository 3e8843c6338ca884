/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-fixture.h"

static void
on_changed (GemingaSettings *settings, const char *name, gpointer user_data)
{
  GString *log = user_data;

  g_string_append_printf (log, "%s ", name);
}

static void
test_reload (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GString) timeouts = g_string_new (NULL);

  directory_init (&directory);
  write_file (&directory, "[service]\nworkers=4\ntimeout=5\nbind=a\n");
  command_line = g_strdup_printf ("prog --config %s --chatty", directory.file);
  load (settings, command_line, &error);
  g_assert_no_error (error);
  assert_names (geminga_settings_get_changed (settings), "config workers timeout bind chatty");

  g_signal_connect (settings, "changed", G_CALLBACK (on_changed), all);
  g_signal_connect (settings, "changed::timeout", G_CALLBACK (on_changed), timeouts);

  /* Nothing is new. */
  geminga_settings_reload (settings, &error);
  g_assert_no_error (error);
  assert_names (geminga_settings_get_changed (settings), "");
  g_assert_cmpstr (all->str, ==, "");

  /* A wrong file changes nothing. */
  write_file (&directory, "[service]\nworkers=5\ntimeout=never\n");
  g_assert_false (geminga_settings_reload (settings, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  assert_value (settings, "workers", "4", directory.file);
  assert_value (settings, "timeout", "5s", directory.file);

  /* What is gone goes back to its default; the command line stays; bind waits for a restart. */
  write_file (&directory, "[service]\ntimeout=6\nbind=b\nchatty=false\n");
  geminga_settings_reload (settings, &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "1", "default");
  assert_value (settings, "timeout", "6s", directory.file);
  assert_value (settings, "bind", "a", directory.file);
  assert_value (settings, "chatty", "true", "--chatty");
  assert_names (geminga_settings_get_changed (settings), "workers timeout");
  assert_names (geminga_settings_get_pending (settings), "bind");
  g_assert_cmpstr (all->str, ==, "workers timeout ");
  g_assert_cmpstr (timeouts->str, ==, "timeout ");
}

static gboolean
check_workers (gpointer data, GError **error)
{
  if (geminga_settings_get_int (data, "workers") < 7)
    return TRUE;

  g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                       "too many");

  return FALSE;
}

/* Nobody hears of values that somebody does not like. */
static void
test_reload_checked (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  directory_init (&directory);
  write_file (&directory, "[service]\nworkers=4\nbind=a\n");
  command_line = g_strdup_printf ("prog --config %s", directory.file);
  load (settings, command_line, &error);
  g_assert_no_error (error);
  g_signal_connect (settings, "changed", G_CALLBACK (on_changed), all);

  write_file (&directory, "[service]\nworkers=8\ntimeout=6\nbind=b\n");
  g_assert_false (geminga_settings_reload_checked (settings, check_workers, settings, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  assert_value (settings, "workers", "4", directory.file);
  assert_value (settings, "timeout", "30s", "default");
  assert_names (geminga_settings_get_pending (settings), "");
  g_assert_cmpstr (all->str, ==, "");

  write_file (&directory, "[service]\nworkers=5\n");
  g_assert_true (geminga_settings_reload_checked (settings, check_workers, settings, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (all->str, ==, "workers ");
}

/* Back to what was before a reload, but for what was set since then. */
static void
test_restore (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GemingaSettingsState) before = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  directory_init (&directory);
  write_file (&directory, "[service]\nworkers=4\ntimeout=5\n");
  command_line = g_strdup_printf ("prog --config %s", directory.file);
  load (settings, command_line, &error);
  g_assert_no_error (error);
  geminga_settings_set_value (settings, "workers", g_variant_new_int32 (6), &error);
  g_assert_no_error (error);

  before = geminga_settings_save (settings);
  write_file (&directory, "[service]\nworkers=5\ntimeout=6\n");
  geminga_settings_reload (settings, &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "5", directory.file);
  assert_value (settings, "timeout", "6s", directory.file);

  g_signal_connect (settings, "changed", G_CALLBACK (on_changed), all);
  geminga_settings_restore (settings, before);
  assert_value (settings, "workers", "6", "runtime");
  assert_value (settings, "timeout", "5s", directory.file);
  g_assert_cmpstr (all->str, ==, "workers timeout ");

  geminga_settings_set_value (settings, "workers", g_variant_new_int32 (7), &error);
  g_assert_no_error (error);
  geminga_settings_restore (settings, before);
  assert_value (settings, "workers", "7", "runtime");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/settings-reload/reload", test_reload);
  g_test_add_func ("/supervise/settings-reload/checked", test_reload_checked);
  g_test_add_func ("/supervise/settings-reload/restore", test_restore);

  return g_test_run ();
}
