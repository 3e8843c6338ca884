# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service as systemd starts, holds and watches it, on a machine made for it: installed, with its units.

With --inside this is what runs there.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

IS_INSIDE = sys.argv[1:2] == ["--inside"]
ID = "org.example.Hello"
UNIT = f"{ID}.service"
SOCKET = f"{ID}.socket"
ADDRESS = "127.0.0.1", 8060
CONFIGURATION = pathlib.Path(f"/etc/geminga/{ID}.conf")
# What the command may take, with everything else that the real machine does.
SECONDS = 100


def run(*command: str, check: bool = True) -> str:
    result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=SECONDS, check=False)
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {result.returncode}: {result.stdout}")
    return result.stdout.strip()


def show(name: str) -> str:
    return run("systemctl", "show", "--value", "--property", name, UNIT)


def get() -> bytes:
    connection = http.client.HTTPConnection(*ADDRESS, timeout=SECONDS)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read()
    finally:
        connection.close()


def read_journal() -> list[dict[str, str]]:
    run("journalctl", "--sync")
    return [json.loads(line) for line in
            run("journalctl", "--output=json", f"--unit={UNIT}").splitlines()]


def await_journal(pattern: str, count: int = 1) -> None:
    """Waits until so many lines of the journal match."""
    with subprocess.Popen(["journalctl", "--follow", "--lines=all", "--output=cat", f"--unit={UNIT}"],
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                count -= bool(re.search(pattern, line))
                if count <= 0:
                    return
        finally:
            process.terminate()
    raise AssertionError(f"no {pattern!r} in the journal")


def workers() -> list[int]:
    return [worker["pid"] for worker in json.loads(run("geminga", "--system", "--json", "status", ID))
            ["worker-list"] if worker["state"] == "running"]


def install(build: str) -> None:
    run("meson", "install", "-C", build, "--no-rebuild", "--quiet")
    run("ldconfig")
    program = pathlib.Path("/usr/local/bin/hello")
    program.write_bytes(pathlib.Path(build, "docs/examples/hello").read_bytes())
    program.chmod(0o755)
    templates = pathlib.Path("/usr/local/share/geminga-1/templates")
    values = {"ID": ID, "ESCAPED_ID": ID.replace(".", "_2e"), "EXEC": str(program), "USER": "hello",
              "DESCRIPTION": "Says hello", "LISTEN": f"{ADDRESS[0]}:{ADDRESS[1]}"}
    for template, path in {
        "system.service": f"/etc/systemd/system/{UNIT}",
        "socket": f"/etc/systemd/system/{SOCKET}",
        "system-bus.conf": f"/etc/dbus-1/system.d/{ID}.conf",
        "system-bus.service": f"/usr/share/dbus-1/system-services/{UNIT}",
        "description.service": f"/usr/local/share/geminga-1/services/{UNIT}",
        "sysusers.conf": f"/usr/lib/sysusers.d/{ID}.conf",
    }.items():
        text = (templates / f"{template}.in").read_text(encoding="utf-8")
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_text(re.sub("@([A-Z_]+)@", lambda name: values[name[1]], text),
                                      encoding="utf-8")
    CONFIGURATION.parent.mkdir(exist_ok=True)
    run("systemd-sysusers")
    run("systemctl", "daemon-reload")
    run("systemctl", "start", "dbus.service")


class Inside(unittest.TestCase):
    def setUp(self) -> None:
        CONFIGURATION.write_text("[service]\nworkers=2\n", encoding="utf-8")
        run("systemctl", "reset-failed")
        run("systemctl", "start", UNIT)

    def tearDown(self) -> None:
        run("systemctl", "stop", UNIT, SOCKET)

    def test_is_ready_when_started(self) -> None:
        self.assertEqual((show("ActiveState"), show("StatusText")), ("active", "running"))
        self.assertEqual(get(), b"Hello World!\n")
        self.assertEqual(len(workers()), 2)
        self.assertIn(ID, run("geminga", "--system", "ps"))

    def test_journal(self) -> None:
        line = next(line for line in read_journal() if line["MESSAGE"] == f"{ID} is ready")
        self.assertEqual(line["SYSLOG_IDENTIFIER"], "hello")
        self.assertEqual(line["GLIB_DOMAIN"], "Geminga")
        self.assertEqual(line["_TRANSPORT"], "journal")
        self.assertEqual(line["PRIORITY"], "6")

    def test_a_worker_is_replaced(self) -> None:
        victim, other = workers()
        os.kill(victim, signal.SIGKILL)
        await_journal(rf"\[{victim}\] was killed by signal 9")
        self.assertEqual(get(), b"Hello World!\n")
        self.assertIn(other, workers())

    def test_reload_and_upgrade(self) -> None:
        before, main = workers(), show("MainPID")
        run("systemctl", "reload", UNIT)
        self.assertFalse(set(before) & set(workers()))
        ready = sum(line["MESSAGE"] == f"{ID} is ready" for line in read_journal())
        run("systemctl", "kill", "--kill-whom=main", "--signal=SIGUSR2", UNIT)
        await_journal(f"^{re.escape(ID)} is ready", ready + 1)
        self.assertEqual(get(), b"Hello World!\n")
        self.assertEqual((show("MainPID"), show("ActiveState")), (main, "active"))

    def test_socket_stays_and_starts_it(self) -> None:
        run("systemctl", "stop", UNIT)
        self.assertEqual(run("systemctl", "is-active", UNIT, check=False), "inactive")
        self.assertEqual(get(), b"Hello World!\n")
        # A worker may answer before all are there.
        self.assertIn(show("ActiveState"), ("activating", "active"))

    def test_bus_starts_it(self) -> None:
        run("systemctl", "stop", UNIT, SOCKET)
        self.assertIn("pong", self.call("org.geminga1.Actor.Ping"))
        self.assertEqual(show("User"), "hello")

    def test_who_may_do_what(self) -> None:
        other = "runuser", "-u", "nobody", "--"
        self.assertIn("worker", self.call("org.geminga1.Arbiter.List", become=other))
        self.assertIn("AccessDenied", self.call("org.geminga1.Arbiter.Stop", "{}", become=other))
        self.assertEqual(show("ActiveState"), "active")

    def call(self, method: str, *arguments: str, become: tuple[str, ...] = ()) -> str:
        return run(*become, "gdbus", "call", "--system", "--dest", ID, "--object-path",
                   "/org/geminga1", "--method", method, *arguments, check=False)

    def test_a_wrong_setting_is_not_tried_again(self) -> None:
        run("systemctl", "stop", UNIT)
        CONFIGURATION.write_text("[service]\nworkers=no\n", encoding="utf-8")
        run("systemctl", "start", UNIT, check=False)
        self.assertEqual((show("ActiveState"), show("ExecMainStatus"), show("NRestarts")),
                         ("failed", "2", "0"))
        self.assertTrue([line for line in read_journal() if "Setting “workers”" in line["MESSAGE"]])

    def test_watchdog(self) -> None:
        folder = pathlib.Path(f"/run/systemd/system/{UNIT}.d")
        folder.mkdir()
        (folder / "watchdog.conf").write_text("[Service]\nWatchdogSec=1\n", encoding="utf-8")
        run("systemctl", "daemon-reload")
        run("systemctl", "restart", UNIT)
        main = int(show("MainPID"))
        os.kill(main, signal.SIGSTOP)
        await_journal("Watchdog timeout")
        self.assertEqual(get(), b"Hello World!\n")
        self.assertNotEqual(int(show("MainPID")), main)

    def test_command_starts_and_stops_it(self) -> None:
        run("geminga", "--system", "stop", ID)
        deadline = time.monotonic() + SECONDS
        while show("ActiveState") != "inactive":
            self.assertLess(time.monotonic(), deadline)
        run("geminga", "--system", "start", ID)
        self.assertEqual(show("ActiveState"), "active")


class Outside(unittest.TestCase):
    def test_on_a_machine(self) -> None:
        from harness import BUILD, SOURCE
        from machine import run as run_on_machine

        has_run, output = run_on_machine(
            ["/usr/bin/python3", __file__, "--inside", str(BUILD)], [str(SOURCE), str(BUILD)], SECONDS)
        if not has_run:
            self.skipTest(f"systemd does not start on a machine made here: {output}")
        print(output)
        self.assertTrue(output.endswith("\nOK\n"), "see above")


if __name__ == "__main__":
    if not IS_INSIDE:
        unittest.main(defaultTest="Outside")
    install(sys.argv[2])
    try:
        unittest.main(argv=sys.argv[:1], defaultTest="Inside", verbosity=2)
    finally:
        run("systemctl", "exit", "--force", "--force", check=False)
