# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine of one's own, with a systemd that is its first process: see machine.sh."""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import unittest
from collections.abc import Iterator

HERE = pathlib.Path(__file__).parent
# A machine that cannot start says so at once; one that is slow is not the fault of what is tested.
BOOT_TIME = 60


def find_cgroups() -> pathlib.Path:
    """Where version 2 of cgroups is mounted."""
    for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, path, kind, *_ = line.split()
        if kind == "cgroup2":
            return pathlib.Path(path)
    raise unittest.SkipTest("no cgroups of version 2 are mounted")


@contextlib.contextmanager
def cgroup() -> Iterator[pathlib.Path]:
    path = find_cgroups() / f"geminga-test-{os.getpid()}"
    try:
        path.mkdir()
    except OSError as error:
        raise unittest.SkipTest(f"no cgroup can be made: {error}") from error
    try:
        yield path
    finally:
        # Those that are in it first.
        for folder in sorted(path.glob("**/"), reverse=True):
            folder.rmdir()


def run(command: list[str], shared: list[str], seconds: float) -> tuple[bool, str]:
    """Runs it as a service of a new machine. Whether it got as far as that, and what it printed."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can make a machine")
    with tempfile.TemporaryDirectory() as memory, tempfile.TemporaryDirectory() as results, \
            cgroup() as group:
        boot = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--net",
                "--cgroup", str(HERE / "machine.sh"), memory, *shared, results, "--", *command]
        # It is in its cgroup before it has one of its own for its first one.
        with subprocess.Popen(["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh", *boot],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as process:
            try:
                said, _ = process.communicate(timeout=BOOT_TIME + seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
        output = pathlib.Path(results, "output")
        if not output.exists():
            return False, said
        return True, output.read_text(encoding="utf-8")
