#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory of an idle service's two processes, above that of a program that uses the same libraries and
only runs a main loop. It is the proportional set size: what processes share is divided among them, and
all three run at the same time."""
import json
import pathlib
import re
import subprocess
import sys

BENCH = pathlib.Path(sys.argv[1], "tests/bench")
GATES = {"arbiter": 3.0, "worker": 1.5}


def pss(pid: int) -> float:
    """In MiB."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)[1]) / 1024


def child_of(pid: int) -> int:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def measure(service: subprocess.Popen, bare: subprocess.Popen) -> dict[str, float]:
    for line in service.stderr:
        if "is ready" in line:
            break
    bare.stdout.readline()
    return {"bare": pss(bare.pid), "arbiter": pss(service.pid), "worker": pss(child_of(service.pid))}


with subprocess.Popen([BENCH / "idle-service", "--bus", "none"], stderr=subprocess.PIPE,
                      text=True) as own, \
     subprocess.Popen([BENCH / "bare-libraries"], stdout=subprocess.PIPE, text=True) as peer:
    try:
        sizes = measure(own, peer)
    finally:
        own.terminate()
        peer.terminate()

for name, gate in GATES.items():
    print(json.dumps({"name": f"memory/{name}", "value": round(sizes[name] - sizes["bare"], 3),
                      "unit": "MiB", "gate": f"value <= {gate:g}"}))
print(f"memory: the arbiter has {sizes['arbiter']:.2f} MiB, the worker {sizes['worker']:.2f} MiB, "
      f"the libraries alone have {sizes['bare']:.2f} MiB", file=sys.stderr)
