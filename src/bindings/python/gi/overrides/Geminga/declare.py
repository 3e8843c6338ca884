# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a class says about its commands and events, and how that becomes its declaration in C."""

import inspect
import types
import typing

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

from . import values

Geminga = get_introspection_module("Geminga")

BASIC = {
    bool: "b",
    bytes: "ay",
    float: "d",
    int: "x",
    str: "s",
    dict: "a{sv}",
    object: "v",
    typing.Any: "v",
    GLib.Variant: "v",
}


def signature_of(annotation, where):
    """The GVariant signature for one value of an annotated type."""
    if annotation in BASIC:
        return BASIC[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        if type(None) in arguments:
            raise TypeError(f"{where}: D-Bus has no type for Optional values; use a list, or an empty value")
        return "v"
    if origin is list:
        return "a" + signature_of(arguments[0], where)
    if origin is dict:
        key = signature_of(arguments[0], where)
        if key not in ("b", "s", "x", "d"):
            raise TypeError(f"{where}: D-Bus has no dictionaries with keys of type {arguments[0]!r}")
        return "a{" + key + signature_of(arguments[1], where) + "}"
    if origin is tuple and arguments and Ellipsis not in arguments:
        return "(" + "".join(signature_of(argument, where) for argument in arguments) + ")"
    raise TypeError(f"{where}: there is no D-Bus type for {annotation!r}; give the command a signature")


def check_signature(signature, where):
    """The signature as a tuple, as C has it."""
    if not signature:
        return "()"
    if not GLib.VariantType.string_is_valid(signature) or set(signature) & set("m*?r"):
        raise ValueError(f"{where}: “{signature}” is not a signature of D-Bus types")
    return signature if signature[0] == "(" else f"({signature})"


class Command:
    """A command as a class declares it; @attribute is the method that handles it."""

    def __init__(self, function, arguments, result, name, flags, coalesce_key):
        self.function = function
        self.attribute = function.__name__
        self.arguments = arguments
        self.result = result
        self.name = name or function.__name__
        self.flags = flags
        self.coalesce_key = coalesce_key
        self.where = function.__qualname__
        self.names = []
        self.wants_call = False

    def complete(self):
        """Once the class is there and annotations can be evaluated."""
        if not Gio.dbus_is_member_name(self.name):
            raise ValueError(f"{self.where}: “{self.name}” is not a name for a command")
        positional = self._read_parameters()
        hints = typing.get_type_hints(self.function)
        if self.arguments is None:
            self.arguments = "(" + "".join(self._hinted(hints, name) for name in positional) + ")"
        if self.result is None:
            self.result = self._hinted_result(hints)
        self.arguments = check_signature(self.arguments, f"{self.where}, arguments")
        self.result = check_signature(self.result, f"{self.where}, result")
        wanted = len(values.split(self.arguments))
        if wanted != len(positional):
            has = f"has {len(positional)} parameters where “{self.arguments}” has {wanted}"
            raise TypeError(f"{self.where}: {has}")
        self.names = positional
        if self.coalesce_key and self.coalesce_key not in positional:
            raise ValueError(f"{self.where}: there is no argument “{self.coalesce_key}” to coalesce by")

    def _read_parameters(self):
        positional = []
        for parameter in list(inspect.signature(self.function).parameters.values())[1:]:
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
                positional.append(parameter.name)
            elif parameter.kind == parameter.KEYWORD_ONLY and parameter.name == "call":
                self.wants_call = True
            else:
                raise TypeError(f"{self.where}: {parameter} cannot be an argument of a command")
        return positional

    def _hinted(self, hints, name):
        if name not in hints:
            raise TypeError(f"{self.where}: {name} has no annotation and the command no signature")
        return signature_of(hints[name], f"{self.where}, {name}")

    def _hinted_result(self, hints):
        result = hints.get("return", type(None))
        if result is type(None):
            return "()"
        signature = signature_of(result, f"{self.where}, result")
        return signature if typing.get_origin(result) is tuple else f"({signature})"

    def make(self):
        command = Geminga.Command.new(self.name, self.arguments, self.result)
        command.set_argument_names(self.names)
        command.set_documentation(inspect.getdoc(self.function) or "")
        command.set_flags(Geminga.CommandFlags(self.flags))
        if self.coalesce_key is not None:
            command.set_coalesce_key(self.coalesce_key)
        return command


def command(
    arguments=None, result=None, *, name=None, flags=Geminga.CommandFlags.NONE, coalesce_key=None
):
    """Declares the method that follows as a command of its actor class.

    @arguments and @result are signatures as in geminga_command_new(); without @arguments both come
    from the annotations. A keyword-only parameter “call” gets the Geminga.Call. @coalesce_key is the
    name of an argument, or "" for none, see geminga_command_set_coalesce_key().
    """

    def declare(function):
        has_signature = arguments is not None and not callable(arguments)
        function._geminga_command = (
            arguments if has_signature else None,
            (result or "()") if has_signature else result,
            name,
            flags,
            coalesce_key,
        )
        return function

    return declare(arguments) if callable(arguments) else declare


class event:
    """Declares an event of an actor class; an actor calls it to send the event."""

    def __init__(self, signature="()", names="", documentation=""):
        self.signature = signature
        self.names = names.split()
        self.documentation = documentation
        self.name = None

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, actor, owner=None):
        if actor is None:
            return self
        return lambda *arguments: actor.emit_event(self.name, self.pack(arguments))

    def complete(self, where):
        if not Gio.dbus_is_member_name(self.name):
            raise ValueError(f"{where}: “{self.name}” is not a name for an event")
        self.signature = check_signature(self.signature, f"{where}.{self.name}")
        n_arguments = len(values.split(self.signature))
        if len(self.names) > n_arguments:
            has = f"has {len(self.names)} names where “{self.signature}” has {n_arguments}"
            raise TypeError(f"{where}.{self.name}: {has}")
        self.names += [f"arg{i + 1}" for i in range(len(self.names), n_arguments)]

    def pack(self, arguments):
        return values.pack_arguments(self.signature, arguments, self.name, self.names)

    def make(self):
        declaration = Geminga.Command.new(self.name, self.signature, None)
        declaration.set_argument_names(self.names)
        declaration.set_documentation(self.documentation)
        return declaration


