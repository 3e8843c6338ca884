/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-setting-info.h"

#include "geminga-setting-info-private.h"
#include "geminga-settings-error.h"

typedef struct
{
  GemingaSettingType type;
  double minimum;
  double maximum;
  const char *allowed;
} AllowedVector;

static const AllowedVector allowed_vectors[] = {
  { GEMINGA_SETTING_TYPE_BOOLEAN, 0, 0, "true or false" },
  { GEMINGA_SETTING_TYPE_INT, 0, 1024, "a whole number from 0 to 1024" },
  { GEMINGA_SETTING_TYPE_INT, 1, G_MAXDOUBLE, "a whole number of at least 1" },
  { GEMINGA_SETTING_TYPE_INT, -G_MAXDOUBLE, 5, "a whole number of at most 5" },
  { GEMINGA_SETTING_TYPE_INT, -G_MAXDOUBLE, G_MAXDOUBLE, "a whole number" },
  { GEMINGA_SETTING_TYPE_DOUBLE, 0.5, 1, "a number from 0.5 to 1" },
  { GEMINGA_SETTING_TYPE_DURATION, 1, 3600, "a time such as 500ms, 30s, 5m or 1h from 1s to 1h" },
  { GEMINGA_SETTING_TYPE_SIZE, 4096, 1048576,
    "a number of bytes such as 4096, 64k, 10M or 1G from 4k to 1M" },
  { GEMINGA_SETTING_TYPE_MODE, 0, 0777, "an octal number such as 022 from 0000 to 0777" },
  { GEMINGA_SETTING_TYPE_CHOICE, 0, 0, "one of red, blue" },
  { GEMINGA_SETTING_TYPE_STRING, 0, 0, "text in UTF-8" },
  { GEMINGA_SETTING_TYPE_PATH, 0, 0, "a file name in UTF-8" },
};

static const char *const colours[] = { "red", "blue", NULL };

static void
test_allowed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (allowed_vectors); i++)
    {
      const AllowedVector *vector = &allowed_vectors[i];
      g_autoptr (GemingaSettingInfo) info =
          geminga_setting_info_new ("thing", vector->type, "A thing");
      g_autofree char *allowed = NULL;

      geminga_setting_info_set_choices (info, colours);
      geminga_setting_info_set_range (info, vector->minimum, vector->maximum);
      allowed = geminga_setting_info_dup_allowed (info);
      g_assert_cmpstr (allowed, ==, vector->allowed);
    }
}

static void
test_accessors (void)
{
  g_autoptr (GemingaSettingInfo) info =
      geminga_setting_info_new ("colour", GEMINGA_SETTING_TYPE_CHOICE, "A colour");

  geminga_setting_info_set_choices (info, colours);
  g_assert_cmpstr (geminga_setting_info_get_default (info), ==, "red");
  geminga_setting_info_set_default (info, "blue");
  geminga_setting_info_set_short_flag (info, "C");
  geminga_setting_info_set_section (info, "Looks");
  geminga_setting_info_set_argument_name (info, "COLOUR");
  geminga_setting_info_set_flags (info, GEMINGA_SETTING_FLAGS_LIVE);
  geminga_setting_info_set_range (info, 1, 2);

  g_assert_cmpstr (geminga_setting_info_get_name (info), ==, "colour");
  g_assert_cmpint (geminga_setting_info_get_value_type (info), ==, GEMINGA_SETTING_TYPE_CHOICE);
  g_assert_cmpstr (geminga_setting_info_get_help (info), ==, "A colour");
  g_assert_cmpstr (geminga_setting_info_get_default (info), ==, "blue");
  g_assert_cmpstr (geminga_setting_info_get_short_flag (info), ==, "C");
  g_assert_cmpstr (geminga_setting_info_get_section (info), ==, "Looks");
  g_assert_cmpstr (geminga_setting_info_get_choices (info)[1], ==, "blue");
  g_assert_cmpint (geminga_setting_info_get_flags (info), ==, GEMINGA_SETTING_FLAGS_LIVE);
  g_assert_cmpfloat (geminga_setting_info_get_minimum (info), ==, 1);
  g_assert_cmpfloat (geminga_setting_info_get_maximum (info), ==, 2);
}

/* What does not hold together is refused, and says why. */
static void
test_mistakes (void)
{
  static const char *const names[] = { "Upper", "-dash", "dash-", "two--dashes", "1st",
                                       "a_b",   "ü",     "no-x",  NULL };
  g_autoptr (GemingaSettingInfo) range =
      geminga_setting_info_new ("range", GEMINGA_SETTING_TYPE_INT, "Range");
  g_autoptr (GemingaSettingInfo) choice =
      geminga_setting_info_new ("choice", GEMINGA_SETTING_TYPE_CHOICE, "Choice");
  g_autoptr (GemingaSettingInfo) letter =
      geminga_setting_info_new ("letter", GEMINGA_SETTING_TYPE_INT, "Letter");
  g_autoptr (GemingaSettingInfo) value =
      geminga_setting_info_new ("value", GEMINGA_SETTING_TYPE_INT, "Value");
  GemingaSettingInfo *infos[] = { range, choice, letter, value };

  geminga_setting_info_set_range (range, 2, 1);
  geminga_setting_info_set_short_flag (letter, "h");
  geminga_setting_info_set_default (value, "many");
  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (geminga_setting_info_seal (infos[i], &error));
      g_assert_cmpint (error->domain, ==, GEMINGA_SETTINGS_ERROR);
      g_assert_nonnull (strstr (error->message, geminga_setting_info_get_name (infos[i])));
    }

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GemingaSettingInfo) info =
          geminga_setting_info_new (names[i], GEMINGA_SETTING_TYPE_INT, "Name");
      g_autoptr (GError) error = NULL;

      g_assert_false (geminga_setting_info_seal (info, &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_SETTING);
    }
}

static void
count_cb (gpointer data)
{
  guint *count = data;

  (*count)++;
}

static gboolean
never_cb (GVariant *value, gpointer user_data, GError **error)
{
  return FALSE;
}

static void
test_check_destroyed (void)
{
  guint count = 0;
  GemingaSettingInfo *info = geminga_setting_info_new ("x", GEMINGA_SETTING_TYPE_INT, "X");

  geminga_setting_info_set_check (info, never_cb, &count, count_cb);
  geminga_setting_info_set_check (info, never_cb, &count, count_cb);
  g_assert_cmpuint (count, ==, 1);
  g_assert_false (geminga_setting_info_seal (info, NULL));
  geminga_setting_info_unref (geminga_setting_info_ref (info));
  g_assert_cmpuint (count, ==, 1);
  geminga_setting_info_unref (info);
  g_assert_cmpuint (count, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/setting-info/allowed", test_allowed);
  g_test_add_func ("/supervise/setting-info/accessors", test_accessors);
  g_test_add_func ("/supervise/setting-info/mistakes", test_mistakes);
  g_test_add_func ("/supervise/setting-info/check-destroyed", test_check_destroyed);

  return g_test_run ();
}
