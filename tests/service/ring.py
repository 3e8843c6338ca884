#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two actors in processes of their own, one of which waits for the other where it takes no messages."""

import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402


async def ask(ref, *arguments):
    return await ref.ask(*arguments)


class Friend(Geminga.Actor):
    interface = "org.example.Friend1"

    @Geminga.command
    def Wait(self, path: str) -> str:
        """Waits on the stack for an actor that asks this one"""
        me = GLib.Variant("(s)", (self.get_address().get_path(),))
        return Geminga.run(ask(self.get_system().ref_actor(path), "Ask", me))

    @Geminga.command
    async def Ask(self, path: str) -> str:
        """Asks back"""
        return await self.get_system().ref_actor(path).ask("Name")

    @Geminga.command
    def Name(self) -> str:
        """Tells the id"""
        return self.get_id()

    @Geminga.command
    def Address(self) -> str:
        """Tells the path that the actor has in the service"""
        return self.get_address().get_path()


service = Geminga.Service.new("org.example.Ring")
for name in ("a", "b"):
    service.add_actor(Friend, name)
sys.exit(service.run(sys.argv))
