# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples that the book quotes do what it says."""
import ast
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bus import OPEN, Bus
from harness import BUILD, PATIENCE, SOURCE, Service


def program(name: str) -> list[str]:
    return [str(BUILD / "docs/examples" / name)]


class Greeter(unittest.TestCase):
    def test_answers(self) -> None:
        with tempfile.NamedTemporaryFile("w") as notice:
            notice.write("Mind the gap\n")
            notice.flush()
            with Service("--greeting", "Ahoy", "--notice", notice.name,
                         program=program("greeter")) as service:
                self.assertEqual(service.get("/hello/Ada"), (200, b"Ahoy, Ada!\n"))
                self.assertEqual(service.get("/notice"), (200, b"Mind the gap\n"))
                status, text = service.get("/sum/1/2")
                self.assertEqual((status, json.loads(text)), (200, {"sum": 3}))
                self.assertEqual(service.get("/sum/1/x")[0], 404)
                self.assertEqual(service.stop(), 0)

    def test_setting_in_the_environment(self) -> None:
        with Service(program=program("greeter"),
                     environment={"GEMINGA_GREETING": "Salve"}) as service:
            self.assertEqual(service.get("/hello/Ada"), (200, b"Salve, Ada!\n"))

    def test_what_cannot_be_read_is_an_error(self) -> None:
        with Service("--notice", "/nonexistent", program=program("greeter")) as service:
            self.assertGreaterEqual(service.get("/notice")[0], 400)


class Tally(unittest.TestCase):
    def test_goes_on(self) -> None:
        with Bus("session", OPEN) as bus, Service("--bus", bus.address, "--log-level", "info", bind=None,
                                                  program=program("tally")) as service:
            def add(n: int) -> str:
                return bus.get("/org/geminga1/Tally/tally", "org.example.Tally1.Add", str(n),
                               destination="org.example.Tally")
            bus.await_actor("/org/geminga1/Tally/tally", "org.example.Tally")
            self.assertIn("uint64 5,", add(5))
            service.send(signal.SIGHUP)
            service.await_line("tally .*has stopped")
            self.assertIn("uint64 11,", add(6))
            service.send(signal.SIGUSR2)
            service.await_line("is ready", 2)
            bus.await_actor("/org/geminga1/Tally/tally", "org.example.Tally")
            self.assertIn("uint64 18,", add(7))
            self.assertEqual(service.stop(), 0)


class Notes(unittest.TestCase):
    def ask(self, service: Service, method: str, path: str, body: str | None = None,
            **headers: str) -> tuple[int, str | None, bytes]:
        connection = http.client.HTTPConnection(*service.address, timeout=PATIENCE)
        connection.request(method, path, body, {name.replace("_", "-"): value
                                                for name, value in headers.items()})
        response = connection.getresponse()
        answer = response.status, response.getheader("Location"), response.read()
        connection.close()
        return answer

    def test_notes(self) -> None:
        note = {"Content_Type": "application/json", "X_Key": "open sesame"}
        with Service("--workers", "1", program=program("notes")) as service:
            self.assertEqual(self.ask(service, "POST", "/api/notes", "{}")[0], 403)
            self.assertEqual(self.ask(service, "POST", "/api/notes", "{]", **note)[0], 400)
            self.assertEqual(self.ask(service, "POST", "/api/notes", "{}", **note)[0], 422)
            self.assertEqual(self.ask(service, "POST", "/api/notes", '{"text": "Milk"}', **note),
                             (201, "/api/notes/1", b""))
            self.assertEqual(self.ask(service, "GET", "/api/notes/1")[2], b"Milk")
            self.assertEqual(self.ask(service, "GET", "/api/notes/0")[0], 404)
            problem = self.ask(service, "GET", "/api/notes/2", Accept="application/json")[2]
            self.assertEqual(json.loads(problem)["detail"], "There is no such note")
            self.assertEqual(service.stop(), 0)


class Average(unittest.TestCase):
    def test_asks_the_adder(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=program("average"), bind=None) as service:
            service.await_line("is on the bus")
            path, method = "/org/geminga1/Average/averager", "org.example.Averager1.Average"
            destination = "org.example.Average"
            self.assertEqual(bus.get(path, method, "[1.0, 2, 6]", destination=destination), "(3.0,)\n")
            failed = bus.call(path, method, "@ad []", destination=destination)
            self.assertIn("No numbers have no average", failed.stderr)
            os.kill(service.workers()[0], signal.SIGKILL)
            failed = bus.call(path, method, "[1.0]", destination=destination)
            self.assertIn("org.geminga1.Error", failed.stderr)
            self.assertEqual(service.stop(), 0)


