# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hello-world service under everything that happens to a service."""
import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable

from harness import BUILD, PATIENCE, Load, Service, await_end, is_alive


class Serving(unittest.TestCase):
    def test_answers(self) -> None:
        with Service("--workers", "2") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.get("/nothing")[0], 404)
            self.assertEqual(len(service.workers()), 2)
            self.assertEqual(service.stop(), 0)

    def test_post_is_not_allowed(self) -> None:
        with Service() as service:
            connection = http.client.HTTPConnection(*service.address, timeout=PATIENCE)
            connection.request("POST", "/", b"x")
            response = connection.getresponse()
            self.assertEqual(response.status, 405)
            self.assertIn("GET", response.getheader("Allow"))
            connection.close()

    def test_no_workers_serve_in_the_main_process(self) -> None:
        with Service("--workers", "0") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.workers(), [])
            self.assertEqual(service.stop(), 0)

    def test_threads(self) -> None:
        with Service("--workers", "3", "--placement", "thread") as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            with Load(service.address, 8) as load:
                load.await_more(2000)
            self.assertEqual(load.failures, [])
            self.assertEqual(service.workers(), [])
            self.assertEqual(service.stop(), 0)

    def test_unix_socket(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "hello")
            with Service(bind="unix:" + path) as service:
                client = socket.socket(socket.AF_UNIX)
                client.connect(path)
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                answer = b""
                while more := client.recv(4096):
                    answer += more
                client.close()
                self.assertIn(b"Hello World!", answer)
                self.assertEqual(service.stop(), 0)
            self.assertFalse(os.path.exists(path))

    def make_certificate(self, folder: str, name: str) -> tuple[str, str]:
        certificate, key = f"{folder}/{name}.pem", f"{folder}/{name}-key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                        key, "-out", certificate, "-subj", "/CN=localhost", "-days", "1",
                        "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        return certificate, key

    def test_tls(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self.make_certificate(folder, "one")
            context = ssl.create_default_context(cafile=certificate)
            with Service("--tls-certificate", certificate, "--tls-key", key) as service:
                for _ in range(3):
                    connection = http.client.HTTPSConnection(*service.address, timeout=PATIENCE,
                                                             context=context)
                    for _ in range(2):
                        connection.request("GET", "/")
                        self.assertEqual(connection.getresponse().read(), b"Hello World!\n")
                    connection.close()
                with socket.create_connection(service.address, timeout=PATIENCE) as plain:
                    plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    try:
                        self.assertNotIn(b"Hello", plain.recv(4096))
                    except ConnectionResetError:
                        pass
                self.assertEqual(service.stop(), 0)

    def test_tls_half_close(self) -> None:
        """A client that says, as TLS does it, that it sends no more gets its answer."""
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self.make_certificate(folder, "one")
            received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = ssl.create_default_context(cafile=certificate).wrap_bio(
                received, sent, server_hostname="127.0.0.1")
            with Service("--tls-certificate", certificate, "--tls-key", key) as service, \
                 socket.create_connection(service.address, timeout=PATIENCE) as client:
                def go_on(step: Callable[[], object]) -> object:
                    while True:
                        try:
                            result = step()
                            client.sendall(sent.read())
                            return result
                        except ssl.SSLWantReadError:
                            client.sendall(sent.read())
                            received.write(client.recv(65536))
                go_on(tls.do_handshake)
                tls.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                with self.assertRaises(ssl.SSLWantReadError):
                    tls.unwrap()
                self.assertIn(b"Hello World!", go_on(lambda: tls.read(4096)))
                self.assertEqual(service.stop(), 0)

    def test_tls_files_that_do_not_match(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self.make_certificate(folder, "one")
            _, other = self.make_certificate(folder, "other")
            with Service("--tls-certificate", certificate, "--tls-key", other,
                         wait=False) as service:
                self.assertEqual(service.process.wait(PATIENCE), 2)
                service.await_line(f"{certificate}.*{other}.*do not belong together")
                self.assertEqual(len(service.lines), 1)
            with Service("--tls-certificate", certificate, "--tls-key", key) as service:
                shutil.copy(other, key)
                service.send(signal.SIGHUP)
                service.await_line(f"not reloaded.*{certificate}.*{key}.*do not belong together")
                connection = http.client.HTTPSConnection(
                    *service.address, timeout=PATIENCE,
                    context=ssl.create_default_context(cafile=certificate))
                connection.request("GET", "/")
                self.assertEqual(connection.getresponse().read(), b"Hello World!\n")
                connection.close()
                self.assertEqual(service.stop(), 0)

    def test_access_log(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "access.log")
            with Service("--access-log", str(log)) as service:
                service.get()
                log.rename(folder + "/old.log")
                service.send(signal.SIGUSR1)
                deadline = time.monotonic() + PATIENCE
                while not log.exists() and time.monotonic() < deadline:
                    time.sleep(0)
                service.get("/again")
                self.assertEqual(service.stop(), 0)
            self.assertIn('"GET / HTTP/1.1" 200', pathlib.Path(folder, "old.log").read_text())
            self.assertIn('"GET /again HTTP/1.1" 404', log.read_text())


class Supervision(unittest.TestCase):
    def test_killed_worker_is_replaced(self) -> None:
        with Service("--workers", "2") as service:
            for round_ in range(1, 6):
                victim, other = service.workers()[:2]
                os.kill(victim, signal.SIGKILL)
                service.await_line(r"was killed by signal 9", round_)
                service.await_workers(2, (victim,))
                self.assertTrue(is_alive(other))
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_hung_worker_is_replaced(self) -> None:
        with Service("--workers", "2", "--timeout", "0.5") as service:
            victim = service.workers()[0]
            start = time.monotonic()
            os.kill(victim, signal.SIGSTOP)
            service.await_line(r"did not respond for 0.5 s")
            self.assertGreaterEqual(time.monotonic() - start, 0.5)
            service.await_workers(2, (victim,))
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_children_end_with_the_arbiter(self) -> None:
        with Service("--workers", "3") as service:
            workers = service.workers()
            os.kill(workers[0], signal.SIGSTOP)
            pidfds = {pid: os.pidfd_open(pid) for pid in workers}
            service.process.kill()
            self.assertEqual(await_end(pidfds, PATIENCE), [])
            for fd in pidfds.values():
                os.close(fd)

    def test_gives_up(self) -> None:
        with Service("--workers", "1", "--max-restarts", "2") as service:
            deadline = time.monotonic() + PATIENCE
            while (not any("cannot go on" in line for line in service.lines)
                   and time.monotonic() < deadline):
                for victim in service.workers():
                    try:
                        os.kill(victim, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            self.assertEqual(service.process.wait(PATIENCE), 1)
            service.await_line(r"CRIT .*cannot go on: .*died \d times within a minute; the last time: ")

    def test_max_requests(self) -> None:
        with Service("--workers", "1", "--max-requests", "5") as service:
            first = service.workers()[0]
            for _ in range(20):
                self.assertEqual(service.get(), (200, b"Hello World!\n"))
            service.await_line(r"has stopped")
            self.assertNotIn(first, service.await_workers(1))
            self.assertEqual(service.stop(), 0)


class Signals(unittest.TestCase):
    def test_stop_signals(self) -> None:
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGQUIT:
            with self.subTest(number), Service("--workers", "2") as service:
                self.assertEqual(service.stop(number), 0)

    def test_request_in_progress_is_answered(self) -> None:
        with Service() as service:
            client = socket.create_connection(service.address, timeout=PATIENCE)
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            # The head is there once the worker has read it; another request tells that the loop went on.
            service.get()
            service.send(signal.SIGTERM)
            service.await_line("stops")
            client.sendall(b"\r\n")
            answer = b""
            while more := client.recv(4096):
                answer += more
            client.close()
            self.assertIn(b"Hello World!", answer)
            self.assertEqual(service.process.wait(PATIENCE), 0)

    def test_scaling(self) -> None:
        with Service("--workers", "1") as service:
            service.send(signal.SIGTTIN)
            service.await_workers(2)
            service.send(signal.SIGTTOU)
            service.await_workers(1)
            service.send(signal.SIGTTOU)
            service.await_line("one worker left")
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_winch_ends_the_workers_until_a_reload(self) -> None:
        with Service("--workers", "2", start_new_session=True) as service:
            service.send(signal.SIGWINCH)
            service.await_workers(0)
            service.send(signal.SIGHUP)
            service.await_workers(2)
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)

    def test_reload_under_load(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            before = service.workers()
            for round_ in range(3):
                load.await_more(200)
                service.send(signal.SIGHUP)
                service.await_line("has stopped", 2 * round_ + 2)
            load.await_more(200)
            service.await_workers(2, tuple(before))
        self.assertEqual(load.failures, [])

    def test_upgrade_under_load(self) -> None:
        with Service("--workers", "2") as service, Load(service.address) as load:
            for round_ in range(3):
                load.await_more(200)
                before = service.workers()
                service.send(signal.SIGUSR2)
                service.await_line("is ready", round_ + 2)
                service.await_workers(2, tuple(before))
            load.await_more(200)
            self.assertIsNone(service.process.poll())
            service.send(signal.SIGTERM)
            load.is_over = True
            self.assertEqual(service.process.wait(PATIENCE), 0)
        self.assertEqual([failure for failure in load.failures if "refused" not in failure], [])

    def test_reload_keeps_old_workers_if_the_settings_are_wrong(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("[service]\nworkers=2\n")
            file.flush()
            with Service("--config", file.name) as service:
                before = service.await_workers(2)
                file.seek(0)
                file.truncate()
                file.write("[service]\nworkers=many\n")
                file.flush()
                service.send(signal.SIGHUP)
                service.await_line("not reloaded.*many")
                self.assertEqual(service.workers(), before)
                self.assertEqual(service.get(), (200, b"Hello World!\n"))
                self.assertEqual(service.stop(), 0)


class Refusals(unittest.TestCase):
    def run_hello(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run([BUILD / "docs/examples/hello", *arguments], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE,
                              env=dict(os.environ, GEMINGA_BIND="127.0.0.1:0", **variables), check=False)

    def check_refused(self, result: subprocess.CompletedProcess, *words: str) -> None:
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_wrong_settings(self) -> None:
        self.check_refused(self.run_hello("--workers", "many"), "workers", "many")
        self.check_refused(self.run_hello("--wrokers", "2"), "--wrokers", "--workers")
        self.check_refused(self.run_hello("--bind", "nonsense:port"), "nonsense:port")
        self.check_refused(self.run_hello("--config", "/nonexistent/file"), "/nonexistent/file")
        self.check_refused(self.run_hello(HELLO_WORKERS="x", GEMINGA_WORKERS="x"), "WORKERS", "x")
        self.check_refused(self.run_hello("--access-log", "/proc"), "access log /proc", "directory")
        self.check_refused(self.run_hello("--log-file", "/proc"), "log file /proc", "directory")
        self.check_refused(self.run_hello("--daemon", "--log-file", "/proc"), "hello: ", "/proc")
        self.check_refused(self.run_hello(GEMINGA_WROKERS="2"), "GEMINGA_WROKERS", "GEMINGA_WORKERS")

    def test_address_in_use(self) -> None:
        with Service() as service:
            address = f"{service.address[0]}:{service.address[1]}"
            start = time.monotonic()
            result = self.run_hello("--bind", address)
            self.assertLess(time.monotonic() - start, PATIENCE / 30)
            self.check_refused(result, address, "in use")

    def test_help_and_version(self) -> None:
        result = self.run_hello("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("--workers", result.stdout)
        self.assertEqual(result.stderr, "")
        self.assertEqual(self.run_hello("--version").returncode, 0)


if __name__ == "__main__":
    unittest.main()
