# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example as a person would, watches what it says and does, and loads it with requests."""
import contextlib
import fcntl
import http.client
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

# Not for the services, which refuse variables that they do not know.
BUILD = pathlib.Path(os.environ.pop("GEMINGA_BUILD"))
SOURCE = pathlib.Path(os.environ.pop("GEMINGA_SOURCE"))
HAS_SANITIZER = os.environ.pop("GEMINGA_SANITIZER", "none") != "none"
PATIENCE = 30 * float(os.environ.pop("GEMINGA_TIMEOUT_MULTIPLIER", "1"))


def children(pid: int) -> list[int]:
    """The processes that this one started and that are not zombies, oldest first.

    A sanitizer starts one that knows the names of functions: that one does not count.
    """
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2:].split()
        if int(fields[1]) == pid and fields[0] != "Z" and "(llvm-symbolizer)" not in text:
            found.append((int(fields[19]), int(stat.parent.name)))
    return [child for _, child in sorted(found)]


def is_alive(pid: int) -> bool:
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text[text.rindex(")") + 2] != "Z"


def open_files(pid: int) -> list[str]:
    """What the descriptors of a process lead to, but for those that it closes meanwhile."""
    found = []
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(fd))
    return found


def await_end(pidfds: dict[int, int], seconds: float) -> list[int]:
    """Waits for these processes to end; those that have not."""
    deadline = time.monotonic() + seconds
    left = dict(pidfds)
    while left and time.monotonic() < deadline:
        ended, _, _ = select.select(left.values(), [], [], max(0, deadline - time.monotonic()))
        left = {pid: fd for pid, fd in left.items() if fd not in ended}
    return list(left)


@contextlib.contextmanager
def file_of_arbiter() -> Iterator[tuple[str, int]]:
    """A file that only the first process can open, by a descriptor to be passed: workers fail with it."""
    null = os.open("/dev/null", os.O_WRONLY)
    fd = fcntl.fcntl(null, fcntl.F_DUPFD, 200)
    os.close(null)
    try:
        yield f"/proc/self/fd/{fd}", fd
    finally:
        os.close(fd)


class Service:
    """An example that runs. Its log is read line by line; nothing sleeps."""

    def __init__(self, *arguments: str, program: list[str] | None = None, wait: bool = True,
                 bind: str | None = "127.0.0.1:0", environment: dict[str, str] | None = None,
                 **popen) -> None:
        command = (program or [str(BUILD / "docs/examples/hello")]) + list(arguments)
        if bind is not None:
            command += ["--bind", bind]
        # Spares are processes too: those who want them ask for them.
        variables = dict(os.environ, NO_COLOR="1", GEMINGA_SPARES="0", **(environment or {}))
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=variables, text=True, **popen)
        self.pid = self.process.pid
        self.lines: list[str] = []
        self.condition = threading.Condition()
        self.is_read = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.address: tuple[str, int] | None = None
        if wait:
            self.await_line(r"is ready")
            for line in self.lines:
                if match := re.search(r"listens on ([\d.]+):(\d+)", line):
                    self.address = (match[1], int(match[2]))

    def _read(self) -> None:
        for line in self.process.stderr:
            with self.condition:
                self.lines.append(line.rstrip("\n"))
                self.condition.notify_all()
        with self.condition:
            self.is_read = True
            self.condition.notify_all()

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def await_line(self, pattern: str, count: int = 1, seconds: float = PATIENCE) -> str:
        """Waits until so many lines of the log match, and gives the last of them."""
        def found() -> list[str]:
            return [line for line in self.lines if re.search(pattern, line)]
        with self.condition:
            self.condition.wait_for(lambda: len(found()) >= count or self.is_read, seconds)
            if len(found()) < count:
                raise AssertionError(f"no {pattern!r} in:\n" + "\n".join(self.lines))
            return found()[count - 1]

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def workers(self) -> list[int]:
        return children(self.pid)

    def await_workers(self, count: int, without: tuple[int, ...] = (),
                      seconds: float = PATIENCE) -> list[int]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.workers()
            if len(found) == count and not set(found) & set(without):
                return found
            select.select([], [], [], 0.005)
        raise AssertionError(f"{count} workers wanted, there are {self.workers()}:\n"
                             + "\n".join(self.lines))

    def get(self, path: str = "/", seconds: float = PATIENCE) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.address, timeout=seconds)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.send(number)
        return self.process.wait(PATIENCE)


class Load:
    """Clients that send requests over connections they keep, and never try a second time."""

    def __init__(self, address: tuple[str, int], clients: int = 4) -> None:
        self.address = address
        self.answered = 0
        self.failures: list[str] = []
        self.lock = threading.Lock()
        self.condition = threading.Condition(self.lock)
        self.is_over = False
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join()

    def await_more(self, count: int) -> None:
        with self.condition:
            wanted = self.answered + count
            if not self.condition.wait_for(lambda: self.answered >= wanted or self.failures,
                                           PATIENCE):
                raise AssertionError(f"no {count} more answers")

    def _run(self) -> None:
        connection: socket.socket | None = None
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        while not self.is_over:
            try:
                if connection is None:
                    connection = socket.create_connection(self.address, timeout=PATIENCE)
                connection.sendall(request)
                head = b""
                while b"\r\n\r\n" not in head or not head.endswith(b"Hello World!\n"):
                    more = connection.recv(4096)
                    if not more:
                        raise ConnectionError(f"closed after {head!r}")
                    head += more
                if not head.startswith(b"HTTP/1.1 200 "):
                    raise ConnectionError(f"answered {head!r}")
                with self.condition:
                    self.answered += 1
                    self.condition.notify_all()
                if b"\r\nconnection: close" in head.lower():
                    connection.close()
                    connection = None
            except OSError as error:
                with self.condition:
                    self.failures.append(repr(error))
                    self.condition.notify_all()
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()
