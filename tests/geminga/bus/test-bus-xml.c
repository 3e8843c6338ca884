/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

static GDBusNodeInfo *
introspect (Fixture *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      call (self, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL, &error);
  GDBusNodeInfo *info;
  const char *xml;

  g_assert_no_error (error);
  g_variant_get (reply, "(&s)", &xml);
  info = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);

  return info;
}

static void
assert_node (Fixture *self, const char *path, const char *children, const char *interfaces)
{
  g_autoptr (GDBusNodeInfo) info = introspect (self, path);
  g_autoptr (GString) nodes = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; info->nodes[i] != NULL; i++)
    g_string_append_printf (nodes, "%s%s", i > 0 ? " " : "", info->nodes[i]->path);
  for (guint i = 0; info->interfaces[i] != NULL; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            strrchr (info->interfaces[i]->name, '.') + 1);
  g_assert_cmpstr (nodes->str, ==, children);
  g_assert_cmpstr (names->str, ==, interfaces);
}

static void
test_tree (Fixture *self, gconstpointer data)
{
  geminga_bus_add_actor (self->bus, CALC_PATH "/child", GEMINGA_TYPE_ACTOR, self->calc);
  geminga_bus_add_actor (self->bus, ROOT "/Hello/b", GEMINGA_TYPE_ACTOR, self->calc);
  geminga_bus_add_actor (self->bus, ROOT "/Hello/worker1/x", GEMINGA_TYPE_ACTOR, self->calc);

  assert_node (self, "/", "org", "Introspectable Peer");
  assert_node (self, "/org", "geminga1", "Introspectable Peer");
  assert_node (self, ROOT, "Hello", "Introspectable Peer Properties ObjectManager LogControl1");
  assert_node (self, ROOT "/Hello", "b calc worker1", "Introspectable Peer");
  assert_node (self, CALC_PATH, "child", "Introspectable Peer Properties Calc1 Actor");
  assert_node (self, CALC_PATH "/child", "", "Introspectable Peer Properties Actor");
  assert_node (self, ROOT "/Hello/worker1", "x", "Introspectable Peer");

  geminga_bus_remove_actor (self->bus, ROOT "/Hello/worker1/x");
  assert_node (self, ROOT "/Hello", "b calc", "Introspectable Peer");
  geminga_bus_remove_actor (self->bus, CALC_PATH);
  assert_node (self, CALC_PATH, "child", "Introspectable Peer");
}

/* The arbiter's own object has its interfaces beside those of the root. */
static void
test_root (Fixture *self, gconstpointer data)
{
  geminga_bus_add_actor (self->bus, ROOT, GEMINGA_TYPE_ACTOR, self->calc);
  assert_node (self, ROOT, "Hello",
               "Introspectable Peer Properties ObjectManager LogControl1 Actor");
  assert_answers (self, ROOT, ACTOR, "Ping", NULL, "('pong',)");
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  geminga_bus_remove_actor (self->bus, CALC_PATH);
  assert_node (self, ROOT, "", "Introspectable Peer Properties ObjectManager LogControl1");
  assert_node (self, "/", "org", "Introspectable Peer");
}

static void
test_documentation (Fixture *self, gconstpointer data)
{
  g_autoptr (GDBusNodeInfo) info = introspect (self, CALC_PATH);
  GDBusInterfaceInfo *calc = g_dbus_node_info_lookup_interface (info, CALC);
  GDBusMethodInfo *add = g_dbus_interface_info_lookup_method (calc, "Add");

  g_assert_cmpstr (g_dbus_annotation_info_lookup (add->annotations, "org.gtk.GDBus.DocString"), ==,
                   "Adds “a” & <b>");
  g_assert_cmpstr (add->in_args[1]->name, ==, "b");
  g_assert_cmpstr (add->in_args[1]->signature, ==, "d");
  g_assert_nonnull (g_dbus_interface_info_lookup_signal (calc, "Happened"));
  g_assert_null (g_dbus_interface_info_lookup_method (calc, "Secret"));
}

/* GDBus itself answers for every path. */
static void
test_peer (Fixture *self, gconstpointer data)
{
  assert_answers (self, CALC_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL, "()");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/xml/tree", Fixture, NULL, fixture_set_up, test_tree, fixture_tear_down);
  g_test_add ("/bus/xml/root", Fixture, NULL, fixture_set_up, test_root, fixture_tear_down);
  g_test_add ("/bus/xml/empty", Fixture, NULL, fixture_set_up, test_empty, fixture_tear_down);
  g_test_add ("/bus/xml/documentation", Fixture, NULL, fixture_set_up, test_documentation,
              fixture_tear_down);
  g_test_add ("/bus/xml/peer", Fixture, NULL, fixture_set_up, test_peer, fixture_tear_down);

  return g_test_run ();
}
