# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a service does when its workers crash, age, grow, or do not start, and what it leaves behind."""
import os
import pathlib
import signal
import socket
import tempfile
import time
import unittest
from collections.abc import Callable

from harness import (BUILD, PATIENCE, Load, Service, await_end, children, file_of_arbiter,
                     is_alive)

MANY = [str(BUILD / "tests/service/many")]


def count_zombies(pid: int) -> int:
    count = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2:].split()
        count += int(fields[1]) == pid and fields[0] == "Z"
    return count


def count_fds(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def await_rest(is_at_rest: Callable[[], bool]) -> bool:
    """Waits for what no line of the log tells: descriptors closed, zombies reaped."""
    deadline = time.monotonic() + PATIENCE
    while not is_at_rest() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_at_rest()


def find_addresses(service: Service) -> list[list[str]]:
    return [line.rsplit(" ", 1)[1].split(":") for line in service.lines if "listens on" in line]


class Crashes(unittest.TestCase):
    def test_crash(self) -> None:
        with Service("--workers", "2") as service:
            victim, other = service.workers()
            os.kill(victim, signal.SIGSEGV)
            # Sanitizers take the signal, and end the process themselves.
            service.await_line(rf"\[{victim}\] (was killed by signal 11|exited with status)")
            self.assertIn(other, service.await_workers(2, (victim,)))
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_does_not_start(self) -> None:
        start = time.monotonic()
        with file_of_arbiter() as (path, fd), \
             Service("--access-log", path, "--max-restarts", "3", wait=False,
                     pass_fds=(fd,)) as service:
            self.assertEqual(service.process.wait(PATIENCE), 1)
            # At once, after 0.1 s and after 0.2 s, each a quarter more or less.
            self.assertGreaterEqual(time.monotonic() - start, 0.3 * 0.75)
            service.await_line(rf"worker\d+ \[\d+\]: .*{path}", 4)
            service.await_line(r"cannot go on: .*worker.* died 4 times within a minute; "
                               rf".*{path}")
            self.assertFalse([line for line in service.lines if "is ready" in line])

    def test_reload_keeps_old_workers_if_new_ones_do_not_start(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("[service]\nworkers=2\n")
            file.flush()
            with file_of_arbiter() as (path, fd), \
                 Service("--config", file.name, pass_fds=(fd,)) as service, \
                 Load(service.address) as load:
                before = service.await_workers(2)
                file.write(f"access-log={path}\n")
                file.flush()
                service.send(signal.SIGHUP)
                service.await_line(r"the new workers do not get ready, the old ones stay: .*"
                                   + path)
                load.await_more(100)
                self.assertEqual(service.await_workers(2), before)
                service.send(signal.SIGTTIN)
                service.await_line(f"died|cannot go on|{path}", 2)
                load.is_over = True
            self.assertEqual(load.failures, [])

    def test_a_hang_counts_as_a_failure(self) -> None:
        with Service("--timeout", "0.3", "--max-restarts", "1") as service:
            for round_ in range(2):
                victim = service.await_workers(1)[0]
                service.await_line(r"is ready|did not respond", round_ + 1)
                # A worker that has not started yet has more time.
                self.assertEqual(service.get()[0], 200)
                os.kill(victim, signal.SIGSTOP)
                service.await_line(r"did not respond for 0.3 s", round_ + 1)
            self.assertEqual(service.process.wait(PATIENCE), 1)


class Recycling(unittest.TestCase):
    def test_max_age(self) -> None:
        with Service("--workers", "2", "--max-age", "0.1s") as service, Load(service.address) as load:
            before = service.workers()
            service.await_line("has stopped", 2)
            load.await_more(100)
            self.assertTrue(await_rest(lambda: not set(before) & set(service.workers())))
            load.is_over = True
        self.assertEqual(load.failures, [])

    def test_max_memory(self) -> None:
        with Service("--max-memory", "1") as service, Load(service.address) as load:
            service.await_line("uses more memory than allowed")
            service.await_line("has stopped")
            load.await_more(100)
            load.is_over = True
        self.assertEqual(load.failures, [])

    def test_nothing_is_left_behind(self) -> None:
        with Service("--workers", "2") as service:
            for number in range(1, 6):
                service.send(signal.SIGHUP)
                service.await_line("has stopped", 2 * number)
            service.get()
            before = count_fds(service.pid)
            for number in range(6, 56):
                service.send(signal.SIGHUP)
                service.await_line("has stopped", 2 * number)
            victim = service.await_workers(2)[0]
            os.kill(victim, signal.SIGKILL)
            service.await_line("was killed by signal 9")
            service.await_workers(2, (victim,))
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertTrue(await_rest(lambda: count_fds(service.pid) <= before))
            self.assertTrue(await_rest(lambda: count_zombies(service.pid) == 0))
            self.assertEqual(service.stop(), 0)


class States(unittest.TestCase):
    """Signals that arrive while something else is going on."""

    def test_stop_while_starting(self) -> None:
        for number in signal.SIGTERM, signal.SIGQUIT:
            with self.subTest(number), Service("--workers", "2", wait=False) as service:
                service.await_line("listens on")
                self.assertEqual(service.stop(number), 0)

    def test_stop_a_service_that_waits_to_restart(self) -> None:
        with file_of_arbiter() as (path, fd), \
             Service("--access-log", path, "--max-restarts", "100", wait=False,
                     pass_fds=(fd,)) as service:
            service.await_line(path, 4)
            self.assertEqual(service.stop(), 0)

    def test_reload_while_starting(self) -> None:
        with Service("--workers", "2", wait=False) as service:
            service.await_line("listens on")
            deadline = time.monotonic() + PATIENCE
            # Once it takes signals itself.
            while "SigBlk:\t0000000000000000" in pathlib.Path(
                    f"/proc/{service.pid}/status").read_text():
                self.assertLess(time.monotonic(), deadline)
            for _ in range(3):
                service.send(signal.SIGHUP)
            service.await_line("is ready")
            service.await_workers(2)
            self.assertEqual(service.stop(), 0)

    def test_reload_while_reloading(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            before = service.workers()
            load.await_more(50)
            for _ in range(5):
                service.send(signal.SIGHUP)
                load.await_more(5)
            service.await_line("has stopped", 2)
            service.await_workers(2, tuple(before))
            load.await_more(50)
            load.is_over = True
            self.assertEqual(load.failures, [])
            self.assertEqual(service.stop(), 0)

    def test_upgrade_while_reloading(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            load.await_more(50)
            service.send(signal.SIGHUP)
            service.send(signal.SIGUSR2)
            service.send(signal.SIGHUP)
            service.await_line("is busy|is executed anew")
            load.await_more(100)
            self.assertEqual(load.failures, [])
            load.is_over = True
            self.assertEqual(service.stop(), 0)

    def test_reload_while_upgrading(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            load.await_more(50)
            service.send(signal.SIGUSR2)
            for _ in range(10):
                service.send(signal.SIGHUP)
                load.await_more(5)
            # Of signals that wait together the reload comes first.
            service.await_line("is ready|is busy", 2)
            load.await_more(100)
            self.assertEqual(load.failures, [])
            load.is_over = True
            self.assertEqual(service.stop(), 0)

    def test_stop_while_upgrading(self) -> None:
        for moment in range(6):
            with self.subTest(moment), Service("--workers", "2") as service:
                workers = {pid: os.pidfd_open(pid) for pid in service.workers()}
                service.send(signal.SIGUSR2)
                if moment == 5:
                    service.await_line("is executed anew")
                else:
                    for _ in range(moment):
                        service.get()
                self.assertEqual(service.stop(), 0)
                self.assertEqual(await_end(workers, PATIENCE), [])
                for fd in workers.values():
                    os.close(fd)

    def test_stop_lets_the_workers_of_the_old_program_finish(self) -> None:
        with Service("--workers", "1") as service:
            client = socket.create_connection(service.address)
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            service.get()
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            service.send(signal.SIGTERM)
            service.await_line("stops")
            client.sendall(b"\r\n")
            self.assertIn(b"200 OK", client.recv(4096))
            client.close()
            self.assertEqual(service.process.wait(PATIENCE), 0)

    def test_stop_twice(self) -> None:
        for numbers in (signal.SIGTERM, signal.SIGQUIT), (signal.SIGINT, signal.SIGINT):
            with self.subTest(numbers), Service() as service:
                client = socket.create_connection(service.address)
                client.sendall(b"GET / HTTP/1.1\r\n")
                service.get()
                service.send(numbers[0])
                service.await_line("stops")
                service.send(numbers[1])
                self.assertEqual(service.process.wait(PATIENCE), 0)
                client.close()

    def test_signals_at_random_times(self) -> None:
        numbers = [signal.SIGHUP, signal.SIGTTIN, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTTOU]
        with Service("--workers", "2") as service, Load(service.address) as load:
            for i in range(25):
                service.send(numbers[i * i % len(numbers)])
                load.await_more(1 + i % 7)
            load.await_more(100)
            load.is_over = True
            self.assertEqual(load.failures, [])
            self.assertEqual(service.stop(), 0)


class SeveralServices(unittest.TestCase):
    def start(self, *arguments: str) -> Service:
        service = Service("--admin-bind", "127.0.0.1:0", *arguments, program=MANY)
        host, port = find_addresses(service)[0]
        service.address = (host, int(port))
        return service

    def ask(self, address: tuple[str, str]) -> bytes:
        with socket.create_connection((address[0], int(address[1]))) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b""
            while more := client.recv(4096):
                answer += more
        return answer.rsplit(b"\r\n\r\n", 1)[1]

    def test_serve(self) -> None:
        with self.start("--workers", "1", "--admin-workers", "2") as service:
            self.assertEqual(len(service.workers()), 1 + 2 + 1)
            addresses = find_addresses(service)
            self.assertEqual(self.ask(addresses[0]).split()[0], b"front")
            self.assertEqual(self.ask(addresses[1]).split()[0], b"admin")
            victim = int(self.ask(addresses[1]).split()[1])
            os.kill(victim, signal.SIGKILL)
            service.await_line(rf"org.example.Admin: worker\d+ \[{victim}\]")
            service.await_workers(4, (victim,))
            self.assertEqual(self.ask(addresses[1]).split()[0], b"admin")
            before = service.workers()
            service.send(signal.SIGHUP)
            service.await_line("has stopped", 4)
            service.await_workers(4, tuple(before))
            self.assertEqual(service.stop(), 0)

    def test_upgrade(self) -> None:
        with self.start() as service:
            addresses = find_addresses(service)
            before = service.workers()
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            service.await_workers(3, tuple(before))
            self.assertEqual(self.ask(addresses[0]).split()[0], b"front")
            self.assertEqual(self.ask(addresses[1]).split()[0], b"admin")
            self.assertEqual(service.stop(), 0)

    def test_arbiter_is_killed_while_a_worker_is_busy(self) -> None:
        with self.start("--timeout", "0") as service:
            workers = {pid: os.pidfd_open(pid) for pid in service.workers()}
            client = socket.create_connection(service.address)
            client.sendall(b"GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
            service.await_line("Hanging")
            service.process.kill()
            self.assertEqual(await_end(workers, PATIENCE), [])
            client.close()
            for fd in workers.values():
                os.close(fd)

    def test_busy_worker_is_replaced(self) -> None:
        with self.start("--timeout", "0.3") as service:
            client = socket.create_connection(service.address)
            client.sendall(b"GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
            service.await_line("did not respond for 0.3 s")
            service.await_workers(3)
            client.close()
            self.assertEqual(service.get()[0], 200)
            self.assertEqual(service.stop(), 0)


class Parents(unittest.TestCase):
    def test_ignored_child_signals(self) -> None:
        with Service("--workers", "2", preexec_fn=lambda: signal.signal(signal.SIGCHLD,
                                                                       signal.SIG_IGN)) as service:
            victim = service.workers()[0]
            os.kill(victim, signal.SIGKILL)
            service.await_line("was killed by signal 9")
            service.await_workers(2, (victim,))
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            self.assertEqual(service.stop(), 0)

    def test_ignored_and_blocked_signals(self) -> None:
        def ignore() -> None:
            for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})

        with Service("--workers", "2", preexec_fn=ignore) as service:
            before = service.workers()
            service.send(signal.SIGHUP)
            service.await_line("has stopped", 2)
            self.assertFalse(set(before) & set(service.await_workers(2)))
            self.assertTrue(all(is_alive(pid) for pid in children(service.pid)))
            self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
