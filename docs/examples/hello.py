#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga

web = Geminga.WebService.new("org.example.Hello")


@web.route("GET", "/")
def hello(request):
    request.respond_text(200, "Hello World!\n")


sys.exit(web.run(sys.argv))
