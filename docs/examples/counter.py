#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Actors in one process, without a service around them."""
import asyncio

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib, GObject


class Counter(Geminga.Actor):
    step = GObject.Property(type=int, default=1, minimum=1, maximum=100)

    def __init__(self):
        super().__init__()
        self.value = 0

    @Geminga.command
    def Count(self) -> int:
        """Counts one step on"""
        self.value += self.step
        return self.value

    @Geminga.command
    async def CountLater(self, seconds: float) -> int:
        """Counts after some time"""
        await asyncio.sleep(seconds)
        return self.Count()

    @Geminga.command
    def Reset(self, *, call: Geminga.Call):
        """Begins anew, unless an actor asks for it"""
        if call.dup_sender() is not None:
            raise Geminga.new_error(Geminga.Error.NOT_AUTHORIZED, "Only people may reset it")
        self.value = 0


async def main():
    system = Geminga.System.new()
    counter = system.spawn(Counter, "counter", properties={"step": 2})

    counter.tell("Count")
    print(await counter.Count())
    print(await asyncio.gather(counter.CountLater(0.01), counter.CountLater(0.01)))
    print(await counter.ask("CountLater", 0, timeout=5))

    await counter.SetConfig({"step": 10})
    await counter.Reset()
    print(await counter.Count())

    try:
        await counter.CountLater(60, timeout=0.01)
    except GLib.Error as error:
        if not Geminga.is_error(error, Geminga.Error.TIMED_OUT):
            raise
        print("That takes too long")

    await system.stop()


Geminga.run(main())
