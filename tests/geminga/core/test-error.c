/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include <string.h>

#include "geminga-core-enums.h"

/* "no-such-actor" -> "org.geminga1.Error.NoSuchActor" */
static char *
name_for_nick (const char *nick)
{
  GString *name = g_string_new ("org.geminga1.Error.");
  gboolean is_upper = TRUE;

  for (; *nick != '\0'; nick++)
    {
      if (*nick != '-')
        g_string_append_c (name, is_upper ? g_ascii_toupper (*nick) : *nick);
      is_upper = *nick == '-';
    }

  return g_string_free (name, FALSE);
}

/* Each code has its D-Bus name, and comes back from it. */
static void
test_names (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (GEMINGA_TYPE_ERROR);

  g_assert_cmpstr (g_quark_to_string (GEMINGA_ERROR), ==, "geminga-error-quark");
  g_assert_cmpuint (codes->n_values, ==, GEMINGA_ERROR_DEADLOCK + 1);
  for (guint i = 0; i < codes->n_values; i++)
    {
      g_autofree char *expected = name_for_nick (codes->values[i].value_nick);
      g_autoptr (GError) error =
          g_error_new_literal (GEMINGA_ERROR, codes->values[i].value, "message");
      g_autofree char *name = g_dbus_error_encode_gerror (error);
      g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "message");

      g_assert_cmpstr (name, ==, expected);
      g_assert_error (back, GEMINGA_ERROR, codes->values[i].value);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/error/names", test_names);

  return g_test_run ();
}
