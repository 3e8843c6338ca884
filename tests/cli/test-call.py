#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verbs that talk to actors: call, get, set, monitor, and completion."""
import json
import shutil
import signal
import subprocess
import tempfile
import unittest

import fixture


class TestCall(fixture.TestCase):
    def call(self, *words, **options):
        return self.check("call", "Hello", *words, **options)

    def test_actors(self):
        for actor in ("arbiter", "Hello", "org.example.Hello", "worker1", "Hello/worker1",
                      "calc/my-child", "Hello/calc/my-child", "/org/geminga1/Hello/worker1"):
            self.assertEqual(self.call(actor, "Ping"), "pong\n", actor)

    def test_missing_actors(self):
        self.assertIn("has no actor “clac”; did you mean “calc”?",
                      self.call("clac", "Add", "1", "2", status=4))
        self.assertIn("has no actor “worker99”", self.call("worker99", "Ping", status=4))
        self.assertIn("has no actor", self.call("/somewhere", "Ping", status=4))
        self.assertIn("not a valid object path", self.call("/some//where", "Ping", status=2))
        self.assertIn("not the name of an actor", self.call("a//b", "Ping", status=2))

    def test_commands(self):
        for command in ("Add", "add", "org.example.Calc1.Add"):
            self.assertEqual(self.call("calc", command, "1", "2"), "3.0\n")
        self.assertIn("digits", self.call("calc", "get-config"))
        self.assertIn("did you mean “Greet”?", self.call("calc", "Great", status=4))
        self.assertIn("has no command “Nothing”", self.call("calc", "Nothing", status=4))
        self.assertIn("/node", self.call("arbiter", "Introspect"))

    def test_arguments(self):
        self.assertEqual(self.call("calc", "Add", "-1", "-2.5e0"), "-3.5\n")
        self.assertEqual(self.call("calc", "Divide", "7", "2"), "3\n1\n")
        self.assertEqual(json.loads(self.call("calc", "Divide", "7", "2", "--json")), [3, 1])
        self.assertEqual(self.call("calc", "Greet", "World"), "Hello World!\n")
        self.assertEqual(self.call("calc", "Greet", "'World'"), "Hello World!\n")
        self.assertEqual(self.call("calc", "Greet", "5"), "Hello 5!\n")
        self.assertEqual(self.call("calc", "Greet", "it's"), "Hello it's!\n")
        self.assertEqual(self.call("calc", "Greet", ""), "Hello !\n")
        self.assertEqual(self.call("calc", "Greet", "--", "--json"), "Hello --json!\n")
        self.assertEqual(self.call("calc", "Echo", "word"), "word\n")
        self.assertEqual(self.call("calc", "Echo", "uint32 7"), "7\n")
        types = "(True, ['a', 'b'], '/x', (1, 2), {{{}}})\n"
        self.assertEqual(self.call("calc", "Types", "yes", "a,b", "/x", "(1, 2)"), types.format(""))
        self.assertEqual(self.call("calc", "Types", "1", "['a', 'b']", "/x", "(1,2)", "{'k': <5>}"),
                         types.format("'k': 5"))

    def test_wrong_arguments(self):
        for words, message, status in (
                (("Add", "1"), "Add takes 2 arguments, not 1: Add a:d b:d", 2),
                (("Add", "1", "2", "3"), "Add takes 2 arguments, not 3", 2),
                (("Add", "one", "2"), "Argument “a” of Add: “one” is not a number", 2),
                (("Divide", "1.5", "2"), "“1.5” is not a whole number", 2),
                (("Divide", "99999999999", "2"), "is not a whole number", 2),
                (("Types", "maybe", "a", "/x", "(1, 2)"), "is not true or false", 2),
                (("Types", "yes", "[1, 2]", "/x", "(1, 2)"), "of type “as”", 2),
                (("Types", "yes", "a", "x", "(1, 2)"), "is not an object path", 2),
                (("Types", "yes", "a", "/x", "(1, -2)"), "of type “(yt)”", 2),
                (("Types", "yes", "a", "/x", "(1, 2)", "{"), "of type “a{sv}”", 2)):
            self.assertIn(message, self.call("calc", *words, status=status))

    def test_errors(self):
        for error, message, status in (
                ("own", "The calculator is broken", 1),
                ("died", "Actor “worker1” died", 1),
                ("timed-out", "The deadline passed", 6),
                ("denied", "Not for you", 7),
                ("arguments", "Out of range", 2),
                ("quark", "Seven", 1),
                ("evil", "red\\x1b[31m\\x07", 1)):
            self.assertEqual(self.call("calc", "Fail", error, status=status),
                             f"geminga: {message}\n")
        self.assertEqual(json.loads(self.call("calc", "Fail", "own", "--json", status=1)),
                         {"error": {"name": "org.example.Calc1.Error.Broken",
                                    "message": "The calculator is broken", "status": 1}})

    def test_hang(self):
        self.assertIn("org.example.Hello did not answer Hang in time",
                      self.call("calc", "Hang", "--timeout=0.3", status=6))

    def test_results(self):
        self.assertEqual(self.call("calc", "Evil"), "a\\x1b]0;owned\\x07b\\u202ec\nz\n")
        text = self.call("calc", "Evil", "--json")
        self.assertEqual(json.loads(text), "a\x1b]0;owned\x07b\u202ec\nz")
        self.assertTrue(text.isascii(), text)
        self.assertEqual(self.call("calc", "Stop", "--json"), "null\n")
        self.assertEqual(self.call("calc", "Stop"), "")


