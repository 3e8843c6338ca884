# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program takes another one's place: one that understands less, one that understands more, one that fails."""
import os
import pathlib
import shutil
import signal
import tempfile
import time
import unittest

from bus import OPEN, Bus
from harness import BUILD, PATIENCE, Service

ID = "org.example.Changeling"
COUNTER = "/org/geminga1/Changeling/counter"


def find_library() -> str:
    """Where a copy of a program of this build finds what it is linked with."""
    return str(next(BUILD.glob("src/**/libgeminga*.so*")).parent)


class Upgrades(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.program = pathlib.Path(folder.name) / "changeling"
        self.install(1)
        self.bus = self.enterContext(Bus("session", OPEN))
        self.service = self.enterContext(Service(
            "--bus", self.bus.address, "--max-restarts", "2", bind=None,
            program=[str(self.program)], environment={"LD_LIBRARY_PATH": find_library()}))

    def install(self, edition: int) -> None:
        new = self.program.with_suffix(".new")
        shutil.copy(BUILD / f"tests/service/changeling-{edition}", new)
        os.rename(new, self.program)

    def upgrade(self, options: str = "{}") -> str:
        """What goes wrong, or nothing."""
        return self.bus.call("/org/geminga1", "org.geminga1.Arbiter.Upgrade", options,
                             destination=ID).stderr

    def await_edition(self, edition: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.bus.call(COUNTER, "org.example.Counter1.Edition", destination=ID)
            if f"uint32 {edition}," in answer.stdout:
                return
            self.assertLess(time.monotonic(), deadline, answer)

    def test_understands_less(self) -> None:
        self.install(2)
        workers = self.service.workers()
        self.service.send(signal.SIGUSR2)
        self.service.await_line("The program goes on as it is: The new program is not compatible")
        failure = self.upgrade()
        for line in (
                "Changeling/counter: command org.example.Counter1.Add was “(dd) → (d)” and is "
                "“(ddd) → (d)”",
                "Changeling/counter: command org.example.Counter1.Reset is not there any more",
                "Changeling/counter: event org.example.Counter1.Counted was “(u)” and is “(x)”"):
            self.assertIn(line, failure)
        self.assertNotIn("Edition", failure)
        self.assertEqual(self.service.workers(), workers)
        self.await_edition(1)
        self.assertEqual(self.service.stop(), 0)

    def test_force(self) -> None:
        self.install(2)
        self.assertEqual(self.upgrade("{'force': <true>}"), "")
        self.service.await_line("is executed anew")
        self.service.await_line("is ready", 2)
        self.await_edition(2)
        self.assertEqual(self.service.stop(), 0)

    def test_understands_more(self) -> None:
        self.install(3)
        self.service.send(signal.SIGUSR2)
        self.service.await_line("is ready", 2)
        self.await_edition(3)
        # Back is less again.
        self.install(1)
        self.assertIn("Subtract is not there any more", self.upgrade())
        self.assertEqual(self.service.stop(), 0)

    def test_does_not_get_ready(self) -> None:
        before = self.service.workers()
        self.install(4)
        self.service.send(signal.SIGUSR2)
        self.service.await_line("does not get ready, so the one from before goes on: .*hangover")
        self.service.await_line("is ready", 2)
        self.await_edition(1)
        self.service.await_workers(1, without=tuple(before))
        # It knows where its file is: another attempt finds what is there by now.
        self.install(3)
        self.assertEqual(self.upgrade(), "")
        self.service.await_line("is ready", 3)
        self.await_edition(3)
        self.assertEqual(self.service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
