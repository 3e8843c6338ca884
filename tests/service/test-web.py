# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people do to a web service with the clients that they have."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from harness import BUILD, PATIENCE, Service, open_files

WEB = [str(BUILD / "tests/service/web")]


class TestCase(unittest.TestCase):
    ARGUMENTS: tuple[str, ...] = ()

    def setUp(self) -> None:
        self.service = Service(*self.ARGUMENTS, program=WEB)

    def tearDown(self) -> None:
        with self.service:
            if self.service.process.poll() is None:
                self.assertEqual(self.service.stop(), 0, self.service.lines)

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None,
            connection: http.client.HTTPConnection | None = None,
            ) -> tuple[http.client.HTTPResponse, bytes]:
        kept = connection or http.client.HTTPConnection(*self.service.address, timeout=PATIENCE)
        kept.request(method, path, body, headers or {})
        response = kept.getresponse()
        answer = response.read()
        if connection is None:
            kept.close()
        return response, answer

    def connect(self) -> socket.socket:
        client = socket.create_connection(self.service.address, timeout=PATIENCE)
        self.addCleanup(client.close)
        return client

    def read_until(self, client: socket.socket, end: bytes) -> bytes:
        answer = b""
        while end not in answer:
            more = client.recv(65536)
            if not more:
                raise ConnectionError(f"closed after {answer[-200:]!r}")
            answer += more
        return answer

    def read_all(self, client: socket.socket) -> bytes:
        answer = b""
        while more := client.recv(65536):
            answer += more
        return answer


