/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-fixture.h"

/* Tests */

static void
test_precedence (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;

  directory_init (&directory);
  write_file (&directory, "[service]\nworkers=4\n");
  command_line = g_strdup_printf ("prog -c %s", directory.file);

  /* Each step adds the next stronger source. */
  for (guint step = 0; step < 5; step++)
    {
      GemingaSettings *settings = make_settings ();
      g_autoptr (GError) error = NULL;
      g_autofree char *with_flag = g_strconcat (command_line, " --workers=6", NULL);
      const char *line = step < 2 ? "prog" : (step < 4 ? command_line : with_flag);
      const char *values[] = { "1", "3", "4", "5", "6" };
      const char *origins[] = { "default", "code", directory.file, "GEMINGA_WORKERS", "--workers" };

      if (step >= 1)
        geminga_settings_set_from_code (settings, "workers", g_variant_new_int32 (3), &error);
      g_assert_no_error (error);
      if (step >= 3)
        g_setenv ("GEMINGA_WORKERS", "5", TRUE);
      load (settings, line, &error);
      g_unsetenv ("GEMINGA_WORKERS");
      g_assert_no_error (error);
      assert_value (settings, "workers", values[step], origins[step]);
      assert_value (settings, "timeout", "30s", "default");
      g_assert_finalize_object (settings);
    }
}

static void
test_files (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *second = NULL;
  g_autofree char *absent = NULL;
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaSettings) settings = make_settings ();

  directory_init (&directory);
  second = g_build_filename (directory.path, "second.conf", NULL);
  absent = g_build_filename (directory.path, "absent.conf", NULL);
  log = g_build_filename (directory.path, "a.log", NULL);
  write_file (&directory, "# A comment\n[service]\nworkers = 4\nbind=a;b\\;c\nlog=a.log\nuser=x\n");
  g_file_set_contents (second, "[service]\nuser=y\n", -1, &error);
  g_assert_no_error (error);
  g_chmod (second, 0600);
  geminga_settings_set_config_files (settings,
                                     (const char *[]){ absent, directory.file, second, NULL });

  load (settings, "prog", &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "4", directory.file);
  assert_value (settings, "user", "y", second);
  assert_value (settings, "log", log, directory.file);
  g_assert_cmpstr (geminga_settings_get_strv (settings, "bind")[1], ==, "b;c");
  g_assert_cmpuint (g_strv_length ((char **) geminga_settings_get_files (settings)), ==, 2);
  g_unlink (second);
}

typedef struct
{
  const char *text;
  int code;
  const char *said; /* parts of the message, with | between them */
} FileVector;

static const FileVector file_vectors[] = {
  { "[service]\nworkers=abc\n", GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
    "“workers”|test.conf, [service]|“abc”|a whole number from 0 to 1024" },
  { "[service]\nworkers=2000\n", GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE,
    "“workers”|test.conf, [service]|“2000”|from 0 to 1024" },
  { "[service]\nworkres=1\n", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
    "test.conf, [service]|“workres”|did you mean “workers”?" },
  { "[service]\nxyzzy=1\n", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "test.conf|“xyzzy”" },
  { "[servce]\nworkers=1\n", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
    "test.conf|[servce]|did you mean [service]?" },
  { "[other-thing]\nworkers=1\n", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING, "allowed is [service]" },
  { "[service]\nconfig=/x\n", GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING,
    "“config”|cannot be given in a file|--config" },
  { "[service]\nlevel=middle\n", GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
    "“middle”|one of low, high" },
  { "[service]\nbind=\xff\n", GEMINGA_SETTINGS_ERROR_PARSE, "“bind”|test.conf" },
  { "[service\n", GEMINGA_SETTINGS_ERROR_PARSE, "test.conf|malformed" },
  { "workers=1\n", GEMINGA_SETTINGS_ERROR_PARSE, "test.conf|malformed" },
};

