#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service as it looks from the bus: fake_service.py ID ADDRESS [mute|slow-start|double|exit].

It has the interfaces of an arbiter, a monitor, workers and named actors, and keeps what it is told.
"mute" has the names alone, "double" a second service "Second",
"slow-start" is not ready at once, "exit" ends at once.
"""
import os
import signal
import sys
import time

from gi.repository import Gio, GLib

ROOT = "/org/geminga1"
# A day, two hours and a moment ago: shown as 1d02h however long the tests take
STARTED_AT = int((time.time() - 26 * 3600 - 60) * 1e6)

ACTOR = """<interface name="org.geminga1.Actor">
  <method name="Ping"><arg name="answer" type="s" direction="out"/></method>
  <method name="Echo">
    <arg name="value" type="v" direction="in"/><arg name="value" type="v" direction="out"/>
  </method>
  <method name="Info"><arg name="info" type="a{sv}" direction="out"/></method>
  <method name="GetConfig"><arg name="config" type="a{sv}" direction="out"/></method>
  <method name="SetConfig"><arg name="config" type="a{sv}" direction="in"/></method>
  <method name="Stop"/>
  <property name="Id" type="s" access="read"/>
</interface>"""

ARBITER = """<interface name="org.geminga1.Arbiter">
  <method name="List"><arg name="actors" type="aa{sv}" direction="out"/></method>
  <method name="Stop"><arg name="options" type="a{sv}" direction="in"/></method>
  <method name="Reload"><arg name="options" type="a{sv}" direction="in"/></method>
  <method name="Upgrade"><arg name="options" type="a{sv}" direction="in"/></method>
  <method name="GetSettings">
    <arg name="service" type="s" direction="in"/><arg name="settings" type="a{sv}" direction="out"/>
  </method>
  <method name="SetSetting">
    <arg name="service" type="s" direction="in"/><arg name="name" type="s" direction="in"/>
    <arg name="value" type="v" direction="in"/><arg name="options" type="a{sv}" direction="in"/>
  </method>
  <method name="GetRestarts"><arg name="records" type="aa{sv}" direction="out"/></method>
  <method name="GetDeadlocks"><arg name="records" type="aa{sv}" direction="out"/></method>
  <signal name="ActorStarted">
    <arg name="path" type="o"/><arg name="type" type="s"/><arg name="pid" type="u"/>
  </signal>
  <signal name="ActorEnded"><arg name="path" type="o"/><arg name="reason" type="s"/></signal>
  <property name="ServiceId" type="s" access="read"/>
  <property name="Version" type="s" access="read"/>
  <property name="Pid" type="u" access="read"/>
  <property name="State" type="s" access="read"/>
  <property name="StartedAt" type="t" access="read"/>
  <property name="Services" type="as" access="read"/>
</interface>"""

LOG_CONTROL = """<interface name="org.freedesktop.LogControl1">
  <property name="LogLevel" type="s" access="readwrite"/>
  <property name="LogTarget" type="s" access="read"/>
  <property name="SyslogIdentifier" type="s" access="read"/>
</interface>"""

MONITOR = """<interface name="org.geminga1.Monitor">
  <method name="Scale">
    <arg name="workers" type="u" direction="in"/><arg name="options" type="a{sv}" direction="in"/>
    <arg name="workers" type="u" direction="out"/>
  </method>
  <method name="ScaleBy">
    <arg name="delta" type="i" direction="in"/><arg name="options" type="a{sv}" direction="in"/>
    <arg name="workers" type="u" direction="out"/>
  </method>
  <method name="ListWorkers"><arg name="workers" type="aa{sv}" direction="out"/></method>
  <property name="ServiceId" type="s" access="read"/>
  <property name="Workers" type="u" access="read"/>
  <property name="Running" type="u" access="read"/>
  <property name="Restarts" type="u" access="read"/>
  <property name="State" type="s" access="read"/>
  <property name="Sockets" type="as" access="read"/>
</interface>"""

WEB = """<interface name="org.geminga1.WebService">
  <method name="GetStatistics"><arg name="statistics" type="a{sv}" direction="out"/></method>
