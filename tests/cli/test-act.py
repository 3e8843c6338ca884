#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verbs that do something to services: start, stop, restart, reload, scale, and what goes wrong."""
import signal
import socket
import subprocess

import fixture


class TestAct(fixture.TestCase):
    def test_scale(self):
        self.assertEqual(self.check("scale", "Hello", "4"), "org.example.Hello has 4 workers\n")
        self.assertEqual(self.check("scale", "Hello", "+2"), "org.example.Hello has 6 workers\n")
        self.assertEqual(self.check("scale", "Hello", "-5"), "org.example.Hello has 1 worker\n")
        self.assertEqual(self.check_json("scale", "Hello", "2"),
                         {"id": "org.example.Hello", "workers": 2})
        for wrong in ("x", "1.5", "+-1", "", "99999999999", "1e3"):
            self.assertIn("not a number of workers", self.check("scale", "Hello", wrong, status=2))
        self.assertIn("geminga: At most 100 workers",
                      self.check("scale", "Hello", "101", status=2))

    def test_reload(self):
        self.assertEqual(self.check("reload", "Hello"), "org.example.Hello has reloaded\n")
        self.assertEqual(self.fakes["org.example.Hello"].stdout.readline(), "reload\n")
        self.assertEqual(self.check_json("reload", "Hello"),
                         {"id": "org.example.Hello", "result": "reloaded"})
        self.fakes["org.example.Hello"].stdout.readline()

    def test_restart(self):
        name = fixture.bus_name("org.example.Hello")
        before = self.bus.ask_bus("GetNameOwner", name)
        self.assertEqual(self.check("restart", "Hello"), "org.example.Hello has restarted\n")
        self.assertNotEqual(self.bus.ask_bus("GetNameOwner", name), before)

    def test_stop(self):
        for words, told in ((("stop", "Guest"), "stop {'quick': False}\n"),
                            (("stop", "Guest", "--quick"), "stop {'quick': True}\n")):
            guest = self.bus.start("org.example.Guest")
            self.assertEqual(self.check(*words), "org.example.Guest has stopped\n")
            self.assertFalse(self.bus.ask_bus("NameHasOwner", "org.example.Guest"))
            self.assertEqual(guest.stdout.read(), told)
        self.check("stop", "Guest", status=3)

    def test_one_that_does_not_end(self):
        stuck = self.bus.start("org.example.Stuck")
        stuck.send_signal(signal.SIGSTOP)
        self.check("stop", "Stuck", "--timeout=0.3", status=6)
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            before = self.bus.count()
            child = self.popen("stop", "Stuck")
            while self.bus.count() == before:
                pass
            child.send_signal(number)
            self.assertEqual(child.wait(fixture.PATIENCE), status)
            self.assertEqual(child.stderr.read(), "")

    def test_missing(self):
        for words in (("stop", "No"), ("reload", "No"), ("restart", "No"), ("scale", "No", "1"),
                      ("log-level", "No"), ("restarts", "No"), ("get", "No"), ("tree", "No"),
                      ("set", "No", "a", "b"), ("call", "No", "arbiter", "Ping"), ("monitor", "No"),
                      ("version", "No")):
            self.assertIn("“No” is not running", self.check(*words, status=3))


class TestStart(fixture.TestCase):
    SERVICES = ()

    def test_by_the_bus(self):
        self.bus.install("org.example.Installed", "slow-start")
        self.assertEqual(self.check("start", "Installed"), "org.example.Installed has started\n")
        self.assertEqual(self.check_json("ps")[0]["state"], "running")
        self.assertEqual(self.check("start", "Installed"),
                         "org.example.Installed is running already\n")
        self.check("stop", "org.example.Installed")
        self.assertEqual(self.check_json("start", "org.example.Installed"),
                         {"id": "org.example.Installed", "result": "started"})
        self.check("stop", "org.example.Installed")

    def test_failing(self):
        self.bus.install("org.example.Failing", "exit")
        error = self.check("start", "Failing", status=5)
        self.assertIn("org.example.Failing could not be started", error)

    def test_not_installed(self):
        for name in ("org.example.Nowhere", "Nowhere", "not a name"):
            self.assertIn("is not installed", self.check("start", name, status=3))

    def test_nothing_else_is_started(self):
        self.bus.install("org.example.Sleeping")
        self.check("status", "org.example.Sleeping", status=3)
        self.check("reload", "org.example.Sleeping", status=3)
        self.check("complete", "status", "Sl")
        self.assertFalse(self.bus.ask_bus("NameHasOwner", "org.example.Sleeping"))


