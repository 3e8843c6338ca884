#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hello-world requests over connections that are kept: ours in one worker, and SoupServer."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

BUILD = pathlib.Path(sys.argv[1])
SECONDS = 4
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(address: str, pid: int, connections: int) -> tuple[float, float]:
    """Requests a second, and microseconds of processor time the server took for each."""
    subprocess.run(["wrk", "-t1", f"-c{connections}", "-d1s", f"http://{address}/"], check=True,
                   capture_output=True)
    before = cpu_seconds(pid)
    output = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", f"http://{address}/"],
                            check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pid) - before
    requests = int(re.search(r"(\d+) requests in", output)[1])
    if match := re.search(r"Socket errors.*|Non-2xx.*", output):
        raise SystemExit(f"not every request was answered: {match[0]}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", output)[1]), used / requests * 1e6


def measure_own(connections: int) -> tuple[float, float]:
    with subprocess.Popen([BUILD / "docs/examples/hello", "--workers", "1", "--bind", "127.0.0.1:0",
                           "--bus", "none"], stderr=subprocess.PIPE, text=True) as service:
        address = ""
        for line in service.stderr:
            if match := re.search(r"listens on (\S+)", line):
                address = match[1]
            if "is ready" in line:
                break
        worker = int(subprocess.check_output(["pgrep", "-P", str(service.pid)], text=True))
        try:
            return load(address, worker, connections)
        finally:
            service.send_signal(signal.SIGQUIT)


def measure_soup(connections: int) -> tuple[float, float]:
    with subprocess.Popen([BUILD / "tests/bench/soup-hello"], stdout=subprocess.PIPE,
                          text=True) as server:
        port = server.stdout.readline().strip()
        try:
            return load(f"127.0.0.1:{port}", server.pid, connections)
        finally:
            server.kill()


for count in 10, 200:
    rate, cpu = measure_own(count)
    soup_rate, soup_cpu = measure_soup(count)
    print(json.dumps({"name": f"hello/{count} connections", "value": round(rate), "unit": "op/s",
                      "cpu_per_op": round(cpu, 2), "peer": "SoupServer",
                      "peer_value": round(soup_rate)}))
    print(json.dumps({"name": f"hello/{count} connections, cost", "value": round(cpu, 2),
                      "unit": "us", "peer": "SoupServer", "peer_value": round(soup_cpu, 2),
                      "better": "less"}))