static void
test_file_errors (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;

  directory_init (&directory);
  command_line = g_strdup_printf ("prog --config=%s", directory.file);

  for (gsize i = 0; i < G_N_ELEMENTS (file_vectors); i++)
    {
      g_autoptr (GemingaSettings) settings = make_settings ();
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) parts = g_strsplit (file_vectors[i].said, "|", -1);

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      write_file (&directory, file_vectors[i].text);
      g_assert_false (load (settings, command_line, &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, file_vectors[i].code);
      g_assert_null (strchr (error->message, '\n'));
      for (gsize j = 0; parts[j] != NULL; j++)
        g_assert_nonnull (strstr (error->message, parts[j]));
      assert_value (settings, "workers", "1", "default");
    }
}

static void
test_file_unreadable (void)
{
  g_auto (Directory) directory = { NULL };
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  g_autofree char *absent = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *command_line = NULL;

  directory_init (&directory);
  absent = g_strdup_printf ("prog --config %s/absent", directory.path);
  folder = g_strdup_printf ("prog --config %s", directory.path);
  command_line = g_strdup_printf ("prog --config %s", directory.file);

  g_assert_false (load (settings, absent, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE);
  g_clear_error (&error);
  g_assert_false (load (settings, folder, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE);
  g_clear_error (&error);

  /* No file at all is asked for like this. */
  load (settings, "prog --config /dev/null", &error);
  g_assert_no_error (error);

  write_file (&directory, "[service]\nworkers=2\n");
  g_chmod (directory.file, 0660);
  if (geteuid () == 0)
    {
      g_assert_false (load (settings, command_line, &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_FILE_UNREADABLE);
      g_assert_nonnull (strstr (error->message, "chmod go-w"));
    }
  else
    {
      load (settings, command_line, &error);
      g_assert_no_error (error);
    }
}

static void
test_environment (void)
{
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;

  g_setenv ("GEMINGA_BIND", "a, b,,c", TRUE);
  g_setenv ("GEMINGA_WORKERS", "", TRUE);
  g_setenv ("GEMINGA_CHATTY", "yes", TRUE);
  load (settings, "prog", &error);
  g_assert_no_error (error);
  assert_value (settings, "bind", "a;b;c", "GEMINGA_BIND");
  assert_value (settings, "workers", "1", "default");
  g_assert_true (geminga_settings_get_boolean (settings, "chatty"));

  g_setenv ("GEMINGA_CHATTY", "perhaps", TRUE);
  g_assert_false (load (settings, "prog", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_assert_cmpstr (error->message, ==,
                   "Setting “chatty” (GEMINGA_CHATTY): “perhaps” is not valid; allowed is true or "
                   "false");
  g_assert_true (geminga_settings_get_boolean (settings, "chatty"));

  g_unsetenv ("GEMINGA_BIND");
  g_unsetenv ("GEMINGA_WORKERS");
  g_unsetenv ("GEMINGA_CHATTY");
}

static void
assert_variable_refused (const char *variable, const char *message)
{
  g_autoptr (GemingaSettings) self = make_settings ();
  g_autoptr (GemingaSettings) admin = make_settings ();
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_settings_add_prefixed (self, "admin", admin, &error));
  g_setenv (variable, "1", TRUE);
  if (message != NULL)
    {
      g_assert_false (load (self, "prog", &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING);
      g_assert_cmpstr (error->message, ==, message);
    }
  else
    {
      load (self, "prog", &error);
      g_assert_no_error (error);
    }
  g_unsetenv (variable);
}

/* What is nobody's is not ignored. */
static void
test_unknown_variable (void)
{
  assert_variable_refused ("GEMINGA_WROKERS", "The environment has GEMINGA_WROKERS, which is no "
                                              "setting; did you mean GEMINGA_WORKERS?");
  assert_variable_refused ("GEMINGA_ADMIN_WORKRES",
                           "The environment has GEMINGA_ADMIN_WORKRES, which is no setting; did "
                           "you mean GEMINGA_ADMIN_WORKERS?");
  assert_variable_refused ("GEMINGA_QQQQ", "The environment has GEMINGA_QQQQ, which is no setting; "
                                           "--help lists them");
  assert_variable_refused ("GEMINGA_ADMIN_WORKERS", NULL);
  assert_variable_refused ("GEMINGA_TRIAL", NULL);
  assert_variable_refused ("GEMINGAX", NULL);
}

static void
test_set (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;

  directory_init (&directory);
  write_file (&directory, "[service]\nworkers=4\n");
  command_line = g_strdup_printf ("prog --config %s", directory.file);
  load (settings, command_line, &error);
  g_assert_no_error (error);

  geminga_settings_set_value (settings, "workers", g_variant_new_string ("8"), &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "8", "runtime");
  assert_names (geminga_settings_get_changed (settings), "workers");

  g_assert_false (
      geminga_settings_set_value (settings, "workers", g_variant_new_int32 (-1), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE);
  g_clear_error (&error);
  g_assert_false (
      geminga_settings_set_value (settings, "bind", g_variant_new_string ("x"), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (geminga_settings_set_value (settings, "wokers", g_variant_new_int32 (1), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING);
  g_assert_nonnull (strstr (error->message, "“workers”"));
  g_clear_error (&error);

  /* Somebody scaled, then reloads for another reason: the scale stays. */
  write_file (&directory, "[service]\nworkers=4\ntimeout=1\n");
  geminga_settings_reload (settings, &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "8", "runtime");

  /* The file has something new to say about it. */
  write_file (&directory, "[service]\nworkers=5\n");
  geminga_settings_reload (settings, &error);
  g_assert_no_error (error);
  assert_value (settings, "workers", "5", directory.file);

  /* After a load, the program is late. */
  g_assert_false (
      geminga_settings_set_from_code (settings, "workers", g_variant_new_int32 (1), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (
      geminga_settings_set_default (settings, "workers", g_variant_new_int32 (1), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY);
}

typedef struct
{
  GemingaSettings *settings;
  int n_reads;
  int is_over;
} Reader;

static gpointer
read_values (gpointer data)
{
  Reader *reader = data;

  while (!g_atomic_int_get (&reader->is_over))
    {
      const char *level = geminga_settings_get_string (reader->settings, "level");
      const char *const *bind = geminga_settings_get_strv (reader->settings, "bind");
      const char *origin = geminga_settings_get_origin (reader->settings, "level");
      g_autoptr (GVariant) values = geminga_settings_to_variant (reader->settings);
      gint64 workers = geminga_settings_get_int (reader->settings, "workers");

      g_assert_true (g_str_equal (level, "low") || g_str_equal (level, "high"));
      g_assert_cmpuint (g_strv_length ((GStrv) bind), ==, 2);
      g_assert_true (g_str_equal (origin, "arbiter") || g_str_equal (origin, "default"));
      g_assert_cmpint (workers, >, 0);
      g_assert_cmpint (workers, <, 1000);
      g_atomic_int_inc (&reader->n_reads);
    }

  return NULL;
}

/* As the workers in threads read them while somebody changes them. */
static void
test_threads (void)
{
  const char *const binds[2][3] = { { "a", "b", NULL }, { "c", "d", NULL } };
  g_autoptr (GemingaSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  Reader reader = { settings };
  const char *level;
  GThread *thread;

  load (settings, "prog --bind a --bind b --level=low", &error);
  g_assert_no_error (error);
  geminga_settings_from_variant (settings, g_variant_new_parsed ("{'level': <'low'>}"), &error);
  g_assert_no_error (error);
  level = geminga_settings_get_string (settings, "level");

  thread = g_thread_new ("reader", read_values, &reader);
  for (int i = 0; i < 1000 || g_atomic_int_get (&reader.n_reads) < 100; i++)
    {
      geminga_settings_from_variant (
          settings,
          g_variant_new_parsed ("{'level': <%s>, 'workers': <%x>, 'bind': <%^as>}",
                                i % 2 == 0 ? "high" : "low", (gint64) (1 + i % 100), binds[i % 2]),
          &error);
      g_assert_no_error (error);
    }
  g_atomic_int_set (&reader.is_over, TRUE);
  g_thread_join (thread);

  /* What a getter once gave is still there, and the same value is the same text. */
  g_assert_cmpstr (level, ==, "low");
  geminga_settings_from_variant (settings, g_variant_new_parsed ("{'level': <'low'>}"), &error);
  g_assert_true (level == geminga_settings_get_string (settings, "level"));
}

static void
test_variant (void)
{
  g_autoptr (GemingaSettings) arbiter = make_settings ();
  g_autoptr (GemingaSettings) worker = make_settings ();
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GError) error = NULL;

  load (arbiter, "prog -w 3 --bind a -b b --timeout 1h --chatty --level=high --log x", &error);
  g_assert_no_error (error);
  values = geminga_settings_to_variant (arbiter);
  geminga_settings_from_variant (worker, values, &error);
  g_assert_no_error (error);
  again = geminga_settings_to_variant (worker);
  g_assert_cmpvariant (values, again);
  assert_value (worker, "workers", "3", "arbiter");

  /* Nothing of a wrong set is taken over. */
  g_assert_false (geminga_settings_from_variant (
      worker, g_variant_new_parsed ("{'workers': <int64 4>, 'timeout': <'x'>}"), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  g_assert_false (
      geminga_settings_from_variant (worker, g_variant_new_parsed ("{'nothing': <1>}"), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING);
  g_clear_error (&error);
  g_assert_false (geminga_settings_from_variant (worker, g_variant_new_string ("x"), &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  assert_value (worker, "workers", "3", "arbiter");
}

static void
test_prefix (void)
{
  g_auto (Directory) directory = { NULL };
  g_autofree char *command_line = NULL;
  GemingaSettings *root = make_settings ();
  GemingaSettings *calc = make_settings ();
  GemingaSettings *chat = make_settings ();
  g_autoptr (GError) error = NULL;

  directory_init (&directory);
  g_assert_true (geminga_settings_add_prefixed (root, "calc", calc, &error));
  g_assert_true (geminga_settings_add_prefixed (root, "chat", chat, &error));
  g_assert_cmpstr (geminga_settings_get_prefix (calc), ==, "calc");
  g_assert_false (geminga_settings_add_prefixed (root, "chat", calc, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING);
  g_clear_error (&error);

  write_file (
      &directory,
      "[service]\ntimeout=7\nuser=nobody\nbind=7\n[calc]\nworkers=4\ntimeout=9\n[chat]\nbind=x\n");
  command_line = g_strdup_printf ("prog -c %s -w 2 --calc-workers=5 --chat-chatty", directory.file);
  g_setenv ("GEMINGA_CHAT_TIMEOUT", "11", TRUE);
  load (root, command_line, &error);
  g_assert_no_error (error);
  assert_value (root, "workers", "2", "--workers");
  assert_value (calc, "workers", "5", "--calc-workers");
  assert_value (chat, "workers", "2", "--workers");
  assert_value (root, "timeout", "7s", directory.file);
  assert_value (calc, "timeout", "9s", directory.file);
  assert_value (chat, "timeout", "11s", "GEMINGA_CHAT_TIMEOUT");
  assert_value (calc, "user", "nobody", directory.file);
  assert_value (chat, "bind", "x", directory.file);
  assert_value (calc, "bind", "", "default");
  assert_value (chat, "chatty", "true", "--chat-chatty");
  g_unsetenv ("GEMINGA_CHAT_TIMEOUT");

  /* One for all, and all by itself. */
  geminga_settings_set_value (calc, "workers", g_variant_new_int32 (6), &error);
  g_assert_no_error (error);
  assert_value (calc, "workers", "6", "runtime");
  assert_value (chat, "workers", "2", "--workers");
  geminga_settings_set_value (calc, "level", g_variant_new_string ("high"), &error);
  g_assert_no_error (error);
  assert_value (root, "level", "high", "runtime");
  assert_value (chat, "level", "high", "runtime");

  /* The environment lost a variable, and the program's own file counts again. */
  geminga_settings_reload (root, &error);
  g_assert_no_error (error);
  assert_value (chat, "timeout", "7s", directory.file);
  assert_names (geminga_settings_get_changed (chat), "timeout");
  g_assert_false (geminga_settings_reload (chat, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_READ_ONLY);
  g_clear_error (&error);

  write_file (&directory, "[calc]\nuser=x\n");
  g_assert_false (geminga_settings_reload (root, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_UNKNOWN_SETTING);
  g_assert_nonnull (strstr (error->message, "[service]"));
  g_clear_error (&error);
  write_file (&directory, "[clac]\n");
  g_assert_false (geminga_settings_reload (root, &error));
  g_assert_nonnull (strstr (error->message, "did you mean [calc]?"));
  g_clear_error (&error);
  g_assert_false (load (root, "prog --calc-wrkers=1", &error));
  g_assert_nonnull (strstr (error->message, "--calc-workers?"));

  /* The services outlive the program's settings. */
  g_assert_finalize_object (root);
  assert_value (calc, "workers", "6", "runtime");
  g_assert_finalize_object (calc);
  g_assert_finalize_object (chat);
}

static gboolean
check_even (GVariant *value, gpointer user_data, GError **error)
{
  return g_variant_get_int64 (value) % 2 == 0;
}

static void
test_add (void)
{
  GemingaSettings *settings = make_settings ();
  g_autoptr (GemingaSettingInfo) twice =
      geminga_setting_info_new ("workers", GEMINGA_SETTING_TYPE_INT, "Twice");
  g_autoptr (GemingaSettingInfo) help =
      geminga_setting_info_new ("help", GEMINGA_SETTING_TYPE_INT, "Help");
  g_autoptr (GemingaSettingInfo) letter =
      geminga_setting_info_new ("letter", GEMINGA_SETTING_TYPE_INT, "Letter");
  g_autoptr (GemingaSettingInfo) even =
      geminga_setting_info_new ("even", GEMINGA_SETTING_TYPE_INT, "Even");
  g_autoptr (GemingaSettingInfo) described = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *flag = NULL;
  g_autofree char *variable = NULL;

  geminga_setting_info_set_short_flag (letter, "w");
  geminga_setting_info_set_check (even, check_even, NULL, NULL);

  g_assert_false (geminga_settings_add (settings, twice, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING);
  g_clear_error (&error);
  g_assert_false (geminga_settings_add (settings, help, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING);
  g_clear_error (&error);
  g_assert_false (geminga_settings_add (settings, letter, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING);
  g_clear_error (&error);

  g_assert_true (geminga_settings_add (settings, even, &error));
  g_assert_true (geminga_settings_has (settings, "even"));
  g_assert_false (geminga_settings_has (settings, "odd"));
  described = geminga_settings_describe (settings, "even");
  g_assert_true (described == even);
  g_assert_null (geminga_settings_describe (settings, "odd"));
  g_assert_null (geminga_settings_get_value (settings, "odd"));
  g_assert_null (geminga_settings_get_origin (settings, "odd"));
  flag = geminga_settings_dup_flag (settings, "even");
  g_assert_cmpstr (flag, ==, "--even");
  variable = geminga_settings_dup_variable (settings, "even");
  g_assert_cmpstr (variable, ==, "GEMINGA_EVEN");
  names = geminga_settings_list_names (settings);
  assert_names ((const char *const *) names,
                "config workers timeout bind user level chatty log even");

  g_assert_false (load (settings, "prog --even 3", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_assert_nonnull (strstr (error->message, "“even” (--even): “3”"));
  g_clear_error (&error);
  load (settings, "prog --even 4", &error);
  g_assert_no_error (error);
  g_assert_cmpint (geminga_settings_get_int (settings, "even"), ==, 4);
  g_assert_cmpfloat (geminga_settings_get_double (settings, "timeout"), ==, 30);
  g_assert_cmpstr (geminga_settings_get_string (settings, "level"), ==, "low");

  g_assert_finalize_object (settings);
}

static void
test_wrong_getter (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GemingaSettings) settings = make_settings ();

      geminga_settings_get_boolean (settings, "workers");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*workers*is of type*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/settings/precedence", test_precedence);
  g_test_add_func ("/supervise/settings/files", test_files);
  g_test_add_func ("/supervise/settings/file-errors", test_file_errors);
  g_test_add_func ("/supervise/settings/file-unreadable", test_file_unreadable);
  g_test_add_func ("/supervise/settings/environment", test_environment);
  g_test_add_func ("/supervise/settings/environment/unknown", test_unknown_variable);
  g_test_add_func ("/supervise/settings/set", test_set);
  g_test_add_func ("/supervise/settings/variant", test_variant);
  g_test_add_func ("/supervise/settings/threads", test_threads);
  g_test_add_func ("/supervise/settings/prefix", test_prefix);
  g_test_add_func ("/supervise/settings/add", test_add);
  g_test_add_func ("/supervise/settings/wrong-getter", test_wrong_getter);

  return g_test_run ();
}
