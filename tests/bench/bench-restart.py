#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long nobody serves when the only worker is killed, with a spare process and without, or hangs; and
from kill -9 to the next answer beside gunicorn with the same application."""
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1])
ROUNDS = 10
REPLACEMENTS = 15
HANGS = 3
PATIENCE = 20.0

APPLICATION = '''
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello World!\\n"]
'''


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def is_answered(address: tuple[str, int]) -> bool:
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def measure(parent: int, address: tuple[str, int]) -> float:
    """Milliseconds, the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        deadline = time.monotonic() + PATIENCE
        while not is_answered(address) and time.monotonic() < deadline:
            pass
        victim = children(parent)[0]
        pidfd = os.pidfd_open(victim)
        start = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        select.select([pidfd], [], [])
        os.close(pidfd)
        # The listening socket stays open: this waits for the next worker.
        while not is_answered(address):
            pass
        times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


class Service:
    """Ours, with one worker."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [BUILD / "docs/examples/hello", "--workers", "1", "--bind", "127.0.0.1:0", "--bus", "none",
             "--max-restarts", "1000", *arguments], stderr=subprocess.PIPE, text=True)
        self.address = ("", 0)
        for line in self.process.stderr:
            if match := re.search(r"listens on ([\d.]+):(\d+)", line):
                self.address = (match[1], int(match[2]))
            if "is ready" in line:
                break

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.stderr.close()
        self.process.wait()

    def await_rest(self, n_processes: int) -> int:
        """Waits until all there is to be is there and has started; the worker."""
        deadline = time.monotonic() + PATIENCE
        while len(children(self.process.pid)) != n_processes and time.monotonic() < deadline:
            time.sleep(0.01)
        is_answered(self.address)
        time.sleep(0.2)
        return children(self.process.pid)[0]

    def measure(self, n_processes: int, is_killed: bool) -> float:
        """Milliseconds from kill -9, or from a stop, to the answer to somebody who waits meanwhile."""
        victim = self.await_rest(n_processes)
        os.kill(victim, signal.SIGSTOP)
        start = time.monotonic()
        with socket.create_connection(self.address) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if is_killed:
                time.sleep(0.01)
                start = time.monotonic()
                os.kill(victim, signal.SIGKILL)
            client.settimeout(PATIENCE)
            if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                raise SystemExit("restart: the new worker does not serve")
            return (time.monotonic() - start) * 1000


def measure_replacement(spares: int) -> float:
    with Service("--spares", str(spares)) as service:
        return statistics.median(service.measure(1 + spares, True) for _ in range(REPLACEMENTS))


def measure_hang() -> float:
    """Beyond the time-out. Each is the first of its service, since a second failure soon after waits."""
    times = []
    for _ in range(HANGS):
        with Service("--spares", "1", "--timeout", "1") as service:
            times.append(service.measure(2, False) - 1000)
    return statistics.median(times)


def measure_own() -> float:
    with Service("--spares", "0") as service:
        return measure(service.process.pid, service.address)


def measure_gunicorn() -> float | None:
    program = shutil.which("gunicorn")
    if program is None:
        print("restart: gunicorn is not installed", file=sys.stderr)
        return None
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "application.py").write_text(APPLICATION, encoding="utf-8")
        os.set_inheritable(listener.fileno(), True)
        with subprocess.Popen([program, "--workers", "1", "--bind", f"fd://{listener.fileno()}",
                               "--chdir", folder, "application:app"], pass_fds=[listener.fileno()],
                              stderr=subprocess.DEVNULL) as server:
            try:
                return measure(server.pid, listener.getsockname())
            finally:
                server.terminate()


for name, value, gate in (("warm", measure_replacement(1), 1), ("cold", measure_replacement(0), 30),
                          ("hang, beyond the time-out", measure_hang(), 100)):
    print(json.dumps({"name": f"restart/{name}", "value": round(value, 2), "unit": "ms", "better": "less",
                      "gate": f"value <= {gate}"}))
own = measure_own()
peer = measure_gunicorn()
print(json.dumps({"name": "restart/kill -9 to next answer", "value": round(own, 2), "unit": "ms",
                  "peer": "gunicorn" if peer else None,
                  "peer_value": round(peer, 2) if peer else None, "better": "less",
                  "gate": "value < 100"}))
