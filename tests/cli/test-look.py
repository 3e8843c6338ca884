#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verbs that look at services: ps, status, tree, restarts, version, log-level, and --watch."""
import json
import os
import signal

import fixture


class TestLook(fixture.TestCase):
    def test_ps(self):
        head, row = self.check("ps").splitlines()
        self.assertEqual(head.split(), ["ID", "PID", "WORKERS", "STATE", "UPTIME", "RESTARTS",
                                        "ADDRESS"])
        self.assertEqual(row.split(), ["org.example.Hello", str(self.fakes[self.SERVICES[0]].pid),
                                       "2/2", "running", "1d02h", "3", "127.0.0.1:8060,",
                                       "unix:/run/x"])
        self.assertEqual(self.check().splitlines()[0], head)

    def test_ps_json(self):
        service, = self.check_json("ps")
        started_at = service.pop("started-at")
        self.assertGreater(started_at, 1_700_000_000_000_000)
        self.assertEqual(service, {
            "id": "org.example.Hello", "pid": self.fakes[self.SERVICES[0]].pid, "workers": 2,
            "running": 2, "state": "running", "restarts": 3, "version": "1.2",
            "sockets": ["127.0.0.1:8060", "unix:/run/x"]})

    def test_options_are_taken_anywhere(self):
        for words in (("--json", "ps"), ("ps", "--json=short"),
                      ("--address", self.bus.address, "ps", "--json")):
            self.assertEqual(len(json.loads(self.check(*words))), 1)
        self.assertIn("\n  {\n", self.check("ps", "--json=pretty"))
        self.assertNotIn("\n", self.check("ps", "--json").strip())

    def test_status(self):
        for name in ("Hello", "example.Hello", "org.example.Hello"):
            text = self.check("status", name)
            self.assertTrue(text.startswith("running  org.example.Hello\n"), text)
            self.assertRegex(text, r"Version: 1\.2\n")
            self.assertRegex(text, r"Workers: 2/2\n")
            self.assertRegex(text, r"Requests: 1204, 3 with a server error\n")
            self.assertRegex(text, r"Connections: 2 open, 12 accepted\n")
            self.assertRegex(text, r"Traffic: 1048576 received, 4194304 sent\n")
            self.assertRegex(text, r"worker1 +1001 +running +process +1d02h +4194304\n")
            self.assertIn("killed by signal 9\\x1b[2J; ep_poll+0x1/0x2 < do_epoll_wait+0x3/0x4\n", text)
            self.assertRegex(text, r"\nTIME +DEADLOCK\n.* a\.Foo waits for \\x1b\[2J, which waits for a\.Foo\n")
        status = self.check_json("status", "Hello")
        self.assertEqual([worker["id"] for worker in status["worker-list"]], ["worker1", "worker2"])
        self.assertIn("killed by signal 9\x1b[2J\n", status["restart-list"][0]["detail"])
        self.assertEqual(status["statistics"]["requests"], 1204)
        self.assertEqual(status["deadlock-list"][0]["actors"], ["/org/geminga1/Hello/a"])

    def test_status_of_nothing(self):
        for name in ("Nope", "ello", "", ".", "org.example", "/x", "\x1b[31m"):
            self.assertIn("is not running", self.check("status", name, status=3))
        self.assertNotIn("\x1b", self.check("status", "\x1b[31m", status=3))

    def test_tree(self):
        lines = self.check("tree", "Hello").splitlines()
        self.assertEqual([line.split("  Calc")[0].split("  Hello")[0].split("  Gem")[0]
                          .split("  Child")[0] for line in lines],
                         ["org.example.Hello", "└─ Hello", "   ├─ calc", "   │  └─ my-child",
                          "   ├─ worker2", "   └─ worker10"])
        self.assertEqual(self.check("tree").splitlines(), lines)
        tree, = self.check_json("tree")
        self.assertEqual(tree["service"], "org.example.Hello")
        monitor, = tree["tree"]["children"]
        self.assertEqual([actor["path"].rsplit("/", 1)[1] for actor in monitor["children"]],
                         ["calc", "worker2", "worker10"])

    def test_without_unicode(self):
        self.assertIn("`- Hello", self.check("tree", LC_ALL="C"))

    def test_restarts(self):
        text = self.check("restarts", "Hello", "--utc")
        self.assertEqual(text.splitlines()[0].split(),
                         ["TIME", "SERVICE", "ACTOR", "PID", "REASON", "DETAIL"])
        self.assertIn("2023-11-14T22:13:20Z  Hello    worker1  4242  signal  killed by", text)
        self.assertIn("\nThe last lines of worker1, process 4242:\n  opens its eyes\n", text)
        self.assertNotIn("\x1b", text)
        self.assertIn("opens its eyes", self.check("status", "Hello"))
        self.assertEqual(self.check_json("restarts", "Hello")[0]["pid"], 4242)

    def test_version(self):
        self.assertRegex(self.check("--version"), r"^geminga \d+\.\d+\.\d+\n$")
        self.assertEqual(self.check("version", "Hello"), "org.example.Hello 1.2\n")
        self.assertEqual(self.check_json("version", "Hello"),
                         {"id": "org.example.Hello", "version": "1.2"})

    def test_log_level(self):
        self.check("log-level", "Hello", "debug")
        self.assertEqual(self.check("log-level", "Hello"), "debug\n")
        for word, shown in (("error", "error"), ("crit", "error"), ("notice", "message"),
                            ("message", "message"), ("warning", "warning"), ("info", "info")):
            self.assertEqual(self.check_json("log-level", "Hello", word)["result"], "set")
            self.assertEqual(self.check_json("log-level", "Hello")["level"], shown)
        self.assertIn("not a level", self.check("log-level", "Hello", "loud", status=2))

    def test_color(self):
        self.assertNotIn("\x1b", self.check("status", "Hello"))
        self.assertIn("\x1b[32mrunning\x1b[0m", self.check("status", "Hello", "--color"))
        self.assertIn("\x1b[32m", self.check("ps", "--color=always", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.check("ps", "--color=never"))
        self.assertIn("--color takes", self.check("ps", "--color=pink", status=2))


class TestWatch(fixture.TestCase):
    def test_ends_with_ctrl_c(self):
        for number, status in ((signal.SIGINT, 0), (signal.SIGTERM, 0)):
            child = self.popen("ps", "--watch=0.1", "--json")
            for _ in range(3):
                self.assertEqual(json.loads(child.stdout.readline())[0]["id"], "org.example.Hello")
            child.send_signal(number)
            self.assertEqual(child.wait(fixture.PATIENCE), status)
            self.assertEqual(child.stderr.read(), "")

    def test_value_is_not_the_next_word(self):
        child = self.popen("status", "--watch", "Hello")
        self.assertEqual(child.stdout.readline(), "running  org.example.Hello\n")
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)

    def test_services_come_and_go(self):
        child = self.popen("status", "--json", "--watch=0.1", "Guest")
        self.assertEqual(json.loads(child.stdout.readline())["error"]["status"], 3)
        guest = self.bus.start("org.example.Guest")
        while "error" in json.loads(child.stdout.readline()):
            pass
        guest.terminate()
        while "error" not in json.loads(child.stdout.readline()):
            pass
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)

    def test_broken_pipe_is_quiet(self):
        for words in (("ps", "--watch=0.1"), ("ps",), ("help",), ("monitor",)):
            reader, writer = os.pipe()
            child = self.popen(*words, stdout=writer)
            os.close(writer)
            os.close(reader)
            self.assertEqual(child.wait(fixture.PATIENCE), 0, words)
            self.assertEqual(child.stderr.read(), "")

    def test_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            child = self.popen("ps", stdout=full)
            self.assertEqual(child.wait(fixture.PATIENCE), 1)
        self.assertIn("Cannot write the output", child.stderr.read())

    def test_wrong_interval(self):
        for value in ("0", "-1", "soon", "nan", "1e99"):
            self.assertIn("--watch takes", self.check("ps", f"--watch={value}", status=2))
        self.assertIn("does not take --watch", self.check("reload", "Hello", "--watch", status=2))

    def test_bus_goes(self):
        for words in (("ps", "--watch=0.1"), ("monitor", "org.example.Later")):
            bus = fixture.Bus()
            self.addCleanup(bus.stop)
            before = bus.count()
            child = self.popen("--address", bus.address, *words)
            while bus.count() == before:
                pass
            if words[0] == "ps":
                child.stdout.readline()
            bus.daemon.kill()
            _, errors = child.communicate(timeout=fixture.PATIENCE)
            self.assertEqual(child.returncode, 8, errors)
            self.assertIn("geminga: ", errors)


