/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"

/* Tests */

static void
test_names (void)
{
  for (int code = 0; code <= GEMINGA_HTTP_ERROR_TIMED_OUT; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (GEMINGA_HTTP_ERROR, code, "text");
      g_autofree char *name = g_dbus_error_encode_gerror (error);
      g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "text");

      g_assert_true (g_str_has_prefix (name, "org.geminga1.Error.Http."));
      g_assert_error (back, GEMINGA_HTTP_ERROR, code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/error/names", test_names);

  return g_test_run ();
}
