#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
r"""Two actors in two processes play ping-pong. The ball counts the messages: one there and one back in each
round. pingpong.c and pingpong.js do the same.

    busctl --user call org.example.PingPong /org/geminga1/PingPong/ping org.example.Ping1 Play u 1000
"""
import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib


class Pong(Geminga.Actor):
    interface = "org.example.Pong1"

    async def do_started(self):
        await self.get_system().register_name("pong", self.get_address())

    @Geminga.command("t", "t")
    def Hit(self, ball):
        """Returns the ball"""
        return ball + 1


class Ping(Geminga.Actor):
    interface = "org.example.Ping1"

    @Geminga.command("u", "(tt)")
    async def Play(self, rounds):
        """Plays so many rounds, and tells how many messages it took and how many microseconds"""
        pong = await self.get_system().wait_for_name("pong")
        begin = self.get_time()
        ball = 0
        for _ in range(rounds):
            ball = await pong.ask("Hit", GLib.Variant("(t)", (ball + 1,)))
        return ball, self.get_time() - begin


service = Geminga.Service.new("org.example.PingPong")
service.add_actor(Ping, "ping")
service.add_actor(Pong, "pong")
sys.exit(service.run(sys.argv))
