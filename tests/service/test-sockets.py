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
MANY = str(BUILD / "tests/service/many")


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


def start_as_systemd(sockets: list[socket.socket], *arguments: str, names: str = "",
                     program: str = HELLO) -> Service:
    """As systemd does it: sockets from descriptor 3 on, and the process's own number beside them."""
    numbers = [listener.fileno() for listener in sockets]
    # First out of the way of the numbers that they get.
    moves = " ".join(f"{20 + i}<&{number}" for i, number in enumerate(numbers))
    final = " ".join(f"{3 + i}<&{20 + i} {20 + i}<&-" for i in range(len(numbers)))
    script = (f"exec {moves}; exec {final}; "
              f'LISTEN_PID=$$ LISTEN_FDS={len(numbers)} LISTEN_FDNAMES={names} exec "$@"')
    return Service(*arguments, program=["/bin/bash", "-c", script, "bash", program], bind=None,
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

    def test_named_sockets(self) -> None:
        """A socket with the prefix of a service as its name is that service's, wherever it stands."""
        with socket.create_server(("127.0.0.1", 0)) as admin, \
             socket.create_server(("127.0.0.1", 0)) as one, \
             socket.create_server(("127.0.0.1", 0)) as other, \
             start_as_systemd([admin, one, other], names="admin:many.socket:many.socket",
                              program=MANY) as service:
            for _ in range(2):
                self.assertIn(b"admin", fetch_at("%s:%d" % admin.getsockname()))
                self.assertIn(b"front", fetch_at("%s:%d" % one.getsockname()))
                self.assertIn(b"front", fetch_at("%s:%d" % other.getsockname()))
                service.send(signal.SIGUSR2)
                service.await_line("is ready", 2)
            self.assertEqual(service.stop(), 0)

    def test_dealt_sockets(self) -> None:
        """Without names they go to the services that listen, in order, and none to the others."""
        with socket.create_server(("127.0.0.1", 0)) as one, \
             socket.create_server(("127.0.0.1", 0)) as other, \
             start_as_systemd([one, other], program=MANY) as service:
            self.assertIn(b"front", fetch_at("%s:%d" % one.getsockname()))
            self.assertIn(b"admin", fetch_at("%s:%d" % other.getsockname()))
            self.assertEqual(service.stop(), 0)

    def test_opened_beside(self) -> None:
        """A service that systemd has no socket for opens its own."""
        with socket.create_server(("127.0.0.1", 0)) as one, \
             start_as_systemd([one], "--admin-bind", "127.0.0.1:0", program=MANY) as service:
            own = "%s:%d" % one.getsockname()
            self.assertIn(b"front", fetch_at(own))
            opened, = set(find_addresses(service)) - {own}
            self.assertIn(b"admin", fetch_at(opened))
            self.assertEqual(service.stop(), 0)


class SeveralServices(unittest.TestCase):
    def test_whose_is_what(self) -> None:
        """A name that stands for several addresses, and an upgrade, do not mix up the services."""
        with Service("--admin-bind", "localhost:0", program=[MANY], bind="localhost:0") as service:
            owners = [line.split(" listens on ", 1)[0].split()[-1] for line in service.lines
                      if " listens on " in line]
            addresses = find_addresses(service)
            self.assertEqual(sorted(set(owners)), ["org.example.Admin", "org.example.Front"])
            for _ in range(2):
                for owner, address in zip(owners, addresses):
                    self.assertIn(owner.rsplit(".", 1)[1].lower().encode(), fetch_at(address))
                service.send(signal.SIGUSR2)
                service.await_line("is ready", 2)
            self.assertEqual(service.stop(), 0)

    def test_without_prefix(self) -> None:
        """What is given without a prefix is the first service's alone."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "admin")
            with Service("--admin-bind", f"unix:{path}", program=[MANY]) as service:
                self.assertEqual(len(find_addresses(service)), 2)
                client = socket.socket(socket.AF_UNIX)
                client.connect(path)
                self.assertIn(b"admin", fetch(client))
                self.assertEqual(service.stop(), 0)

    def test_same_address(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = "%s:%d" % listener.getsockname()
        with Service("--admin-bind", address, program=[MANY], bind=address, wait=False) as service:
            self.assertEqual(service.process.wait(PATIENCE), 2)
            service.await_line(f"Front and org.example.Admin cannot both.*{address}.*--admin-bind")
            self.assertEqual(len(service.lines), 1)


if __name__ == "__main__":
    unittest.main()
