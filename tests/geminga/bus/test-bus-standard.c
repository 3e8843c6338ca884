/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../peer/node-fixture.h"

#include "geminga-bus-standard-private.h"

#define PROBE_PATH     "/org/geminga1/node/0/probe"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define PEER           "org.freedesktop.DBus.Peer"

/* The test is the process at the other end of a link; the actor is in the root. */
typedef struct
{
  Service *service;
  GemingaActorRef *probe;  /* (owned) */
  GemingaActorRef *played; /* (owned) */
  guint32 last_serial;
} Fixture;

/* Helpers */

static void
set_up (Fixture *self, gconstpointer data)
{
  self->service = service_new ();
  self->service->is_played = TRUE;
  self->service->standard_called = geminga_bus_answer_standard;
  self->probe = geminga_system_spawn (self->service->system, PROBE_TYPE, "probe",
                                      GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_assert_true (wait_ready (self->probe, NULL));
  self->played = spawn_probe (self->service, "played");
  self->last_serial = 100;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close (self->service->played_fd);
  g_assert_false (wait_ended (self->played, NULL));
  g_object_unref (self->played);
  g_object_unref (self->probe);
  service_free (self->service);
}

/* Gives the body of the reply as text, or the name of the error. */
static char *
call (Fixture *self, const char *path, const char *interface, const char *member, GVariant *body)
{
  g_autoptr (GVariant) sunk =
      g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  g_auto (GemingaWireMessage) reply = GEMINGA_WIRE_MESSAGE_INIT;
  GemingaWireMessage message;
  g_autofree guint8 *bytes = g_malloc (65536);

  geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_CALL);
  message.serial = ++self->last_serial;
  message.path = path;
  message.interface = interface;
  message.member = member;
  message.body = sunk;
  played_write (self->service->played_fd, &message);
  do
    {
      geminga_wire_message_clear (&reply);
      played_read (self->service->played_fd, &reply, bytes, 65536);
    }
  while (reply.reply_serial != message.serial);

  return reply.type == GEMINGA_WIRE_MESSAGE_ERROR ? g_strdup (reply.error_name)
                                                  : g_variant_print (reply.body, FALSE);
}

static void
assert_call (Fixture *self,
             const char *path,
             const char *interface,
             const char *member,
             GVariant *body,
             const char *expected)
{
  g_autofree char *found = call (self, path, interface, member, body);

  g_assert_cmpstr (found, ==, expected);
}

static GDBusNodeInfo *
introspect (Fixture *self, const char *path)
{
  g_autofree char *text = call (self, path, INTROSPECTABLE, "Introspect", NULL);
  g_autoptr (GVariant) answer = g_variant_parse (G_VARIANT_TYPE ("(s)"), text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const char *xml;
  GDBusNodeInfo *info;

  g_assert_nonnull (answer);
  g_variant_get (answer, "(&s)", &xml);
  info = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);

  return info;
}

/* Tests */

static void
test_introspect (Fixture *self, gconstpointer data)
{
  g_autoptr (GDBusNodeInfo) info = introspect (self, PROBE_PATH);
  GDBusInterfaceInfo *own = g_dbus_node_info_lookup_interface (info, "org.example.Probe1");

  g_assert_nonnull (own);
  g_assert_nonnull (g_dbus_interface_info_lookup_method (own, "Add"));
  g_assert_nonnull (g_dbus_interface_info_lookup_property (own, "Start"));
  g_assert_nonnull (g_dbus_node_info_lookup_interface (info, "org.geminga1.Actor"));
  g_assert_nonnull (g_dbus_node_info_lookup_interface (info, INTROSPECTABLE));
  g_assert_nonnull (g_dbus_node_info_lookup_interface (info, PROPERTIES));
  g_assert_nonnull (g_dbus_node_info_lookup_interface (info, PEER));
}

