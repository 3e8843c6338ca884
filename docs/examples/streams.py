#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
import os
import sys

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib

web = Geminga.WebService.new("org.example.Streams")


def look(request):
    if request.get_path() == "/count":
        request.set_max_body(10 * 1024**3)
        request.set_body_streamed(True)


web.set_body_handler(look)


@web.route("POST", "/count")
def count(request):
    total = 0

    def on_read(stream, result):
        nonlocal total
        data = stream.read_bytes_finish(result)
        total += data.get_size()
        if data.get_size() > 0:
            stream.read_bytes_async(65536, 0, None, on_read)
        else:
            request.respond_text(200, f"{total} bytes\n")

    request.get_body_stream().read_bytes_async(65536, 0, None, on_read)


@web.route("GET", "/numbers")
def numbers(request):
    stream = request.respond_stream(200, "text/plain", -1)

    def write(number):
        if number < 1000:
            line = GLib.Bytes.new(f"{number}\n".encode())
            stream.write_bytes_async(line, 0, None, on_written, number + 1)
        else:
            stream.close(None)

    def on_written(stream, result, number):
        stream.write_bytes_finish(result)
        write(number)

    write(0)


@web.route("GET", "/ticks")
def ticks(request):
    events = request.respond_events()
    number = int(events.get_last_event_id() or 0)

    def tick():
        nonlocal number
        number += 1
        events.send("tick", f"tick {number}", str(number))
        if number < 3:
            return GLib.SOURCE_CONTINUE
        events.close()
        return GLib.SOURCE_REMOVE

    GLib.timeout_add(10, tick)


web.add_static("/files/", Geminga.StaticFiles(root=os.path.dirname(os.path.abspath(__file__)),
                                              cache_control="max-age=60"))

sys.exit(web.run(sys.argv))
