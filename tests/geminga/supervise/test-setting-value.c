/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-setting-value-private.h"

#include "geminga-setting-info-private.h"
#include "geminga-settings-error.h"

typedef struct
{
  GemingaSettingType type;
  const char *text;
  const char *printed; /* the variant, or NULL if the text is refused */
  const char *written; /* how it is written, or NULL if as it was read */
  int code;            /* of the refusal */
} Vector;

static const Vector vectors[] = {
  { GEMINGA_SETTING_TYPE_BOOLEAN, "true", "true" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "Yes", "true", "true" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "ON", "true", "true" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, " 1 ", "true", "true" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "0", "false", "false" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "off", "false", "false" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "no", "false", "false" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "2", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_INT, "0", "0" },
  { GEMINGA_SETTING_TYPE_INT, "-17", "-17" },
  { GEMINGA_SETTING_TYPE_INT, "9223372036854775807", "9223372036854775807" },
  { GEMINGA_SETTING_TYPE_INT, "9223372036854775808", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_INT, "1.5", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_INT, "0x10", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_INT, "4 workers", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_INT, "", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DOUBLE, "2.5", "2.5" },
  { GEMINGA_SETTING_TYPE_DOUBLE, "-1e3", "-1000.0", "-1000" },
  { GEMINGA_SETTING_TYPE_DOUBLE, "nan", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DOUBLE, "inf", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DOUBLE, "1e999", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DOUBLE, "0x1p3", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DOUBLE, "1,5", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DURATION, "30", "30.0", "30s" },
  { GEMINGA_SETTING_TYPE_DURATION, "500ms", "0.5" },
  { GEMINGA_SETTING_TYPE_DURATION, "0.25", "0.25", "250ms" },
  { GEMINGA_SETTING_TYPE_DURATION, "30s", "30.0" },
  { GEMINGA_SETTING_TYPE_DURATION, "5 min", "300.0", "5m" },
  { GEMINGA_SETTING_TYPE_DURATION, "1h30m", "5400.0", "90m" },
  { GEMINGA_SETTING_TYPE_DURATION, "1h 30m", "5400.0", "90m" },
  { GEMINGA_SETTING_TYPE_DURATION, "1d", "86400.0" },
  { GEMINGA_SETTING_TYPE_DURATION, "0", "0.0" },
  { GEMINGA_SETTING_TYPE_DURATION, "0s", "0.0", "0" },
  { GEMINGA_SETTING_TYPE_DURATION, "-1", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_DURATION, "-1s", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_DURATION, "1h-5m", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DURATION, "1h30", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DURATION, "5x", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DURATION, "soon", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_DURATION, "", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_SIZE, "4096", "4096", "4k" },
  { GEMINGA_SETTING_TYPE_SIZE, "64k", "65536" },
  { GEMINGA_SETTING_TYPE_SIZE, "64K", "65536", "64k" },
  { GEMINGA_SETTING_TYPE_SIZE, "10M", "10485760" },
  { GEMINGA_SETTING_TYPE_SIZE, "10 MiB", "10485760", "10M" },
  { GEMINGA_SETTING_TYPE_SIZE, "1.5G", "1610612736", "1536M" },
  { GEMINGA_SETTING_TYPE_SIZE, "1G", "1073741824" },
  { GEMINGA_SETTING_TYPE_SIZE, "100b", "100", "100" },
  { GEMINGA_SETTING_TYPE_SIZE, "0", "0" },
  { GEMINGA_SETTING_TYPE_SIZE, "0.3", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_SIZE, "-1k", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_SIZE, "99999999T", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_SIZE, "1X", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_SIZE, "k", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_MODE, "022", "18", "0022" },
  { GEMINGA_SETTING_TYPE_MODE, "", "-1", "" },
  { GEMINGA_SETTING_TYPE_MODE, "8", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_MODE, "77777", .code = GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE },
  { GEMINGA_SETTING_TYPE_STRING, " a b ", "' a b '" },
  { GEMINGA_SETTING_TYPE_STRING, "", "''" },
  { GEMINGA_SETTING_TYPE_STRING, "\xff", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_CHOICE, "red", "'red'" },
  { GEMINGA_SETTING_TYPE_CHOICE, "blue", "'blue'" },
  { GEMINGA_SETTING_TYPE_CHOICE, "green", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_CHOICE, "", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "a", "['a']" },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "", "@as []" },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "\xc3\x28", .code = GEMINGA_SETTINGS_ERROR_INVALID_VALUE },
  { GEMINGA_SETTING_TYPE_PATH, "/a/../b", "'/b'", "/b" },
  { GEMINGA_SETTING_TYPE_PATH, "sub/file", "'/base/sub/file'", "/base/sub/file" },
  { GEMINGA_SETTING_TYPE_PATH, "-", "'-'" },
  { GEMINGA_SETTING_TYPE_PATH, "", "''" },
};