class TestSystemd(fixture.TestCase):
    SERVICES = ()

    def test_by_systemd(self):
        systemd = subprocess.Popen(["/usr/bin/python3", str(fixture.HERE / "fake_systemd.py"),
                                    self.bus.address])
        self.addCleanup(systemd.wait)
        self.addCleanup(systemd.kill)
        self.bus.wait_for("org.freedesktop.systemd1")
        folder = self.bus.folder / "data/geminga-1/services"
        folder.mkdir(parents=True)
        for name, unit in (("Unit", "good"), ("Bad", "bad")):
            (folder / f"org.example.{name}.service").write_text(
                f"[D-BUS Service]\nName=org.example.{name}\nSystemdService={unit}.service\n",
                encoding="utf-8")

        self.assertEqual(self.check("start", "Unit"), "org.example.Unit has started\n")
        self.assertIn("journalctl --unit bad.service", self.check("start", "Bad", status=5))
        self.check("start", "org.example.Missing", status=3)
        self.check("stop", "Unit")


class TestMistakes(fixture.TestCase):
    SERVICES = ()

    def test_verbs(self):
        self.assertIn("did you mean “status”?", self.check("stauts", status=2))
        self.assertIn("geminga help lists them", self.check("frobnicate", status=2))
        self.assertIn("Usage: geminga status ID", self.check("status", status=2))
        self.assertIn("Usage: geminga scale ID N|+N|-N", self.check("scale", "a", status=2))
        self.assertIn("ps takes nothing but options, “extra” is too much", self.check("ps", "extra", status=2))

    def test_options(self):
        self.assertIn("did you mean “--json”?", self.check("ps", "--jsno", status=2))
        self.assertIn("There is no option “--frob”; write --", self.check("ps", "--frob", status=2))
        self.assertIn("There is no option “-x”", self.check("ps", "-x", status=2))
        self.assertIn("--json takes", self.check("ps", "--json=xml", status=2))
        self.assertIn("Only one of", self.check("ps", "--user", "--system", status=2))
        self.check("ps", "--timeout", status=2)
        for value in ("0", "-1", "x", ""):
            self.assertIn("--timeout takes", self.check("ps", f"--timeout={value}", status=2))

    def test_help(self):
        text = self.check("help")
        for verb in ("ps", "status", "tree", "start", "stop", "restart", "reload", "scale", "call",
                     "get", "set", "monitor", "trace", "log-level", "restarts", "version", "help"):
            self.assertRegex(text, rf"\n  {verb} +[A-Z]")
            self.assertIn(f"geminga [OPTION…] {verb}", self.check("help", verb))
            self.assertEqual(self.check(verb, "--help"), self.check("help", verb))
        self.assertNotIn("complete", text)
        self.assertEqual(self.check("--help"), text)
        self.assertIn("--watch", self.check("ps", "-h"))
        self.assertEqual(self.check_json("help", "call")[0]["verb"], "call")
        self.check("help", "nothing", status=2)

    def test_buses(self):
        for address in ("unix:path=/nonexistent/bus", "disabled:", "", "nonsense", "tcp:"):
            self.assertIn("Cannot connect", self.check("ps", "--address", address, status=8))
        self.check("ps", "--user", DBUS_SESSION_BUS_ADDRESS=None, status=8)
        self.check("ps", "--system", DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent", status=8)
        self.assertIn('"status":8', self.check("ps", "--json", "--address=x:", status=8))
        self.check("ps", "--system", DBUS_SYSTEM_BUS_ADDRESS=self.bus.address)
        self.check("ps", DBUS_SESSION_BUS_ADDRESS=None, DBUS_SYSTEM_BUS_ADDRESS=self.bus.address)

    def test_bus_that_never_answers(self):
        path = self.bus.folder / "deaf"
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.bind(str(path))
            deaf.listen()
            self.assertIn("does not answer",
                          self.check("ps", "--timeout=0.3", f"--address=unix:path={path}",
                                     status=8))


if __name__ == "__main__":
    fixture.main()
