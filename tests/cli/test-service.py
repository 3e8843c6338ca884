#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command and real services: the examples hello and calculator."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.request

import fixture

EXAMPLES = pathlib.Path(os.environ.pop("GEMINGA_EXAMPLES"))


class TestService(fixture.TestCase):
    SERVICES = ()

    def setUp(self):
        self.hello = self.run_example("hello", "org.example.Hello", "--workers=2",
                                      "--bind=127.0.0.1:0")
        self.calculator = self.run_example("calculator", "org.example.Calculator")
        self.check("start", "Hello")
        self.wait_until(lambda: self.get("Hello")["running"] == 2)

    def run_example(self, name, service_id, *options):
        child = subprocess.Popen([EXAMPLES / name, "--bus", self.bus.address, *options],
                                 stderr=subprocess.DEVNULL, cwd="/")
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.bus.wait_for(fixture.bus_name(service_id))
        return child

    def get(self, service):
        return self.check_json("status", service)

    def wait_until(self, condition):
        for _ in range(300):
            if condition():
                return
        self.fail("It did not come about")

    def fetch(self):
        address = self.get("Hello")["sockets"][0]
        with urllib.request.urlopen(f"http://{address}/", timeout=fixture.PATIENCE) as answer:
            return answer.read()

    def test_all_verbs(self):
        self.look()
        self.call()
        self.set()
        self.scale()
        self.monitor()
        self.renew()
        self.stop()

    def look(self):
        self.assertEqual(self.check("get", "Hello", "umask"), "inherited\n")
        self.assertRegex(self.check("get", "Hello"), r"umask +inherited\n")
        self.assertEqual(self.check_json("get", "Hello", "umask"), -1)
        self.assertEqual([service["id"] for service in self.check_json("ps")],
                         ["org.example.Calculator", "org.example.Hello"])
        self.assertEqual(self.get("Hello")["pid"], self.hello.pid)
        self.assertIn("worker1", self.check("tree", "Hello"))
        self.assertIn("└─ calculator", self.check("tree", "Calculator"))
        self.assertIn("worker1", self.check("complete", "call", "Hello", ""))
        self.check("version", "Hello")

    def call(self):
        self.assertEqual(self.check("call", "Calculator", "calculator", "Add", "1", "-2.5"), "-1.5\n")
        self.assertIn("Cannot divide by zero",
                      self.check("call", "Calculator", "calculator", "divide", "1", "0", status=1))
        for actor in ("arbiter", "Hello", "worker1", "Hello/worker1"):
            self.assertEqual(self.check("call", "Hello", actor, "Ping"), "pong\n")
        self.check("call", "Hello", "worker99", "Ping", status=4)

    def set(self):
        self.assertEqual(self.check("get", "Hello", "workers"), "2\n")
        self.check("set", "Hello", "graceful-timeout", "1m")
        self.assertEqual(self.check_json("get", "Hello", "graceful-timeout"), 60)
        self.assertIn("many", self.check("set", "Hello", "workers", "many", status=2))
        self.check("set", "Hello", "workers", "5000", status=2)
        self.check("set", "Hello", "bind", "127.0.0.1:1", status=2)
        self.check("log-level", "Hello", "debug")
        self.assertEqual(self.check("log-level", "Hello"), "debug\n")

    def scale(self):
        self.assertEqual(self.check("scale", "Hello", "+2"), "org.example.Hello has 4 workers\n")
        self.assertEqual(self.check("scale", "Hello", "-3"), "org.example.Hello has 1 worker\n")
        self.check("scale", "Hello", "2")
        self.wait_until(lambda: self.get("Hello")["running"] == 2)

    def monitor(self):
        before = self.bus.count()
        child = self.popen("monitor", "Hello", "--json")
        while self.bus.count() == before:
            pass
        worker = self.get("Hello")["worker-list"][0]
        os.kill(worker["pid"], signal.SIGKILL)
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "ActorEnded":
                break
        self.assertEqual(event["arguments"][0], worker["path"])
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)
        self.wait_until(lambda: self.get("Hello")["running"] == 2)
        self.assertEqual(self.check_json("restarts", "Hello")[-1]["pid"], worker["pid"])

    def renew(self):
        workers = {worker["pid"] for worker in self.get("Hello")["worker-list"]}
        self.check("reload", "Hello")
        self.assertFalse(workers & {worker["pid"] for worker in self.get("Hello")["worker-list"]})
        self.check("restart", "Hello")
        self.assertEqual(self.get("Hello")["pid"], self.hello.pid)
        self.assertEqual(self.fetch(), b"Hello World!\n")

    def stop(self):
        self.check("stop", "Hello")
        self.assertEqual(self.hello.wait(fixture.PATIENCE), 0)
        self.check("stop", "Calculator", "--quick")
        self.assertEqual(self.calculator.wait(fixture.PATIENCE), 0)
        self.assertEqual(self.check_json("ps"), [])


if __name__ == "__main__":
    fixture.main()