</interface>"""

CALC = """<interface name="org.example.Calc1">
  <method name="Add">
    <annotation name="org.gtk.GDBus.DocString" value="Adds two numbers"/>
    <arg name="a" type="d" direction="in"/><arg name="b" type="d" direction="in"/>
    <arg name="sum" type="d" direction="out"/>
  </method>
  <method name="Greet">
    <arg name="name" type="s" direction="in"/><arg name="greeting" type="s" direction="out"/>
  </method>
  <method name="Divide">
    <arg name="a" type="i" direction="in"/><arg name="b" type="i" direction="in"/>
    <arg name="quotient" type="i" direction="out"/><arg name="rest" type="i" direction="out"/>
  </method>
  <method name="Types">
    <arg name="flag" type="b" direction="in"/><arg name="words" type="as" direction="in"/>
    <arg name="path" type="o" direction="in"/><arg name="numbers" type="(yt)" direction="in"/>
    <arg name="options" type="a{sv}" direction="in"/><arg name="text" type="s" direction="out"/>
  </method>
  <method name="Fail"><arg name="error" type="s" direction="in"/></method>
  <method name="Hang"/>
  <method name="Evil"><arg name="text" type="s" direction="out"/></method>
  <method name="Emit"><arg name="text" type="s" direction="in"/></method>
  <signal name="Happened"><arg name="what" type="s"/></signal>
