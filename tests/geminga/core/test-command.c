/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-command-private.h"

static void
test_signatures (void)
{
  static const struct
  {
    const char *signature;
    const char *type; /* NULL: it is none */
  } rows[] = {
    { NULL, "()" },         { "", "()" },
    { "()", "()" },         { "d", "(d)" },
    { "(dd)", "(dd)" },     { "((dd))", "((dd))" },
    { "a{sv}", "(a{sv})" }, { "(a{sv}hv)", "(a{sv}hv)" },
    { "m", NULL },          { "ms", NULL },
    { "(ams)", NULL },      { "*", NULL },
    { "(?)", NULL },        { "dd", NULL },
    { "z", NULL },          { "(", NULL },
    { "r", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariantType) type = geminga_command_parse_signature (rows[i].signature);
      g_autofree char *text = type != NULL ? g_variant_type_dup_string (type) : NULL;

      g_test_message ("%s", rows[i].signature);
      g_assert_cmpstr (text, ==, rows[i].type);
    }
}

static void
test_new (void)
{
  g_autoptr (GemingaCommand) command = geminga_command_new ("Add", "(dd)", "d");
  const char *const *names = geminga_command_get_argument_names (command);

  g_assert_cmpstr (geminga_command_get_name (command), ==, "Add");
  g_assert_true (
      g_variant_type_equal (geminga_command_get_argument_type (command), G_VARIANT_TYPE ("(dd)")));
  g_assert_true (
      g_variant_type_equal (geminga_command_get_result_type (command), G_VARIANT_TYPE ("(d)")));
  g_assert_cmpuint (g_strv_length ((char **) names), ==, 2);
  g_assert_cmpstr (names[0], ==, "arg1");
  g_assert_cmpstr (names[1], ==, "arg2");
  g_assert_cmpstr (geminga_command_get_result_names (command)[0], ==, "result1");
  g_assert_cmpstr (geminga_command_get_documentation (command), ==, "");
  g_assert_cmpint (geminga_command_get_flags (command), ==, GEMINGA_COMMAND_FLAGS_NONE);
}

static void
test_set (void)
{
  static const char *const one[] = { "a", NULL };
  static const char *const many[] = { "a", "b", "c", NULL };
  g_autoptr (GemingaCommand) command = geminga_command_new ("Add", "(dd)", "(dd)");

  geminga_command_set_argument_names (command, one);
  g_assert_cmpstr (geminga_command_get_argument_names (command)[0], ==, "a");
  g_assert_cmpstr (geminga_command_get_argument_names (command)[1], ==, "arg2");
  geminga_command_set_argument_names (command, many);
  g_assert_cmpstr (geminga_command_get_argument_names (command)[1], ==, "b");
  g_assert_null (geminga_command_get_argument_names (command)[2]);
  geminga_command_set_result_names (command, one);
  g_assert_cmpstr (geminga_command_get_result_names (command)[0], ==, "a");
  g_assert_cmpstr (geminga_command_get_result_names (command)[1], ==, "result2");
  geminga_command_set_documentation (command, "Adds");
  geminga_command_set_documentation (command, "Adds two");
  g_assert_cmpstr (geminga_command_get_documentation (command), ==, "Adds two");
  geminga_command_set_flags (command, GEMINGA_COMMAND_FLAGS_PRIVATE);
  g_assert_cmpint (geminga_command_get_flags (command), ==, GEMINGA_COMMAND_FLAGS_PRIVATE);
}