static GemingaSettingInfo *
make_info (GemingaSettingType type)
{
  static const char *const colours[] = { "red", "blue", NULL };
  GemingaSettingInfo *info = geminga_setting_info_new ("thing", type, "A thing");
  g_autoptr (GError) error = NULL;

  if (type == GEMINGA_SETTING_TYPE_CHOICE)
    geminga_setting_info_set_choices (info, colours);
  geminga_setting_info_seal (info, &error);
  g_assert_no_error (error);

  return info;
}

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const Vector *vector = &vectors[i];
      g_autoptr (GemingaSettingInfo) info = make_info (vector->type);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) again = NULL;
      g_autofree char *printed = NULL;
      g_autofree char *written = NULL;
      g_autofree char *escaped = g_strescape (vector->text, NULL);

      g_test_message ("type %d, “%s”", vector->type, escaped);
      value = geminga_setting_value_parse (info, vector->text, "/base", &error);
      if (vector->printed == NULL)
        {
          g_autofree char *allowed = geminga_setting_info_dup_allowed (info);

          g_assert_error (error, GEMINGA_SETTINGS_ERROR, vector->code);
          g_assert_null (value);
          g_assert_nonnull (strstr (error->message, allowed));
          continue;
        }

      g_assert_no_error (error);
      g_assert_false (g_variant_is_floating (value));
      printed = g_variant_print (value, vector->type == GEMINGA_SETTING_TYPE_STRING_LIST);
      g_assert_cmpstr (printed, ==, vector->printed);

      /* What is written means the same when it is read. */
      written = geminga_setting_value_to_text (info, value);
      g_assert_cmpstr (written, ==, vector->written != NULL ? vector->written : vector->text);
      again = geminga_setting_value_parse (info, written, "/elsewhere", &error);
      g_assert_no_error (error);
      g_assert_cmpvariant (value, again);
    }
}

/* Every duration and size that can be written is read back as the same number. */
static void
test_round_trip (void)
{
  g_autoptr (GemingaSettingInfo) duration = make_info (GEMINGA_SETTING_TYPE_DURATION);
  g_autoptr (GemingaSettingInfo) size = make_info (GEMINGA_SETTING_TYPE_SIZE);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GError) error = NULL;
      double seconds = g_test_rand_double_range (0, i % 2 == 0 ? 1 : 100000);
      g_autoptr (GVariant) time = g_variant_ref_sink (
          g_variant_new_double (i % 3 == 0 ? seconds : ((gint64) (seconds * 1000)) / 1000.0));
      g_autoptr (GVariant) bytes = g_variant_ref_sink (
          g_variant_new_int64 ((gint64) g_test_rand_int_range (0, G_MAXINT32) << (i % 20)));
      g_autofree char *time_text = geminga_setting_value_to_text (duration, time);
      g_autofree char *bytes_text = geminga_setting_value_to_text (size, bytes);
      g_autoptr (GVariant) time_again = NULL;
      g_autoptr (GVariant) bytes_again = NULL;

      time_again = geminga_setting_value_parse (duration, time_text, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpvariant (time, time_again);
      bytes_again = geminga_setting_value_parse (size, bytes_text, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpvariant (bytes, bytes_again);
    }
}

typedef struct
{
  GemingaSettingType type;
  const char *value; /* in GVariant text format */
  const char *printed;
} ConvertVector;

static const ConvertVector convert_vectors[] = {
  { GEMINGA_SETTING_TYPE_INT, "int32 4", "int64 4" },
  { GEMINGA_SETTING_TYPE_INT, "uint64 4", "int64 4" },
  { GEMINGA_SETTING_TYPE_INT, "byte 0x04", "int64 4" },
  { GEMINGA_SETTING_TYPE_INT, "4.0", "int64 4" },
  { GEMINGA_SETTING_TYPE_INT, "<'4'>", "int64 4" },
  { GEMINGA_SETTING_TYPE_INT, "int64 9223372036854775807", "int64 9223372036854775807" },
  { GEMINGA_SETTING_TYPE_INT, "4.5", NULL },
  { GEMINGA_SETTING_TYPE_INT, "true", NULL },
  { GEMINGA_SETTING_TYPE_INT, "['4']", NULL },
  { GEMINGA_SETTING_TYPE_DURATION, "30", "30.0" },
  { GEMINGA_SETTING_TYPE_DURATION, "'1m'", "60.0" },
  { GEMINGA_SETTING_TYPE_DURATION, "-1.0", NULL },
  { GEMINGA_SETTING_TYPE_DURATION, "inf", NULL },
  { GEMINGA_SETTING_TYPE_SIZE, "'1k'", "int64 1024" },
  { GEMINGA_SETTING_TYPE_SIZE, "-1", NULL },
  { GEMINGA_SETTING_TYPE_MODE, "-1", "int64 -1" },
  { GEMINGA_SETTING_TYPE_MODE, "-2", NULL },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "true", "true" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "'off'", "false" },
  { GEMINGA_SETTING_TYPE_BOOLEAN, "1", NULL },
  { GEMINGA_SETTING_TYPE_STRING, "'x'", "'x'" },
  { GEMINGA_SETTING_TYPE_STRING, "1", NULL },
  { GEMINGA_SETTING_TYPE_CHOICE, "'blue'", "'blue'" },
  { GEMINGA_SETTING_TYPE_CHOICE, "'grey'", NULL },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "['a', 'b']", "['a', 'b']" },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "'a'", "['a']" },
  { GEMINGA_SETTING_TYPE_STRING_LIST, "[1, 2]", NULL },
};

static void
test_convert (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (convert_vectors); i++)
    {
      const ConvertVector *vector = &convert_vectors[i];
      g_autoptr (GemingaSettingInfo) info = make_info (vector->type);
      g_autoptr (GVariant) given = g_variant_parse (NULL, vector->value, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autofree char *printed = NULL;

      g_test_message ("type %d, %s", vector->type, vector->value);
      g_assert_nonnull (given);
      value = geminga_setting_value_convert (info, given, &error);
      if (vector->printed == NULL)
        {
          g_assert_null (value);
          g_assert_cmpint (error->domain, ==, GEMINGA_SETTINGS_ERROR);
          continue;
        }

      g_assert_no_error (error);
      printed = g_variant_print (value, TRUE);
      g_assert_cmpstr (printed, ==, vector->printed);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/setting-value/parse", test_parse);
  g_test_add_func ("/supervise/setting-value/round-trip", test_round_trip);
  g_test_add_func ("/supervise/setting-value/convert", test_convert);

  return g_test_run ();
}
