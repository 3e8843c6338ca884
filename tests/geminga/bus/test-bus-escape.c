/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-bus-private.h"

static const struct
{
  const char *id;
  const char *escaped;
} vectors[] = {
  { "", "_" },
  { "Hello", "Hello" },
  { "worker1", "worker1" },
  { "a_b", "a_5fb" },
  { "org.example.Hello", "org_2eexample_2eHello" },
  { "_", "_5f" },
  { "größe/2", "gr_c3_b6_c3_9fe_2f2" },
};

static void
test_both_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *escaped = geminga_bus_escape (vectors[i].id);
      g_autofree char *id = geminga_bus_unescape (vectors[i].escaped);

      g_test_message ("“%s”", vectors[i].id);
      g_assert_cmpstr (escaped, ==, vectors[i].escaped);
      g_assert_cmpstr (id, ==, vectors[i].id);
    }
}

static void
test_malformed (void)
{
  const char *const malformed[] = { "", "a_", "_2", "a_x0b", "_2g", "_00", "a_00b" };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *id = geminga_bus_unescape (malformed[i]);

      g_test_message ("“%s”", malformed[i]);
      g_assert_null (id);
    }
}

static void
test_names (void)
{
  g_autofree char *name = geminga_bus_dup_service_name ("org.example.Hello-2");
  g_autofree char *path = geminga_bus_build_path ("/org/geminga1/Hello", "image resizer");

  g_assert_cmpstr (name, ==, "org.geminga1.Service.org_2eexample_2eHello_2d2");
  g_assert_true (g_dbus_is_name (name));
  g_assert_cmpstr (path, ==, "/org/geminga1/Hello/image_20resizer");
  g_assert_true (g_variant_is_object_path (path));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bus/escape/both-ways", test_both_ways);
  g_test_add_func ("/bus/escape/malformed", test_malformed);
  g_test_add_func ("/bus/escape/names", test_names);

  return g_test_run ();
}