static void
test_entry (void)
{
  const GemingaCommandEntry full = { "Add", "(dd)", "d",
                                     "a b", "Adds", GEMINGA_COMMAND_FLAGS_DEPRECATED,
                                     NULL };
  const GemingaCommandEntry plain = { "Ping", NULL, NULL, NULL, NULL, 0, NULL };
  g_autoptr (GemingaCommand) add = geminga_command_new_from_entry (&full);
  g_autoptr (GemingaCommand) ping = geminga_command_new_from_entry (&plain);

  g_assert_cmpstr (geminga_command_get_argument_names (add)[1], ==, "b");
  g_assert_cmpstr (geminga_command_get_documentation (add), ==, "Adds");
  g_assert_cmpint (geminga_command_get_flags (add), ==, GEMINGA_COMMAND_FLAGS_DEPRECATED);
  g_assert_null (geminga_command_get_argument_names (ping)[0]);
}

static void
test_coalesce_key (void)
{
  const GemingaCommandEntry entry = { "Set", "(su)", NULL, "name value", NULL, 0, NULL, "value" };
  g_autoptr (GemingaCommand) command = geminga_command_new ("Set", "(su)", NULL);
  g_autoptr (GemingaCommand) declared = geminga_command_new_from_entry (&entry);

  g_assert_null (geminga_command_get_coalesce_key (command));
  geminga_command_set_coalesce_key (command, "arg2");
  g_assert_cmpstr (geminga_command_get_coalesce_key (command), ==, "arg2");
  geminga_command_set_coalesce_key (command, "");
  g_assert_cmpstr (geminga_command_get_coalesce_key (command), ==, "");
  geminga_command_set_coalesce_key (command, NULL);
  g_assert_null (geminga_command_get_coalesce_key (command));
  g_assert_cmpstr (geminga_command_get_coalesce_key (declared), ==, "value");
}

/* There is no such argument. */
static void
test_wrong_key (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GemingaCommand) command = geminga_command_new ("Set", "(su)", NULL);

      g_log_set_always_fatal (0);
      g_log_set_fatal_mask (G_LOG_DOMAIN, 0);
      geminga_command_set_coalesce_key (command, "name");
      g_assert_null (geminga_command_get_coalesce_key (command));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*CRITICAL*geminga_command_set_coalesce_key*");
}

static void
test_boxed (void)
{
  g_autoptr (GemingaCommand) command = geminga_command_new ("Add", NULL, NULL);
  GemingaCommand *copy = g_boxed_copy (GEMINGA_TYPE_COMMAND, command);

  g_assert_true (copy == command);
  g_boxed_free (GEMINGA_TYPE_COMMAND, copy);
}

/* Wrong declarations are mistakes in the program. */
static void
test_wrong (gconstpointer data)
{
  static const char *const wrong[][3] = {
    { "no-name", NULL, NULL }, { "", NULL, NULL }, { "Add", "z", NULL }, { "Add", NULL, "ms" }
  };
  const char *const *row = wrong[GPOINTER_TO_INT (data)];

  if (g_test_subprocess ())
    {
      const GemingaCommandEntry entry = { row[0], row[1], row[2], NULL, NULL, 0, NULL };

      g_log_set_always_fatal (0);
      g_log_set_fatal_mask (G_LOG_DOMAIN, 0);
      g_assert_null (geminga_command_new_from_entry (&entry));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*CRITICAL*geminga_command_new*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/command/signatures", test_signatures);
  g_test_add_func ("/core/command/new", test_new);
  g_test_add_func ("/core/command/set", test_set);
  g_test_add_func ("/core/command/entry", test_entry);
  g_test_add_func ("/core/command/coalesce-key", test_coalesce_key);
  g_test_add_func ("/core/command/wrong-key", test_wrong_key);
  g_test_add_func ("/core/command/boxed", test_boxed);
  g_test_add_data_func ("/core/command/wrong/name", GINT_TO_POINTER (0), test_wrong);
  g_test_add_data_func ("/core/command/wrong/no-name", GINT_TO_POINTER (1), test_wrong);
  g_test_add_data_func ("/core/command/wrong/arguments", GINT_TO_POINTER (2), test_wrong);
  g_test_add_data_func ("/core/command/wrong/result", GINT_TO_POINTER (3), test_wrong);

  return g_test_run ();
}
