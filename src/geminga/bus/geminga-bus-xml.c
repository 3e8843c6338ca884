/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/* What objects say about themselves: org.freedesktop.DBus.Introspectable. */

static const char header[] =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
    "                      \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
    "<node>\n";

static const char every_node[] = "  <interface name=\"org.freedesktop.DBus.Introspectable\">\n"
                                 "    <method name=\"Introspect\">\n"
                                 "      <arg type=\"s\" name=\"xml_data\" direction=\"out\"/>\n"
                                 "    </method>\n"
                                 "  </interface>\n"
                                 "  <interface name=\"org.freedesktop.DBus.Peer\">\n"
                                 "    <method name=\"Ping\"/>\n"
                                 "    <method name=\"GetMachineId\">\n"
                                 "      <arg type=\"s\" name=\"machine_uuid\" direction=\"out\"/>\n"
                                 "    </method>\n"
                                 "  </interface>\n";

static const char every_object[] =
    "  <interface name=\"org.freedesktop.DBus.Properties\">\n"
    "    <method name=\"Get\">\n"
    "      <arg type=\"s\" name=\"interface_name\" direction=\"in\"/>\n"
    "      <arg type=\"s\" name=\"property_name\" direction=\"in\"/>\n"
    "      <arg type=\"v\" name=\"value\" direction=\"out\"/>\n"
    "    </method>\n"
    "    <method name=\"GetAll\">\n"
    "      <arg type=\"s\" name=\"interface_name\" direction=\"in\"/>\n"
    "      <arg type=\"a{sv}\" name=\"properties\" direction=\"out\"/>\n"
    "    </method>\n"
    "    <method name=\"Set\">\n"
    "      <arg type=\"s\" name=\"interface_name\" direction=\"in\"/>\n"
    "      <arg type=\"s\" name=\"property_name\" direction=\"in\"/>\n"
    "      <arg type=\"v\" name=\"value\" direction=\"in\"/>\n"
    "    </method>\n"
    "    <signal name=\"PropertiesChanged\">\n"
    "      <arg type=\"s\" name=\"interface_name\"/>\n"
    "      <arg type=\"a{sv}\" name=\"changed_properties\"/>\n"
    "      <arg type=\"as\" name=\"invalidated_properties\"/>\n"
    "    </signal>\n"
    "  </interface>\n";

static const char root_object[] =
    "  <interface name=\"org.freedesktop.DBus.ObjectManager\">\n"
    "    <method name=\"GetManagedObjects\">\n"
    "      <arg type=\"a{oa{sa{sv}}}\" name=\"objects\" direction=\"out\"/>\n"
    "    </method>\n"
    "    <signal name=\"InterfacesAdded\">\n"
    "      <arg type=\"o\" name=\"object\"/>\n"
    "      <arg type=\"a{sa{sv}}\" name=\"interfaces\"/>\n"
    "    </signal>\n"
    "    <signal name=\"InterfacesRemoved\">\n"
    "      <arg type=\"o\" name=\"object\"/>\n"
    "      <arg type=\"as\" name=\"interfaces\"/>\n"
    "    </signal>\n"
    "  </interface>\n"
    "  <interface name=\"org.freedesktop.LogControl1\">\n"
    "    <property name=\"LogLevel\" type=\"s\" access=\"readwrite\">\n"
    "      <annotation name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" "
    "value=\"false\"/>\n"
    "    </property>\n"
    "    <property name=\"LogTarget\" type=\"s\" access=\"read\">\n"
    "      <annotation name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" "
    "value=\"false\"/>\n"
    "    </property>\n"
    "    <property name=\"SyslogIdentifier\" type=\"s\" access=\"read\">\n"
    "      <annotation name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" "
    "value=\"const\"/>\n"
    "    </property>\n"
    "  </interface>\n";

/* Private API */

char *
geminga_bus_introspect (GemingaBusNode *node, gboolean is_root)
{
  g_autoptr (GPtrArray) children = geminga_bus_node_list_children (node);

  return geminga_bus_write_xml (node->klass, is_root, children);
}

char *
geminga_bus_write_xml (GemingaBusClass *klass, gboolean is_root, GPtrArray *below)
{
  GString *xml = g_string_new (header);

  g_string_append (xml, every_node);
  if (is_root || klass != NULL)
    g_string_append (xml, every_object);
  if (is_root)
    g_string_append (xml, root_object);
  for (guint i = 0; klass != NULL && i < klass->interfaces->len; i++)
    {
      GemingaBusInterface *interface = g_ptr_array_index (klass->interfaces, i);

      g_dbus_interface_info_generate_xml (interface->info, 2, xml);
    }
  for (guint i = 0; i < below->len; i++)
    g_string_append_printf (xml, "  <node name=\"%s\"/>\n",
                            (const char *) g_ptr_array_index (below, i));
  g_string_append (xml, "</node>\n");

  return g_string_free (xml, FALSE);
}
