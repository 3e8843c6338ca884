# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Settings that turn out to be wrong, and what is asked for while something else goes on."""
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from bus import OPEN, Bus
from harness import BUILD, PATIENCE, Load, Service

HELLO = str(BUILD / "docs/examples/hello")
FRAGILE = [str(BUILD / "tests/service/fragile")]


class Configuration:
    """A configuration file that changes."""

    def __init__(self, **values: str) -> None:
        self.file = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.name = self.file.name
        self.write(**values)

    def __enter__(self) -> "Configuration":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, **values: str) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.file.write("[service]\n" + "".join(f"{name.replace('_', '-')}={value}\n"
                                                for name, value in values.items()))
        self.file.flush()


class BadSettings(unittest.TestCase):
    def kill_one(self, service: Service) -> str:
        """Kills a worker, and gives what the one in its place says."""
        count = sum("] is in a" in line for line in service.lines)
        glasses = [int(found[1]) for line in service.lines if (found := re.search(r"glass \[(\d+)\]", line))]
        victim = next(pid for pid in service.workers() if pid in glasses)
        os.kill(victim, signal.SIGKILL)
        service.await_line(rf"\[{victim}\] was killed by signal 9")
        return service.await_line(r"\] is in a", count + 1)

    def test_refused(self) -> None:
        with Configuration(mood="fine") as configuration, \
             Service("--config", configuration.name, program=FRAGILE) as service:
            before = service.workers()
            configuration.write(mood="awful", workers="3")
            service.send(signal.SIGHUP)
            service.await_line("not reloaded, the old ones stay: .*too awful")
            self.assertEqual(service.workers(), before)
            self.assertIn("glass", self.kill_one(service))
            self.assertIn("a fine mood", self.kill_one(service))
            self.assertEqual(len(service.await_workers(len(before))), len(before))
            self.assertEqual(service.stop(), 0)

    def test_workers_do_not_start(self) -> None:
        with Configuration(mood="fine", workers="2") as configuration, \
             Service("--config", configuration.name, program=FRAGILE) as service:
            before = service.await_workers(3)
            configuration.write(mood="bad", workers="4")
            service.send(signal.SIGHUP)
            service.await_line("the old ones stay: .*is in a bad mood")
            service.await_line("the settings from before the reload are in force again")
            # Whoever was started with the new ones is replaced.
            service.await_line(r"keeper \[\d+\] is in a (bad|fine) mood", 2)
            moods = service.await_workers(3)
            self.assertTrue(set(before) & set(moods))
            self.assertIn("a fine mood", self.kill_one(service))
            service.send(signal.SIGTTIN)
            service.await_workers(4)
            # And better ones are taken.
            configuration.write(mood="great")
            service.send(signal.SIGHUP)
            service.await_line(r"glass \[\d+\] is in a great mood")
            service.await_line(r"keeper \[\d+\] is in a great mood")
            self.assertEqual(service.stop(), 0)

    @unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
    def test_what_is_told(self) -> None:
        with Bus("session", OPEN) as bus, Configuration(mood="fine") as configuration, \
             Service("--config", configuration.name, "--bus", bus.address,
                     program=FRAGILE) as service:
            def call(method: str, *arguments: str) -> subprocess.CompletedProcess:
                return bus.call("/org/geminga1", "org.geminga1.Arbiter." + method, *arguments,
                                destination="org.example.Fragile")
            service.await_line("is on the bus")
            for mood, words in ("awful", "too awful"), ("bad", "is in a bad mood"):
                configuration.write(mood=mood)
                result = call("Reload", "{}")
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(words, result.stderr)
                self.assertIn("'mood': <'fine'>", call("GetSettings", "").stdout)
            # What is set meanwhile stays.
            self.assertEqual(call("SetSetting", "", "mood", "<'calm'>", "{}").returncode, 0)
            configuration.write(mood="fine", graceful_timeout="awful")
            self.assertNotEqual(call("Reload", "{}").returncode, 0)
            self.assertIn("'mood': <'calm'>", call("GetSettings", "").stdout)
            self.assertEqual(service.stop(), 0)

    def make_certificate(self, folder: str, name: str) -> tuple[str, str]:
        certificate, key = f"{folder}/{name}.pem", f"{folder}/{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
                        certificate, "-subj", f"/CN={name}", "-days", "1"],
                       check=True, capture_output=True)
        return certificate, key

    def get_over_tls(self, service: Service) -> bytes:
        context = ssl._create_unverified_context()
        with socket.create_connection(service.address, timeout=PATIENCE) as plain, \
             context.wrap_socket(plain) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b""
            while more := client.recv(4096):
                answer += more
        return answer

    def test_certificate(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self.make_certificate(folder, "good")
            bad = pathlib.Path(folder, "bad.pem")
            bad.write_text("no certificate")
            with Configuration(tls_certificate=certificate, tls_key=key) as configuration, \
                 Service("--config", configuration.name, "--workers", "1") as service:
                self.assertIn(b"Hello World!", self.get_over_tls(service))
                configuration.write(tls_certificate=str(bad), tls_key=key)
                service.send(signal.SIGHUP)
                service.await_line("not reloaded, the old ones stay: .*bad.pem")
                victim = service.workers()[0]
                os.kill(victim, signal.SIGKILL)
                service.await_workers(1, (victim,))
                self.assertIn(b"Hello World!", self.get_over_tls(service))
                self.assertEqual(service.stop(), 0)


    def get_certificate(self, service: Service) -> str:
        return ssl.get_server_certificate(service.address, timeout=PATIENCE).strip()

    def replace_worker(self, service: Service) -> None:
        victim = service.workers()[0]
        os.kill(victim, signal.SIGKILL)
        service.await_workers(1, (victim,))
        self.assertIn(b"Hello World!", self.get_over_tls(service))

    def test_certificate_in_the_same_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self.make_certificate(folder, "one")
            next_certificate, next_key = self.make_certificate(folder, "two")
            first = pathlib.Path(certificate).read_text().strip()
            second = pathlib.Path(next_certificate).read_text().strip()
            with Service("--tls-certificate", certificate, "--tls-key", key,
                         "--workers", "1") as service:
                self.assertEqual(self.get_certificate(service), first)
                pathlib.Path(certificate).write_text(second[:100])
                service.send(signal.SIGHUP)
                service.await_line("not reloaded, the old ones stay: .*one.pem")
                self.replace_worker(service)
                self.assertEqual(self.get_certificate(service), first)
                # A new one counts from the next reload on.
                os.rename(next_certificate, certificate)
                os.rename(next_key, key)
                self.replace_worker(service)
                self.assertEqual(self.get_certificate(service), first)
                service.send(signal.SIGHUP)
                service.await_line("has stopped")
                self.assertEqual(self.get_certificate(service), second)
                self.replace_worker(service)
                self.assertEqual(self.get_certificate(service), second)
                self.assertEqual(service.stop(), 0)


class Wishes(unittest.TestCase):
    """What is wished for while something else goes on is done after that."""

    def test_reload_and_upgrade_together(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            for round_ in range(3):
                load.await_more(50)
                service.send(signal.SIGUSR2)
                service.send(signal.SIGHUP)
                service.await_line("is executed anew", round_ + 1)
                service.await_line("is ready", round_ + 2)
            load.await_more(50)
            load.is_over = True
            self.assertEqual(load.failures, [])
            self.assertFalse([line for line in service.lines if "busy" in line])
            self.assertEqual(service.stop(), 0)

    def test_upgrade_while_starting(self) -> None:
        with Service("--workers", "2", wait=False) as service:
            service.await_line("listens on")
            service.send(signal.SIGUSR2)
            service.await_line("is executed anew")
            service.await_line("is ready", 2)
            self.assertEqual(service.stop(), 0)

    def test_changed_program_while_reloading(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = shutil.copy(FRAGILE[0], folder)
            with Service("--reload-on-change", program=[program],
                         environment={"LD_LIBRARY_PATH": find_library()}) as service:
                service.send(signal.SIGHUP)
                shutil.copy(FRAGILE[0], program + ".new")
                os.rename(program + ".new", program)
                service.send(signal.SIGHUP)
                service.await_line("is executed anew")
                service.await_line("is ready", 2)
                self.assertEqual(service.stop(), 0)


def find_library() -> str:
    """Where a copy of a program of this build finds what it is linked with."""
    return str(next(BUILD.glob("src/**/libgeminga*.so*")).parent)


class InTheMainProcess(unittest.TestCase):
    """What serves in the process that is executed anew."""

    def test_upgrade_under_load(self) -> None:
        for arguments in ("--workers", "0"), ("--workers", "2", "--placement", "thread"):
            with self.subTest(arguments), Service(*arguments) as service, \
                 Load(service.address) as load:
                for round_ in range(3):
                    load.await_more(200)
                    service.send(signal.SIGUSR2)
                    service.await_line("is ready", round_ + 2)
                load.await_more(200)
                load.is_over = True
                self.assertEqual(load.failures, [])
                self.assertEqual(service.stop(), 0)

    def test_reload_of_threads(self) -> None:
        with Configuration(workers="2") as configuration, \
             Service("--config", configuration.name, "--placement", "thread") as service, \
             Load(service.address) as load:
            for round_ in range(6):
                load.await_more(50)
                configuration.write(workers=str(2 + round_ % 2), keep_alive=str(5 + round_),
                                    access_log_format="json" if round_ % 2 else "combined")
                service.send(signal.SIGHUP)
                service.await_line("has stopped", 2 * round_ + 2)
            load.is_over = True
            self.assertEqual(load.failures, [])
            self.assertEqual(service.stop(), 0)

    def test_request_in_progress(self) -> None:
        with Service("--workers", "0") as service:
            with socket.create_connection(service.address, timeout=PATIENCE) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                service.get()
                service.send(signal.SIGUSR2)
                service.await_line("finishes what it has")
                # New ones wait for the successor, and what is asked for meanwhile too.
                with socket.create_connection(service.address, timeout=PATIENCE) as other:
                    other.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    service.send(signal.SIGHUP)
                    service.send(signal.SIGUSR2)
                    client.sendall(b"\r\n")
                    answer = b""
                    while more := client.recv(4096):
                        answer += more
                    self.assertIn(b"Hello World!", answer)
                    self.assertIn(b"\r\nConnection: close\r\n", answer)
                    service.await_line("is ready", 2)
                    self.assertIn(b"200 OK", other.recv(4096))
            self.assertEqual(service.stop(), 0)

    def test_stop_meanwhile(self) -> None:
        with Service("--workers", "0") as service:
            with socket.create_connection(service.address, timeout=PATIENCE) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                service.get()
                service.send(signal.SIGUSR2)
                service.await_line("finishes what it has")
                service.send(signal.SIGTERM)
                service.await_line("stops")
                client.sendall(b"\r\n")
                self.assertIn(b"Hello World!", client.recv(4096))
            self.assertEqual(service.process.wait(PATIENCE), 0)

    def test_time_is_limited(self) -> None:
        with Service("--workers", "0", "--graceful-timeout", "0.2") as service:
            with socket.create_connection(service.address, timeout=PATIENCE) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                service.get()
                service.send(signal.SIGUSR2)
                service.await_line("is ready", 2)
                self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_program_that_cannot_be_executed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = shutil.copy(HELLO, folder)
            notify = os.path.join(folder, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(notify)
                with Service("--workers", "0", "--chdir", "/", program=[program],
                             environment={"LD_LIBRARY_PATH": find_library(),
                                          "NOTIFY_SOCKET": notify}) as service:
                    client = socket.create_connection(service.address, timeout=PATIENCE)
                    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                    service.get()
                    service.send(signal.SIGUSR2)
                    service.await_line("finishes what it has")
                    # It has been tried by now.
                    os.unlink(program)
                    client.sendall(b"\r\n")
                    self.assertIn(b"Hello World!", client.recv(4096))
                    client.close()
                    service.await_line("goes on as it is: .*" + program)
                    self.assertEqual(service.get(), (200, b"Hello World!\n"))
                    self.assertEqual(os.readlink(f"/proc/{service.pid}/cwd"), "/")
                    self.assertEqual(service.stop(), 0)


@unittest.skipUnless(shutil.which("dbus-daemon") and shutil.which("gdbus"), "needs dbus-daemon")
class Spawned(unittest.TestCase):
    """A process that is nobody's worker, and that takes three seconds for its end."""

    def check(self, number: int, *arguments: str) -> tuple[Service, float]:
        with Bus("session", OPEN) as bus, \
             Service("--bus", bus.address, *arguments, program=FRAGILE) as service:
            service.await_line("is on the bus")
            bus.get("/org/geminga1", "org.geminga1.Arbiter.Spawn", "Sloth", "sloth", "{}", "{}",
                    destination="org.example.Fragile")
            service.await_line(r"sloth \[\d+\] is there")
            start = time.monotonic()
            self.assertEqual(service.stop(number), 0)
            return service, time.monotonic() - start

    def test_does_not_get_ready(self) -> None:
        with Bus("session", OPEN) as bus, \
             Service("--bus", bus.address, program=FRAGILE) as service:
            service.await_line("is on the bus")

            def call(method: str, *arguments: str) -> subprocess.CompletedProcess[str]:
                return bus.call("/org/geminga1", f"org.geminga1.Arbiter.{method}", *arguments,
                                destination="org.example.Fragile")
            self.assertIn("/glass9", call("Spawn", "Glass", "glass9", "{}", "{}").stdout)
            self.assertEqual(call("SetSetting", "", "mood", "<'bad'>", "{}").returncode, 0)
            self.assertIn("is in a bad mood", call("Spawn", "Glass", "glass8", "{}", "{}").stderr)
            self.assertIn("no class “Jug”", call("Spawn", "Jug", "jug", "{}", "{}").stderr)
            self.assertEqual(service.stop(), 0)

    def test_has_its_time(self) -> None:
        service, _ = self.check(signal.SIGTERM)
        service.await_line(r"sloth \[\d+\] is done")

    def test_has_no_more_than_that(self) -> None:
        service, seconds = self.check(signal.SIGTERM, "--graceful-timeout", "0.2")
        service.await_line(r"\d+ processes that were spawned did not stop within 0.2 s")
        self.assertFalse([line for line in service.lines if "is done" in line])
        self.assertGreaterEqual(seconds, 0.2)

    def test_has_none_if_it_has_to_be_quick(self) -> None:
        service, _ = self.check(signal.SIGQUIT)
        self.assertFalse([line for line in service.lines if "is done" in line])


class Early(unittest.TestCase):
    """Signals that come before the service is ready for them wait for it."""

    def test_each(self) -> None:
        for number, words in ((signal.SIGTERM, "stops"), (signal.SIGHUP, "is ready"),
                              (signal.SIGUSR1, "is ready"), (signal.SIGTTIN, "is ready"),
                              (signal.SIGWINCH, "is ready")):
            with self.subTest(number), Service(wait=False, start_new_session=True) as service:
                service.await_line("listens on")
                service.send(number)
                service.await_line(words)
                self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
