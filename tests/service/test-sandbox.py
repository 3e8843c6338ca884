# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What sandboxed actors can do, and what happens when they try more."""
import ctypes
import errno
import os
import pathlib
import pwd
import re
import signal
import tempfile
import time
import unittest

from bus import OPEN, Bus
from harness import BUILD, PATIENCE, Service

ID = "org.example.Sealed"
ROOT = "/org/geminga1/Sealed"
PROBE = "org.example.Probe1"
SHARED, THREAD, PROCESS = range(3)

# Numbers of the kernel, the same on every kind of processor.
SYS_LANDLOCK_CREATE_RULESET = 444


def landlock_version() -> int:
    return ctypes.CDLL(None).syscall(SYS_LANDLOCK_CREATE_RULESET, None, 0, 1)


def has_seccomp() -> bool:
    config = (BUILD / "config.h").read_text(encoding="utf-8")
    return "HAVE_SECCOMP 1" in config and \
        "Seccomp:" in pathlib.Path("/proc/self/status").read_text()


def can_limit() -> bool:
    """Whether the service has a control group of version 2 with what it takes."""
    mounts = [line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
              if " - cgroup2 " in line]
    own = [line[3:] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
           if line.startswith("0::")]
    if not mounts or not own:
        return False
    folder = pathlib.Path(mounts[0] + own[0])
    controllers = (folder / "cgroup.controllers").read_text().split()
    return {"memory", "cpu", "pids"} <= set(controllers) and \
        os.access(folder / "cgroup.subtree_control", os.W_OK)


def read_status(pid: int, field: str) -> str:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return re.search(rf"^{field}:\s*(.*)$", text, re.MULTILINE)[1]


class Sealed(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "outbox").mkdir()
        (self.folder / "letter").write_text("Hello")
        self.bus = self.enterContext(Bus("session", OPEN))
        self.service = self.enterContext(Service(
            "--bus", self.bus.address, program=[str(BUILD / "tests/service/sealed")], bind=None,
            environment={"SEALED_FOLDER": str(self.folder)}))

    def call(self, actor: str, method: str, *arguments: str) -> str:
        return self.bus.get(f"{ROOT}/{actor}", f"{PROBE}.{method}", *arguments, destination=ID)

    def spawn(self, kind: str, placement: int = PROCESS) -> str:
        """What goes wrong, or nothing."""
        return self.bus.call(f"{ROOT}/gate", f"{PROBE}.Spawn", kind, str(placement),
                             destination=ID).stderr

    def try_open(self, actor: str, path: pathlib.Path | str, is_to_write: bool = False) -> int:
        answer = self.call(actor, "Open", str(path), str(is_to_write).lower())
        return int(re.search(r"\d+", answer)[0])

    def identify(self, actor: str) -> tuple[int, int]:
        user, pid = re.findall(r"\b\d+\b", self.call(actor, "Identify").replace("uint32", ""))
        return int(user), int(pid)


@unittest.skipIf(landlock_version() < 1, "this kernel has no Landlock")
class Paths(Sealed):
    def test_reads_and_writes_only_there(self) -> None:
        self.assertEqual(self.spawn("Reader"), "")
        self.assertEqual(self.try_open("Reader", self.folder / "letter"), 0)
        self.assertEqual(self.try_open("Reader", "/etc/passwd"), errno.EACCES)
        self.assertEqual(self.try_open("Reader", "/"), errno.EACCES)
        self.assertEqual(self.try_open("Reader", self.folder / "letter", True), errno.EACCES)
        self.assertEqual(self.try_open("Reader", self.folder / "new", True), errno.EACCES)
        self.assertEqual(self.try_open("Reader", self.folder / "outbox/new", True), 0)
        # The others have no sandbox.
        self.assertEqual(self.try_open("gate", "/etc/passwd"), 0)
        _, pid = self.identify("Reader")
        self.assertEqual(read_status(pid, "NoNewPrivs"), "1")

    def test_holds_older_threads(self) -> None:
        self.assertEqual(self.spawn("Reader"), "")
        for path, code in ((self.folder / "letter", 0), ("/etc/passwd", errno.EACCES)):
            answer = self.call("Reader", "OpenInThread", str(path))
            self.assertEqual(int(re.search(r"\d+", answer)[0]), code)
        _, pid = self.identify("Reader")
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            self.assertIn("NoNewPrivs:\t1\n", (task / "status").read_text())

    def test_a_path_that_does_not_exist(self) -> None:
        # It is a mistake, whether or not the sandbox is required.
        self.assertRegex(self.spawn("Lost"), "class Lost .*/nonexistent/folder: No such file")


