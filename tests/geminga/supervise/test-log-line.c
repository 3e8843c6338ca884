/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-line-private.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* 2026-11-24 16:00:00.123456 UTC */
#define WALL G_GINT64_CONSTANT (1795536000123456)

/* Everything that may not reach a terminal or start a line. */
#define HOSTILE "a\nb\r\t\033[31m\x7f\xc2\x9b\xe2\x80\xa8\xff\"\\\xf0\x9f\x98\x80"

/* Helpers */

static char *
make_text (GLogLevelFlags level, const char *domain, const char *message, gboolean is_colour)
{
  const GLogField fields[] = { { "MESSAGE", message, -1 }, { "GLIB_DOMAIN", domain, -1 } };

  return geminga_log_line_text (WALL, level, fields, domain != NULL ? 2 : 1, is_colour);
}

static void
assert_text (GLogLevelFlags level, const char *domain, const char *message, const char *expected)
{
  g_autofree char *line = make_text (level, domain, message, FALSE);
  g_autofree char *full = g_strdup_printf ("2026-11-24 16:00:00.123 %s\n", expected);
  g_autofree char *pid = g_strdup_printf ("[%d]", getpid ());
  g_auto (GStrv) parts = g_strsplit (full, "[PID]", -1);
  g_autofree char *wanted = g_strjoinv (pid, parts);

  g_assert_cmpstr (line, ==, wanted);
}

static JsonObject *
parse (JsonParser *parser, const char *line)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_suffix (line, "}\n"));
  g_assert_true (strchr (line, '\n') == line + strlen (line) - 1);
  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* Tests */

static void
test_text (void)
{
  assert_text (G_LOG_LEVEL_ERROR, NULL, "x", "ERROR hello[PID]: x");
  assert_text (G_LOG_LEVEL_CRITICAL, NULL, "x", "CRIT  hello[PID]: x");
  assert_text (G_LOG_LEVEL_WARNING, "Geminga", "x", "WARN  hello[PID]: x");
  assert_text (G_LOG_LEVEL_MESSAGE, "hello", "x", "MSG   hello[PID]: x");
  assert_text (G_LOG_LEVEL_INFO, "", "message", "INFO  hello[PID]: message");
  assert_text (G_LOG_LEVEL_DEBUG, "GLib-GIO", "x", "DEBUG hello[PID]: GLib-GIO: x");
  assert_text (G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL, NULL, "x", "CRIT  hello[PID]: x");
  assert_text (1 << G_LOG_LEVEL_USER_SHIFT, NULL, "x", "OTHER hello[PID]: x");
  assert_text (G_LOG_LEVEL_INFO, NULL, "", "INFO  hello[PID]: ");
  assert_text (G_LOG_LEVEL_INFO, NULL, "end\n\n", "INFO  hello[PID]: end");
}

static void
test_colour (void)
{
  g_autofree char *line = make_text (G_LOG_LEVEL_INFO, NULL, "x", TRUE);

  g_assert_nonnull (strstr (line, "123 \033[32mINFO \033[0m hello["));
}

static void
test_text_hostile (void)
{
  assert_text (G_LOG_LEVEL_INFO, NULL, HOSTILE,
               "INFO  hello[PID]: a\\nb\\r\t\\x1b[31m\\x7f\\x9b\\u2028\\xff\"\\\xf0\x9f\x98\x80");
  assert_text (G_LOG_LEVEL_INFO, "a\nb", "x", "INFO  hello[PID]: a\\nb: x");
}

/* A field has its own length, and may have zero bytes. */
static void
test_text_lengths (void)
{
  const GLogField fields[] = { { "MESSAGE", "a\0b!!", 3 }, { "GLIB_DOMAIN", "dom!!", 3 } };
  g_autofree char *line =
      geminga_log_line_text (WALL, G_LOG_LEVEL_INFO, fields, G_N_ELEMENTS (fields), FALSE);
  g_autofree char *none = geminga_log_line_text (WALL, G_LOG_LEVEL_INFO, NULL, 0, FALSE);

  g_assert_true (g_str_has_suffix (line, ": dom: a\\x00b\n"));
  g_assert_true (g_str_has_suffix (none, "]: \n"));
}