def collect(cls):
    """The commands and events that the class itself declares, complete and checked."""
    commands, events = {}, []
    for attribute, value in vars(cls).items():
        declared = getattr(value, "_geminga_command", None)
        if declared is not None and inspect.isfunction(value):
            found = Command(value, *declared)
            found.attribute = attribute
            found.complete()
            if found.name in commands:
                raise ValueError(f"{cls.__qualname__}: command “{found.name}” is declared twice")
            commands[found.name] = found
        elif isinstance(value, event):
            value.complete(cls.__qualname__)
            events.append(value)
    return commands, events


def declare(cls, commands, events):
    """Tells C about them; before the first actor of the class is made."""
    interface = vars(cls).get("interface")
    if interface is not None:
        if not isinstance(interface, str) or not Gio.dbus_is_interface_name(interface):
            raise ValueError(f"{cls.__qualname__}: “{interface}” is not a D-Bus interface name")
        cls.set_interface_name(interface)
    for each in commands.values():
        cls.add_command(each.make())
    for each in events:
        cls.add_event(each.make())
    if "mailbox_limit" in vars(cls):
        cls.set_mailbox_limit(cls.mailbox_limit)
    if "mailbox_policy" in vars(cls):
        cls.set_mailbox_policy(cls.mailbox_policy)
    if "sandbox" in vars(cls):
        cls.set_sandbox(cls.sandbox)
    cls.set_main_thread_only(cls.main_thread_only)
