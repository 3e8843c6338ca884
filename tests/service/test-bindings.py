# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples in Python and JavaScript, run as services."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from harness import BUILD, PATIENCE, SOURCE, Service

EXAMPLES = SOURCE / "docs/examples"
LIBRARY = str(BUILD / "src/geminga")
ENVIRONMENT = {
    "GI_TYPELIB_PATH": LIBRARY,
    "LD_LIBRARY_PATH": LIBRARY,
    "PYTHONPATH": str(SOURCE / "src/bindings/python"),
    "GJS_PATH": str(SOURCE / "src/bindings/gjs"),
}


class Bus:
    """A session bus of our own."""

    def __enter__(self) -> "Bus":
        self.process = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def call(self, interface: str, method: str, *arguments: str,
             actor: str = "Calculator/calculator") -> tuple[object, str]:
        """What a method of an actor gives, and what goes wrong."""
        result = subprocess.run(
            ["busctl", f"--address={self.address}", "--json=short", "call",
             f"org.example.{actor.partition('/')[0]}", f"/org/geminga1/{actor}", interface, method,
             *arguments],
            capture_output=True, text=True, timeout=PATIENCE, check=False)
        return json.loads(result.stdout)["data"] if result.returncode == 0 else None, result.stderr


class Language:
    """What is the same in each."""

    command: list[str] = []
    suffix = ""
    failure = ""
    pair = ""

    def run_example(self, name: str, *arguments: str, **options: object) -> Service:
        environment = {**ENVIRONMENT, **options.pop("environment", {})}
        return Service(*arguments, program=[*self.command, str(EXAMPLES / (name + self.suffix))],
                       environment=environment, **options)

    def test_hello(self) -> None:
        with self.run_example("hello", "--workers", "2") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(len(service.workers()), 2)
            first, second = service.workers()
            os.kill(first, 9)
            service.await_workers(2, without=(first,))
            os.kill(second, 9)
            service.await_workers(2, without=(first, second))
            self.assertEqual(service.stop(), 0)

    def test_streams(self) -> None:
        with self.run_example("streams", "--workers", "1") as service:
            address = f"http://{service.address[0]}:{service.address[1]}"
            sent = subprocess.run(["curl", "-sT", "-", "-X", "POST", f"{address}/count"],
                                  input=b"x" * 300000, capture_output=True, check=True)
            self.assertEqual(sent.stdout, b"300000 bytes\n")
            status, body = service.get("/numbers")
            self.assertEqual((status, body), (200, b"".join(b"%d\n" % n for n in range(1000))))
            status, body = service.get("/ticks")
            self.assertIn(b"id: 3\nevent: tick\ndata: tick 3\n\n", body)
            name = "streams" + self.suffix
            self.assertEqual(service.get(f"/files/{name}"),
                             (200, (EXAMPLES / name).read_bytes()))
            self.assertEqual(service.get("/files/../meson.build")[0], 400)
            self.assertEqual(service.stop(), 0)

    def test_handlers(self) -> None:
        with self.run_example("greeter", "--workers", "1") as service:
            self.assertEqual(service.get("/hello/Bell"), (200, b"Hello Bell!\n"))
            self.assertEqual(service.get("/slow"), (200, b"Good things take time\n"))
            status, body = service.get("/secret")
            self.assertEqual(status, 403)
            self.assertIn(b"This is not for you", body)
            for path in ("/broken", "/broken-later"):
                status, body = service.get(path)
                self.assertEqual(status, 500)
                self.assertNotIn(b"division", body)
                service.await_line(f"GET {path}\\)")
            service.await_line(self.failure, count=2)
            self.assertEqual(service.get("/hello/again")[0], 200)
            self.assertEqual(service.stop(), 0)

    def test_no_threads(self) -> None:
        with self.run_example("hello", "--placement", "thread", wait=False) as service:
            service.await_line("cannot run in threads.*“process”")
            self.assertEqual(service.process.wait(PATIENCE), 2)

    def test_counter(self) -> None:
        result = subprocess.run(
            [*self.command, str(EXAMPLES / ("counter" + self.suffix))], env={**os.environ, **ENVIRONMENT},
            capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(result.stdout.splitlines(), ["4", self.pair, "10", "10", "That takes too long"],
                         result.stderr)
        self.assertEqual(result.stderr, "")

    def test_calculator(self) -> None:
        with Bus() as bus, self.run_example(
                "calculator", bind=None, environment={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as service:
            interface = "org.example.Calculator1"
            self.assertEqual(bus.call(interface, "Add", "dd", "1", "2"), ([3.0], ""))
            self.assertEqual(bus.call(interface, "Sum", "ad", "3", "1", "2", "3"), ([6.0], ""))
            self.assertIn("Cannot divide by zero", bus.call(interface, "Divide", "dd", "1", "0")[1])
            value, _ = bus.call("org.freedesktop.DBus.Properties", "Get", "ss", interface, "Calculations")
            self.assertEqual(value, [{"type": "t", "data": 4}])
            self.assertEqual(service.stop(), 0)

    def test_ping_pong(self) -> None:
        with Bus() as bus, self.run_example(
                "pingpong", bind=None, environment={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as service:
            for rounds in 0, 100:
                answer, error = bus.call("org.example.Ping1", "Play", "u", str(rounds),
                                         actor="PingPong/ping")
                self.assertEqual(error, "")
                n_messages, duration = answer
                self.assertEqual(n_messages, 2 * rounds)
                self.assertGreaterEqual(duration, 0)
            self.assertGreater(duration, 0)
            self.assertEqual(service.stop(), 0)

    def test_reader(self) -> None:
        letter = next(path for path in pathlib.Path("/usr/share").glob("*/*")
                      if path.is_file() and not path.is_symlink())
        with Bus() as bus, self.run_example(
                "reader", bind=None, environment={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as service:
            pid, = service.workers()
            for path in (letter, "/etc/hostname"):
                size, error = bus.call("org.example.Reader1", "Count", "s", str(path), actor="Reader/reader")
                if path == letter:
                    self.assertEqual((size, error), ([letter.stat().st_size], ""))
                elif not any("Landlock" in line for line in service.lines):
                    self.assertIn("ermission denied", error)
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                if not any("The kernel" in line for line in service.lines):
                    self.assertIn("NoNewPrivs:\t1\n", (task / "status").read_text())
            self.assertEqual(service.workers(), [pid])
            self.assertEqual(service.stop(), 0)


class PythonTest(Language, unittest.TestCase):
    command = [sys.executable]
    suffix = ".py"
    pair = "[6, 8]"
    failure = "ZeroDivisionError: division by zero"


@unittest.skipUnless(shutil.which("gjs"), "there is no gjs")
class JavaScriptTest(Language, unittest.TestCase):
    command = ["gjs", "-m"]
    suffix = ".js"
    pair = "6,8"
    failure = "RangeError: division by zero"


if __name__ == "__main__":
    unittest.main()