class Shop(unittest.TestCase):
    def test_restarts_what_depends(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=program("shop"), bind=None) as service:
            service.await_line("is on the bus")
            path, destination = "/org/geminga1/Shop/shop", "org.example.Shop"
            interface = "org.geminga1.Supervisor"
            children = bus.get(path, f"{interface}.ListChildren", destination=destination)
            self.assertEqual(children.count("'running'"), 2)
            bus.get(f"{path}/store", "org.example.Part1.Fail", destination=destination)
            records = bus.get(path, f"{interface}.GetRestarts", destination=destination)
            self.assertIn("It is full", records)
            path = bus.get(path, f"{interface}.RestartChild", "clerk", "@a{sv} {}",
                           destination=destination)
            self.assertIn("clerk", path)
            self.assertEqual(service.stop(), 0)


class Reader(unittest.TestCase):
    def test_reads_where_it_may(self) -> None:
        letter = next(path for path in pathlib.Path("/usr/share").glob("*/*")
                      if path.is_file() and not path.is_symlink())
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=program("reader"), bind=None) as service:
            service.await_line("is on the bus")
            path, method = "/org/geminga1/Reader/reader", "org.example.Reader1.Count"
            destination = "org.example.Reader"
            size = bus.get(path, method, str(letter), destination=destination)
            self.assertEqual(size, f"(uint64 {letter.stat().st_size},)\n")
            failed = bus.call(path, method, "/etc/hostname", destination=destination)
            if not any("Landlock" in line for line in service.lines):
                self.assertIn("Permission denied", failed.stderr)
            self.assertEqual(service.stop(), 0)


class Printing(unittest.TestCase):
    def test_waits_for_paper(self) -> None:
        with Bus("session", OPEN) as bus, ThreadPoolExecutor() as others, \
                Service("--bus", bus.address, program=program("printer"), bind=None) as service:
            service.await_line("is on the bus")
            path, destination = "/org/geminga1/Printing/printer", "org.example.Printing"
            interface = "org.example.Printer1"

            def print_page() -> str:
                return bus.get(path, f"{interface}.Print", "page", destination=destination)

            self.assertEqual([print_page(), print_page()], ["(uint32 1,)\n", "(uint32 2,)\n"])
            waiting = others.submit(print_page)
            bus.get(path, f"{interface}.Refill", "1", destination=destination)
            self.assertEqual(waiting.result(PATIENCE), "(uint32 3,)\n")
            shown = bus.get("/org/geminga1/Printing/display", "org.example.Display1.Read", "printer",
                            destination=destination)
            self.assertEqual(shown, "('3 printed',)\n")
            self.assertEqual(service.stop(), 0)

    def test_what_is_not_printed_is_a_dead_letter(self) -> None:
        with Bus("session", OPEN) as bus, ThreadPoolExecutor() as others, \
                Service("--bus", bus.address, program=program("printer"), bind=None) as service:
            service.await_line("is on the bus")
            path, destination = "/org/geminga1/Printing/printer", "org.example.Printing"

            def count() -> int:
                info = bus.get(path, "org.geminga1.Actor.Info", destination=destination)
                return int(re.search(r"'processed': <uint64 (\d+)>", info)[1])

            for _ in range(2):
                bus.get(path, "org.example.Printer1.Print", "page", destination=destination)
            n_before = count()
            waiting = others.submit(bus.call, path, "org.example.Printer1.Print", "page",
                                    destination=destination)
            n_asked = 1
            while count() - n_before == n_asked:
                n_asked += 1
            monitor = subprocess.Popen(
                ["gdbus", "monitor", "--address", bus.address, "--dest", destination,
                 "--object-path", "/org/geminga1"], stdout=subprocess.PIPE, text=True)
            with monitor:
                self.assertIn("Monitoring", monitor.stdout.readline())
                self.assertIn("is owned by", monitor.stdout.readline())
                bus.get(path, "org.geminga1.Actor.Stop", destination=destination)
                for line in monitor.stdout:
                    if "DeadLetter" in line:
                        break
                self.assertRegex(line, r"Arbiter\.DeadLetter \('.*printer', 'Print', 'ended'\)")
                monitor.kill()
            self.assertIn("NoSuchActor", waiting.result(PATIENCE).stderr)
            self.assertEqual(service.stop(), 0)