/* From the root down to every actor. */
static void
test_tree (Fixture *self, gconstpointer data)
{
  static const char *const steps[] = { "/",
                                       "org",
                                       "/org",
                                       "geminga1",
                                       "/org/geminga1",
                                       "node",
                                       "/org/geminga1/node",
                                       "0",
                                       "/org/geminga1/node/0",
                                       "probe" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i += 2)
    {
      g_autoptr (GDBusNodeInfo) info = introspect (self, steps[i]);

      g_assert_nonnull (info->nodes[0]);
      g_assert_cmpstr (info->nodes[0]->path, ==, steps[i + 1]);
      g_assert_null (info->nodes[1]);
      g_assert_null (g_dbus_node_info_lookup_interface (info, PROPERTIES));
    }
}

static void
test_properties (Fixture *self, gconstpointer data)
{
  assert_call (self, PROBE_PATH, PROPERTIES, "Get",
               g_variant_new ("(ss)", "org.example.Probe1", "Start"), "(<uint32 0>,)");
  assert_call (self, PROBE_PATH, PROPERTIES, "Get",
               g_variant_new ("(ss)", "org.geminga1.Actor", "Id"), "(<'probe'>,)");
  assert_call (self, PROBE_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", "org.example.Probe1"),
               "({'Start': <uint32 0>},)");
  {
    g_autofree char *all = call (self, PROBE_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", ""));

    g_assert_nonnull (strstr (all, "'Start': <uint32 0>"));
    g_assert_nonnull (strstr (all, "'Placement': <'shared'>"));
  }
}

static void
test_peer (Fixture *self, gconstpointer data)
{
  g_autofree char *id = call (self, PROBE_PATH, PEER, "GetMachineId", NULL);

  assert_call (self, PROBE_PATH, PEER, "Ping", NULL, "()");
  assert_call (self, "/", PEER, "Ping", NULL, "()");
  g_assert_true (g_str_has_prefix (id, "('") ||
                 g_str_equal (id, "org.freedesktop.DBus.Error.Failed"));
}

static void
test_mistakes (Fixture *self, gconstpointer data)
{
  static const char *const strangers[] = { "/org/geminga1/node/0/nobody",
                                           "/org/geminga1/node/1/played", "/com",
                                           "/org/geminga1/nod" };
  GVariant *three = g_variant_new_uint32 (3);

  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      assert_call (self, strangers[i], INTROSPECTABLE, "Introspect", NULL,
                   "org.freedesktop.DBus.Error.UnknownObject");
      assert_call (self, strangers[i], PROPERTIES, "GetAll", g_variant_new ("(s)", ""),
                   "org.freedesktop.DBus.Error.UnknownObject");
    }
  assert_call (self, PROBE_PATH, PROPERTIES, "Get",
               g_variant_new ("(ss)", "com.example.X", "Start"),
               "org.freedesktop.DBus.Error.UnknownInterface");
  assert_call (self, PROBE_PATH, PROPERTIES, "Get",
               g_variant_new ("(ss)", "org.example.Probe1", "Nothing"),
               "org.freedesktop.DBus.Error.UnknownProperty");
  assert_call (self, PROBE_PATH, PROPERTIES, "Set",
               g_variant_new ("(ssv)", "org.example.Probe1", "Start", three),
               "org.freedesktop.DBus.Error.PropertyReadOnly");
  assert_call (self, PROBE_PATH, PROPERTIES, "Get", g_variant_new ("(s)", "x"),
               "org.geminga1.Error.NoSuchCommand");
  assert_call (self, PROBE_PATH, INTROSPECTABLE, "Frob", NULL, "org.geminga1.Error.NoSuchCommand");
  assert_call (self, PROBE_PATH, "org.freedesktop.DBus.Frob", "Ping", NULL,
               "org.geminga1.Error.NoSuchCommand");
}

static void
add_test (const char *path, void (*func) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/bus/bus-standard/introspect", test_introspect);
  add_test ("/bus/bus-standard/tree", test_tree);
  add_test ("/bus/bus-standard/properties", test_properties);
  add_test ("/bus/bus-standard/peer", test_peer);
  add_test ("/bus/bus-standard/mistakes", test_mistakes);

  return g_test_run ();
}
