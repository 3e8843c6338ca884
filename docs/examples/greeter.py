#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers of all kinds: with parameters, as coroutines, and such that raise."""
import asyncio
import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga

web = Geminga.WebService.new("org.example.Greeter")


@web.route("GET", "/hello/{name}")
def hello(request):
    request.respond_text(200, f"Hello {request.get_param('name')}!\n")


@web.route("GET", "/slow")
async def slow(request):
    await asyncio.sleep(0.05)
    request.respond_text(200, "Good things take time\n")


@web.route("GET", "/secret")
async def secret(request):
    raise Geminga.new_error(Geminga.Error.NOT_AUTHORIZED, "This is not for you")


@web.route("GET", "/broken")
def broken(request):
    return 1 / 0


@web.route("GET", "/broken-later")
async def broken_later(request):
    await asyncio.sleep(0)
    return 1 / 0


sys.exit(web.run(sys.argv))
