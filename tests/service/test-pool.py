# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The life of a pool of workers: spares, scaling by load, rolls, and what is known of those that died."""
import os
import pathlib
import re
import shutil
import signal
import socket
import tempfile
import threading
import time
import unittest

from bus import OPEN, Bus
from harness import BUILD, HAS_SANITIZER, PATIENCE, Load, Service, await_end, children

MANY = [str(BUILD / "tests/service/many")]
FRONT = "/org/geminga1/Front"
HELLO = "/org/geminga1/Hello"


def await_that(is_so, what: str) -> None:
    """Waits for what no line of the log tells."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"never: {what}")
        time.sleep(0.01)


def await_children(service: Service, count: int, without: tuple[int, ...] = ()) -> list[int]:
    return service.await_workers(count, without)


class Spares(unittest.TestCase):
    def test_takes_the_place_of_a_killed_worker(self) -> None:
        with Service("--workers", "2", "--spares", "1") as service:
            first, second, spare = await_children(service, 3)
            os.kill(first, signal.SIGKILL)
            service.await_line(rf"worker1 \[{first}\] was killed by signal 9")
            os.kill(second, signal.SIGSTOP)
            # Only the spare can answer now, since the next spare must not.
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            os.kill(second, signal.SIGCONT)
            pids = await_children(service, 3, (first,))
            self.assertIn(spare, pids)
            self.assertEqual(service.stop(), 0)

    def test_does_not_serve(self) -> None:
        with Service("--workers", "1", "--spares", "2") as service:
            worker, *spares = await_children(service, 3)
            os.kill(worker, signal.SIGSTOP)
            client = socket.create_connection(service.address)
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            client.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                client.recv(1)
            os.kill(worker, signal.SIGCONT)
            client.settimeout(PATIENCE)
            self.assertTrue(client.recv(1))
            client.close()
            self.assertEqual(children(service.pid)[1:], spares)

    def test_ends_with_the_service(self) -> None:
        for number in signal.SIGTERM, signal.SIGQUIT:
            with self.subTest(number), Service("--spares", "2") as service:
                pids = {pid: os.pidfd_open(pid) for pid in await_children(service, 3)}
                self.assertEqual(service.stop(number), 0)
                self.assertEqual(await_end(pids, PATIENCE), [])
                for fd in pids.values():
                    os.close(fd)

    def test_ends_with_the_main_process(self) -> None:
        with Service("--spares", "2") as service:
            pids = {pid: os.pidfd_open(pid) for pid in await_children(service, 3)}
            service.process.kill()
            self.assertEqual(await_end(pids, PATIENCE), [])
            for fd in pids.values():
                os.close(fd)

    def test_is_replaced_when_it_dies_or_hangs(self) -> None:
        with Service("--spares", "1", "--timeout", "0.3") as service:
            _, spare = await_children(service, 2)
            os.kill(spare, signal.SIGKILL)
            service.await_line("A spare process was killed by signal 9")
            _, spare = await_children(service, 2, (spare,))
            # One that has not shown any life has longer.
            time.sleep(0.3)
            os.kill(spare, signal.SIGSTOP)
            service.await_line(r"A spare process did not respond for 0.3 s")
            await_children(service, 2, (spare,))
            self.assertEqual(service.stop(), 0)

    def test_is_replaced_by_reload_and_upgrade(self) -> None:
        with Service("--workers", "1", "--spares", "1") as service:
            before = await_children(service, 2)
            service.send(signal.SIGHUP)
            before = await_children(service, 2, tuple(before))
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            after = await_children(service, 2, tuple(before))
            # It has the same sockets as any worker.
            os.kill(after[0], signal.SIGKILL)
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_none_without_workers(self) -> None:
        with Service("--workers", "1", "--spares", "1") as service:
            await_children(service, 2)
            service.send(signal.SIGWINCH)
            service.await_workers(0)
            self.assertEqual(service.stop(), 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_runs_as_the_user(self) -> None:
        with Service("--spares", "1", "--user", "nobody") as service:
            worker, spare = await_children(service, 2)
            await_that(lambda: os.stat(f"/proc/{spare}").st_uid == os.stat(f"/proc/{worker}").st_uid,
                       "the spare as nobody")

    @unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
    def test_is_listed_and_not_counted(self) -> None:
        with Bus("session", OPEN) as bus, Service("--bus", bus.address, "--spares", "1") as service:
            service.await_line("is on the bus")
            worker, spare = await_children(service, 2)
            listed = bus.get(HELLO, "org.geminga1.Monitor.ListWorkers")
            self.assertEqual(re.findall(r"'state': <'(\w+)'>", listed), ["running", "spare"])
            self.assertEqual(re.findall(r"'pid': <uint32 (\d+)>", listed), [str(worker), str(spare)])
            for name in "Workers", "Running":
                self.assertIn("uint32 1", bus.get(HELLO, "org.freedesktop.DBus.Properties.Get",
                                                  "org.geminga1.Monitor", name))
            # It becomes the second worker, and there is a new one.
            bus.get(HELLO, "org.geminga1.Monitor.Scale", "2", "{}")
            pids = await_children(service, 3)
            listed = bus.get(HELLO, "org.geminga1.Monitor.ListWorkers")
            self.assertIn(f"<uint32 {spare}>, 'state': <'running'>", listed)
            self.assertEqual(pids[:2], [worker, spare])
            bus.get("/org/geminga1", "org.geminga1.Arbiter.SetSetting", "''", "spares", "<0>", "{}")
            await_children(service, 2)


class Rolls(unittest.TestCase):
    def test_one_after_the_other(self) -> None:
        with Service("--workers", "4") as service, Load(service.address) as load:
            before = service.workers()
            service.send(signal.SIGHUP)
            most = 0
            while not load.failures and set(service.workers()) & set(before):
                # Those that stop are still there for a moment.
                most = max(most, len(set(service.workers()) - set(before)) - 4 + len(
                    set(service.workers()) & set(before)))
            service.await_line("has stopped", 4)
            service.await_workers(4, tuple(before))
            load.await_more(50)
            load.is_over = True
        self.assertEqual(load.failures, [])
        self.assertGreaterEqual(most, 1)

    def test_stops_where_one_does_not_start(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("[service]\nworkers=4\n")
            file.flush()
            with Service("--config", file.name) as service:
                before = service.await_workers(4)
                file.write("access-log=/proc\n")
                file.flush()
                service.send(signal.SIGHUP)
                service.await_line("settings are not reloaded|the old ones stay")
                self.assertEqual(service.await_workers(4), before)
                # One was tried, not four.
                self.assertLessEqual(len([line for line in service.lines if "worker5" in line]), 2)
                self.assertFalse([line for line in service.lines if "worker6" in line])


@unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
class Reports(unittest.TestCase):
    """Where a worker crashed or hung is in its restart record."""

    def find_detail(self, bus: Bus) -> str:
        records = bus.get("/org/geminga1", "org.geminga1.Arbiter.GetRestarts",
                          destination="org.example.Front")
        return re.findall(r"'detail': <('.*?'|\".*?\")>", records)[-1]

    def test_crash(self) -> None:
        if HAS_SANITIZER:
            self.skipTest("a sanitizer reports crashes itself")
        for number in signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE:
            with self.subTest(number), Bus("session", OPEN) as bus, \
                    Service("--bus", bus.address, program=MANY) as service:
                service.await_line("is on the bus")
                victim = service.workers()[0]
                os.kill(victim, number)
                service.await_line(rf"\[{victim}\] was killed by signal {int(number)}")
                self.assertRegex(self.find_detail(bus), r"libglib-2.0.so.*\(g_main_loop_run\+0x")

    def test_last_lines_of_the_log(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=[str(BUILD / "tests/service/fragile")]) as service:
            service.await_line("is on the bus")
            line = service.await_line(r"glass \[\d+\] is in a \w+ mood")
            victim = int(re.search(r"glass \[(\d+)\]", line)[1])
            os.kill(victim, signal.SIGKILL)
            service.await_line(rf"\[{victim}\] was killed by signal 9")
            records = bus.get("/org/geminga1", "org.geminga1.Arbiter.GetRestarts",
                              destination="org.example.Fragile")
            log = re.findall(r"'log': <(\[.*?\])>", records)[-1]
            self.assertRegex(log, rf"glass \[{victim}\] is in a \w+ mood")

    def test_own_handlers_stay(self) -> None:
        with Service(program=[str(BUILD / "docs/examples/hello")]) as service:
            status = pathlib.Path(f"/proc/{service.workers()[0]}/status").read_text()
            caught = int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16)
            self.assertTrue(caught >> (signal.SIGSEGV - 1) & 1)
            self.assertFalse(caught >> (signal.SIGALRM - 1) & 1)

    def hang(self, service: Service, path: str) -> float:
        client = socket.create_connection(service.address)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        service.await_line("Hanging")
        start = time.monotonic()
        service.await_line("did not respond for 0.5 s")
        client.close()
        return time.monotonic() - start

    def test_hang(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, "--timeout", "0.5", program=MANY) as service:
            service.await_line("is on the bus")
            host, port = re.search(r"listens on ([\d.]+):(\d+)", "\n".join(service.lines)).groups()
            service.address = (host, int(port))
            self.hang(service, "/hang")
            detail = self.find_detail(bus)
            self.assertRegex(detail, r"many\(.*\)\[0x")
            self.assertEqual(service.get()[0], 200)
            self.assertEqual(service.stop(), 0)


@unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
class Scaling(unittest.TestCase):
    """With a busy worker the number rises, and by hand it is what was said."""

    def get_workers(self, bus: Bus) -> int:
        answer = bus.get(FRONT, "org.freedesktop.DBus.Properties.Get", "org.geminga1.Monitor",
                         "Workers", destination="org.example.Front")
        return int(re.search(r"uint32 (\d+)", answer)[1])

    def load(self, address: tuple[str, int], is_over: threading.Event) -> None:
        while not is_over.is_set():
            with socket.create_connection(address) as client:
                client.sendall(b"GET /busy HTTP/1.0\r\n\r\n")
                while client.recv(4096):
                    pass

    def test_by_load_and_by_hand(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, "--max-workers", "3", "--scale-target", "50",
                        "--scale-cool-down", "2s", program=MANY) as service:
            service.await_line("is on the bus")
            host, port = re.search(r"listens on ([\d.]+):(\d+)", "\n".join(service.lines)).groups()
            is_over = threading.Event()
            threads = [threading.Thread(target=self.load, args=((host, int(port)), is_over))
                       for _ in range(4)]
            for thread in threads:
                thread.start()
            try:
                service.await_line(r"Front: scaled from 1 to 2 workers since the workers are busy for "
                                   r"\d+ % of the time, with a target of 50 %")
                service.await_line("Front: scaled from 2 to 3 workers")
                self.assertEqual(self.get_workers(bus), 3)
            finally:
                is_over.set()
                for thread in threads:
                    thread.join()
            service.await_line("Front: scaled from 3 to 2 workers")
            service.await_line("Front: scaled from 2 to 1 workers")
            bus.get(FRONT, "org.geminga1.Monitor.Scale", "5", "{}", destination="org.example.Front")
            service.await_line("was set by hand")
            self.assertEqual(self.get_workers(bus), 5)
            service.send(signal.SIGHUP)
            await_that(lambda: self.get_workers(bus) <= 3, "within the limits again")
            self.assertEqual(service.stop(), 0)

    def test_starts_within_the_limits(self) -> None:
        with Service("--min-workers", "2", "--max-workers", "3") as service:
            self.assertEqual(len(service.workers()), 2)
            self.assertEqual(service.stop(), 0)

    def test_impossible(self) -> None:
        for arguments, message in ((("--min-workers", "3", "--max-workers", "2"), "is more than"),
                                   (("--max-workers", "2", "--placement", "thread"),
                                    "processes of their own")):
            with self.subTest(arguments), Service(*arguments, wait=False) as service:
                self.assertEqual(service.process.wait(PATIENCE), 2)
                service.await_line(message)


if __name__ == "__main__":
    unittest.main()
