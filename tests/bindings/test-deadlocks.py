# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Actors that wait for each other, written in Python."""

import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402

log = []


def write_log(level, fields, _n_fields, _data):
    log.append(level)
    return GLib.LogWriterOutput.HANDLED


async def ask(ref, *arguments):
    return await ref.ask(*arguments)


class Friend(Geminga.Actor):
    other = None

    @Geminga.command
    def Wait(self) -> str:
        """Waits where a coroutine would not: no message is taken meanwhile."""
        return Geminga.run(ask(type(self).other, "Ask", self.get_address().get_path()))

    @Geminga.command
    async def WaitShut(self) -> str:
        self.receive_only([])
        try:
            return await type(self).other.ask("Ask", self.get_address().get_path())
        finally:
            self.receive_only(None)

    @Geminga.command
    async def WaitOpen(self) -> str:
        return await type(self).other.ask("Ask", self.get_address().get_path())

    @Geminga.command
    async def Ask(self, path: str) -> str:
        return await self.get_system().ref_actor(path).ask("Name")

    @Geminga.command
    def Name(self) -> str:
        return self.get_id()


class Deadlocks(unittest.TestCase):
    def setUp(self):
        self.system = Geminga.System.new()
        self.system.set_deadlock_interval(20)
        shared = Geminga.Placement.SHARED
        self.a = self.system.spawn(Friend, "a", shared)
        Friend.other = self.system.spawn(Friend, "b", shared)
        log.clear()

    def tearDown(self):
        Friend.other = None
        Geminga.run(self.stop())

    async def stop(self):
        await self.system.stop()

    def assert_deadlock(self, name):
        with self.assertRaises(GLib.Error) as caught:
            Geminga.run(ask(self.a, name))
        self.assertTrue(caught.exception.matches(Geminga.error_quark(), Geminga.Error.DEADLOCK))
        self.assertEqual(caught.exception.message,
                         f"Deadlock: a.{name} waits for b.Ask, which waits for a.Name, "
                         f"which waits for a.{name}")
        self.assertEqual(log.count(GLib.LogLevelFlags.LEVEL_WARNING), 1)
        self.assertEqual(Geminga.run(ask(self.a, "Name")), "a")

    def test_on_the_stack(self):
        self.assert_deadlock("Wait")

    def test_shut(self):
        self.assert_deadlock("WaitShut")

    def test_coroutines_take_messages(self):
        self.assertEqual(Geminga.run(ask(self.a, "WaitOpen")), "a")
        self.assertEqual(log, [])

    def test_interval(self):
        self.assertEqual(self.system.get_deadlock_interval(), 20)
        self.assertEqual(Geminga.System.new().get_deadlock_interval(), 1000)


if __name__ == "__main__":
    GLib.log_set_writer_func(write_log, None)
    unittest.main()
