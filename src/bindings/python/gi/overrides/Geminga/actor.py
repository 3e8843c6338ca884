# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Actor classes in Python: C gets their declarations, methods get the calls, no exception is lost."""

import asyncio
import contextvars
import functools
import inspect
import sys
import traceback

from gi.module import get_introspection_module
from gi.repository import GLib, GObject

from . import declare, values
from .loop import get_loop

Geminga = get_introspection_module("Geminga")

LATER = object()  # what a handler returns that answers its call itself, later

current_call = contextvars.ContextVar("geminga-call", default=None)


def log_exception(where, error):
    text = "".join(traceback.format_exception(error)).rstrip()
    fields = {"MESSAGE": GLib.Variant.new_string(f"{where}: {text}")}
    GLib.log_variant("Geminga", GLib.LogLevelFlags.LEVEL_WARNING, GLib.Variant("a{sv}", fields))


def new_error(code, message):
    """An error of the library's own domain, to be raised by handlers."""
    return GLib.Error(message, GLib.quark_to_string(Geminga.error_quark()), int(code))


def as_error(exception):
    """What the caller gets for an exception."""
    if isinstance(exception, GLib.Error):
        return exception
    text = traceback.format_exception_only(exception)[-1].strip()
    return new_error(Geminga.Error.FAILED, text)


def answer(call, command, value):
    if value is LATER or call.is_answered():
        return
    descriptors = values.Descriptors(takes_numbers=True)
    result = values.pack_result(command.result, value, descriptors)
    call.return_value_with_fds(result, descriptors.fds)


def refuse(actor, call, exception):
    if not isinstance(exception, GLib.Error):
        log_exception(f"Command {call.get_command()} of actor “{actor.get_id()}”", exception)
    if not call.is_answered():
        call.return_error(as_error(exception))


async def answer_when_done(actor, call, command, awaitable):
    try:
        answer(call, command, await awaitable)
    except asyncio.CancelledError:
        if not call.is_answered():
            call.return_error(new_error(Geminga.Error.CANCELLED, f"{command.name} was cancelled"))
        raise
    except Exception as exception:
        refuse(actor, call, exception)


def start_task(actor, coroutine, call=None):
    """A task that the actor's end waits for; cancelled when nobody waits for the call any more."""
    context = contextvars.copy_context()
    context.run(current_call.set, call)
    task = get_loop().spawn(coroutine, context=context)
    cancellable, on_cancelled = None, 0

    def on_done(_task):
        if on_cancelled:
            cancellable.disconnect(on_cancelled)
        actor.release()

    if call is not None and call.expects_answer():
        cancellable = call.get_cancellable()
        on_cancelled = GObject.Object.connect(cancellable, "cancelled", lambda _c: task.cancel())
    actor.hold()
    task.add_done_callback(on_done)
    return task


def handle_command(actor, command, call):
    fds = call.get_fds()
    descriptors = values.Descriptors(fds) if fds is not None else None
    arguments = values.unpack(call.get_arguments(), descriptors)
    method = getattr(actor, command.attribute)
    value = method(*arguments, call=call) if command.wants_call else method(*arguments)
    if inspect.isawaitable(value):
        start_task(actor, answer_when_done(actor, call, command, value), call)
    else:
        answer(call, command, value)


def handle(self, call):
    """Runs the method of a command that a Python class declares; everything else is up to C."""
    command = self._geminga_commands.get(call.get_command())
    if command is None:
        self._geminga_handle_natively(call)
    else:
        handle_command(self, command, call)


def is_from_python(cls):
    return not cls.__module__.startswith(("gi.repository.", "gi.overrides."))


# What C calls: PyGObject would print an exception and go on as if nothing had happened.


def guard_handle(function):
    @functools.wraps(function)
    def do_handle(self, call):
        try:
            function(self, call)
        except Exception as exception:
            refuse(self, call, exception)

    return do_handle


async def fail_if_raises(actor, awaitable):
    try:
        await awaitable
    except Exception as exception:
        fail(actor, exception)


def fail(actor, exception):
    log_exception(f"Actor “{actor.get_id()}”", exception)
    actor.fail(as_error(exception))


def guard_step(function):
    """For started(), stopping() and periodic(): an exception ends the actor; coroutines are finished first."""

    @functools.wraps(function)
    def do_step(self):
        try:
            if getattr(self, "_geminga_init_error", None) is not None:
                raise self._geminga_init_error
            value = function(self)
            if inspect.isawaitable(value):
                start_task(self, fail_if_raises(self, value))
        except Exception as exception:
            fail(self, exception)

    return do_step


def guard_info(function):
    @functools.wraps(function)
    def do_info(self, info):
        try:
            function(self, info)
        except Exception as exception:
            log_exception(f"Actor “{self.get_id()}”, info", exception)

    return do_info


def guard_init(function):
    @functools.wraps(function)
    def __init__(self, *arguments, **keywords):
        try:
            function(self, *arguments, **keywords)
        except Exception as exception:
            self._geminga_init_error = exception
            raise

    return __init__


GUARDS = {
    "do_handle": guard_handle,
    "do_started": guard_step,
    "do_stopping": guard_step,
    "do_periodic": guard_step,
    "do_info": guard_info,
}


def chain_to_native(cls, name):
    """The function that the nearest class in C has, whatever Python classes between define."""
    native = next(base for base in cls.__mro__ if base.__module__.startswith("gi.repository."))
    function = vars(Geminga.Actor)[name].__get__(None, native)
    # As a method: by itself it would be bound to the class that it is looked up in.
    return lambda self, *arguments: function(self, *arguments)


def start_natively(self):
    self._geminga_start_natively()


class ActorMeta(type(Geminga.Actor)):
    """Makes a Python class of actors known to C when it is defined."""

    def __new__(mcs, name, bases, namespace):
        # Of classes that type() makes, Python would take this module for theirs.
        namespace = {"__module__": sys._getframe(1).f_globals["__name__"], **namespace}
        if not namespace["__module__"].startswith(("gi.repository.", "gi.overrides.")):
            is_first = not any(is_from_python(base) for base in bases if isinstance(base, ActorMeta))
            if is_first:
                namespace.setdefault("do_handle", handle)
                namespace.setdefault("do_started", start_natively)
            if "__init__" in namespace:
                namespace["__init__"] = guard_init(namespace["__init__"])
            for vfunc, guard in GUARDS.items():
                if vfunc in namespace:
                    namespace[vfunc] = guard(namespace[vfunc])
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name, bases, namespace):
        if not is_from_python(cls):
            super().__init__(name, bases, namespace)
            return
        # Mistakes are found before the type is registered, which cannot be undone.
        commands, events = declare.collect(cls)
        super().__init__(name, bases, namespace)
        cls._geminga_handle_natively = chain_to_native(cls, "do_handle")
        cls._geminga_start_natively = chain_to_native(cls, "do_started")
        cls._geminga_commands = {**getattr(cls, "_geminga_commands", {}), **commands}
        declare.declare(cls, commands, events)