class Chat(unittest.TestCase):
    def person(self, name: str, command: str, *arguments: str) -> str:
        return self.bus.get(f"/org/geminga1/Chat/{name}", command, *arguments,
                            destination="org.example.Chat")

    def say(self, name: str, text: str) -> None:
        self.person(name, "org.example.Person1.Say", text)

    def await_answer(self, ask: Callable[[], str], condition: Callable[[str], bool]) -> str:
        """What is said goes from process to process, so the bus may be there first."""
        deadline = time.monotonic() + PATIENCE
        while not condition(answer := ask()):
            self.assertLess(time.monotonic(), deadline, answer)
        return answer

    def assert_heard(self, name: str, *expected: str) -> None:
        self.await_answer(lambda: self.person(name, "org.example.Person1.GetHeard"),
                          lambda heard: ast.literal_eval(heard.replace("@as ", ""))[0] == list(expected))

    def members(self, room: str) -> str:
        return self.bus.get("/org/geminga1/registry", "org.geminga1.Registry.GetMembers", room,
                            destination="org.example.Chat")

    def test_rooms(self) -> None:
        with Bus("session", OPEN) as self.bus, \
                Service("--bus", self.bus.address, program=program("chat"), bind=None) as service:
            service.await_line("is on the bus")
            self.say("ada", "Hello")
            for name in "ada", "bob", "cyd":
                self.assert_heard(name, "ada: Hello")

            # Who comes later hears what is said from then on; who has left hears nothing.
            self.person("cyd", "org.example.Person1.Enter", "kitchen")
            self.say("cyd", "Nobody here?")
            self.say("ada", "Where is Cyd?")
            self.person("bob", "org.example.Person1.Enter", "kitchen")
            self.say("cyd", "Welcome")
            self.assert_heard("bob", "ada: Hello", "ada: Where is Cyd?", "cyd: Welcome")
            self.assert_heard("cyd", "ada: Hello", "cyd: Nobody here?", "cyd: Welcome")

            # Who dies has left, and its successor comes in through the lobby.
            before = self.members("lobby")
            self.assertEqual(before.count("ada"), 1)
            info = self.person("ada", "org.geminga1.Actor.Info")
            os.kill(int(re.search(r"'pid': <uint32 (\d+)>", info)[1]), signal.SIGKILL)
            self.await_answer(lambda: self.members("lobby"),
                              lambda members: members.count("ada") == 1 and members != before)
            self.bus.await_actor("/org/geminga1/Chat/ada", "org.example.Chat")
            self.person("bob", "org.example.Person1.Enter", "lobby")
            self.say("bob", "Are you back?")
            self.assert_heard("ada", "bob: Are you back?")
            self.assertEqual(service.stop(), 0)

    def test_registry_is_essential(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=program("chat"), bind=None) as service:
            service.await_line("is on the bus")
            destination = "org.example.Chat"
            for path, method, arguments in (
                    ("/org/geminga1/registry", "org.geminga1.Actor.Stop", []),
                    ("/org/geminga1", "org.geminga1.Arbiter.Kill", ["registry", "@a{sv} {}"])):
                refused = bus.call(path, method, *arguments, destination=destination)
                self.assertIn("org.geminga1.Error.NotSupported", refused.stderr)
            self.assertEqual(service.stop(), 0)


class PingPong(unittest.TestCase):
    def test_plays(self) -> None:
        with Bus("session", OPEN) as bus, \
                Service("--bus", bus.address, program=program("pingpong"), bind=None) as service:
            service.await_line("is on the bus")

            def play(rounds: int) -> tuple[int, int]:
                answer = bus.get("/org/geminga1/PingPong/ping", "org.example.Ping1.Play", str(rounds),
                                 destination="org.example.PingPong")
                return ast.literal_eval(answer.replace("uint64 ", ""))

            self.assertEqual(play(0)[0], 0)
            n_messages, duration = play(500)
            self.assertEqual(n_messages, 1000)
            self.assertGreater(duration, 0)

            # Who comes instead of a player who has died is found by its name.
            path = "/org/geminga1/PingPong/pong"
            info = bus.get(path, "org.geminga1.Actor.Info", destination="org.example.PingPong")
            pid = int(re.search(r"'pid': <uint32 (\d+)>", info)[1])
            os.kill(pid, signal.SIGKILL)
            service.await_workers(2, without=(pid,))
            self.assertEqual(play(1)[0], 2)
            self.assertEqual(service.stop(), 0)


