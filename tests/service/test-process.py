# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service as a process of its machine: pid file, background, user, log, and its service manager."""
import grp
import json
import os
import pathlib
import pwd
import re
import select
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from harness import BUILD, PATIENCE, Service, await_end, file_of_arbiter, open_files

HELLO = str(BUILD / "docs/examples/hello")


class PidFile(unittest.TestCase):
    def test_while_it_runs(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "hello.pid")
            with Service("--pid-file", str(path)) as service:
                self.assertEqual(int(path.read_text()), service.pid)
                service.send(signal.SIGUSR2)
                service.await_line("is ready", 2)
                self.assertEqual(int(path.read_text()), service.pid)
                with Service("--pid-file", str(path), wait=False) as second:
                    self.assertEqual(second.process.wait(PATIENCE), 2)
                    second.await_line(str(service.pid))
                self.assertEqual(service.stop(), 0)
            self.assertFalse(path.exists())

    def test_left_over(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "hello.pid")
            with Service("--pid-file", str(path)) as service:
                service.process.kill()
                service.process.wait()
            with Service("--pid-file", str(path)) as service:
                self.assertEqual(int(path.read_text()), service.pid)
                self.assertEqual(service.stop(), 0)


class Background(unittest.TestCase):
    def test_daemon(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "hello.pid")
            log = pathlib.Path(folder, "hello.log")
            result = subprocess.run([HELLO, "--daemon", "--pid-file", path, "--log-file", log,
                                     "--bind", f"unix:{folder}/socket"], timeout=PATIENCE,
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                    check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            pid = int(path.read_text())
            fd = os.pidfd_open(pid)
            try:
                # It is ready when the command comes back.
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(f"{folder}/socket")
                    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    self.assertIn(b"200 OK", client.recv(4096))
                self.assertIn("is ready", log.read_text())
            finally:
                os.kill(pid, signal.SIGTERM)
                self.assertEqual(await_end({pid: fd}, PATIENCE), [])
                os.close(fd)
            self.assertFalse(path.exists())

    def test_daemon_that_does_not_start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "%s:%d" % taken.getsockname()
            result = subprocess.run([HELLO, "--daemon", "--bind", address], timeout=PATIENCE,
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                    check=False)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(address, result.stderr)


class Manager:
    """A service manager that only listens."""

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(PATIENCE)
        self.heard: list[str] = []

    def __enter__(self) -> "Manager":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def await_state(self, state: str) -> None:
        while True:
            lines = self.socket.recv(4096).decode().splitlines()
            self.heard += lines
            if state in lines:
                return


class Notify(unittest.TestCase):
    def test_states(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Manager(folder) as manager, \
             Service(environment={"NOTIFY_SOCKET": manager.path}) as service:
            manager.await_state("READY=1")
            service.send(signal.SIGHUP)
            manager.await_state("RELOADING=1")
            manager.await_state("READY=1")
            service.send(signal.SIGUSR2)
            manager.await_state("RELOADING=1")
            manager.await_state("READY=1")
            service.send(signal.SIGTERM)
            manager.await_state("STOPPING=1")
            self.assertEqual(service.process.wait(PATIENCE), 0)
            self.assertEqual([line for line in manager.heard if line.startswith("MAINPID=")
                              and line != f"MAINPID={service.pid}"], [])

    def test_not_ready_if_it_does_not_start(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Manager(folder) as manager, \
             file_of_arbiter() as (path, fd), \
             Service("--access-log", path, "--max-restarts", "1", wait=False, pass_fds=(fd,),
                     environment={"NOTIFY_SOCKET": manager.path}) as service:
            manager.await_state("STOPPING=1")
            self.assertNotIn("READY=1", manager.heard)
            self.assertEqual(service.process.wait(PATIENCE), 1)

    def test_watchdog(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Manager(folder) as manager, \
             Service(environment={"NOTIFY_SOCKET": manager.path,
                                  "WATCHDOG_USEC": "100000"}) as service:
            for _ in range(5):
                manager.await_state("WATCHDOG=1")
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            for _ in range(20):
                manager.await_state("WATCHDOG=1")
            self.assertEqual(service.stop(), 0)


class Logging(unittest.TestCase):
    def test_json(self) -> None:
        with Service("--log-format", "json") as service:
            os.kill(service.workers()[0], signal.SIGKILL)
            service.await_line("was killed by signal 9")
            self.assertEqual(service.stop(), 0)
        for line in service.lines:
            self.assertIsInstance(json.loads(line), dict, line)

    def test_level(self) -> None:
        with Service("--log-level", "warning", wait=False) as service:
            victim = service.await_workers(1)[0]
            os.kill(victim, signal.SIGKILL)
            service.await_line("was killed by signal 9")
            self.assertFalse([line for line in service.lines if "listens on" in line])
            service.await_workers(1, (victim,))
            service.stop()

    def test_file_is_opened_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "hello.log")
            with Service("--log-file", str(log), wait=False) as service:
                deadline = time.monotonic() + PATIENCE
                while not (log.exists() and "is ready" in log.read_text()):
                    self.assertLess(time.monotonic(), deadline)
                log.rename(folder + "/old.log")
                service.send(signal.SIGUSR1)
                while not log.exists():
                    self.assertLess(time.monotonic(), deadline)
                service.send(signal.SIGHUP)
                while "has stopped" not in log.read_text():
                    self.assertLess(time.monotonic(), deadline)
                self.assertEqual(service.stop(), 0)


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class Users(unittest.TestCase):
    def read_ids(self, pid: int, name: str) -> set[int]:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return {int(word) for word in re.search(rf"^{name}:(.*)$", text, re.M)[1].split()}

    def test_user_and_group(self) -> None:
        user = pwd.getpwnam("nobody")
        group = grp.getgrgid(user.pw_gid)
        with Service("--user", "nobody", "--group", group.gr_name, "--workers", "2") as service:
            for _ in range(2):
                for worker in service.await_workers(2):
                    self.assertEqual(self.read_ids(worker, "Uid"), {user.pw_uid})
                    self.assertEqual(self.read_ids(worker, "Gid"), {user.pw_gid})
                    self.assertNotIn(0, self.read_ids(worker, "Groups"))
                self.assertEqual(self.read_ids(service.pid, "Uid"), {0})
                self.assertEqual(service.get(), (200, b"Hello World!\n"))
                before = service.workers()
                service.send(signal.SIGHUP)
                service.await_line("has stopped", 2)
                service.await_workers(2, tuple(before))
                service.get()
            # They still end with the arbiter.
            workers = {pid: os.pidfd_open(pid) for pid in service.workers()}
            os.kill(next(iter(workers)), signal.SIGSTOP)
            service.process.kill()
            self.assertEqual(await_end(workers, PATIENCE), [])
            for fd in workers.values():
                os.close(fd)

    def await_text(self, path: pathlib.Path, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (path.exists() and text in path.read_text()):
            self.assertLess(time.monotonic(), deadline, path)
            select.select([], [], [], 0.005)

    def test_files_are_opened_again(self) -> None:
        """In a folder that only root may write into, and in one of the workers' own."""
        user = pwd.getpwnam("nobody")
        for owner in (0, user.pw_uid):
            with self.subTest(owner=owner), tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                folder.chmod(0o755)
                os.chown(folder, owner, -1)
                log, access = folder / "hello.log", folder / "access.log"
                with Service("--user", "nobody", "--log-file", str(log), "--access-log",
                             str(access), wait=False) as service:
                    self.await_text(log, "is ready")
                    match = re.search(r"listens on ([\d.]+):(\d+)", log.read_text())
                    service.address = (match[1], int(match[2]))
                    for turn in range(3):
                        service.get(f"/old{turn}")
                        log.rename(folder / f"hello.log.{turn}")
                        access.rename(folder / f"access.log.{turn}")
                        if turn == 2 and owner == 0:
                            # As logrotate's "create" does.
                            access.touch(0o600)
                        service.send(signal.SIGUSR1)
                        deadline = time.monotonic() + PATIENCE
                        count = 0
                        while not (access.exists() and "/new" in access.read_text()):
                            self.assertLess(time.monotonic(), deadline)
                            service.get(f"/new{count}")
                            count += 1
                        self.assertEqual(access.stat().st_uid, user.pw_uid)
                        self.assertNotIn("/old", access.read_text())
                        self.assertIn("/old", (folder / f"access.log.{turn}").read_text())
                    # A worker says that in the new log, which is its own.
                    worker, = service.await_workers(1)
                    self.assertLessEqual({str(log), str(access)}, set(open_files(worker)))
                    self.assertEqual(log.stat().st_uid, user.pw_uid)
                    service.send(signal.SIGHUP)
                    self.await_text(log, "has stopped")
                    self.assertEqual(service.stop(), 0)

    def test_unwritable_files(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name, "x.log")
            for flag in ("--log-file", "--access-log"):
                # The folder is one that nobody may look into.
                result = subprocess.run([HELLO, "--user", "nobody", flag, path, "--bind",
                                         "127.0.0.1:0"], timeout=PATIENCE, capture_output=True,
                                        text=True, check=False)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                self.assertIn(f"{path}: Permission denied, as user nobody", result.stderr)

    def test_unknown_user(self) -> None:
        result = subprocess.run([HELLO, "--user", "nobody-at-all", "--bind", "127.0.0.1:0"],
                                timeout=PATIENCE, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("nobody-at-all", result.stderr)

    def test_umask(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "access.log")
            with Service("--umask", "077", "--access-log", str(log)) as service:
                service.get()
                self.assertEqual(stat.S_IMODE(log.stat().st_mode) & 0o077, 0)
                self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
