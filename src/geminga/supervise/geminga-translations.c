/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-translations-private.h"

#include <libintl.h>
#include <locale.h>

/* Helpers */

/* Only what messages need: numbers are read and written as before. */
static void
take_from_environment (int category)
{
  if (g_strcmp0 (setlocale (category, NULL), "C") == 0)
    setlocale (category, "");
}

/* Private API */

void
geminga_translations_init (void)
{
  take_from_environment (LC_CTYPE);
  take_from_environment (LC_MESSAGES);
  bindtextdomain (GETTEXT_PACKAGE, GEMINGA_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}
