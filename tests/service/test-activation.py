# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bus starts the service when somebody calls it, and its policy says who may do what."""
import os
import subprocess
import unittest

from bus import ID, OPEN, STRICT, Bus
from harness import PATIENCE, Service, is_alive

MONITOR = "/org/geminga1/Hello"


class Activation(unittest.TestCase):
    def test_a_call_starts_it(self) -> None:
        with Bus("session", OPEN) as bus:
            workers = bus.get(MONITOR, "org.geminga1.Monitor.ListWorkers")
            self.assertIn("worker", workers)
            first = bus.get_pid()
            self.assertEqual(bus.get_pid(), first)
            bus.stop_service(first)
            self.assertFalse(is_alive(first))
            self.assertNotEqual(bus.get_pid(), first)
            bus.stop_service(bus.get_pid())

    def test_many_calls_start_it_once(self) -> None:
        with Bus("session", OPEN) as bus:
            callers = [subprocess.Popen(bus.command("/org/geminga1", "org.freedesktop.DBus.Properties.Get",
                                                    "org.geminga1.Arbiter", "Pid"),
                                        stdout=subprocess.PIPE, text=True) for _ in range(4)]
            answers = {caller.communicate(timeout=PATIENCE)[0] for caller in callers}
            self.assertEqual(len(answers), 1)
            self.assertIn("uint32", answers.pop())
            bus.stop_service(bus.get_pid())


@unittest.skipUnless(os.getuid() == 0, "only root can be somebody else")
class Policy(unittest.TestCase):
    def test_others_may_look_only(self) -> None:
        with Bus("custom", STRICT) as bus, \
                Service("--bus", bus.address) as service:
            service.await_line("is on the bus")
            for path, method, *arguments in [
                    (MONITOR, "org.freedesktop.DBus.Introspectable.Introspect"),
                    (MONITOR, "org.freedesktop.DBus.Properties.GetAll", "org.geminga1.Monitor"),
                    (MONITOR, "org.geminga1.Monitor.ListWorkers"),
                    ("/org/geminga1", "org.freedesktop.DBus.ObjectManager.GetManagedObjects")]:
                with self.subTest(method):
                    bus.get(path, method, *arguments, user=65534)
            for path, method, *arguments in [
                    (MONITOR, "org.geminga1.Monitor.Scale", "2", "{}"),
                    (MONITOR, "org.geminga1.Actor.Stop"),
                    ("/org/geminga1", "org.geminga1.Arbiter.Stop", "{}"),
                    ("/org/geminga1", "org.geminga1.Arbiter.GetSettings", ""),
                    ("/org/geminga1", "org.freedesktop.DBus.Properties.Set",
                     "org.freedesktop.LogControl1", "LogLevel", "<'debug'>")]:
                with self.subTest(method):
                    result = bus.call(path, method, *arguments, user=65534)
                    self.assertNotEqual(result.returncode, 0)
                    self.assertIn("AccessDenied", result.stderr)
            self.assertIn("2", bus.get(MONITOR, "org.geminga1.Monitor.Scale", "2", "{}"))
            self.assertEqual(len(service.workers()), 2)
            self.assertEqual(service.stop(), 0)

    def test_others_may_not_be_it(self) -> None:
        with Bus("custom", STRICT) as bus:
            result = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "gdbus", "call", "--address",
                 bus.address, "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus",
                 "--method", "org.freedesktop.DBus.RequestName", ID, "0"],
                text=True, capture_output=True, timeout=PATIENCE, check=False)
            self.assertIn("AccessDenied", result.stderr)


if __name__ == "__main__":
    unittest.main()
