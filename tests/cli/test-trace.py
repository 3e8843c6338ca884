#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The verb trace and what it asks of a service: the example calculator."""
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess

from gi.repository import Gio, GLib

import fixture

EXAMPLES = pathlib.Path(os.environ.pop("GEMINGA_EXAMPLES"))
NAME = "org.example.Calculator"
ACTOR = "/org/geminga1/Calculator/calculator"
PATH = re.compile(r"/org/geminga1/node/\d+/calculator")


def read_capture(data):
    """The messages of a pcap file, with their times."""
    magic, major, minor, _, _, _, link_type = struct.unpack_from("=IHHIIII", data)
    assert (magic, major, minor, link_type) == (0xa1b2c3d4, 2, 4, 231)
    messages = []
    offset = 24
    while offset < len(data):
        seconds, microseconds, captured, length = struct.unpack_from("=IIII", data, offset)
        offset += 16
        assert captured == length
        messages.append((seconds + microseconds / 1e6,
                         Gio.DBusMessage.new_from_blob(data[offset:offset + length], 0)))
        offset += length
    return messages


class TestTrace(fixture.TestCase):
    SERVICES = ()

    def setUp(self):
        child = subprocess.Popen([EXAMPLES / "calculator", "--bus", self.bus.address],
                                 stderr=subprocess.DEVNULL, cwd="/")
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.bus.wait_for(fixture.bus_name(NAME))
        self.check("start", "Calculator")
        for _ in range(300):
            if self.run_command("call", "Calculator", "calculator", "Ping").returncode == 0:
                break

    def trace(self, *words, actor="calculator"):
        """Starts to trace and waits until it has begun."""
        child = self.popen("trace", "Calculator", actor, *words)
        self.assertEqual(child.stderr.readline(), f"Tracing {self.get_name(actor)}; Ctrl-C ends it\n")
        return child

    @staticmethod
    def get_name(actor):
        return "Calculator/calculator" if actor == "calculator" else actor

    def call(self, method, arguments, reply="()", path="/org/geminga1",
             interface="org.geminga1.Arbiter", connection=None):
        return (connection or self.bus.connection).call_sync(
            NAME, path, interface, method, arguments, GLib.VariantType(reply), 0,
            fixture.PATIENCE * 1000, None).unpack()

    def add(self):
        self.assertEqual(self.check("call", "Calculator", "calculator", "Add", "1", "2"), "3.0\n")

    def start(self, connection=None, **options):
        return self.call("StartTrace", GLib.Variant("(sa{sv})", (ACTOR, options)), "(s)",
                         connection=connection)[0]

    def read(self, trace):
        return self.call("ReadTrace", GLib.Variant("(s)", (trace,)), "(aa{sv}t)")

    def test_lines(self):
        child = self.trace("--count", "4")
        self.add()
        self.check("call", "Calculator", "calculator", "Divide", "1", "0", status=1)
        lines = child.communicate(timeout=fixture.PATIENCE)[0].splitlines()
        time = r"\d\d:\d\d:\d\d\.\d{6}"
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[0], rf"^{time}  #1  asked by  -  Add \(1\.0, 2\.0\)$")
        self.assertRegex(lines[1], rf"^{time}  #2  answered #1  Add  \(3\.0,\)  in \d+\.\d{{3}} ms$")
        self.assertRegex(lines[2], rf"^{time}  #3  asked by  -  Divide \(1\.0, 0\.0\)$")
        self.assertRegex(lines[3], rf"^{time}  #4  failed #3  Divide  \S+: Cannot divide by zero  in ")
        self.assertEqual(child.returncode, 0)

    def test_json(self):
        child = self.trace()
        json_child = self.popen("trace", "Calculator", "calculator", "--json", "--count=2")
        while json_child.poll() is None:
            self.add()
        asked, answered = map(json.loads, json_child.stdout)
        self.assertEqual(asked["event"], "asked")
        self.assertEqual(asked["command"], "Add")
        self.assertEqual(asked["interface"], "org.example.Calculator1")
        self.assertEqual(asked["text"], "(1.0, 2.0)")
        self.assertEqual((asked["service"], asked["path"]), (NAME, ACTOR))
        self.assertRegex(asked["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(answered["event"], "answered")
        self.assertEqual(answered["reply-to"], asked["number"])
        self.assertGreaterEqual(answered["duration"], 0)
        self.assertEqual(json_child.returncode, 0)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)
        self.assertIn("Add (1.0, 2.0)", child.stdout.read())

    def test_capture(self):
        path = str(self.bus.folder / "capture.pcap")
        child = self.trace("--count=4", "--capture", path)
        self.add()
        self.check("call", "Calculator", "calculator", "Divide", "1", "0", status=1)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

        (time, add), (later, result), (_, divide), (_, failure) = read_capture(
            pathlib.Path(path).read_bytes())
        self.assertLessEqual(time, later)
        self.assertEqual(add.get_message_type(), Gio.DBusMessageType.METHOD_CALL)
        self.assertRegex(add.get_path(), PATH)
        self.assertEqual(add.get_interface(), "org.example.Calculator1")
        self.assertEqual(add.get_member(), "Add")
        self.assertEqual(add.get_body().unpack(), (1, 2))
        self.assertRegex(add.get_sender(), r"^:\d+\.-$")
        self.assertRegex(add.get_destination(), r"^:\d+\.calculator$")
        self.assertEqual(result.get_message_type(), Gio.DBusMessageType.METHOD_RETURN)
        self.assertEqual(result.get_reply_serial(), add.get_serial())
        self.assertEqual(result.get_sender(), add.get_destination())
        self.assertEqual(result.get_destination(), add.get_sender())
        self.assertEqual(result.get_body().unpack(), (3,))
        self.assertEqual(divide.get_member(), "Divide")
        self.assertEqual(failure.get_message_type(), Gio.DBusMessageType.ERROR)
        self.assertEqual(failure.get_reply_serial(), divide.get_serial())
        self.assertIn("Cannot divide by zero", failure.get_body().unpack()[0])
        if shutil.which("tshark"):
            text = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "dbus.member"],
                                  check=True, capture_output=True, text=True,
                                  timeout=fixture.PATIENCE).stdout
            self.assertEqual(text.split(), ["Add", "Divide"])

    def test_capture_to_pipe(self):
        child = subprocess.Popen([fixture.GEMINGA, "trace", "Calculator", "calculator", "--count=2",
                                  "--capture=-"], env=self.environment(), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(child.communicate)
        self.assertIn(b"Tracing", child.stderr.readline())
        self.add()
        messages = read_capture(child.stdout.read())
        self.assertEqual([message.get_body().unpack() for _, message in messages], [(1, 2), (3,)])
        self.assertEqual(child.wait(fixture.PATIENCE), 0)

    def test_main_process(self):
        child = self.trace("--count=2", actor="arbiter")
        self.check("call", "Calculator", "arbiter", "Ping")
        self.assertRegex(child.communicate(timeout=fixture.PATIENCE)[0],
                         r"asked by  -  ReadTrace|asked by  -  Ping|answered #\d+  StartTrace")
        self.assertEqual(child.returncode, 0)

    def test_end(self):
        child = self.trace()
        self.check("call", "Calculator", "calculator", "Stop")
        text, _ = child.communicate(timeout=fixture.PATIENCE)
        self.assertRegex(text, r"asked by  -  Stop \(\)\n.*answered #\d+  Stop.*\n.*  ended\n$")
        self.assertEqual(child.returncode, 0)

    def test_timeout(self):
        self.assertEqual(self.trace("--timeout=0.2").wait(fixture.PATIENCE), 0)

    def test_mistakes(self):
        self.assertIn("has no actor “nobody”", self.check("trace", "Calculator", "nobody", status=4))
        self.check("trace", "Nothing", "calculator", status=3)
        self.check("trace", "Calculator", status=2)
        for count in ("0", "-1", "x", ""):
            self.assertIn("--count takes", self.check("trace", "Calculator", "calculator",
                                                      f"--count={count}", status=2))
        self.assertIn("ps does not take --count", self.check("ps", "--count=1", status=2))
        self.assertIn("ps does not take --capture", self.check("ps", "--capture=x", status=2))
        self.assertIn("Cannot write to /nonexistent/x",
                      self.check("trace", "Calculator", "calculator", "--capture=/nonexistent/x",
                                 status=1))
        self.assertIn("--capture", self.check("complete", "trace", "--c"))
        self.assertIn("calculator", self.check("complete", "trace", "Calculator", ""))

    def test_slow_reader(self):
        """Who does not read loses what is new; the actor goes on."""
        trace = self.start(length=GLib.Variant("u", 5))
        for _ in range(5000):
            self.bus.connection.call(NAME, ACTOR, "org.example.Calculator1", "Add",
                                     GLib.Variant("(dd)", (1, 2)), None, 0, -1, None, None)
        self.call("Add", GLib.Variant("(dd)", (1, 2)), "(d)", ACTOR, "org.example.Calculator1")
        records, lost = self.read(trace)
        self.assertEqual(records[0]["text"], "(1.0,…")
        n_records = len(records)
        while n_records + lost < 2 * 5001:
            more, more_lost = self.read(trace)
            n_records += len(more)
            lost += more_lost
        self.assertEqual(n_records + lost, 2 * 5001)
        self.assertGreater(lost, 0)
        self.call("StopTrace", GLib.Variant("(s)", (trace,)))
        with self.assertRaisesRegex(GLib.Error, "InvalidState.*no such trace"):
            self.read(trace)

    def test_options(self):
        with self.assertRaisesRegex(GLib.Error, "InvalidArguments.*frob"):
            self.start(frob=GLib.Variant("u", 5))
        with self.assertRaisesRegex(GLib.Error, "NoSuchActor"):
            self.call("StartTrace", GLib.Variant("(sa{sv})", ("nobody", {})), "(s)")
        with self.assertRaisesRegex(GLib.Error, "InvalidState"):
            for _ in range(100):
                self.start()

    def test_reader_leaves(self):
        connection = Gio.DBusConnection.new_for_address_sync(
            self.bus.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        connection.set_exit_on_close(False)
        trace = self.start(connection)
        # Without a callback nobody would wait for the answer.
        for callback in (None, lambda *_: None):
            connection.call(NAME, "/org/geminga1", "org.geminga1.Arbiter", "ReadTrace",
                            GLib.Variant("(s)", (trace,)), None, 0, -1, None, callback)
        connection.flush_sync(None)
        # What the connection has sent before is handled before.
        self.call("Ping", None, "(s)", interface="org.geminga1.Actor", connection=connection)
        with self.assertRaisesRegex(GLib.Error, "InvalidState.*read already"):
            self.read(trace)
        connection.close_sync(None)
        for _ in range(10000):
            try:
                self.read(trace)
            except GLib.Error as error:
                if "no such trace" in error.message:
                    return
        self.fail("The trace does not end")


if __name__ == "__main__":
    fixture.main()