@unittest.skipUnless(has_seccomp(), "system calls cannot be restricted here")
class SystemCalls(Sealed):
    def test_kill(self) -> None:
        _, pid = self.identify("guarded")
        self.assertEqual(read_status(pid, "Seccomp"), "2")
        self.assertEqual(read_status(pid, "NoNewPrivs"), "1")
        self.assertEqual(self.try_open("guarded", "/etc/passwd"), 0)
        failed = self.bus.call(f"{ROOT}/guarded", f"{PROBE}.Unmount", destination=ID)
        self.assertIn("org.geminga1.Error.Died", failed.stderr)
        self.service.await_line(rf"\[{pid}\] was ended by seccomp: .*“umount2”")
        records = self.bus.get("/org/geminga1", "org.geminga1.Arbiter.GetRestarts", destination=ID)
        self.assertRegex(records, "does not allow the system call “umount2”")
        # Its successor is as it was.
        successor, = self.service.await_workers(1, without=(pid,))
        deadline = time.monotonic() + PATIENCE
        while self.bus.call(f"{ROOT}/guarded", "org.geminga1.Actor.Ping", destination=ID).returncode:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(self.identify("guarded")[1], successor)
        self.assertEqual(read_status(successor, "Seccomp"), "2")
        self.assertEqual(self.service.stop(), 0)

    def test_fail(self) -> None:
        self.assertEqual(self.spawn("Mild"), "")
        self.assertIn(str(int(errno.EPERM)), self.call("Mild", "Unmount"))
        _, pid = self.identify("Mild")
        # Also those threads that were there before it was put on.
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            self.assertIn("Seccomp:\t2\n", (task / "status").read_text())

    def test_large_arrays(self) -> None:
        # They are in memory that both processes have, which @basic is enough for.
        for size in (16, 512 * 1024):
            with self.subTest(size=size):
                answer = self.call("gate", "Exchange", "Bare", str(size))
                self.assertEqual(answer, f"(uint64 {size},)\n")
                self.bus.get("/org/geminga1", "org.geminga1.Arbiter.Kill", "Bare", "{}",
                             destination=ID)

    def test_logs_are_opened_again(self) -> None:
        _, pid = self.identify("guarded")
        self.service.send(signal.SIGUSR1)
        self.assertEqual(self.try_open("guarded", "/etc/passwd"), 0)
        self.assertEqual(self.identify("guarded")[1], pid)
        self.assertEqual(self.service.stop(), 0)

    def test_an_unknown_call(self) -> None:
        self.assertRegex(self.spawn("Strange"), "class Strange .*“make_coffee”")


class Users(Sealed):
    @unittest.skipUnless(os.getuid() == 0, "only root can change to another user")
    def test_user(self) -> None:
        self.folder.chmod(0o755)
        self.assertEqual(self.spawn("Servant"), "")
        user, pid = self.identify("Servant")
        self.assertEqual(user, pwd.getpwnam("nobody").pw_uid)
        self.assertEqual(read_status(pid, "Groups").strip(),
                         str(pwd.getpwnam("nobody").pw_gid))
        self.assertEqual(read_status(pid, "NoNewPrivs"), "1")
        self.assertEqual(self.identify("gate")[0], 0)

    @unittest.skipIf(os.getuid() == 0, "root can change to any user")
    def test_not_root(self) -> None:
        self.assertRegex(self.spawn("Servant"), "only root can change to another user")


class Limits(Sealed):
    @unittest.skipUnless(can_limit(), "there is no control group here that a service may divide")
    def test_limits(self) -> None:
        self.assertEqual(self.spawn("Confined"), "")
        _, pid = self.identify("Confined")
        mount = next(line.split()[4] for line in
                     pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
                     if " - cgroup2 " in line)
        own = next(line[3:] for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines()
                   if line.startswith("0::"))
        group = pathlib.Path(mount + own)
        self.assertEqual(group.name, f"geminga-{pid}")
        self.assertEqual((group / "memory.max").read_text().strip(), str(512 * 1024 * 1024))
        self.assertEqual((group / "cpu.max").read_text().strip(), "50000 100000")
        self.assertEqual((group / "pids.max").read_text().strip(), "100")
        os.kill(pid, signal.SIGKILL)
        self.service.stop()
        self.assertFalse(group.exists())

    @unittest.skipIf(can_limit(), "limits are supported here")
    def test_unsupported(self) -> None:
        self.assertRegex(self.spawn("Confined"),
                         "SpawnFailed: .*class Confined cannot run here: The sandbox's limits need")
        self.assertEqual(self.spawn("Limited"), "")
        self.assertEqual(self.try_open("Limited", "/etc/passwd"), 0)
        self.bus.get("/org/geminga1", "org.geminga1.Arbiter.Kill", "Limited", "{}", destination=ID)
        self.service.await_workers(1)
        self.assertEqual(self.spawn("Limited"), "")
        # Once a class.
        self.assertEqual(len([line for line in self.service.lines if "limits need" in line]), 1)


class Placements(Sealed):
    def test_other_placements(self) -> None:
        for placement in (SHARED, THREAD):
            self.assertRegex(self.spawn("Reader", placement), "class Reader must have their sandbox")
        self.assertEqual(self.spawn("Limited", SHARED), "")

    def test_spares_are_not_used(self) -> None:
        self.assertEqual(self.service.stop(), 0)
        with Service("--bus", self.bus.address, "--spares", "1", bind=None,
                     program=[str(BUILD / "tests/service/sealed")],
                     environment={"SEALED_FOLDER": str(self.folder)}) as service:
            spare = max(service.await_workers(2))
            self.assertEqual(self.spawn("Servant" if os.getuid() == 0 else "Limited"), "")
            self.assertIn(spare, service.await_workers(3))
            self.assertNotEqual(
                self.identify("Servant" if os.getuid() == 0 else "Limited")[1], spare)
            self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
