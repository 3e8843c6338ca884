# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An actor whose count goes on when the service is reloaded or upgraded. See docs/upgrades.md."""

import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib


class Tally(Geminga.Actor):
    interface = "org.example.Tally1"
    state_entries = {"count": "t"}

    def __init__(self):
        super().__init__()
        self.count = 0

    @Geminga.command("u", "t")
    def Add(self, n):
        """Counts on, and tells how far it has come"""
        self.count += n
        return self.count

    def do_save_state(self):
        return GLib.Variant("a{sv}", {"count": GLib.Variant("t", self.count)})

    def do_restore_state(self, state):
        self.count = state["count"]
        return True


service = Geminga.Service.new("org.example.Tally")
service.add_actor(Tally, "tally")
sys.exit(service.run(sys.argv))
