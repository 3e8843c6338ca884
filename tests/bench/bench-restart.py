#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From kill -9 of the only worker to the next answer: ours, and gunicorn with the same application."""
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


def measure_own() -> float:
    with subprocess.Popen([BUILD / "docs/examples/hello", "--workers", "1", "--bind", "127.0.0.1:0",
                           "--bus", "none", "--max-restarts", "1000"], stderr=subprocess.PIPE,
                          text=True) as service:
        address = ("", 0)
        for line in service.stderr:
            if match := re.search(r"listens on ([\d.]+):(\d+)", line):
                address = (match[1], int(match[2]))
            if "is ready" in line:
                break
        try:
            return measure(service.pid, address)
        finally:
            service.send_signal(signal.SIGQUIT)


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


own = measure_own()
peer = measure_gunicorn()
print(json.dumps({"name": "restart/kill -9 to next answer", "value": round(own, 2), "unit": "ms",
                  "peer": "gunicorn" if peer else None,
                  "peer_value": round(peer, 2) if peer else None, "better": "less",
                  "gate": "value < 100"}))