class Philosophers(unittest.TestCase):
    NAMES = ["plato", "hypatia", "hume", "kant", "arendt"]
    FORKS = [f"table/fork{i}" for i in range(5)]

    def ask(self, actor: str, command: str) -> str:
        return self.bus.get(f"/org/geminga1/Philosophers/{actor}", command,
                            destination="org.example.Philosophers")

    def meals(self) -> dict[str, int]:
        return ast.literal_eval(self.ask("table", "org.example.Table1.GetMeals").replace("uint64 ", ""))[0]

    def holders(self) -> list[str]:
        return [ast.literal_eval(self.ask(fork, "org.example.Fork1.GetHolder"))[0] for fork in self.FORKS]

    def pid(self, actor: str) -> int:
        return int(re.search(r"'pid': <uint32 (\d+)>", self.ask(actor, "org.geminga1.Actor.Info"))[1])

    def await_meals(self, count: int) -> None:
        """All eat so often from now on: nobody starves, and nobody waits for ever."""
        deadline = time.monotonic() + PATIENCE
        before = self.meals()
        self.assertEqual(sorted(before), sorted(self.NAMES))
        while min((now := self.meals())[name] - before[name] for name in self.NAMES) < count:
            self.assertLess(time.monotonic(), deadline, (before, now, self.holders()))

    def kill_with_fork(self, name: str) -> int:
        """Kills a philosopher who holds a fork, and stops it before, so that it cannot put it down."""
        pid = self.pid(name)
        deadline = time.monotonic() + PATIENCE
        while True:
            os.kill(pid, signal.SIGSTOP)
            if name in self.holders():
                os.kill(pid, signal.SIGKILL)
                return pid
            os.kill(pid, signal.SIGCONT)
            self.assertLess(time.monotonic(), deadline)

    def assert_no_violations(self) -> None:
        for fork in self.FORKS:
            counts = self.ask(fork, "org.example.Fork1.GetCounts").replace("uint64 ", "")
            n_taken, n_violations = ast.literal_eval(counts)
            self.assertGreater(n_taken, 0)
            self.assertEqual(n_violations, 0, fork)

    def test_all_eat(self) -> None:
        with Bus("session", OPEN) as self.bus, \
                Service("--bus", self.bus.address, program=program("philosophers"), bind=None) as service:
            service.await_line("is on the bus")
            self.await_meals(5)
            for name in "plato", "hume":
                pid = self.kill_with_fork(name)
                service.await_workers(6, without=(pid,))
                self.await_meals(5)
                self.assertNotEqual(self.pid(name), pid)
            self.assert_no_violations()
            self.assertEqual(service.stop(), 0)

    def test_table_is_replaced(self) -> None:
        with Bus("session", OPEN) as self.bus, \
                Service("--bus", self.bus.address, program=program("philosophers"), bind=None) as service:
            service.await_line("is on the bus")
            self.await_meals(1)
            pid = self.pid("table")
            os.kill(pid, signal.SIGKILL)
            service.await_workers(6, without=(pid,))
            self.bus.await_actor("/org/geminga1/Philosophers/table", "org.example.Philosophers")
            self.await_meals(1)
            self.assert_no_violations()
            self.assertEqual(service.stop(), 0)


class Configuration(unittest.TestCase):
    def test_file_of_the_book(self) -> None:
        with Service("--config", str(SOURCE / "docs/examples/hello.conf")) as service:
            self.assertEqual(len(service.await_workers(4)), 4)
            self.assertEqual(service.stop(), 0)

    def test_names_of_nothing_are_refused(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("[service]\nwrokers=2\n")
            file.flush()
            result = subprocess.run([*program("hello"), "--config", file.name], text=True,
                                    capture_output=True, timeout=PATIENCE, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn("wrokers", result.stderr)


if __name__ == "__main__":
    unittest.main()
