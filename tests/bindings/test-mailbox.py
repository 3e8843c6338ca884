# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Full mailboxes, priorities, calls put aside and dead letters, from Python."""

import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402

Policy = Geminga.MailboxPolicy


class Writer(Geminga.Actor):
    mailbox_limit = 2
    mailbox_policy = Policy.CREDIT

    def __init__(self):
        super().__init__()
        self.seen = []

    @Geminga.command
    def Add(self, number: int):
        self.seen.append(number)

    @Geminga.command(flags=Geminga.CommandFlags.URGENT)
    def Hurry(self, number: int):
        self.seen.append(number)

    @Geminga.command(flags=Geminga.CommandFlags.URGENT)
    def Read(self) -> list[int]:
        return self.seen


class Display(Geminga.Actor):
    mailbox_policy = Policy.COALESCE

    def __init__(self):
        super().__init__()
        self.shown = {}

    @Geminga.command(coalesce_key="where")
    def Show(self, where: str, value: int):
        self.shown.setdefault(where, []).append(value)

    @Geminga.command
    def Shown(self) -> dict[str, list[int]]:
        return self.shown


class Door(Geminga.Actor):
    def __init__(self):
        super().__init__()
        self.is_open = False
        self.passed = []

    @Geminga.command
    def Pass(self, name: str, *, call):
        if not self.is_open:
            call.stash()
            return
        self.passed.append(name)

    @Geminga.command
    def Open(self):
        self.is_open = True
        self.unstash_all()

    @Geminga.command
    def Only(self, names: list[str]):
        self.receive_only(names or None)

    @Geminga.command
    def State(self) -> tuple[list[str], int]:
        return self.passed, self.get_n_stashed()


class MailboxTest(unittest.TestCase):
    def run_with(self, function):
        self.system = Geminga.System.new()

        async def main():
            await function()
            await self.system.stop()

        Geminga.run(main())

    def test_credit(self):
        async def main():
            writer = self.system.spawn(Writer, "writer")
            writer.tell("Add", 1)
            writer.tell("Add", 2)
            with self.assertRaises(GLib.Error) as raised:
                writer.tell("Add", 3)
            self.assertTrue(raised.exception.matches(Geminga.error_quark(), Geminga.Error.MAILBOX_FULL))
            writer.tell("Hurry", 4)
            self.assertTrue(await writer.deliver("Add", 5))
            await writer.ask("Add", 6)
            self.assertEqual(await writer.Read(), [4, 1, 2, 5, 6])

        self.run_with(main)

    def test_coalesce(self):
        async def main():
            display = self.system.spawn(Display, "display")
            for value in range(5):
                display.tell("Show", "a", value)
                display.tell("Show", "b", -value)
            self.assertEqual(await display.Shown(), {"a": [4], "b": [-4]})

        self.run_with(main)

    def test_wrong_key(self):
        with self.assertRaisesRegex(ValueError, "no argument “nothing”"):

            class Wrong(Geminga.Actor):
                @Geminga.command(coalesce_key="nothing")
                def Show(self, where: str):
                    pass

    def test_stash(self):
        async def main():
            door = self.system.spawn(Door, "door")
            for name in "abc":
                door.tell("Pass", name)
            self.assertEqual(await door.State(), ([], 3))
            await door.Open()
            self.assertEqual(await door.State(), (["a", "b", "c"], 0))
            await door.Only(["Only", "State"])
            door.tell("Pass", "d")
            self.assertEqual(await door.State(), (["a", "b", "c"], 1))
            await door.Only([])
            self.assertEqual(await door.State(), (["a", "b", "c", "d"], 0))

        self.run_with(main)

    def test_dead_letters(self):
        async def main():
            arrived = []
            letters = Geminga.DeadLetters.new(self.system)
            letters.connect("arrived", lambda _letters, *letter: arrived.append(letter))
            door = self.system.spawn(Door, "door")
            door.tell("Knock", 1)
            await door.Ping()
            await door.Ping()
            self.assertEqual(len(arrived), 1)
            target, command, arguments, reason, sender = arrived[0]
            self.assertEqual((target, command), (door.get_path(), "Knock"))
            self.assertEqual((reason, sender), (Geminga.DeadLetterReason.UNHANDLED, None))
            self.assertEqual(arguments.unpack(), (1,))
            self.assertEqual(self.system.get_n_dead_letters(), 1)
            self.assertEqual((await door.Info())["dead-letters"], 1)

        self.run_with(main)


if __name__ == "__main__":
    unittest.main()
