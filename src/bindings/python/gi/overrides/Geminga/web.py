# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers of requests: one argument, coroutines, and an answer also when they raise."""

import inspect
import traceback

from gi.module import get_introspection_module
from gi.repository import GLib, GObject

from .loop import get_loop
from .values import pack

Geminga = get_introspection_module("Geminga")


def refuse(request, exception):
    """The client learns what a GLib.Error says; of everything else only that something went wrong."""
    if not isinstance(exception, GLib.Error):
        request.fail("".join(traceback.format_exception(exception)).rstrip())
    elif not request.is_answered():
        request.respond_error(exception)


async def finish(request, awaitable):
    try:
        await awaitable
    except Exception as exception:
        refuse(request, exception)


def start(request, awaitable):
    """A task that keeps the request and is cancelled when the client is gone."""
    task = get_loop().spawn(finish(request, awaitable))
    cancellable = request.get_cancellable()
    on_cancelled = GObject.Object.connect(cancellable, "cancelled", lambda _c: task.cancel())
    task.add_done_callback(lambda _task: GObject.Object.disconnect(cancellable, on_cancelled))


def wrap_handler(handler):
    def on_request(request, *_data):
        try:
            value = handler(request)
            if inspect.isawaitable(value):
                start(request, value)
        except Exception as exception:
            refuse(request, exception)

    return on_request


def add_route(self, base, method, path, handler, name=None):
    router = self if isinstance(self, Geminga.Router) else self.get_router()
    router.check_route(method, path)
    route = base.add_route(self, method, path, wrap_handler(handler))
    if name is not None:
        route.set_name(name)
    return route


def route(self, method, path, name=None):
    """A decorator: @web.route ("GET", "/hello")."""

    def add(handler):
        self.add_route(method, path, handler, name)
        return handler

    return add


def pack_values(values):
    """Values of a path and its query; a list is a key of the query for each of its items."""
    return pack("a{sv}", values, "values")