class Answers(TestCase):
    def test_kinds(self) -> None:
        response, body = self.ask("GET", "/hello/J%C3%BCrgen%2FX")
        self.assertEqual((response.status, body.decode()), (200, "Hello, Jürgen/X!\n"))
        self.assertEqual(response.getheader("Content-Type"), "text/plain; charset=utf-8")
        response, body = self.ask("GET", "/users/-12")
        self.assertEqual((response.getheader("Content-Type"), json.loads(body)),
                         ("application/json", {"id": -12}))
        response, body = self.ask("POST", "/users", "{}")
        self.assertEqual((response.status, response.getheader("Location"), body),
                         (201, "/users/7", b'{"id":7}'))
        response, body = self.ask("DELETE", "/users/3")
        self.assertEqual((response.status, response.getheader("Content-Length"), body),
                         (204, None, b""))
        self.assertEqual(self.ask("GET", "/files/a/b%20c/d.txt")[1], b"a/b c/d.txt")
        response, body = self.ask("GET", "/query?name=a%26b+c&x=%zz", headers={"User-Agent": "me"})
        self.assertEqual(body, b"a&b c|me|name=a%26b+c&x=%zz")
        self.assertEqual(response.headers.get_all("X-Two"), ["a", "b"])
        self.assertEqual(self.ask("GET", "/later/20")[1], b"later\n")
        self.assertEqual(self.ask("GET", "/thread")[1], b"from a thread\n")

    def test_errors(self) -> None:
        for method, path, status in (("GET", "/nothing", 404), ("GET", "/users/x", 404),
                                     ("GET", "/hello/", 404), ("POST", "/hello/x", 405),
                                     ("PATCH", "/users/3", 405), ("GET", "/fail", 500),
                                     ("GET", "/forget", 500), ("TRACE", "/query", 405)):
            response, body = self.ask(method, path)
            self.assertEqual(response.status, status, (method, path))
            self.assertNotIn(b"secret", body)
        self.assertEqual(self.ask("PATCH", "/users/3")[0].getheader("Allow"),
                         "GET, HEAD, DELETE, OPTIONS")
        self.assertEqual(self.ask("OPTIONS", "/echo")[0].getheader("Allow"), "POST, PUT, OPTIONS")
        self.service.await_line("secret is 42")

    def test_head(self) -> None:
        connection = http.client.HTTPConnection(*self.service.address, timeout=PATIENCE)
        for _ in range(2):
            response, body = self.ask("HEAD", "/large/1000", connection=connection)
            self.assertEqual((response.getheader("Content-Length"), body), ("1000", b""))
            response, body = self.ask("HEAD", "/nothing", connection=connection)
            self.assertEqual((response.status, body), (404, b""))
            self.assertEqual(self.ask("GET", "/hello/x", connection=connection)[1], b"Hello, x!\n")
        connection.close()

    def test_bodies(self) -> None:
        for size in 0, 1, 65536, 3_000_000:
            data = os.urandom(size)
            response, body = self.ask("POST", "/echo", data, {"Content-Type": "image/x-test"})
            self.assertEqual(response.getheader("Content-Type"), "image/x-test")
            self.assertTrue(body == data, size)
        pieces = [os.urandom(size) for size in (1, 70_000, 3, 500_000)]
        self.assertTrue(self.ask("PUT", "/echo", iter(pieces))[1] == b"".join(pieces))

    def test_large_answer(self) -> None:
        self.assertEqual(len(self.ask("GET", "/large/50000000")[1]), 50_000_000)

    def test_pipelining(self) -> None:
        client = self.connect()
        paths = ["/later/30", "/hello/1", "/later/1", "/thread", "/hello/2"]
        client.sendall(b"".join(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode()
                                for path in paths) +
                       b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                       b"GET /hello/end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = self.read_all(client)
        bodies = [part.split(b"\r\n\r\n", 1)[1] for part in answer.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(bodies, [b"later\n", b"Hello, 1!\n", b"later\n", b"from a thread\n",
                                  b"Hello, 2!\n", b"abc", b"Hello, end!\n"])

    @unittest.skipUnless(shutil.which("curl"), "needs curl")
    def test_curl(self) -> None:
        def curl(*arguments: str, stdin: bytes = b"") -> bytes:
            return subprocess.run(["curl", "-sS", "--max-time", str(PATIENCE), *arguments],
                                  input=stdin, check=True, capture_output=True).stdout
        base = "http://%s:%d" % self.service.address
        self.assertEqual(curl(base + "/hello/curl"), b"Hello, curl!\n")
        self.assertIn(b"HTTP/1.1 200 OK", curl("-I", base + "/hello/curl"))
        # More than a kibibyte waits for "100 Continue".
        data = os.urandom(100_000)
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            upload = curl("-T", file.name, "-H", "Expect: 100-continue", "-v", "--expect100-timeout",
                          str(PATIENCE), base + "/echo")
            self.assertTrue(upload == data)
            self.assertTrue(curl("-X", "POST", "-H", "Transfer-Encoding: chunked", "--data-binary",
                                 "@" + file.name, base + "/echo") == data)
        self.assertEqual(curl(base + "/hello/a", base + "/later/1", base + "/hello/b"),
                         b"Hello, a!\nlater\nHello, b!\n")

    def test_continue(self) -> None:
        client = self.connect()
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                       b"Expect: 100-continue\r\n\r\n")
        self.assertEqual(self.read_until(client, b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(b"abc")
        self.assertIn(b"HTTP/1.1 200 OK", self.read_until(client, b"abc"))
        # It is not asked for what is refused.
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
                       b"Expect: 100-continue\r\n\r\n")
        self.assertTrue(self.read_all(client).startswith(b"HTTP/1.1 413 "))


class Clients(TestCase):
    """Clients that are slow, go in the middle, or are too many."""

    def test_too_large(self) -> None:
        """The refusal reaches a client that goes on sending."""
        client = self.connect()
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n")
        try:
            for _ in range(20):
                client.sendall(b"x" * 50_000)
        except ConnectionError:
            pass
        self.assertTrue(self.read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 413 "))

    def test_slow(self) -> None:
        """Byte by byte, while others are served."""
        client = self.connect()
        for byte in (b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"):
            client.sendall(bytes([byte]))
            if byte == ord("\n"):
                self.assertEqual(self.ask("GET", "/hello/x")[0].status, 200)
        self.assertTrue(self.read_all(client).endswith(b"\r\n\r\nabc"))

    def test_slow_reader(self) -> None:
        client = socket.socket()
        self.addCleanup(client.close)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(self.service.address)
        client.sendall(b"GET /large/3000000 HTTP/1.0\r\n\r\n")
        self.assertEqual(self.ask("GET", "/hello/x")[0].status, 200)
        client.settimeout(PATIENCE)
        self.assertEqual(len(self.read_all(client).split(b"\r\n\r\n", 1)[1]), 3_000_000)

    def test_aborted(self) -> None:
        """An upload that breaks off, in the head, in the body, and a client that does not wait."""
        for start in (b"POST /ec", b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
                      b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                      b"GET /large/9000000 HTTP/1.1\r\nHost: x\r\n\r\n"):
            for is_reset in False, True:
                client = self.connect()
                if is_reset:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      b"\1\0\0\0\0\0\0\0")
                client.sendall(start)
                client.close()
        client = self.connect()
        client.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        self.service.await_line("Waiting")
        client.close()
        self.service.await_line("The client has gone")
        self.assertEqual(self.ask("GET", "/hello/x")[0].status, 200)
        worker, = self.service.workers()
        deadline = time.monotonic() + PATIENCE
        # The one that listens, and that to the main process.
        while self.count_sockets(worker) > 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(self.count_sockets(worker), 2)

    def count_sockets(self, pid: int) -> int:
        return sum(file.startswith("socket:") for file in open_files(pid))


class Drain(TestCase):
    ARGUMENTS = ("--workers", "2")

    def test_stop(self) -> None:
        """What has begun is finished: requests in a handler and uploads under way."""
        def ask() -> bytes:
            return self.ask("GET", "/later/700")[1]

        upload = self.connect()
        upload.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(ask) for _ in range(8)]
            probe = self.connect()
            probe.sendall(b"GET /later/100 HTTP/1.1\r\nHost: x\r\n\r\n")
            self.read_until(probe, b"later\n")
            self.service.send(signal.SIGTERM)
            self.service.await_line("stops")
            upload.sendall(b"def")
            self.assertTrue(self.read_all(upload).endswith(b"abcdef"))
            self.assertEqual({answer.result() for answer in answers}, {b"later\n"})
        self.assertEqual(self.service.process.wait(PATIENCE), 0)


class Shortage(unittest.TestCase):
    def limit(self) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    def test_descriptors(self) -> None:
        """With few descriptors and many idle clients new ones are served, and the log is short."""
        with Service(program=WEB, preexec_fn=self.limit) as service:
            idle = [socket.create_connection(service.address, PATIENCE) for _ in range(300)]
            start = time.monotonic()
            answered = 0
            for _ in range(20):
                try:
                    answered += service.get("/hello/x")[0] in (200, 503)
                except (ConnectionError, http.client.HTTPException):
                    pass
            self.assertGreater(answered, 10)
            self.assertLess(time.monotonic() - start, PATIENCE)
            for client in idle:
                client.close()
            self.assertEqual(service.get("/hello/x")[0], 200)
            self.assertEqual(service.stop(), 0)
            self.assertLess(len(service.lines), 20 + 2 * (time.monotonic() - start))

    def test_descriptors_of_tls(self) -> None:
        """A TLS connection takes three."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                            folder + "/key.pem", "-out", folder + "/certificate.pem", "-subj",
                            "/CN=localhost", "-days", "1"], check=True, capture_output=True)
            context = ssl.create_default_context(cafile=folder + "/certificate.pem")
            context.check_hostname = False
            start = time.monotonic()
            with Service("--tls-certificate", folder + "/certificate.pem", "--tls-key",
                         folder + "/key.pem", program=WEB, preexec_fn=self.limit) as service:
                idle = [socket.create_connection(service.address, PATIENCE) for _ in range(100)]
                deadline = time.monotonic() + PATIENCE
                status = 0
                while status != 200 and time.monotonic() < deadline:
                    connection = http.client.HTTPSConnection(*service.address, timeout=PATIENCE,
                                                             context=context)
                    try:
                        connection.request("GET", "/hello/x")
                        status = connection.getresponse().status
                    except OSError:
                        pass
                    connection.close()
                self.assertEqual(status, 200)
                for client in idle:
                    client.close()
                self.assertEqual(service.stop(), 0)
                self.assertLess(len(service.lines), 20 + 3 * (time.monotonic() - start))

    def test_many_idle(self) -> None:
        """Thousands of clients that do nothing cost the others nothing."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(10_000, hard - 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
        idle: list[socket.socket] = []
        try:
            with Service("--keep-alive", "100", program=WEB) as service:
                for _ in range(count):
                    client = socket.create_connection(service.address, PATIENCE)
                    client.sendall(b"GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n")
                    idle.append(client)
                for client in idle:
                    self.assertIn(b"Hello, x!", client.recv(4096))
                start = time.monotonic()
                for _ in range(50):
                    self.assertEqual(service.get("/hello/x")[0], 200)
                self.assertLess(time.monotonic() - start, PATIENCE / 3)
                worker, = service.workers()
                status = pathlib.Path(f"/proc/{worker}/status").read_text()
                resident = int(status.split("VmRSS:")[1].split()[0])
                self.assertLess(resident, 100_000, "kB for 10,000 connections")
                for client in idle:
                    client.sendall(b"GET /hello/y HTTP/1.1\r\nHost: x\r\n\r\n")
                for client in idle:
                    self.assertIn(b"Hello, y!", client.recv(4096))
                for client in idle:
                    client.close()
                self.assertEqual(service.stop(), 0)
        finally:
            for client in idle:
                client.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


if __name__ == "__main__":
    unittest.main()
