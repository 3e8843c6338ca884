#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
r"""An actor with commands of its own, in a process of its own, on D-Bus:

    busctl --user call org.example.Calculator /org/geminga1/Calculator/calculator \
      org.example.Calculator1 Add dd 1 2
    geminga call Calculator calculator Add 1 2
"""
import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, Gio, GLib, GObject


class Calculator(Geminga.Actor):
    interface = "org.example.Calculator1"
    calculations = GObject.Property(type=GObject.TYPE_UINT64, flags=GObject.ParamFlags.READABLE)
    Calculated = Geminga.event("(sd)", "what value", "Something was computed")

    def __init__(self):
        super().__init__()
        self.n_calculations = 0

    @calculations.getter
    def calculations(self):
        return self.n_calculations

    def count(self, what, value):
        self.n_calculations += 1
        self.notify("calculations")
        self.Calculated(what, value)
        return value

    @Geminga.command("(dd)", "d")
    def Add(self, a, b):
        """Adds two numbers"""
        return self.count("sum", a + b)

    @Geminga.command
    def Divide(self, a: float, b: float) -> float:
        """Divides one number by another"""
        if b == 0:
            raise GLib.Error.new_literal(
                Gio.io_error_quark(), "Cannot divide by zero", Gio.IOErrorEnum.INVALID_ARGUMENT)
        return self.count("quotient", a / b)

    @Geminga.command
    async def Sum(self, numbers: list[float]) -> float:
        """Adds any number of numbers, asking itself"""
        total = 0.0
        for number in numbers:
            total = await self.get_address().Add(total, number)
        return total


service = Geminga.Service.new("org.example.Calculator")
service.add_actor(Calculator, "calculator")
sys.exit(service.run(sys.argv))
