# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names, groups and balancers from Python."""

import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, Gio, GLib  # noqa: E402


class Member(Geminga.Actor):
    def __init__(self):
        super().__init__()
        self.heard = []

    @Geminga.command("(us)")
    def Hear(self, number, text):
        self.heard.append(f"{number} {text}")

    @Geminga.command(result="as")
    def Heard(self):
        return self.heard

    @Geminga.command("s")
    async def Say(self, text):
        group = Geminga.Group.new(self.get_system(), "room")
        await group.wait_ready()
        group.publish("Hear", 7, text)


class FindingTest(unittest.TestCase):
    def setUp(self):
        self.system = Geminga.System.new()

    def run_with(self, function):
        async def main():
            await function()
            await self.system.stop()

        Geminga.run(main())

    def test_names(self):
        async def main():
            one = self.system.spawn(Member, "one")
            two = self.system.spawn(Member, "two")
            waiting = self.system.wait_for_name("clock", timeout=20)
            with self.assertRaisesRegex(GLib.Error, "No actor is registered as “clock”"):
                await self.system.lookup_name("clock")
            await self.system.register_name("clock", one)
            self.assertEqual(await waiting, one)
            self.assertEqual(await self.system.lookup_name("clock"), one)
            self.assertEqual(await self.system.list_names(), {"clock": one.get_path()})
            with self.assertRaises(GLib.Error) as caught:
                await self.system.register_name("clock", two)
            self.assertTrue(Geminga.is_error(caught.exception, Geminga.Error.ALREADY_EXISTS))
            await self.system.unregister_name("clock")
            with self.assertRaises(GLib.Error) as caught:
                await self.system.wait_for_name("clock", timeout=0.001)
            self.assertTrue(Geminga.is_error(caught.exception, Geminga.Error.TIMED_OUT))

        self.run_with(main)

    def test_group(self):
        async def main():
            changes = []
            group = Geminga.Group.new(self.system, "room")
            group.connect("items-changed", lambda _group, *change: changes.append(change))
            one = self.system.spawn(Member, "one")
            two = self.system.spawn(Member, "two")
            await group.join(one)
            group.publish("Hear", 1, "a")
            await group.join(two)
            group.publish("Hear", 2, "b")
            await two.Say("c")
            self.assertEqual(await one.Heard(), ["1 a", "2 b", "7 c"])
            self.assertEqual(await two.Heard(), ["2 b", "7 c"])
            await group.wait_ready()
            self.assertEqual(list(group), [one, two])
            self.assertIn((0, 0, 1), changes)
            await group.leave(one)
            with self.assertRaisesRegex(GLib.Error, "has no member"):
                await group.leave(one)
            self.assertEqual(group.list_members(), [two])

        self.run_with(main)

    def test_balancer(self):
        async def main():
            members = Gio.ListStore.new(Geminga.ActorRef)
            balancer = Geminga.Balancer.new(members, Geminga.Balancing.ROUND_ROBIN)
            with self.assertRaisesRegex(GLib.Error, "nobody to choose"):
                balancer.tell("Hear", 1, "a")
            refs = [self.system.spawn(Member, name) for name in ("one", "two")]
            for ref in refs:
                members.append(ref)
            for number in range(4):
                balancer.tell("Hear", number, "x")
            self.assertEqual(await refs[0].Heard(), ["0 x", "2 x"])
            self.assertEqual(await balancer.ask("Heard"), ["0 x", "2 x"])
            hashing = Geminga.Balancer.new(members, Geminga.Balancing.CONSISTENT_HASH)
            self.assertEqual(hashing.choose("Ada"), hashing.choose("Ada"))
            self.assertEqual(await hashing.ask("Heard", key="Ada"), await hashing.choose("Ada").Heard())

        self.run_with(main)


if __name__ == "__main__":
    unittest.main()