</interface>"""

ERRORS = {
    "own": ("org.example.Calc1.Error.Broken", "The calculator is broken"),
    "died": ("org.geminga1.Error.Died", "Actor “worker1” died"),
    "timed-out": ("org.geminga1.Error.TimedOut", "The deadline passed"),
    "denied": ("org.freedesktop.DBus.Error.AccessDenied", "Not for you"),
    "arguments": ("org.geminga1.Error.InvalidArguments", "Out of range"),
    "quark": ("org.gtk.GDBus.UnmappedGError.Quark._my_2dquark.Code7", "Seven"),
    "evil": ("org.example.Error.Evil", "red\x1b[31m\x07"),
}


class CallError(Exception):
    """A D-Bus error with this name."""


class Object:
    """An object with methods by name and a table of properties."""

    def __init__(self, service, path, interfaces, properties=None, config=None):
        self.service = service
        self.path = path
        self.properties = {"Id": GLib.Variant("s", path.rsplit("/", 1)[-1]), **(properties or {})}
        self.config = config or {}
        node = Gio.DBusNodeInfo.new_for_xml(f"<node>{''.join(interfaces)}</node>")
        for interface in node.interfaces:
            service.connection.register_object(path, interface, self.on_call, self.on_get,
                                               self.on_set)

    def on_get(self, _connection, _sender, _path, _interface, name):
        return self.properties.get(name)

    def on_set(self, _connection, _sender, _path, _interface, name, value):
        self.properties[name] = value
        return True

    def on_call(self, _connection, _sender, _path, _interface, method, arguments, invocation):
        if method == "Hang":
            return
        try:
            result = getattr(self, method)(*arguments.unpack())
        except CallError as error:
            invocation.return_dbus_error(*error.args)
        else:
            invocation.return_value(result)

    def change(self, interface, name, value):
        self.properties[name] = value
        self.service.connection.emit_signal(
            None, self.path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
            GLib.Variant("(sa{sv}as)", (interface, {name: value}, [])))

    def Ping(self):
        return GLib.Variant("(s)", ("pong",))

    def Echo(self, value):
        return GLib.Variant("(v)", (GLib.Variant("s", str(value)),))

    def GetConfig(self):
        return GLib.Variant("(a{sv})", (self.config,))

    def SetConfig(self, config):
        for name, value in config.items():
            if name not in self.config:
                raise CallError("org.geminga1.Error.InvalidArguments", f"No property {name}")
            self.config[name] = GLib.Variant(self.config[name].get_type_string(), value)

    def Stop(self):
        return None


class Calc(Object):
    def Add(self, a, b):
        return GLib.Variant("(d)", (a + b,))

    def Greet(self, name):
        return GLib.Variant("(s)", (f"Hello {name}!",))

    def Divide(self, a, b):
        return GLib.Variant("(ii)", divmod(a, b))

    def Types(self, *values):
        return GLib.Variant("(s)", (repr(values),))

    def Fail(self, error):
        raise CallError(*ERRORS[error])

    def Evil(self):
        return GLib.Variant("(s)", ("a\x1b]0;owned\x07b\u202ec\nz",))

    def Emit(self, text):
        self.service.connection.emit_signal(None, self.path, "org.example.Calc1", "Happened",
                                            GLib.Variant("(s)", (text,)))


class Monitor(Object):
    def Scale(self, workers, _options):
        if workers > 100:
            raise CallError("org.geminga1.Error.InvalidArguments", "At most 100 workers")
        self.change("org.geminga1.Monitor", "Workers", GLib.Variant("u", workers))
        return GLib.Variant("(u)", (workers,))

    def ScaleBy(self, delta, options):
        return self.Scale(max(self.properties["Workers"].unpack() + delta, 0), options)

    def ListWorkers(self):
        return GLib.Variant("(aa{sv})", ([{
            "id": GLib.Variant("s", f"worker{number}"),
            "path": GLib.Variant("o", f"{self.path}/worker{number}"),
            "pid": GLib.Variant("u", 1000 + number),
            "state": GLib.Variant("s", "running"),
            "started-at": GLib.Variant("t", STARTED_AT),
            "placement": GLib.Variant("s", "process"),
            "memory": GLib.Variant("t", 4 << 20),
        } for number in (1, 2)],))


    def GetStatistics(self):
        return GLib.Variant("(a{sv})", ({
            "requests": GLib.Variant("t", 1204),
            "answers-5xx": GLib.Variant("t", 3),
            "connections": GLib.Variant("t", 12),
            "active": GLib.Variant("u", 2),
            "bytes-in": GLib.Variant("t", 1 << 20),
            "bytes-out": GLib.Variant("t", 4 << 20),
        },))


class Arbiter(Object):
    settings = {
        "workers": GLib.Variant("i", 2),
        "bind": GLib.Variant("as", ["127.0.0.1:8060"]),
        "log-level": GLib.Variant("s", "info"),
        "keep-alive": GLib.Variant("d", 5.0),
        "daemon": GLib.Variant("b", False),
        "max-memory": GLib.Variant("x", 0),
    }

    def List(self):
        base = self.service.path
        actors = [(base, "GemingaMonitor", "shared"), (base + "/worker10", "Hello", "process"),
                  (base + "/worker2", "Hello", "process"), (base + "/calc", "Calc", "process"),
                  (base + "/calc/my_2dchild", "Child", "thread")]
        return GLib.Variant("(aa{sv})", ([{
            "path": GLib.Variant("o", path),
            "id": GLib.Variant("s", path.rsplit("/", 1)[-1]),
            "type": GLib.Variant("s", kind),
            "placement": GLib.Variant("s", placement),
            "pid": GLib.Variant("u", 77),
            "service": GLib.Variant("s", self.service.name),
            "state": GLib.Variant("s", "running"),
            "started-at": GLib.Variant("t", STARTED_AT),
        } for path, kind, placement in actors],))

    def GetSettings(self, service):
        self.check(service)
        return GLib.Variant("(a{sv})", (self.settings,))

    def SetSetting(self, service, name, value, _options):
        self.check(service)
        if isinstance(value, str) and self.settings[name].get_type_string() in "xi":
            if not value.endswith("M"):
                raise CallError("org.geminga1.Error.Settings.InvalidValue", f"“{value}” is no number")
            value = int(value[:-1]) << 20
        if name == "workers" and value > 100:
            raise CallError("org.geminga1.Error.InvalidArguments", "Setting “workers” is at most 100")
        self.settings[name] = GLib.Variant(self.settings[name].get_type_string(), value)

    def check(self, service):
        if service != self.service.name:
            raise CallError("org.geminga1.Error.Failed", f"There is no service “{service}”")

    def GetRestarts(self):
        return GLib.Variant("(aa{sv})", ([{
            "time": GLib.Variant("t", 1_700_000_000_000_000),
            "service": GLib.Variant("s", self.service.name),
            "actor": GLib.Variant("s", "worker1"),
            "pid": GLib.Variant("u", 4242),
            "reason": GLib.Variant("s", "signal"),
            "detail": GLib.Variant("s", "killed by signal 9\x1b[2J\n"
                                   "[<0>] ep_poll+0x1/0x2\n[<0>] do_epoll_wait+0x3/0x4"),
            "log": GLib.Variant("as", ["opens its eyes", "sees \x1b[2J"]),
        }],))

    def GetDeadlocks(self):
        return GLib.Variant("(aa{sv})", ([{
            "time": GLib.Variant("t", 1_700_000_000_000_000),
            "chain": GLib.Variant("s", "a.Foo waits for \x1b[2J, which waits for a.Foo"),
            "actors": GLib.Variant("ao", ["/org/geminga1/Hello/a"]),
        }],))

    def Stop(self, options=None):
        if options is not None:
            print("stop", options, flush=True)
            GLib.idle_add(self.service.loop.quit)

    def Reload(self, _options):
        print("reload", flush=True)

    def Upgrade(self, _options):
        GLib.timeout_add(20, os.execv, "/usr/bin/python3", ["python3", *self.service.argv])


class Service:
    """All of it."""

    def __init__(self, argv):
        self.argv = argv
        self.id = argv[1]
        self.name = self.id.rsplit(".", 1)[-1]
        self.path = f"{ROOT}/{escape(self.name)}"
        mode = argv[3] if len(argv) > 3 else ""
        self.loop = GLib.MainLoop()
        self.connection = Gio.DBusConnection.new_for_address_sync(
            argv[2], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.connection.set_exit_on_close(True)
        if mode != "mute":
            self.export(mode)
        for name in (self.id, f"org.geminga1.Service.{escape(self.id)}"):
            Gio.bus_own_name_on_connection(self.connection, name, 0, None, None)

    def export(self, mode):
        text = GLib.Variant
        state = "starting" if mode == "slow-start" else "running"
        arbiter = Arbiter(self, ROOT, [ARBITER, ACTOR, LOG_CONTROL], {
            "ServiceId": text("s", self.id), "Version": text("s", "1.2"),
            "Pid": text("u", os.getpid()), "State": text("s", state),
            "StartedAt": text("t", STARTED_AT), "Services": text("as", [self.name]),
            "LogLevel": text("s", "info"), "LogTarget": text("s", "stderr"),
            "SyslogIdentifier": text("s", self.name)})
        if mode == "double":
            arbiter.properties["Services"] = text("as", [self.name, "Second"])
            self.export_monitor(f"{ROOT}/Second", "org.example.Second")
        self.export_monitor(self.path, self.id)
        for actor in ("worker1", "worker2", "worker10"):
            Object(self, f"{self.path}/{actor}", [ACTOR])
        Calc(self, f"{self.path}/calc", [CALC, ACTOR], None, {
            "digits": text("u", 10), "title": text("s", "Sums")})
        Object(self, f"{self.path}/calc/my_2dchild", [ACTOR])
        if mode == "slow-start":
            GLib.timeout_add(200, arbiter.change, "org.geminga1.Arbiter", "State",
                             text("s", "running"))

    def export_monitor(self, path, service_id):
        text = GLib.Variant
        Monitor(self, path, [MONITOR, WEB, ACTOR], {
            "ServiceId": text("s", service_id), "Workers": text("u", 2), "Running": text("u", 2),
            "Restarts": text("u", 3), "State": text("s", "running"),
            "Sockets": text("as", ["127.0.0.1:8060", "unix:/run/x"])})


def escape(text):
    return "".join(c if c.isascii() and c.isalnum() else "".join(f"_{byte:02x}" for byte in c.encode())
                   for c in text)


def main():
    if sys.argv[3:] == ["exit"]:
        sys.exit(1)
    service = Service(sys.argv)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, service.loop.quit)
    service.loop.run()


if __name__ == "__main__":
    main()
