# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a service listens, and sockets that it is given."""
import os
import signal
import socket
import tempfile
import unittest

from harness import BUILD, PATIENCE, Service

HELLO = str(BUILD / "docs/examples/hello")


def fetch(client: socket.socket) -> bytes:
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    answer = b""
    while more := client.recv(4096):
        answer += more
    client.close()
    return answer


def fetch_at(address: str) -> bytes:
    host, port = address.rsplit(":", 1)
    return fetch(socket.create_connection((host.strip("[]"), int(port)), PATIENCE))


def find_addresses(service: Service) -> list[str]:
    return [line.split(" listens on ", 1)[1] for line in service.lines if " listens on " in line]


def start_as_systemd(sockets: list[socket.socket], *arguments: str) -> Service:
    """As systemd does it: sockets from descriptor 3 on, and the process's own number beside them."""
    numbers = [listener.fileno() for listener in sockets]
    # First out of the way of the numbers that they get.
    moves = " ".join(f"{20 + i}<&{number}" for i, number in enumerate(numbers))
    final = " ".join(f"{3 + i}<&{20 + i} {20 + i}<&-" for i in range(len(numbers)))
    script = (f"exec {moves}; exec {final}; "
              f'LISTEN_PID=$$ LISTEN_FDS={len(numbers)} exec "$@"')
    return Service(*arguments, program=["/bin/bash", "-c", script, "bash", HELLO], bind=None,
                   pass_fds=numbers)


class Addresses(unittest.TestCase):
    def test_several(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "hello")
            arguments = ["--bind", "127.0.0.1:0", "--bind", f"unix:{path}"]
            if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"):
                arguments += ["--bind", "[::1]:0"]
            with Service(*arguments, bind=None) as service:
                addresses = find_addresses(service)
                self.assertEqual(len(addresses), len(arguments) // 2)
                for address in addresses:
                    if address.startswith("unix:"):
                        client = socket.socket(socket.AF_UNIX)
                        client.connect(address.removeprefix("unix:"))
                        answer = fetch(client)
                    else:
                        answer = fetch_at(address)
                    self.assertIn(b"Hello World!", answer)
                self.assertEqual(service.stop(), 0)
            self.assertFalse(os.path.exists(path))

    def test_inherited_descriptor(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            number = listener.fileno()
            with Service(bind=f"fd:{number}", pass_fds=[number]) as service:
                address = "%s:%d" % listener.getsockname()
                self.assertIn(b"Hello World!", fetch_at(address))
                service.send(signal.SIGHUP)
                service.await_line("has stopped")
                self.assertIn(b"Hello World!", fetch_at(address))
                service.send(signal.SIGUSR2)
                service.await_line("is ready", 2)
                self.assertIn(b"Hello World!", fetch_at(address))
                self.assertEqual(service.stop(), 0)

    def test_no_keep_alive(self) -> None:
        with Service("--keep-alive", "0") as service:
            client = socket.create_connection(service.address)
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while more := client.recv(4096):
                answer += more
            client.close()
            self.assertIn(b"Connection: close\r\n", answer)
            self.assertEqual(service.stop(), 0)


class Systemd(unittest.TestCase):
    def test_sockets(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as one, \
             socket.create_server(("127.0.0.1", 0)) as other, \
             start_as_systemd([one, other], "--workers", "2") as service:
            for listener in one, other:
                address = "%s:%d" % listener.getsockname()
                self.assertIn(address, find_addresses(service))
                self.assertIn(b"Hello World!", fetch_at(address))
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            for listener in one, other:
                self.assertIn(b"Hello World!", fetch_at("%s:%d" % listener.getsockname()))
            self.assertEqual(service.stop(), 0)

    def test_unix_socket_stays(self) -> None:
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            path = os.path.join(folder, "hello")
            listener.bind(path)
            listener.listen()
            with start_as_systemd([listener]) as service:
                client = socket.socket(socket.AF_UNIX)
                client.connect(path)
                self.assertIn(b"Hello World!", fetch(client))
                self.assertEqual(service.stop(), 0)
            # It is the service manager's.
            self.assertTrue(os.path.exists(path))

    def test_meant_for_another_process(self) -> None:
        with Service(environment={"LISTEN_PID": "1", "LISTEN_FDS": "1"}) as service:
            self.assertEqual(service.get(), (200, b"Hello World!\n"))
            self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
