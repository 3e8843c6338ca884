# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service and its bus, which may be away, go away and come back."""
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable
from xml.etree import ElementTree

from harness import PATIENCE, SOURCE, Service, open_files

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, "bus")
        self.address = "unix:path=" + self.path
        self.configuration = os.path.join(folder, "bus.conf")
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(path=self.path))

    def __enter__(self) -> "Bus":
        self.process = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address=1",
                                         "--config-file=" + self.configuration],
                                        stdout=subprocess.PIPE)
        select.select([self.process.stdout], [], [], PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        os.unlink(self.path)

    def call(self, *arguments: str, path: str = "/org/geminga1") -> str:
        return subprocess.run(["gdbus", "call", "--address", self.address, "--dest",
                               "org.example.Hello", "--object-path", path, "--method", *arguments],
                              check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


class NoBus(unittest.TestCase):
    def test_none(self) -> None:
        with Service("--bus", "none") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)
            self.assertFalse([line for line in service.lines if "the bus" in line])

    def test_unreachable(self) -> None:
        with Service("--bus", "unix:path=/nonexistent/bus") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            service.await_line("serves without the bus: .*/nonexistent/bus")
            service.send(signal.SIGHUP)
            service.await_line("has stopped")
            start = time.monotonic()
            self.assertEqual(service.stop(), 0)
            self.assertLess(time.monotonic() - start, PATIENCE / 3)
            self.assertEqual(len([line for line in service.lines if "without the bus" in line]), 1)


@unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
class OnTheBus(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.bus = Bus(self.folder.name)

    def tearDown(self) -> None:
        self.folder.cleanup()

    def test_verbs(self) -> None:
        with self.bus, Service("--bus", self.bus.address, "--workers", "2") as service:
            service.await_line("is on the bus")
            before = service.workers()
            self.bus.call("org.geminga1.Arbiter.Reload", "{}")
            self.assertFalse(set(before) & set(service.await_workers(2)))
            hello = "/org/geminga1/Hello"
            self.assertIn("3", self.bus.call("org.geminga1.Monitor.Scale", "3", "{}", path=hello))
            self.assertEqual(len(service.workers()), 3)
            victim = service.workers()[0]
            os.kill(victim, signal.SIGKILL)
            service.await_line("was killed by signal 9")
            self.assertIn("was killed by signal 9", self.bus.call("org.geminga1.Arbiter.GetRestarts"))
            self.bus.call("org.geminga1.Monitor.Stop", "{}", path=hello)
            service.await_workers(0)
            self.bus.call("org.geminga1.Monitor.Start", "{}", path=hello)
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.bus.call("org.geminga1.Arbiter.Upgrade", "{}")
            service.await_line("is ready", 2)
            service.await_line("is on the bus", 2)
            self.bus.call("org.geminga1.Arbiter.Stop", "{}")
            self.assertEqual(service.process.wait(PATIENCE), 0)

    def get_statistics(self) -> dict[str, int]:
        text = self.bus.call("org.geminga1.WebService.GetStatistics", path="/org/geminga1/Hello")
        return {name: int(number)
                for name, number in re.findall(r"'([\w-]+)': <(?:uint\d+ )?(\d+)>", text)}

    def await_statistics(self, **wanted: int) -> dict[str, int]:
        """Workers see a moment later that clients have gone, and where to count when they start."""
        deadline = time.monotonic() + PATIENCE
        while not wanted.items() <= (statistics := self.get_statistics()).items():
            self.assertLess(time.monotonic(), deadline, statistics)
        return statistics

    def test_statistics_in_other_placements(self) -> None:
        for arguments in ("--workers", "0"), ("--placement", "thread", "--max-requests", "2"):
            with self.subTest(arguments), self.bus, \
                 Service("--bus", self.bus.address, *arguments) as service:
                service.await_line("is on the bus")
                for _ in range(3):
                    service.get()
                self.await_statistics(requests=3, connections=3)
                self.assertEqual(service.stop(), 0)

    def test_statistics(self) -> None:
        """What workers have done is known however they end."""
        get = self.get_statistics
        with self.bus, Service("--bus", self.bus.address, "--workers", "2",
                               "--max-requests", "1000") as service:
            service.await_line("is on the bus")
            before = get()
            self.assertEqual((before["requests"], before["active"]), (0, 0))
            for _ in range(10):
                service.get()
            service.get("/nothing")
            idle = socket.create_connection(service.address)
            idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b"Hello", idle.recv(4096))
            after = self.await_statistics(requests=12, connections=12, active=1)
            self.assertEqual((after["answers-2xx"], after["answers-4xx"]), (11, 1))
            self.assertGreater(after["bytes-out"], after["bytes-in"])
            self.assertGreater(after["uptime"], before["uptime"])
            self.assertEqual(after["started-at"], before["started-at"])
            idle.close()

            for victim in service.workers():
                os.kill(victim, signal.SIGKILL)
            service.await_line("was killed by signal 9", 2)
            service.get()
            self.await_statistics(requests=13)
            before = tuple(service.workers())
            self.bus.call("org.geminga1.Monitor.Reload", "{}", path="/org/geminga1/Hello")
            service.await_line("has stopped", 2)
            service.get()
            self.await_statistics(requests=14, connections=14, active=0, busy=0)
            self.assertEqual(service.stop(), 0)

    def test_descriptions(self) -> None:
        """What is exported is what the files for clients say."""
        def describe(xml: str) -> dict[str, object]:
            interfaces = {}
            for interface in ElementTree.fromstring(xml).iter("interface"):
                interfaces[interface.get("name")] = {
                    (kind, member.get("name")): (member.get("type"), [
                        (argument.get("type"), argument.get("direction", "out"))
                        for argument in member.iter("arg")])
                    for kind in ("method", "property", "signal")
                    for member in interface.iter(kind)}
            return interfaces

        with self.bus, Service("--bus", self.bus.address) as service:
            service.await_line("is on the bus")
            exported = {}
            for path in "/org/geminga1", "/org/geminga1/Hello":
                xml = subprocess.run(["gdbus", "introspect", "--xml", "--address", self.bus.address,
                                      "--dest", "org.example.Hello", "--object-path", path],
                                     check=True, capture_output=True, text=True).stdout
                exported.update(describe(xml))
            compared = set()
            for file in (SOURCE / "data/dbus").glob("*.xml"):
                for name, members in describe(file.read_text()).items():
                    if name in exported:
                        self.assertEqual(exported[name], members, name)
                        compared.add(name.removeprefix("org.geminga1."))
            # The example has no supervisor; that one's description has a test of its own.
            self.assertEqual(compared, {"Actor", "Arbiter", "Monitor", "WebService"})
            self.assertEqual(service.stop(), 0)

    def test_what_was_spawned_by_hand_ends_with_the_service(self) -> None:
        with self.bus, Service("--bus", self.bus.address) as service:
            service.await_line("is on the bus")
            answer = self.bus.call("org.geminga1.Arbiter.Spawn", "GemingaActor", "extra", "{}", "{}")
            # It is there and ready as soon as there is an answer.
            path = re.search(r"objectpath '(.*)'", answer)[1]
            self.assertIn("extra", self.bus.call("org.geminga1.Actor.Info", path=path))
            service.await_workers(2)
            start = time.monotonic()
            self.assertEqual(service.stop(), 0)
            self.assertLess(time.monotonic() - start, max(1.5, PATIENCE / 20))

    def test_all_processes_open_the_log_again(self) -> None:
        """Also one that was spawned by hand, and one of before an upgrade that finishes a request."""
        with self.bus, tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "hello.log")

            def await_true(condition: Callable[[], bool]) -> None:
                deadline = time.monotonic() + PATIENCE
                while not condition():
                    self.assertLess(time.monotonic(), deadline)
                    select.select([], [], [], 0.005)

            def is_open(pid: int) -> bool:
                return str(log) in open_files(pid)

            with Service("--bus", self.bus.address, "--log-file", str(log), wait=False) as service:
                await_true(lambda: log.exists() and "is ready" in log.read_text()
                           and "is on the bus" in log.read_text())
                address = re.search(r"listens on ([\d.]+):(\d+)", log.read_text()).groups()
                old, = service.await_workers(1)
                with socket.create_connection(address, timeout=PATIENCE) as slow:
                    slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
                    service.send(signal.SIGUSR2)
                    await_true(lambda: log.read_text().count("is ready") == 2
                               and log.read_text().count("is on the bus") == 2)
                    self.bus.call("org.geminga1.Arbiter.Spawn", "GemingaActor", "extra", "{}", "{}")
                    workers = service.await_workers(3)
                    self.assertIn(old, workers)
                    log.rename(folder + "/old.log")
                    service.send(signal.SIGUSR1)
                    await_true(lambda: all(map(is_open, [service.pid, *workers])))
                    slow.sendall(b"\r\n")
                    self.assertIn(b"Hello World!", slow.recv(4096))
                self.assertEqual(service.stop(), 0)

    def test_restart_of_the_bus(self) -> None:
        with Service("--bus", self.bus.address) as service:
            service.await_line("serves without the bus")
            for round_ in range(1, 3):
                with self.bus:
                    service.await_line("is on the bus", round_)
                    self.assertIn("Hello", self.bus.call("org.geminga1.Arbiter.List"))
                service.await_line("serves without the bus", round_ + 1)
                self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_stop_during_an_upgrade(self) -> None:
        with self.bus:
            for moment in range(4):
                with self.subTest(moment), Service("--bus", self.bus.address) as service:
                    service.await_line("is on the bus")
                    service.send(signal.SIGUSR2)
                    for _ in range(moment * 3):
                        service.get()
                    self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
