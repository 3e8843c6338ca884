/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* write-settings INTRO: prints the chapter about settings, the introduction and then the table. */
#include <geminga.h>
#include <string.h>

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Hello");
  g_autofree char *table =
      geminga_settings_to_markdown (geminga_service_get_settings (GEMINGA_SERVICE (web)));
  const char *first_section = strstr (table, "\n## ");
  g_autofree char *intro = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2 || !g_file_get_contents (argv[1], &intro, NULL, &error))
    {
      g_printerr ("write-settings: %s\n", error != NULL ? error->message : "one file is needed");
      return 2;
    }

  g_assert (first_section != NULL);
  g_print ("%s%s", intro, first_section);

  return 0;
}
