# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers of requests: one argument, coroutines, and an answer also when they raise."""

import inspect
import traceback

from gi.module import get_introspection_module
from gi.repository import GLib, GObject, Soup

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


async def go_on(request, awaitable):
    """A middleware that has waited lets the request, or its answer, go on, unless it gives True."""
    waits = False
    try:
        waits = await awaitable
    except Exception as exception:
        refuse(request, exception)
    if not waits:
        request.next()


def wrap_middleware(func):
    """A function or a coroutine function; True means that it calls next() or answers later."""

    def on_message(request, *arguments):
        try:
            value = func(request, *arguments[:len(arguments) - 1])
            if inspect.isawaitable(value):
                start(request, go_on(request, value))
                return True
            return bool(value)
        except Exception as exception:
            refuse(request, exception)
        return False

    return on_message


def before(self, func):
    """A decorator: the function looks at requests before their handlers do, and may answer them."""
    self.add_middleware(Geminga.Middleware.new_before_func(wrap_middleware(func), None))
    return func


def after(self, func):
    """A decorator: the function looks at answers before they are sent, and may change them."""
    self.add_middleware(Geminga.Middleware.new_after_func(wrap_middleware(func), None))
    return func


def pack_headers(headers):
    packed = Soup.MessageHeaders.new(Soup.MessageHeadersType.REQUEST)
    for name, value in (headers or {}).items():
        for item in [value] if isinstance(value, str) else value:
            packed.append(name, item)
    return packed


def pack_body(body):
    if isinstance(body, str):
        body = body.encode()
    return GLib.Bytes.new(body) if isinstance(body, bytes) else body


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


def pack_options(options):
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return pack("a{sv}", named, "options")
