/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <string.h>

#include "geminga-settings-private.h"

static const char *const no_files[] = { NULL };

/* Helpers */

static GemingaSettings *
make_settings (void)
{
  GemingaSettings *settings = geminga_settings_new ("org.example.Test");
  g_autoptr (GemingaSettingInfo) quiet =
      geminga_setting_info_new ("quiet", GEMINGA_SETTING_TYPE_BOOLEAN, "Say little");
  g_autoptr (GemingaSettingInfo) colour =
      geminga_setting_info_new ("colour", GEMINGA_SETTING_TYPE_BOOLEAN, "Use colours");
  g_autoptr (GError) error = NULL;

  geminga_settings_set_config_files (settings, no_files);
  geminga_settings_add_standard (settings);
  geminga_setting_info_set_short_flag (quiet, "q");
  geminga_settings_add (settings, quiet, &error);
  g_assert_no_error (error);
  geminga_setting_info_set_default (colour, "true");
  geminga_settings_add (settings, colour, &error);
  g_assert_no_error (error);

  return settings;
}

static gboolean
load (GemingaSettings *settings, const char *command_line, GError **error)
{
  g_auto (GStrv) argv = g_strsplit (command_line, " ", -1);

  return geminga_settings_load (settings, (const char *const *) argv, error);
}

/* Tests */

typedef struct
{
  const char *command_line;
  const char *name;
  const char *text;
} Vector;

static const Vector vectors[] = {
  { "prog --workers 4", "workers", "4" },
  { "prog --workers=4", "workers", "4" },
  { "prog -w 4", "workers", "4" },
  { "prog -w4", "workers", "4" },
  { "prog -w=4", "workers", "4" },
  { "prog -qw 4", "workers", "4" },
  { "prog --name -w4", "name", "-w4" },
  { "prog -n -w4", "name", "-w4" },
  { "prog -n-w4", "name", "-w4" },
  { "prog --name -- -w4", "workers", "4" },
  { "prog -w 4 --workers 5", "workers", "5" },
  { "prog -b :1 -b :2 --bind=:3", "bind", ":1;:2;:3" },
  { "prog -b unix:a,b", "bind", "unix:a,b" },
  { "prog --bind=", "bind", "" },
  { "prog -q", "quiet", "true" },
  { "prog --quiet", "quiet", "true" },
  { "prog --no-quiet", "quiet", "false" },
  { "prog --quiet --no-quiet", "quiet", "false" },
  { "prog --quiet=no", "quiet", "false" },
  { "prog --no-quiet=no", "quiet", "true" },
  { "prog --no-colour", "colour", "false" },
  { "prog --colour", "colour", "true" },
  { "prog -Dqw3", "workers", "3" },
  { "prog -Dqw3", "daemon", "true" },
  { "prog --name=-x", "name", "-x" },
  { "prog --name \xc3\xbc", "name", "\xc3\xbc" },
  { "prog --umask 027", "umask", "0027" },
  { "prog --max-memory 64M", "max-memory", "64M" },
  { "prog --log-file /x/../y", "log-file", "/y" },
};

static void
test_flags (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GemingaSettings *settings = make_settings ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", vectors[i].command_line);
      load (settings, vectors[i].command_line, &error);
      g_assert_no_error (error);
      text = geminga_settings_dup_text (settings, vectors[i].name);
      g_assert_cmpstr (text, ==, vectors[i].text);
      g_assert_finalize_object (settings);
    }
}

typedef struct
{
  const char *command_line;
  int code;
  const char *said; /* parts of the message, with | between them */
} ErrorVector;

static const ErrorVector error_vectors[] = {
  { "prog --wrokers 3", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
    "no flag --wrokers;|did you mean --workers?" },
  { "prog --work=3", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "no flag --work;|--workers?" },
  { "prog --hlep", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "did you mean --help?" },
  { "prog --xyzzy", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "no flag --xyzzy; --help" },
  { "prog -x", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "no flag -x; --help" },
  { "prog --\xff", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "no flag" },
  { "prog --workers", GEMINGA_SETTINGS_ERROR_PARSE, "--workers" },
  { "prog -w", GEMINGA_SETTINGS_ERROR_PARSE, "-w" },
  { "prog --workers many", GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
    "Setting “workers” (--workers): “many” is not valid; allowed is a whole number from 0 to "
    "1024" },
  { "prog -w 2000", GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE,
    "(--workers)|“2000” is out of range|from 0 to 1024" },
  { "prog --timeout=soon", GEMINGA_SETTINGS_ERROR_INVALID_VALUE, "“timeout”|“soon”|30s" },
  { "prog --placement=moon", GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
    "“moon”|one of process, thread, shared" },
  { "prog --no-quiet=perhaps", GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
    "(--no-quiet): “perhaps”|true or false" },
  { "prog --bus=nowhere", GEMINGA_SETTINGS_ERROR_INVALID_VALUE, "session, system, none" },
  { "prog --name=\xff", GEMINGA_SETTINGS_ERROR_INVALID_VALUE, "“name” (--name)|UTF-8" },
  { "prog file", GEMINGA_SETTINGS_ERROR_PARSE, "“file” is not expected" },
  { "prog -- -x", GEMINGA_SETTINGS_ERROR_PARSE, "“-x” is not expected" },
  { "prog -q file", GEMINGA_SETTINGS_ERROR_PARSE, "“file” is not expected" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_vectors); i++)
    {
      GemingaSettings *settings = make_settings ();
      g_auto (GStrv) parts = g_strsplit (error_vectors[i].said, "|", -1);
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      g_assert_false (load (settings, error_vectors[i].command_line, &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, error_vectors[i].code);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strchr (error->message, '\n'));
      for (gsize j = 0; parts[j] != NULL; j++)
        g_assert_nonnull (strstr (error->message, parts[j]));
      g_assert_finalize_object (settings);
    }
}

