# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Actors in several processes that wait for each other, and how a service tells it."""
import json
import select
import subprocess
import sys
import unittest

from harness import BUILD, PATIENCE, SOURCE, Service

from bus import OPEN, Bus

ID = "org.example.Ring"
LIBRARY = str(BUILD / "src/geminga")
ENVIRONMENT = {
    "GI_TYPELIB_PATH": LIBRARY,
    "LD_LIBRARY_PATH": LIBRARY,
    "PYTHONPATH": str(SOURCE / "src/bindings/python"),
}
CHAIN = "a.Wait waits for b.Ask, which waits for a.Name, which waits for a.Wait"


class Deadlocks(unittest.TestCase):
    def run_ring(self, bus: Bus, *arguments: str) -> Service:
        return Service("--bus", bus.address, *arguments, bind=None, environment=ENVIRONMENT,
                       program=[sys.executable, str(SOURCE / "tests/service/ring.py")])

    def cli(self, bus: Bus, *arguments: str) -> str:
        result = subprocess.run([str(BUILD / "src/cli/geminga"), "--address", bus.address, *arguments],
                                text=True, capture_output=True, timeout=PATIENCE, check=True)
        return result.stdout

    def find(self, bus: Bus, name: str) -> str:
        answer = bus.get(f"/org/geminga1/Ring/{name}", "org.example.Friend1.Address", destination=ID)
        return answer.split("'")[1]

    def test_is_told(self) -> None:
        with Bus("session", OPEN) as bus, self.run_ring(bus, "--deadlock-interval", "50ms") as service:
            service.await_line("is on the bus")
            result = bus.call("/org/geminga1/Ring/a", "org.example.Friend1.Wait",
                              self.find(bus, "b"), destination=ID)
            self.assertIn(f"org.geminga1.Error.Deadlock: Deadlock: {CHAIN}", result.stderr)
            service.await_line(f"Deadlock: {CHAIN}; the asks fail")

            records = bus.get("/org/geminga1", "org.geminga1.Arbiter.GetDeadlocks", destination=ID)
            self.assertIn(f"'chain': <'{CHAIN}'>", records)
            self.assertIn("'/org/geminga1/Ring/a', '/org/geminga1/Ring/b'", records)
            self.assertIn(f"  {CHAIN}\n", self.cli(bus, "status", ID))
            status = json.loads(self.cli(bus, "status", ID, "--json"))
            self.assertEqual([record["chain"] for record in status["deadlock-list"]], [CHAIN])

            # Both go on.
            for name in ("a", "b"):
                answer = bus.get(f"/org/geminga1/Ring/{name}", "org.example.Friend1.Name",
                                 destination=ID)
                self.assertEqual(answer, f"('{name}',)\n")
            self.assertEqual(service.stop(), 0)

    def test_is_a_signal(self) -> None:
        with Bus("session", OPEN) as bus, self.run_ring(bus, "--deadlock-interval", "50ms") as service:
            service.await_line("is on the bus")
            path = self.find(bus, "b")
            monitor = subprocess.Popen([str(BUILD / "src/cli/geminga"), "--address", bus.address,
                                        "monitor", ID], stdout=subprocess.PIPE, text=True)
            with monitor:
                # It is there when it has seen something else.
                line = self.poke(bus, monitor)
                bus.call("/org/geminga1/Ring/a", "org.example.Friend1.Wait", path, destination=ID)
                while line and "  Deadlock  " not in line:
                    line = monitor.stdout.readline()
                self.assertIn(CHAIN, line)
                monitor.kill()
            self.assertEqual(service.stop(), 0)

    def poke(self, bus: Bus, monitor: subprocess.Popen) -> str:
        """Spawns actors until the monitor tells of one."""
        number = 0
        while not select.select([monitor.stdout], [], [], 0)[0]:
            number += 1
            bus.get("/org/geminga1", "org.geminga1.Arbiter.Spawn", "GemingaActor", f"x{number}", "{}",
                    "{'placement': <'shared'>}", destination=ID)
        return monitor.stdout.readline()


if __name__ == "__main__":
    unittest.main()