class TestMany(fixture.TestCase):
    SERVICES = ("org.example.Hello", "com.acme.Hello", "org.example.Stuck", "org.example.Mute")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fakes["org.example.Stuck"].send_signal(signal.SIGSTOP)
        cls.bus.start("org.example.Quiet", "mute")
        cls.bus.start("org.example.First", "double")

    def test_one_that_hangs_delays_nobody(self):
        services = {service["id"]: service for service in self.check_json("ps", "--timeout=0.5")}
        self.assertEqual(sorted(services), sorted(
            [*self.SERVICES, "org.example.Quiet", "org.example.First", "org.example.Second"]))
        self.assertEqual(services["org.example.Stuck"]["state"], "not responding")
        self.assertEqual(services["org.example.Quiet"]["state"], "not responding")
        self.assertIn("org.example.Stuck did not answer", services["org.example.Stuck"]["error"])
        self.assertEqual(services["com.acme.Hello"]["state"], "running")
        self.assertRegex(self.check("ps", "--timeout=0.5"),
                         r"org\.example\.Stuck +- +- +not responding +- +- +-\n")
        self.assertIn("org.example.Stuck  not responding\n", self.check("tree", "--timeout=0.5"))

    def test_hanging_status(self):
        error = self.check("status", "Stuck", "--timeout=0.3", status=6)
        self.assertIn("org.example.Stuck did not answer", error)
        self.check("call", "Stuck", "arbiter", "Ping", "--timeout=0.3", status=6)

    def test_ambiguous(self):
        error = self.check("status", "Hello", status=2)
        self.assertIn("com.acme.Hello, org.example.Hello", error)
        self.check("status", "acme.Hello")

    def test_second_service_of_an_arbiter(self):
        self.assertIn("org.example.Second\n", self.check("status", "Second", "--timeout=0.5"))
        self.assertEqual(self.check("scale", "Second", "7", "--timeout=0.5"),
                         "org.example.Second has 7 workers\n")
        self.assertEqual(self.check("call", "org.example.Second", "Second", "Ping",
                                    "--timeout=0.5"), "pong\n")


if __name__ == "__main__":
    fixture.main()
