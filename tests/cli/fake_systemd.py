#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What of systemd starts units: fake_systemd.py ADDRESS.

The unit good.service is the fake service org.example.Unit; bad.service fails.
"""
import pathlib
import subprocess
import sys

from gi.repository import Gio, GLib

XML = """<node><interface name="org.freedesktop.systemd1.Manager">
  <method name="StartUnit">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/>
  </method>
</interface></node>"""

PATH = "/org/freedesktop/systemd1"
JOB = PATH + "/job/7"


class Manager:
    def __init__(self, address):
        self.address = address
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        self.connection.register_object(PATH, interface, self.on_call, None, None)
        Gio.bus_own_name_on_connection(self.connection, "org.freedesktop.systemd1", 0, None, None)

    def on_call(self, _connection, _sender, _path, _interface, _method, arguments, invocation):
        unit = arguments.unpack()[0]
        if unit not in ("good.service", "bad.service"):
            invocation.return_dbus_error("org.freedesktop.systemd1.NoSuchUnit",
                                         f"Unit {unit} not found.")
            return
        invocation.return_value(GLib.Variant("(o)", (JOB,)))
        if unit == "good.service":
            subprocess.Popen(["/usr/bin/python3",
                              str(pathlib.Path(__file__).with_name("fake_service.py")),
                              "org.example.Unit", self.address], stdout=subprocess.DEVNULL)
        result = "done" if unit == "good.service" else "failed"
        self.connection.emit_signal(None, PATH, "org.freedesktop.systemd1.Manager", "JobRemoved",
                                    GLib.Variant("(uoss)", (7, JOB, unit, result)))


if __name__ == "__main__":
    MANAGER = Manager(sys.argv[1])
    GLib.MainLoop().run()
