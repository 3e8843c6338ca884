/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-translations-private.h"

#include <libintl.h>
#include <locale.h>

#include "geminga-settings-private.h"
#include "geminga-settings.h"

/* Helpers */

static char *
complain (void)
{
  g_autoptr (GemingaSettings) settings = geminga_settings_new ("org.example.Test");
  const char *const no_files[] = { NULL };
  const char *const argv[] = { "test", "--wrokers", "2", NULL };
  g_autoptr (GError) error = NULL;

  geminga_settings_set_config_files (settings, no_files);
  geminga_settings_add_standard (settings);
  g_assert_false (geminga_settings_load (settings, argv, &error));

  return g_strdup (error->message);
}

/* Tests */

static void
test_init (void)
{
  geminga_translations_init ();
  g_assert_cmpstr (bindtextdomain (GETTEXT_PACKAGE, NULL), ==, GEMINGA_LOCALEDIR);
  g_assert_cmpstr (bind_textdomain_codeset (GETTEXT_PACKAGE, NULL), ==, "UTF-8");
  g_assert_cmpstr (setlocale (LC_NUMERIC, NULL), ==, "C");
}

/* What the program has chosen stays. */
static void
test_chosen (void)
{
  g_autofree char *before = NULL;

  g_assert_nonnull (setlocale (LC_CTYPE, "C.UTF-8"));
  before = g_strdup (setlocale (LC_CTYPE, NULL));
  g_setenv ("LC_ALL", "POSIX", TRUE);
  geminga_translations_init ();
  g_assert_cmpstr (setlocale (LC_CTYPE, NULL), ==, before);
}

static void
test_languages (void)
{
  static const struct
  {
    const char *language;
    const char *message;
  } vectors[] = {
    { "de", "Es gibt keinen Schalter --wrokers; war --workers gemeint?" },
    { "es", "No hay ninguna opción --wrokers; ¿quiso decir --workers?" },
    { "fr", "Il n'y a pas d'option --wrokers\302\240; vouliez-vous dire --workers\302\240?" },
    { "it", "Non c'è un'opzione --wrokers; si intendeva --workers?" },
    { "xx", "There is no flag --wrokers; did you mean --workers?" },
  };
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "..", "po", NULL);

  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *message = NULL;

      g_setenv ("LANGUAGE", vectors[i].language, TRUE);
      /* Another folder makes gettext look at the variable again. */
      geminga_translations_init ();
      bindtextdomain (GETTEXT_PACKAGE, folder);
      message = complain ();
      g_assert_cmpstr (message, ==, vectors[i].message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/supervise/translations/init", test_init);
  g_test_add_func ("/supervise/translations/chosen", test_chosen);
  g_test_add_func ("/supervise/translations/languages", test_languages);

  return g_test_run ();
}
