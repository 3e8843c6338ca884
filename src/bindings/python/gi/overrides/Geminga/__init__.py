# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Geminga for Python: actor classes with decorators, coroutines, plain values instead of GVariants.

See docs/python.md. Only sugar is in here: what actors, calls and services do is in the library.
"""

import json

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import GLib

from . import values
from .actor import LATER, ActorMeta, current_call, handle, new_error
from .declare import command, event
from .loop import get_loop, run, start_operation
from .web import add_route, after, before, pack_body, pack_headers, pack_options, pack_values, route

Geminga = get_introspection_module("Geminga")

__all__ = ["LATER", "command", "event", "get_loop", "is_error", "new_error", "run"]


def is_error(exception, *codes):
    """Tells whether an exception is an error of the library with one of these codes, or with any."""
    domain = GLib.quark_to_string(Geminga.error_quark())
    if not isinstance(exception, GLib.Error) or exception.domain != domain:
        return False
    return not codes or exception.code in [int(code) for code in codes]


def pack_properties(properties):
    if properties is None or isinstance(properties, GLib.Variant):
        return properties
    return values.pack("a{sv}", properties, "properties")


class Actor(Geminga.Actor, metaclass=ActorMeta):
    """An actor class is a subclass with methods declared by Geminga.command."""

    interface = None  # the D-Bus name of what the class declares
    main_thread_only = True  # False allows placement “thread”, with one interpreter lock for all

    def spawn(self, type, id=None, placement=Geminga.Placement.SHARED, properties=None):
        return Geminga.Actor.spawn(self, type, id, placement, pack_properties(properties))


# Not in the class: there it would replace the function of the C class, for every actor.
Actor.do_handle = handle
Actor._geminga_commands = {}
Actor = override(Actor)
__all__.append("Actor")


class System(Geminga.System):
    def spawn(self, type, id=None, placement=Geminga.Placement.SHARED, properties=None):
        return Geminga.System.spawn(self, type, id, placement, pack_properties(properties))

    def stop(self):
        """Ends all actors; the future is done when they are gone."""
        return start_operation(self.stop_async, self.stop_finish)

    def register_name(self, name, ref):
        """Gives an actor a name by which all processes of the service find it."""
        return start_operation(
            lambda *rest: self.register_name_async(name, ref, *rest), self.register_name_finish)

    def unregister_name(self, name):
        return start_operation(
            lambda *rest: self.unregister_name_async(name, *rest), self.unregister_name_finish)

    def lookup_name(self, name):
        """The future gets the ref of the actor that has the name."""
        return start_operation(
            lambda *rest: self.lookup_name_async(name, *rest), self.lookup_name_finish)

    def wait_for_name(self, name, timeout=None):
        """The same, as soon as an actor has the name. The time-out is in seconds."""
        return start_operation(
            lambda *rest: self.wait_for_name_async(name, values.milliseconds(timeout), *rest),
            self.wait_for_name_finish)

    def list_names(self):
        """The future gets a dictionary of names and the paths of the actors that have them."""
        return start_operation(
            self.list_names_async, lambda result: values.unpack(self.list_names_finish(result)))


System = override(System)
__all__.append("System")


def send(function):
    """From within a coroutine that handles a call: as its actor, and not longer than it may take."""
    call = current_call.get()
    if call is None:
        return function()
    result = []
    call.resume(lambda _call, *_data: result.append(function()))
    return result[0] if result else None


def is_packed(arguments, wanted):
    """Whether this is one tuple with all arguments, which is sent as it is."""
    if len(arguments) != 1 or not isinstance(arguments[0], GLib.Variant):
        return False
    given = arguments[0].get_type()
    return given.is_tuple() and (wanted.n_items() != 1 or given.equal(wanted))


def pack_command(refs, name, arguments, descriptors):
    """As the command of the first of these actors whose class is known here declares it."""
    declared = next(filter(None, (ref.lookup_command(name) for ref in refs)), None)
    if declared is None or is_packed(arguments, declared.get_argument_type()):
        return values.guess_arguments(arguments, descriptors)
    signature = declared.get_argument_type().dup_string()
    names = [f"{name}, {argument}" for argument in declared.get_argument_names()]
    return values.pack_arguments(signature, arguments, name, names, descriptors)


class ActorRef(Geminga.ActorRef):
    def _pack(self, name, arguments, descriptors):
        return pack_command([self], name, arguments, descriptors)

    def ask(self, name, *arguments, timeout=None):
        """Sends a command; the future gets the result, or the error. The time-out is in seconds."""
        descriptors = values.Descriptors()
        packed = self._pack(name, arguments, descriptors)

        def start(cancellable, on_ready):
            send(lambda: self.ask_with_fds_async(
                name, packed, descriptors.fds, values.milliseconds(timeout), cancellable, on_ready))

        def finish(result):
            answer, fds = self.ask_with_fds_finish(result)
            return values.unpack_result(answer, values.Descriptors(fds))

        return start_operation(start, finish)

    def tell(self, name, *arguments):
        """Sends a command and waits for nothing."""
        packed = self._pack(name, arguments, None)
        return send(lambda: Geminga.ActorRef.tell(self, name, packed))

    def deliver(self, name, *arguments, timeout=None):
        """Sends a command; the future is done when the actor's mailbox has accepted it."""
        packed = self._pack(name, arguments, None)

        def start(cancellable, on_ready):
            send(lambda: self.tell_async(
                name, packed, values.milliseconds(timeout), cancellable, on_ready))

        return start_operation(start, self.tell_finish)

    def wait_ready(self):
        return start_operation(self.wait_ready_async, self.wait_ready_finish)

    def wait_ended(self):
        return start_operation(self.wait_ended_async, self.wait_ended_finish)

    def __getattr__(self, name):
        """Commands begin with a capital: ref.Add (1, 2) is ref.ask ("Add", 1, 2)."""
        if not name[:1].isupper():
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return lambda *arguments, timeout=None: self.ask(name, *arguments, timeout=timeout)

    def __eq__(self, other):
        return isinstance(other, Geminga.ActorRef) and self.equal(other)

    def __hash__(self):
        return hash(self.get_path())

    def __repr__(self):
        return f"<Geminga.ActorRef {self.get_path()}>"