class TestConfig(fixture.TestCase):
    def test_settings(self):
        text = self.check("get", "Hello")
        self.assertRegex(text, r"^NAME +VALUE\nworkers +2\n")
        self.assertEqual(self.check("get", "Hello", "keep-alive"), "5.0\n")
        self.check("set", "Hello", "keep-alive", "7")
        self.check("set", "Hello", "bind", "a:1,b:2")
        self.check("set", "Hello", "daemon", "on")
        self.assertEqual(self.check_json("get", "Hello"), {
            "workers": 2, "bind": ["a:1", "b:2"], "log-level": "info", "keep-alive": 7.0,
            "daemon": True, "max-memory": 0})
        self.check("set", "Hello", "max-memory", "64M")
        self.assertEqual(self.check_json("get", "Hello", "max-memory"), 64 << 20)
        self.assertEqual(self.check_json("set", "Hello", "daemon", "off")["result"], "set")
        self.assertIs(self.check_json("get", "Hello", "daemon"), False)

    def test_wrong_settings(self):
        self.assertIn("geminga: “x” is no number",
                      self.check("set", "Hello", "workers", "x", status=2))
        self.assertIn("There is no “wrokers”; did you mean “workers”?",
                      self.check("set", "Hello", "wrokers", "3", status=4))
        self.assertIn("geminga: Setting “workers” is at most 100",
                      self.check("set", "Hello", "workers", "101", status=2))
        self.assertIn("neither a setting nor an actor “nix”",
                      self.check("get", "Hello", "nix", status=4))

    def test_properties(self):
        self.assertRegex(self.check("get", "Hello", "calc"), r"^NAME +VALUE\ndigits +10\n")
        self.assertEqual(self.check("get", "Hello", "calc", "title"), "Sums\n")
        self.check("set", "Hello", "calc", "Title", "Other sums")
        self.check("set", "Hello", "Hello/calc", "digits", "12")
        self.assertEqual(self.check_json("get", "Hello", "Hello/calc"),
                         {"digits": 12, "title": "Other sums"})
        self.assertIn("not a whole number that is not negative",
                      self.check("set", "Hello", "calc", "digits", "-1", status=2))
        self.assertIn("There is no “colour”",
                      self.check("get", "Hello", "calc", "colour", status=4))
        self.assertIn("has no actor “none”", self.check("get", "Hello", "none", "x", status=4))
        self.check("get", "Hello", "arbiter")
        self.check("get", "Hello", "Hello")


