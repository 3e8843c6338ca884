# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Timers of actors written in Python, by a clock that does not wait."""

import unittest

import gi

gi.require_version("Geminga", "1")
gi.require_version("GemingaTesting", "1")
from gi.repository import Geminga, GemingaTesting, GLib  # noqa: E402

seen = []

HOUR = 3600 * 1000


class Ticker(Geminga.Actor):
    def do_started(self):
        self.ticks = self.add_timer(HOUR, Geminga.TimerFlags.PERIODIC, "Tick", None)
        self.add_timer(HOUR // 2, Geminga.TimerFlags.NONE, "Greet", GLib.Variant("(s)", ("world",)))
        self.add_timer_func(10, Geminga.TimerFlags.NONE, self.on_timer)

    def do_periodic(self):
        seen.append("periodic")

    def on_timer(self, actor):
        seen.append(f"function of {actor.get_id()}")

    @Geminga.command
    def Tick(self):
        seen.append(self.get_time() // (1000 * HOUR))

    @Geminga.command("s")
    def Greet(self, name):
        seen.append(f"Hello, {name}")

    @Geminga.command(result="b")
    def Stay(self):
        return self.remove_timer(self.ticks)

    @Geminga.command
    def Pulse(self):
        self.set_periodic_interval(HOUR)

    @Geminga.command
    def Wrong(self):
        self.add_timer(1, Geminga.TimerFlags.NONE, "Nothing", None)


class Door(Geminga.Actor):
    def do_started(self):
        self.machine = Geminga.StateMachine.new(self)
        self.machine.add_state("closed", 0, ["Open"], ["moving"])
        self.machine.add_state("moving", Geminga.StateFlags.POSTPONE, [], ["open", "closed"])
        self.machine.add_state("open", 0, ["Close"], ["moving"])
        self.machine.connect("entered", lambda machine, state: seen.append(state))
        self.machine.go("closed")

    def move(self, state):
        self.machine.set_timeout("moving", 3000, state)
        self.machine.go("moving")

    @Geminga.command
    def Open(self):
        self.move("open")

    @Geminga.command
    def Close(self):
        self.move("closed")


class TimersTest(unittest.TestCase):
    def setUp(self):
        seen.clear()
        self.loop = GemingaTesting.Loop.new(1)
        self.system = Geminga.System.new()

    def tearDown(self):
        self.loop.run_dispose()

    def run_with(self, function):
        async def main():
            try:
                await function()
            finally:
                self.loop.props.has_faults = False
                await self.system.stop()

        Geminga.run(main())

    def test_timers(self):
        async def main():
            ticker = self.system.spawn(Ticker, "ticker")
            self.loop.advance(3 * HOUR)
            self.assertEqual(seen, ["function of ticker", "Hello, world", 1, 2, 3])
            self.assertTrue(await ticker.Stay())
            self.assertFalse(await ticker.Stay())
            self.loop.advance(3 * HOUR)
            self.assertEqual(len(seen), 5)

        self.run_with(main)

    def test_periodic(self):
        async def main():
            ticker = self.system.spawn(Ticker, "ticker")
            await ticker.Stay()
            self.loop.advance(HOUR)
            seen.clear()
            await ticker.Pulse()
            self.loop.advance(2 * HOUR)
            self.assertEqual(seen, ["periodic", "periodic"])

        self.run_with(main)

    def test_wrong(self):
        async def main():
            ticker = self.system.spawn(Ticker, "ticker")
            with self.assertRaises(GLib.Error) as caught:
                await ticker.Wrong()
            self.assertTrue(Geminga.is_error(caught.exception, Geminga.Error.NO_SUCH_COMMAND))

        self.run_with(main)

    def test_deadline(self):
        async def main():
            ticker = self.system.spawn(Ticker, "ticker")
            await ticker.wait_ready()
            self.loop.props.delay_rate = 1
            self.loop.props.max_delay = 500 * HOUR
            with self.assertRaises(GLib.Error) as caught:
                await ticker.ask("Ping", timeout=3600)
            self.assertTrue(Geminga.is_error(caught.exception, Geminga.Error.TIMED_OUT))
            self.assertGreaterEqual(self.loop.get_time(), 3600 * 1000000)

        self.run_with(main)

    def test_state_machine(self):
        async def main():
            door = self.system.spawn(Door, "door")
            with self.assertRaises(GLib.Error) as caught:
                await door.Close()
            self.assertTrue(Geminga.is_error(caught.exception, Geminga.Error.INVALID_STATE))
            self.assertIn("does not accept Close in state “closed”", caught.exception.message)
            await door.Open()
            await door.Close()
            self.loop.advance(3000)
            self.assertEqual(seen, ["closed", "moving", "open", "moving", "closed"])

        self.run_with(main)

    def test_digest(self):
        digests = []
        for seed in [5, 5, 6]:
            self.loop.run_dispose()
            self.loop = GemingaTesting.Loop.new(seed)

            async def main():
                for id in ["a", "b", "c", "d"]:
                    self.system.spawn(Ticker, id)
                self.loop.advance(HOUR)

            self.run_with(main)
            digests.append(self.loop.dup_digest())
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])


if __name__ == "__main__":
    unittest.main()
