# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an actor knows goes on over reloads, replacements and upgrades, and no message is lost or doubled."""
import os
import pathlib
import re
import select
import signal
import tempfile
import time
import unittest

from bus import OPEN, Bus
from harness import BUILD, PATIENCE, Service

ID = "org.example.Ledger"
LEDGER = "/org/geminga1/Ledger/ledger"


class State(unittest.TestCase):
    local = False

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mood = pathlib.Path(folder.name) / "mood"
        self.bus = self.enterContext(Bus("session", OPEN))
        environment = {"LEDGER_MOOD": str(self.mood)}
        if self.local:
            environment["LEDGER_LOCAL"] = "1"
        self.service = self.enterContext(Service(
            "--bus", self.bus.address, "--workers", "3", "--max-restarts", "2", "--log-level", "info",
            bind=None, program=[str(BUILD / "tests/service/ledger")], environment=environment))
        self.bus.await_actor(LEDGER, ID)

    def read(self) -> tuple[int, int, int, int]:
        """How many were noted, how many twice, how many never, senders."""
        deadline = time.monotonic() + PATIENCE
        while (answer := self.bus.call(LEDGER, "org.example.Ledger1.Read",
                                       destination=ID)).returncode != 0:
            self.assertLess(time.monotonic(), deadline, answer.stderr)
        noted, doubled, lost, senders = re.findall(r"(\d+)(?=[,)])", answer.stdout)
        return int(noted), int(doubled), int(lost), int(senders)

    def note(self, number: int) -> None:
        self.bus.get(LEDGER, "org.example.Ledger1.Note", "bus", str(number), destination=ID)

    def await_more(self, noted: int) -> tuple[int, int, int, int]:
        deadline = time.monotonic() + PATIENCE
        while (now := self.read())[0] <= noted:
            self.assertLess(time.monotonic(), deadline, self.service.lines)
            select.select([], [], [], 0.01)
        return now

    def await_ended(self, pids: list[int]) -> None:
        """Until what was replaced has ended, so that nothing is on its way."""
        self.service.await_workers(4, tuple(pids), 2 * PATIENCE)

    def check(self, before: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        now = self.await_more(self.read()[0])
        self.assertGreater(now[0], before[0])
        lines = self.service.lines[:100]
        self.assertEqual(now[1:3], (0, 0), lines)
        self.assertFalse([line for line in lines if re.search("clerk .*not (noted|told)", line)])
        return now

    def upgrade(self, options: str = "{}") -> str:
        return self.bus.call("/org/geminga1", "org.geminga1.Arbiter.Upgrade", options,
                             destination=ID).stderr


class Load(State):
    def test_reload(self) -> None:
        before = self.await_more(1000)
        for _ in range(3):
            workers = self.service.workers()
            self.service.send(signal.SIGHUP)
            self.await_ended(workers)
            before = self.check(before)
        self.assertEqual(before[3], 12)
        self.assertEqual(self.service.stop(), 0)

    def test_upgrade(self) -> None:
        before = self.await_more(1000)
        for i in range(3):
            workers = self.service.workers()
            self.service.send(signal.SIGUSR2)
            self.service.await_line("is ready", i + 2)
            self.await_ended(workers)
            before = self.check(before)
        self.assertEqual(before[3], 12)
        self.assertEqual(self.service.stop(), 0)

    def test_refused_at_upgrade(self) -> None:
        before = self.await_more(1000)
        workers = self.service.workers()
        self.mood.write_text("refuse")
        self.service.send(signal.SIGUSR2)
        self.service.await_line("does not get ready, so the one from before goes on: .*the ink has run")
        self.mood.write_text("")
        self.service.await_line("is ready", 2)
        self.await_ended(workers)
        self.check(before)
        self.assertEqual(self.service.stop(), 0)

    def test_refused_at_reload(self) -> None:
        before = self.await_more(1000)
        self.mood.write_text("refuse")
        self.service.send(signal.SIGHUP)
        self.service.await_line("the new workers do not get ready, the old ones stay: .*the ink has run")
        self.mood.write_text("")
        before = self.check(before)
        workers = self.service.workers()
        self.service.send(signal.SIGHUP)
        self.await_ended(workers)
        self.check(before)
        self.assertEqual(self.service.stop(), 0)

    def test_not_saved(self) -> None:
        before = self.await_more(1000)
        workers = self.service.workers()
        self.mood.write_text("save-nothing")
        self.assertIn("could not save its state: it gave none", self.upgrade())
        self.assertEqual(self.service.workers(), workers)
        self.mood.write_text("")
        self.check(before)
        self.assertEqual(self.upgrade(), "")
        self.await_ended(workers)
        self.check(before)
        self.assertEqual(self.service.stop(), 0)

    def test_crash(self) -> None:
        """Its state is not to be trusted then: it begins anew."""
        self.await_more(1000)
        answer = self.bus.get("/org/geminga1", "org.geminga1.Arbiter.List", destination=ID)
        pid = int(re.search(r"ledger'>, .*?'pid': <uint32 (\d+)>", answer)[1])
        os.kill(pid, signal.SIGKILL)
        self.service.await_line("ledger .*killed")
        self.bus.await_actor(LEDGER, ID)
        self.assertEqual(self.read()[1], 0)
        self.assertEqual(self.service.stop(), 0)


class Local(State):
    """An actor in the main process."""
    local = True

    def test_all(self) -> None:
        for number in range(1, 6):
            self.note(number)
        for i in range(2):
            self.service.send(signal.SIGHUP)
            self.service.await_line("ledger has stopped|ledger .*has stopped", i + 1)
            self.assertEqual(self.read(), (5, 0, 0, 1))
        self.service.send(signal.SIGUSR2)
        self.service.await_line("is ready", 2)
        self.bus.await_actor(LEDGER, ID)
        self.assertEqual(self.read(), (5, 0, 0, 1))
        self.mood.write_text("refuse")
        self.service.send(signal.SIGUSR2)
        self.service.await_line("so the one from before goes on: .*the ink has run")
        self.mood.write_text("")
        self.service.await_line("is ready", 3)
        self.bus.await_actor(LEDGER, ID)
        self.note(6)
        self.assertEqual(self.read(), (6, 0, 0, 1))
        self.assertEqual(self.service.stop(), 0)


class History(unittest.TestCase):
    """What was counted and recorded, and since when."""

    def setUp(self) -> None:
        self.bus = self.enterContext(Bus("session", OPEN))
        self.service = self.enterContext(Service("--bus", self.bus.address, "--workers", "2",
                                                 "--log-level", "info"))
        self.bus.await_actor("/org/geminga1/Hello")

    def get(self, path: str, interface: str, name: str) -> str:
        return self.bus.get(path, "org.freedesktop.DBus.Properties.Get", interface, name)

    def count_requests(self) -> int:
        answer = self.bus.get("/org/geminga1/Hello", "org.geminga1.WebService.GetStatistics")
        return int(re.search(r"'requests': <uint64 (\d+)>", answer)[1])

    def test_goes_on(self) -> None:
        first = self.service.workers()[0]
        os.kill(first, signal.SIGKILL)
        self.service.await_workers(2, (first,))
        for _ in range(10):
            self.assertEqual(self.service.get()[0], 200)
        self.assertEqual(self.count_requests(), 10)
        started_at = self.get("/org/geminga1", "org.geminga1.Arbiter", "StartedAt")
        records = self.bus.get("/org/geminga1", "org.geminga1.Arbiter.GetRestarts")
        self.assertIn("killed by signal 9", records)
        for i in range(2):
            before = self.service.workers()
            self.service.send(signal.SIGUSR2)
            self.service.await_line("is ready", i + 2)
            self.service.await_workers(2, tuple(before))
            self.bus.await_actor("/org/geminga1/Hello")
            self.assertEqual(self.count_requests(), 10 + i)
            self.assertEqual(self.get("/org/geminga1", "org.geminga1.Arbiter", "StartedAt"), started_at)
            self.assertEqual(self.bus.get("/org/geminga1", "org.geminga1.Arbiter.GetRestarts"), records)
            self.assertIn("uint32 1", self.get("/org/geminga1/Hello", "org.geminga1.Monitor", "Restarts"))
            self.assertEqual(self.service.get()[0], 200)
        self.assertEqual(self.service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