ActorRef = override(ActorRef)
__all__.append("ActorRef")


class Group(Geminga.Group):
    def join(self, ref):
        """Puts an actor into the group; when the future is done all who publish know."""
        return start_operation(lambda *rest: self.join_async(ref, *rest), self.join_finish)

    def leave(self, ref):
        return start_operation(lambda *rest: self.leave_async(ref, *rest), self.leave_finish)

    def publish(self, name, *arguments):
        """Sends a command to all members and waits for nothing."""
        packed = pack_command(self.list_members(), name, arguments, None)
        return send(lambda: Geminga.Group.publish(self, name, packed))

    def wait_ready(self):
        return start_operation(self.wait_ready_async, self.wait_ready_finish)


Group = override(Group)
__all__.append("Group")


class Balancer(Geminga.Balancer):
    def _pack(self, name, arguments):
        return pack_command(self.get_members(), name, arguments, None)

    def ask(self, name, *arguments, key=None, timeout=None):
        """Sends a command to one of the actors; the future gets the result, or the error."""
        packed = self._pack(name, arguments)

        def start(cancellable, on_ready):
            send(lambda: self.ask_async(
                key, name, packed, values.milliseconds(timeout), cancellable, on_ready))

        return start_operation(start, lambda result: values.unpack_result(self.ask_finish(result)))

    def tell(self, name, *arguments, key=None):
        """Sends a command to one of the actors and waits for nothing."""
        packed = self._pack(name, arguments)
        return send(lambda: Geminga.Balancer.tell(self, key, name, packed))


Balancer = override(Balancer)
__all__.append("Balancer")


class Router(Geminga.Router):
    def add_route(self, method, path, handler, name=None):
        """Has the handler, a function or a coroutine function, answer such requests."""
        return add_route(self, Geminga.Router, method, path, handler, name)

    def mount(self, prefix, router, name=None):
        """Has another router find the routes of all paths that begin with a prefix."""
        return Geminga.Router.mount(self, prefix, name, router)

    def build_path(self, route, /, **values):
        """The path of a route with a name; values that are not in it make the query."""
        return Geminga.Router.build_path(self, route, pack_values(values))

    after = after
    before = before
    route = route


Router = override(Router)
__all__.append("Router")


class Request(Geminga.Request):
    def build_path(self, route, /, **values):
        """The path of a route with a name; values that are not in it make the query."""
        return Geminga.Request.build_path(self, route, pack_values(values))

    def json(self):
        """The body as plain values, after the strict check of get_json()."""
        self.get_json()
        return json.loads(self.get_body_text())

    def respond_json(self, status, value):
        """Answers with plain values as JSON; text is JSON already."""
        text = value if isinstance(value, str) else json.dumps(value, allow_nan=False)
        Geminga.Request.respond_json(self, status, text)

    def set_cookie(self, name, value, **options):
        """Options are max_age, path, domain, secure, http_only and same_site."""
        return Geminga.Request.set_cookie(self, name, value, pack_options(options))

    def remove_cookie(self, name, **options):
        return Geminga.Request.remove_cookie(self, name, pack_options(options))

    def set_signed_cookie(self, signer, name, value, **options):
        return Geminga.Request.set_signed_cookie(self, signer, name, value, pack_options(options))


Request = override(Request)
__all__.append("Request")


class Route(Geminga.Route):
    after = after
    before = before


Route = override(Route)
__all__.append("Route")


class TestClient(Geminga.TestClient):
    def send(self, method, target, headers=None, body=None):
        """Sends a request in this process; await it to have the answer."""
        packed, fields = pack_body(body), pack_headers(headers)
        return start_operation(
            lambda cancellable, callback: self.send_async(method, target, fields, packed,
                                                          cancellable, callback),
            self.send_finish)


TestClient = override(TestClient)
__all__.append("TestClient")


class Service(Geminga.Service):
    def add_actor(self, type, id, placement=Geminga.Placement.PROCESS, properties=None):
        return Geminga.Service.add_actor(self, type, id, placement, pack_properties(properties))


Service = override(Service)
__all__.append("Service")


class WebService(Geminga.WebService):
    _is_thread_rule_set = False

    def set_main_thread_only(self, main_thread_only):
        """False lets the setting “placement” be “thread”, with one interpreter lock for all threads."""
        Geminga.Service.set_main_thread_only(self, main_thread_only)
        self._is_thread_rule_set = True

    def add_route(self, method, path, handler, name=None):
        """Has the handler, a function or a coroutine function, answer such requests."""
        if not self._is_thread_rule_set:
            self.set_main_thread_only(True)
        return add_route(self, Geminga.WebService, method, path, handler, name)

    def add_middleware(self, middleware):
        """Has all requests pass a middleware."""
        self.get_router().add_middleware(middleware)

    after = after
    before = before
    route = route


WebService = override(WebService)
__all__.append("WebService")
