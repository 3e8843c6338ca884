# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the command share: a bus of their own, fake services on it, and the command."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from gi.repository import Gio, GLib

HERE = pathlib.Path(__file__).parent
GEMINGA = os.environ.pop("GEMINGA_COMMAND")
PATIENCE = 30

CONFIG = """<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>"""


class Bus:
    """A private dbus-daemon, and what runs on it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="geminga-cli-"))
        (self.folder / "services").mkdir()
        (self.folder / "bus.conf").write_text(CONFIG.format(folder=self.folder), encoding="utf-8")
        self.children = []
        self.daemon = subprocess.Popen(
            ["dbus-daemon", "--nofork", "--nopidfile", "--print-address",
             f"--config-file={self.folder}/bus.conf"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.daemon.stdout.readline().strip()
        self.connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.connection.set_exit_on_close(False)

    def ask_bus(self, method, *arguments, signature="(s)"):
        return self.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
            GLib.Variant(signature, arguments), None, 0, PATIENCE * 1000, None).unpack()[0]

    def install(self, service_id, *mode):
        """Lets the bus start a fake service of that id."""
        command = " ".join(["/usr/bin/python3", str(HERE / "fake_service.py"), service_id,
                            self.address, *mode])
        (self.folder / "services" / f"{service_id}.service").write_text(
            f"[D-BUS Service]\nName={service_id}\nExec={command}\n", encoding="utf-8")
        self.connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus", "ReloadConfig", None, None, 0, -1, None)

    def start(self, service_id, *mode):
        """Starts a fake service and waits until it has its names."""
        child = subprocess.Popen(
            ["/usr/bin/python3", str(HERE / "fake_service.py"), service_id, self.address, *mode],
            stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        self.wait_for(bus_name(service_id))
        return child

    def wait_for(self, name):
        loop = GLib.MainLoop()
        watch = Gio.bus_watch_name_on_connection(self.connection, name, 0,
                                                 lambda *_: loop.quit(), None)
        timer = GLib.timeout_add_seconds(PATIENCE, loop.quit)
        loop.run()
        Gio.bus_unwatch_name(watch)
        GLib.source_remove(timer)
        assert self.ask_bus("NameHasOwner", name), f"{name} did not appear"

    def count(self):
        """How many connections the bus has."""
        reply = self.connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                          "org.freedesktop.DBus", "ListNames", None, None, 0, -1,
                                          None)
        return sum(name.startswith(":") for name in reply.unpack()[0])

    def stop(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)
        for child in self.children:
            child.kill()
            child.communicate()
        self.daemon.kill()
        self.daemon.communicate()
        shutil.rmtree(self.folder)


def bus_name(service_id):
    return "org.geminga1.Service." + "".join(
        c if c.isalnum() else f"_{ord(c):02x}" for c in service_id)


class TestCase(unittest.TestCase):
    """A class of tests with one bus; SERVICES run on it from the start."""

    SERVICES = ("org.example.Hello",)

    @classmethod
    def setUpClass(cls):
        cls.bus = Bus()
        cls.addClassCleanup(cls.bus.stop)
        cls.fakes = {name: cls.bus.start(name) for name in cls.SERVICES}

    def environment(self, **changes):
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
                       "XDG_DATA_HOME": str(self.bus.folder / "data"),
                       "XDG_DATA_DIRS": str(self.bus.folder / "data"), **changes}
        return {name: value for name, value in environment.items() if value is not None}

    def run_command(self, *words, **changes):
        return subprocess.run([GEMINGA, *words], env=self.environment(**changes), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE,
                              check=False)

    def popen(self, *words, **options):
        child = subprocess.Popen([GEMINGA, *words], env=self.environment(), text=True,
                                 stdin=subprocess.DEVNULL, stdout=options.pop("stdout", subprocess.PIPE),
                                 stderr=subprocess.PIPE, **options)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        return child

    def check(self, *words, status=0, **changes):
        """Runs the command, which must end with that status, and gives what it printed."""
        done = self.run_command(*words, **changes)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}{done.stderr}")
        if status == 0:
            self.assertEqual(done.stderr, "")
        return done.stdout if status == 0 else done.stderr

    def check_json(self, *words):
        return json.loads(self.check(*words, "--json"))


def main():
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stderr, verbosity=2))
