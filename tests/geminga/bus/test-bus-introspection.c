/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"
#include "dbus-contract.h"

#include "geminga-registry-private.h"

static void
test_contract (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (GEMINGA_TYPE_ACTOR);
  GemingaBusInterface *interface = geminga_bus_class_find (klass, ACTOR);

  g_assert_cmpuint (klass->interfaces->len, ==, 1);
  assert_contract (interface->info);
}

static void
test_supervisor_contract (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (GEMINGA_TYPE_SUPERVISOR);
  GemingaBusInterface *interface = geminga_bus_class_find (klass, "org.geminga1.Supervisor");

  assert_contract (interface->info);
}

static void
test_registry_contract (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (GEMINGA_TYPE_REGISTRY);
  GemingaBusInterface *interface = geminga_bus_class_find (klass, "org.geminga1.Registry");

  assert_contract (interface->info);
}

static void
test_class (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (CALC_TYPE);
  GemingaBusInterface *calc = geminga_bus_class_find (klass, CALC);
  g_autofree char *text = contract_describe (calc->info);
  g_autoptr (GVariant) names = g_variant_ref_sink (geminga_bus_class_list_names (klass));
  g_autofree char *list = g_variant_print (names, FALSE);

  g_assert_cmpstr (text, ==,
                   "method Add d:a d:b -> d\n"
                   "method Divide i:a i:b -> i i\n"
                   "method Emit ->\n"
                   "method Hang ->\n"
                   "method Keep ->\n"
                   "method Large -> ay\n"
                   "method Note s:text ->\n"
                   "method Refuse ->\n"
                   "method Write h:file -> h\n"
                   "property MaxPrecision u true\n"
                   "property Owner s const\n"
                   "signal Happened s:what u:count");
  g_assert_cmpstr (list, ==, "['org.example.Calc1', 'org.geminga1.Actor']");
  g_assert_null (geminga_bus_class_find (klass, "org.example.None"));
  g_assert_nonnull (geminga_bus_interface_find_method (calc, "Add"));
  g_assert_null (geminga_bus_interface_find_method (calc, "Secret"));
  g_assert_null (geminga_bus_interface_find_method (calc, "Ping"));
  g_assert_true (geminga_bus_class_is_private_event (klass, CALC, "Whispered"));
  g_assert_false (geminga_bus_class_is_private_event (klass, CALC, "Happened"));
  g_assert_false (geminga_bus_class_is_private_event (klass, CALC, "None"));
  g_assert_false (geminga_bus_class_is_private_event (klass, PROPERTIES, "PropertiesChanged"));
  g_assert_cmpint (geminga_bus_interface_find_property (calc, "Owner"), ==, 1);
  g_assert_cmpint (geminga_bus_interface_find_property (calc, "owner"), ==, -1);
}

static const char *
lookup_annotation (GDBusInterfaceInfo *info, const char *method, const char *name)
{
  return g_dbus_annotation_info_lookup (
      g_dbus_interface_info_lookup_method (info, method)->annotations, name);
}

static void
test_annotations (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (CALC_TYPE);
  GDBusInterfaceInfo *calc = geminga_bus_class_find (klass, CALC)->info;

  g_assert_cmpstr (lookup_annotation (calc, "Add", "org.gtk.GDBus.DocString"), ==,
                   "Adds “a” & <b>");
  g_assert_null (lookup_annotation (calc, "Divide", "org.gtk.GDBus.DocString"));
  g_assert_cmpstr (lookup_annotation (calc, "Divide", "org.freedesktop.DBus.Deprecated"), ==,
                   "true");
  g_assert_cmpstr (lookup_annotation (calc, "Note", "org.freedesktop.DBus.Method.NoReply"), ==,
                   "true");
  g_assert_null (lookup_annotation (calc, "Add", "org.freedesktop.DBus.Method.NoReply"));
  g_assert_cmpstr (g_dbus_annotation_info_lookup (
                       g_dbus_interface_info_lookup_property (calc, "MaxPrecision")->annotations,
                       "org.gtk.GDBus.DocString"),
                   ==, "Digits behind the point");
}

static void
test_pick (void)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (CALC_TYPE);
  GemingaBusInterface *calc = geminga_bus_class_find (klass, CALC);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = g_variant_parse (
      G_VARIANT_TYPE_VARDICT, "{'max-precision': <uint32 4>, 'owner': <5>, 'id': <'x'>}", NULL,
      NULL, &error);
  g_autoptr (GVariant) precision = NULL;
  g_autoptr (GVariant) owner = NULL;
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) nothing = NULL;
  g_autofree char *all_text = NULL;
  g_autofree char *nothing_text = NULL;

  g_assert_no_error (error);
  precision = geminga_bus_interface_pick_property (calc, 0, values);
  g_assert_cmpuint (g_variant_get_uint32 (precision), ==, 4);
  /* A value of another type than the class declares is none. */
  owner = geminga_bus_interface_pick_property (calc, 1, values);
  g_assert_null (owner);

  all = g_variant_ref_sink (geminga_bus_class_pick_properties (klass, values));
  all_text = g_variant_print (all, FALSE);
  g_assert_cmpstr (all_text, ==,
                   "{'org.example.Calc1': {'MaxPrecision': <uint32 4>}, "
                   "'org.geminga1.Actor': {'Id': <'x'>}}");
  nothing = g_variant_ref_sink (geminga_bus_class_pick_properties (klass, NULL));
  nothing_text = g_variant_print (nothing, FALSE);
  g_assert_cmpstr (nothing_text, ==, "{'org.example.Calc1': {}, 'org.geminga1.Actor': {}}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bus/introspection/contract", test_contract);
  g_test_add_func ("/bus/introspection/supervisor-contract", test_supervisor_contract);
  g_test_add_func ("/bus/introspection/registry-contract", test_registry_contract);
  g_test_add_func ("/bus/introspection/class", test_class);
  g_test_add_func ("/bus/introspection/annotations", test_annotations);
  g_test_add_func ("/bus/introspection/pick", test_pick);

  return g_test_run ();
}
