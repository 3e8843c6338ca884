# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An actor that reads what strangers send, in a sandbox. See docs/sandboxing.md."""

import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga

# What Python loads later is in /usr.
limits = Geminga.Sandbox.new()
limits.add_read_path("/usr")
limits.allow_system_calls(["@service"])


class Reader(Geminga.Actor):
    interface = "org.example.Reader1"
    sandbox = limits

    @Geminga.command("s", "t")
    def Count(self, path):
        """Counts the bytes of a file"""
        with open(path, "rb") as file:
            return len(file.read())


service = Geminga.Service.new("org.example.Reader")
service.add_actor(Reader, "reader")
sys.exit(service.run(sys.argv))