class TestMonitor(fixture.TestCase):
    def follow(self, *words):
        """Starts a monitor and waits until it listens."""
        child = self.popen("monitor", *words)
        probe = 0
        while True:
            self.check("call", "Hello", "calc", "Emit", f"probe{probe}")
            probe += 1
            if self.is_readable(child):
                return child

    @staticmethod
    def is_readable(child):
        import select
        return bool(select.select([child.stdout], [], [], 0.2)[0])

    def read_until(self, child, word):
        for line in child.stdout:
            if word in line:
                return line
        self.fail(f"no line with {word}")

    def end(self, child):
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(fixture.PATIENCE), 0)
        self.assertEqual(child.stderr.read(), "")

    def test_events(self):
        child = self.follow("Hello", "--json")
        self.check("call", "Hello", "calc", "Emit", "a\x1bb")
        event = json.loads(self.read_until(child, "u001b"))
        self.assertRegex(event.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(event, {
            "service": "org.example.Hello", "path": "/org/geminga1/Hello/calc",
            "interface": "org.example.Calc1", "event": "Happened", "arguments": ["a\x1bb"]})
        self.end(child)

    def test_text(self):
        child = self.follow()
        self.check("call", "Hello", "calc", "Emit", "a\x1bb")
        self.assertRegex(self.read_until(child, "x1b"),
                         r"^\d\d:\d\d:\d\d\.\d+  org\.example\.Hello  Hello/calc  Happened  a\\x1bb$")
        self.check("scale", "Hello", "9")
        self.assertIn("  Hello  PropertiesChanged  Workers=9\n",
                      self.read_until(child, "Workers=9"))
        guest = self.bus.start("org.example.Guest")
        self.read_until(child, "org.example.Guest  arbiter  ServiceStarted")
        guest.terminate()
        self.read_until(child, "org.example.Guest  arbiter  ServiceEnded")
        self.end(child)

    def test_one_service_only(self):
        child = self.follow("Hello")
        guest = self.bus.start("org.example.Guest")
        self.check("call", "Guest", "calc", "Emit", "from the guest")
        guest.terminate()
        self.check("call", "Hello", "calc", "Emit", "last")
        while True:
            line = child.stdout.readline()
            self.assertNotIn("Guest", line)
            if "last" in line:
                break
        self.end(child)

    def test_waits_for_a_whole_id(self):
        child = self.popen("monitor", "org.example.Later", "--json")
        while not self.is_readable(child):
            later = self.bus.start("org.example.Later")
            later.terminate()
            later.wait()
        self.assertIn(json.loads(child.stdout.readline())["event"],
                      ("ServiceStarted", "ServiceEnded"))
        self.end(child)


class TestCompletion(fixture.TestCase):
    def complete(self, *words):
        return [line.split("\t")[0] for line in self.check("complete", *words).splitlines()]

    def test_words(self):
        self.assertIn("log-level", self.complete(""))
        self.assertEqual(self.complete("sta"), ["status", "start"])
        self.assertEqual(self.complete("status", ""), ["Hello"])
        self.assertEqual(self.complete("--json", "status", "org"), ["org.example.Hello"])
        self.assertEqual(self.complete("call", "Hello", "wo"), ["worker10", "worker2"])
        self.assertEqual(self.complete("call", "Hello", "calc/"), ["calc/my-child"])
        self.assertEqual(self.complete("call", "Hello", "calc", "G"), ["Greet", "GetConfig"])
        self.assertEqual(self.check("complete", "call", "Hello", "calc", "Ad"),
                         "Add\tAdds two numbers\n")
        self.assertEqual(self.complete("get", "Hello", "ke"), ["keep-alive"])
        self.assertEqual(self.complete("set", "Hello", "calc", ""), ["digits", "title"])
        self.assertEqual(self.complete("set", "Hello", "workers", ""), [])
        self.assertEqual(self.complete("log-level", "Hello", "w"), ["warning"])
        self.assertEqual(self.complete("help", "ver"), ["version"])
        self.assertEqual(self.complete("ps", "--w"), ["--watch"])
        self.assertEqual(self.complete("stop", "--q"), ["--quick"])
        self.assertEqual(self.complete("upgrade", "--f"), ["--force"])
        self.bus.install("org.example.Installed")
        self.assertIn("Installed", self.complete("start", ""))

    def test_nothing_fails(self):
        for words in ((), ("--timeout", ""), ("nix", ""), ("call", "No", ""), ("--frob", "p"),
                      ("call", "Hello", "no", ""), ("ps", ""), ("call", "Hello", "a//b", "")):
            self.assertEqual(self.complete(*words), [], words)
        self.assertEqual(self.check("complete", "status", "", DBUS_SESSION_BUS_ADDRESS="disabled:"),
                         "")

    def script(self, name):
        return str(fixture.HERE.parent.parent / "src/cli/completion" / name)

    def run_shell(self, *command):
        with tempfile.TemporaryDirectory() as home:
            return subprocess.run(
                command, text=True, capture_output=True, timeout=fixture.PATIENCE, check=True,
                env=self.environment(HOME=home, PATH=f"{fixture.GEMINGA.rsplit('/', 1)[0]}:/usr/bin:/bin"
                                     )).stdout

    def test_bash(self):
        program = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _geminga
                     printf '%s\\n' "${COMPREPLY[@]}" """

        def complete(*words):
            return self.run_shell("bash", "-c", program, "bash", self.script("geminga.bash"),
                                  "geminga", *words).split()

        self.assertEqual(complete("stat"), ["status"])
        self.assertEqual(complete("call", "Hello", "calc", "Gr"), ["Greet"])
        self.assertEqual(complete("--address", "=", "unix", ":", "path", "=", "/nonexistent", "ps",
                                  "--wa"), ["--watch"])
        self.assertEqual(complete("--address", "=", "unix", ":", "path", "=", "/nonexistent",
                                  "status", ""), [])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        script = self.script("geminga.fish")
        for line, expected in (("geminga stat", ["status"]), ("geminga status ", ["Hello"]),
                               ("geminga call Hello calc Gr", ["Greet"])):
            found = self.run_shell("fish", "--no-config", "-c",
                                   f"source {script}; complete --do-complete '{line}'")
            self.assertEqual([entry.split("\t")[0] for entry in found.splitlines()], expected)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        # Without a terminal there is no line editor: what it would be told is caught instead.
        program = """_describe () { shift 2; print -l -- ${(P)1} }
                     _default () { print default }
                     words=("${@[2,-1]}"); CURRENT=$#words; source "$1" """

        def complete(*words):
            return self.run_shell("zsh", "-f", "-c", program, "zsh", self.script("_geminga"),
                                  "geminga", *words).splitlines()

        self.assertEqual(complete("status", ""), ["Hello:org.example.Hello"])
        self.assertEqual(complete("call", "Hello", "calc", "Ad"), ["Add:Adds two numbers"])
        self.assertEqual(complete("--wat"), ["--watch"])
        self.assertEqual(complete("ps", ""), ["default"])


if __name__ == "__main__":
    fixture.main()