static void
test_arguments (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  const char *const *arguments;

  geminga_settings_set_arguments_usage (settings, "FILE…");
  load (settings, "prog a -w 2 b -- -x --workers", &error);
  g_assert_no_error (error);
  arguments = geminga_settings_get_arguments (settings);
  g_assert_cmpuint (g_strv_length ((char **) arguments), ==, 4);
  g_assert_cmpstr (arguments[0], ==, "a");
  g_assert_cmpstr (arguments[1], ==, "b");
  g_assert_cmpstr (arguments[2], ==, "-x");
  g_assert_cmpstr (arguments[3], ==, "--workers");
  g_assert_cmpint (geminga_settings_get_int (settings, "workers"), ==, 2);

  load (settings, "prog", &error);
  g_assert_no_error (error);
  g_assert_null (geminga_settings_get_arguments (settings)[0]);
  g_assert_cmpint (geminga_settings_get_int (settings, "workers"), ==, 1);
}

static void
test_no_command_line (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  const char *const empty[] = { NULL };

  g_assert_true (geminga_settings_load (settings, NULL, &error));
  g_assert_true (geminga_settings_load (settings, empty, &error));
  g_assert_no_error (error);
}

static void
test_help (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GemingaSettings) calc = geminga_settings_new ("org.example.Calc");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) short_error = NULL;
  g_auto (GStrv) names = geminga_settings_list_names (settings);

  geminga_settings_add_standard (calc);
  g_assert_true (geminga_settings_add_prefixed (settings, "calc", calc, &error));
  geminga_settings_set_summary (settings, "Tests things");
  geminga_settings_set_from_code (settings, "workers", g_variant_new_int32 (7), &error);
  g_assert_no_error (error);

  g_assert_false (load (settings, "prog --help", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_HELP);
  g_assert_false (load (settings, "prog -h", &short_error));
  g_assert_cmpstr (error->message, ==, short_error->message);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *flag = geminga_settings_dup_flag (settings, names[i]);
      g_autofree char *calc_flag =
          geminga_settings_has (calc, names[i]) ? geminga_settings_dup_flag (calc, names[i]) : NULL;
      g_autoptr (GemingaSettingInfo) info = geminga_settings_describe (settings, names[i]);

      g_test_message ("%s", flag);
      g_assert_true (strstr (error->message, flag) != NULL || g_str_equal (flag, "--colour"));
      g_assert_nonnull (strstr (error->message, geminga_setting_info_get_help (info)));
      if (calc_flag != NULL)
        g_assert_nonnull (strstr (error->message, calc_flag));
    }
  g_assert_nonnull (strstr (error->message, "Tests things"));
  g_assert_nonnull (strstr (error->message, "-w, --workers=N"));
  g_assert_nonnull (strstr (error->message, "(default: 7)"));
  g_assert_nonnull (strstr (error->message, "(default: 30s)"));
  g_assert_nonnull (strstr (error->message, "process, thread, shared"));
  g_assert_nonnull (strstr (error->message, "--no-colour"));
  g_assert_nonnull (strstr (error->message, "Network:"));
  g_assert_nonnull (strstr (error->message, "Settings of calc:"));
  g_assert_null (strstr (error->message, "--calc-user"));
  g_assert_null (strstr (error->message, "--no-quiet"));
  g_assert_nonnull (strstr (error->message, "/etc/geminga/org.example.Test.conf"));
}

static void
test_version (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;

  g_assert_false (load (settings, "prog --version", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_VERSION);
  g_assert_cmpstr (error->message, ==, "org.example.Test (Geminga " PACKAGE_VERSION ")");
  g_clear_error (&error);

  geminga_settings_set_version (settings, "1.2");
  g_assert_false (load (settings, "prog --version", &error));
  g_assert_cmpstr (error->message, ==, "org.example.Test 1.2 (Geminga " PACKAGE_VERSION ")");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/settings-options/flags", test_flags);
  g_test_add_func ("/supervise/settings-options/errors", test_errors);
  g_test_add_func ("/supervise/settings-options/arguments", test_arguments);
  g_test_add_func ("/supervise/settings-options/no-command-line", test_no_command_line);
  g_test_add_func ("/supervise/settings-options/help", test_help);
  g_test_add_func ("/supervise/settings-options/version", test_version);

  return g_test_run ();
}
