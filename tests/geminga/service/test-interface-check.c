/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-interface-check-private.h"
#include "geminga.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
assert_compared (const char *before, const char *now, const char *wanted)
{
  g_autoptr (GVariant) one = g_variant_ref_sink (g_variant_new_parsed (before));
  g_autoptr (GVariant) two = g_variant_ref_sink (g_variant_new_parsed (now));
  g_auto (GStrv) lines = geminga_interface_check_compare (one, two);
  g_autofree char *text = g_strjoinv ("\n", lines);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_compare (void)
{
  static const char *const rows[][3] = {
    { "@a(sss) []", "[('A/x', 'command c', '() → ()')]", "" },
    { "[('A/x', 'command c', '() → ()')]", "[('A/x', 'command c', '() → ()')]", "" },
    { "[('A/x', 'command c', '() → ()')]", "[('A/x', 'command c', '(i) → ()')]",
      "A/x: command c was “() → ()” and is “(i) → ()”" },
    { "[('A/x', 'command c', '() → ()')]", "[('A/y', 'command c', '() → ()')]",
      "A/x: command c is not there any more" },
    /* A service that is gone is meant to be. */
    { "[('A/x', 'command c', '() → ()')]", "[('B/x', 'command c', '() → ()')]", "" },
    { "[('A/x', 'property p', 'i read')]", "[('A/x', 'property p', 'i readwrite')]", "" },
    { "[('A/x', 'property p', 'i readwrite')]", "[('A/x', 'property p', 'i read')]",
      "A/x: property p was “i readwrite” and is “i read”" },
    { "[('A/x', 'property p', 'i read')]", "[('A/x', 'property p', 'x readwrite')]",
      "A/x: property p was “i read” and is “x readwrite”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i][0]);
      assert_compared (rows[i][0], rows[i][1], rows[i][2]);
    }
}

static GPtrArray *
new_services (void)
{
  GPtrArray *services = g_ptr_array_new_with_free_func (g_object_unref);
  GemingaService *service = geminga_service_new ("org.example.Test");

  geminga_service_add_actor (service, GEMINGA_TYPE_SUPERVISOR, "one", GEMINGA_PLACEMENT_SHARED,
                             NULL, NULL);
  g_ptr_array_add (services, service);

  return services;
}

static void
test_describe (void)
{
  g_autoptr (GPtrArray) services = new_services ();
  g_autoptr (GVariant) description = geminga_interface_check_describe (services);
  g_autofree char *text = g_variant_print (description, FALSE);

  g_assert_nonnull (strstr (text, "('Test/one', 'command org.geminga1.Actor.Ping', '() → (s)')"));
  g_assert_nonnull (strstr (text, "('Test/one', 'property max-restarts', 'u readwrite')"));
}

static void
test_file (void)
{
  g_autoptr (GPtrArray) services = new_services ();
  g_autoptr (GVariant) description = geminga_interface_check_describe (services);
  g_autoptr (GVariant) read = NULL;
  g_autoptr (GError) error = NULL;
  int fd = geminga_interface_check_new_fd (&error);

  g_assert_no_error (error);
  g_assert_null (geminga_interface_check_read (fd));
  g_assert_true (geminga_interface_check_write (fd, description, &error));
  g_assert_no_error (error);
  read = geminga_interface_check_read (fd);
  g_assert_cmpvariant (read, description);
  /* Nobody changes it any more. */
  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  g_assert_false (geminga_interface_check_write (fd, description, &error));
  g_assert_nonnull (error);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/interface-check/compare", test_compare);
  g_test_add_func ("/service/interface-check/describe", test_describe);
  g_test_add_func ("/service/interface-check/file", test_file);

  return g_test_run ();
}
