# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Supervisors and watchers written in Python."""

import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402

seen = []
ends = []


class Child(Geminga.Actor):
    def do_started(self):
        seen.append(f"+{self.get_id()}")

    def do_stopping(self):
        seen.append(f"-{self.get_id()}")

    @Geminga.command
    def Break(self):
        self.fail(Geminga.new_error(Geminga.Error.FAILED, "broken"))


class Boss(Geminga.Supervisor):
    def do_started(self):
        self.add_child("a", Child, None)
        self.add_child("b", Child, GLib.Variant("a{sv}", {"restart": GLib.Variant("s", "transient")}))


class Watcher(Geminga.Actor):
    def do_peer_ended(self, peer, reason, error):
        ends.append((peer.get_id(), reason, error.message if error else ""))

    @Geminga.command("o")
    def Watch(self, path):
        self.watch(self.get_system().ref_actor(path))

    @Geminga.command("o")
    def Link(self, path):
        self.link(self.get_system().ref_actor(path))


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        seen.clear()
        ends.clear()
        self.system = Geminga.System.new()

    def run_with(self, function):
        async def main():
            await function()
            await self.system.stop()

        Geminga.run(main())

    async def break_child(self, child):
        child.tell("Break")
        with self.assertRaises(GLib.Error):
            await child.wait_ended()

    def test_subclass(self):
        async def main():
            boss = self.system.spawn(Boss, "boss")
            self.assertTrue(await boss.wait_ready())
            self.assertEqual(seen, ["+a", "+b"])
            child = self.system.ref_actor("a")
            await self.break_child(child)
            await boss.Ping()
            records = await boss.GetRestarts()
            self.assertEqual([(record["actor"], record["detail"]) for record in records], [("a", "broken")])
            children = await boss.ListChildren()
            self.assertEqual([child["id"] for child in children], ["a", "b"])
            await boss.RestartChild("b", {})
            self.assertEqual(seen, ["+a", "+b", "-a", "+a", "-b", "+b"])

        self.run_with(main)

    def test_watch(self):
        async def main():
            watcher = self.system.spawn(Watcher, "watcher")
            child = self.system.spawn(Child, "child")
            other = self.system.spawn(Child, "other")
            await watcher.Watch(child.get_path())
            await watcher.Watch(other.get_path())
            child.stop()
            await child.wait_ended()
            await self.break_child(other)
            await watcher.Ping()
            await watcher.Ping()
            self.assertEqual(
                ends,
                [("child", Geminga.ExitReason.NORMAL, ""), ("other", Geminga.ExitReason.FAILED, "broken")],
            )

        self.run_with(main)

    def test_link(self):
        async def main():
            watcher = self.system.spawn(Watcher, "watcher")
            child = self.system.spawn(Child, "child")
            await watcher.Link(child.get_path())
            await self.break_child(child)
            with self.assertRaises(GLib.Error):
                await watcher.wait_ended()

        self.run_with(main)


if __name__ == "__main__":
    unittest.main()