static void
test_json (void)
{
  const GLogField fields[] = {
    { "MESSAGE", "hi", -1 },         { "PRIORITY", "6", -1 },  { "GLIB_DOMAIN", "App", -1 },
    { "GLIB_OLD_LOG_API", "1", -1 }, { "CODE_LINE", "7", -1 }, { "REQUEST_ID", "a-1!!", 3 },
    { "NOTHING", NULL, 0 },
  };
  g_autofree char *line =
      geminga_log_line_json (WALL, G_LOG_LEVEL_INFO, fields, G_N_ELEMENTS (fields));
  g_autofree char *expected = g_strdup_printf (
      "{\"time\":\"2026-11-24T16:00:00.123456Z\",\"level\":\"info\",\"pid\":%d,\"domain\":\"App\","
      "\"message\":\"hi\",\"CODE_LINE\":\"7\",\"REQUEST_ID\":\"a-1\",\"NOTHING\":\"\"}\n",
      getpid ());

  g_assert_cmpstr (line, ==, expected);
}

static void
test_json_empty (void)
{
  g_autofree char *line = geminga_log_line_json (WALL, G_LOG_LEVEL_CRITICAL, NULL, 0);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse (parser, line);

  g_assert_cmpstr (json_object_get_string_member (object, "level"), ==, "critical");
  g_assert_cmpstr (json_object_get_string_member (object, "domain"), ==, "");
  g_assert_cmpstr (json_object_get_string_member (object, "message"), ==, "");
  g_assert_cmpint (json_object_get_int_member (object, "pid"), ==, getpid ());
}

static void
test_json_hostile (void)
{
  const GLogField fields[] = {
    { "MESSAGE", HOSTILE, -1 },
    { "BAD\"\n", "x", -1 },
    { "BYTES", "a\0b", 3 },
  };
  g_autofree char *line =
      geminga_log_line_json (WALL, G_LOG_LEVEL_INFO, fields, G_N_ELEMENTS (fields));
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse (parser, line);

  for (const char *p = line; p[1] != '\0'; p++)
    g_assert_true ((guchar) *p >= 0x20 && *p != 0x7f);
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_null (strstr (line, "\xc2\x9b"));
  g_assert_nonnull (strstr (line, "a\\u0000b"));
  g_assert_cmpstr (json_object_get_string_member (object, "message"), ==,
                   "a\nb\r\t\033[31m\x7f\xc2\x9b\xe2\x80\xa8\xef\xbf\xbd\"\\\xf0\x9f\x98\x80");
  g_assert_cmpstr (json_object_get_string_member (object, "BAD\"\n"), ==, "x");
}

static void
test_json_same_keys (void)
{
  const GLogField fields[] = {
    { "A", "1", -1 },
    { "A", "2", -1 },
    { "pid", "3", -1 },
    { "A", "4", -1 },
  };
  g_autofree char *line =
      geminga_log_line_json (WALL, G_LOG_LEVEL_INFO, fields, G_N_ELEMENTS (fields));
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse (parser, line);

  g_assert_cmpstr (json_object_get_string_member (object, "A"), ==, "1");
  g_assert_cmpstr (json_object_get_string_member (object, "A_2"), ==, "2");
  g_assert_cmpstr (json_object_get_string_member (object, "A_3"), ==, "4");
  g_assert_cmpstr (json_object_get_string_member (object, "pid_2"), ==, "3");
  g_assert_cmpint (json_object_get_int_member (object, "pid"), ==, getpid ());
}

static void
test_fields (void)
{
  const GLogField fields[] = { { "A", "1", -1 }, { "B", "22", 1 } };
  g_autofree char *b = geminga_log_line_dup_field (fields, 2, "B");
  g_autofree char *none = geminga_log_line_dup_field (fields, 2, "C");

  g_assert_true (geminga_log_line_find_field (fields, 2, "A") == &fields[0]);
  g_assert_null (geminga_log_line_find_field (fields, 2, "C"));
  g_assert_cmpstr (b, ==, "2");
  g_assert_null (none);
  g_assert_cmpint (geminga_log_line_get_level (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_WARNING), ==,
                   G_LOG_LEVEL_WARNING);
  g_assert_cmpint (geminga_log_line_get_level (1 << G_LOG_LEVEL_USER_SHIFT), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_set_prgname ("hello");

  g_test_add_func ("/supervise/log-line/text", test_text);
  g_test_add_func ("/supervise/log-line/colour", test_colour);
  g_test_add_func ("/supervise/log-line/text-hostile", test_text_hostile);
  g_test_add_func ("/supervise/log-line/text-lengths", test_text_lengths);
  g_test_add_func ("/supervise/log-line/json", test_json);
  g_test_add_func ("/supervise/log-line/json-empty", test_json_empty);
  g_test_add_func ("/supervise/log-line/json-hostile", test_json_hostile);
  g_test_add_func ("/supervise/log-line/json-same-keys", test_json_same_keys);
  g_test_add_func ("/supervise/log-line/fields", test_fields);

  return g_test_run ();
}
