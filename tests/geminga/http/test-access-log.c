/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-access-log-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const GemingaAccessLogEntry plain = {
  .remote = "192.0.2.1",
  .method = "GET",
  .target = "/a?b",
  .protocol = "HTTP/1.1",
  .referer = "http://x/",
  .user_agent = "curl",
  .request_id = "1-2",
  .status = 200,
  .body_size = 13,
  .started = G_GINT64_CONSTANT (971211336000042),
  .duration = 1500,
};

static const GemingaAccessLogEntry hostile = {
  .remote = "192.0.2.1",
  .method = "GET",
  .target = "/\"\\",
  .protocol = "HTTP/1.1",
  .referer = "a\" 200 0\n192.0.2.9 - - [",
  .user_agent = "\033[31m\303\251\377\xf0\x9f\x98\x80",
  .status = 404,
};

/* Tests */

static void
test_lines (void)
{
  g_autofree char *common = geminga_access_log_format (GEMINGA_ACCESS_LOG_COMMON, &plain);
  g_autofree char *combined = geminga_access_log_format (GEMINGA_ACCESS_LOG_COMBINED, &plain);
  g_autofree char *json = geminga_access_log_format (GEMINGA_ACCESS_LOG_JSON, &plain);

  g_assert_cmpstr (common, ==,
                   "192.0.2.1 - - [10/Oct/2000:20:55:36 +0000] \"GET /a?b HTTP/1.1\" 200 13");
  g_assert_cmpstr (combined, ==,
                   "192.0.2.1 - - [10/Oct/2000:20:55:36 +0000] \"GET /a?b HTTP/1.1\" 200 13 "
                   "\"http://x/\" \"curl\"");
  g_assert_cmpstr (json, ==,
                   "{\"time\":\"2000-10-10T20:55:36.000042Z\",\"remote\":\"192.0.2.1\","
                   "\"method\":\"GET\",\"target\":\"/a?b\",\"protocol\":\"HTTP/1.1\","
                   "\"status\":200,\"bytes\":13,\"duration_us\":1500,\"referer\":\"http://x/\","
                   "\"user_agent\":\"curl\",\"request_id\":\"1-2\"}");
}

static void
test_unknown (void)
{
  const GemingaAccessLogEntry entry = { .status = 400 };
  g_autofree char *line = geminga_access_log_format (GEMINGA_ACCESS_LOG_COMBINED, &entry);
  g_autofree char *json = geminga_access_log_format (GEMINGA_ACCESS_LOG_JSON, &entry);

  g_assert_cmpstr (line, ==, "- - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 0 \"-\" \"-\"");
  g_assert_null (strstr (json, "method"));
}

static void
test_hostile (void)
{
  g_autofree char *line = geminga_access_log_format (GEMINGA_ACCESS_LOG_COMBINED, &hostile);
  g_autofree char *json = geminga_access_log_format (GEMINGA_ACCESS_LOG_JSON, &hostile);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object = NULL;

  g_assert_true (g_str_has_suffix (line, " \"GET /\\\"\\\\ HTTP/1.1\" 404 0 "
                                         "\"a\\\" 200 0\\x0a192.0.2.9 - - [\" "
                                         "\"\\x1b[31m\\xc3\\xa9\\xff\\xf0\\x9f\\x98\\x80\""));
  for (const char *p = line; *p != '\0'; p++)
    g_assert_true (*p >= 0x20 && *p < 0x7f);
  for (const char *p = json; *p != '\0'; p++)
    g_assert_true (*p >= 0x20 && *p < 0x7f);

  g_assert_true (json_parser_load_from_data (parser, json, -1, &error));
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "referer"), ==, hostile.referer);
  g_assert_cmpstr (json_object_get_string_member (object, "user_agent"), ==,
                   "\033[31m\303\251\357\277\275\xf0\x9f\x98\x80");
}

static void
test_names (void)
{
  GemingaAccessLogFormat format = GEMINGA_ACCESS_LOG_COMMON;

  g_assert_true (geminga_access_log_format_from_string ("json", &format));
  g_assert_cmpint (format, ==, GEMINGA_ACCESS_LOG_JSON);
  g_assert_true (geminga_access_log_format_from_string ("combined", &format));
  g_assert_cmpint (format, ==, GEMINGA_ACCESS_LOG_COMBINED);
  g_assert_false (geminga_access_log_format_from_string ("xml", &format));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/access-log/lines", test_lines);
  g_test_add_func ("/http/access-log/unknown", test_unknown);
  g_test_add_func ("/http/access-log/hostile", test_hostile);
  g_test_add_func ("/http/access-log/names", test_names);

  return g_test_run ();
}
