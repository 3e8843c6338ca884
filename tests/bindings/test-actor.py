# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Actors written in Python."""

import asyncio
import gc
import os
import threading
import typing
import unittest
import weakref

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib, GObject  # noqa: E402

THREAD = Geminga.Placement.THREAD


log = []


def write_log(level, _fields, _n_fields, _data):
    log.append(level)
    return GLib.LogWriterOutput.HANDLED


class Calc(Geminga.Actor):
    interface = "org.example.Calc1"
    digits = GObject.Property(type=int, default=2, minimum=0, maximum=20)
    Happened = Geminga.event("(sd)", "what value", "Something was computed")
    seen = []

    def __init__(self):
        super().__init__()
        self.n_sums = 0

    def do_started(self):
        self.seen.append(f"{self.get_id()} started")

    def do_stopping(self):
        self.seen.append(f"{self.get_id()} stopping")

    @Geminga.command("(dd)", "d")
    def Add(self, a, b):
        """Adds two numbers"""
        self.n_sums += 1
        self.Happened("sum", a + b)
        return round(a + b, self.digits)

    @Geminga.command
    def Count(self) -> int:
        return self.n_sums

    @Geminga.command("(ii)", "(ii)", name="Divide")
    def divide(self, a, b):
        return divmod(a, b)

    @Geminga.command
    def Echo2(
        self, number: int, text: str, data: bytes, names: list[str], more: dict[str, object], flag: bool
    ) -> tuple[int, str, bytes, list[str], dict[str, object], bool]:
        return number, text, data, names, more, flag

    @Geminga.command("", "i")
    def WrongResult(self):
        return "text"

    @Geminga.command
    def Refuse(self):
        raise Geminga.new_error(Geminga.Error.NOT_AUTHORIZED, "Not you")

    @Geminga.command
    def Break(self):
        raise ValueError("it is broken")

    @Geminga.command("s", "s")
    async def Slow(self, text):
        await asyncio.sleep(0.001)
        return text.upper()

    @Geminga.command
    async def BreakSlowly(self):
        await asyncio.sleep(0)
        raise ValueError("it is broken")

    @Geminga.command
    async def Wait(self, *, call):
        self.seen.append("waiting")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.seen.append("cancelled")

    @Geminga.command("o", "(sb)")
    async def AskSender(self, path):
        """What the other sees of an ask from a coroutine"""
        await asyncio.sleep(0)
        return await self.get_system().ref_actor(path).Sender()

    @Geminga.command("", "(sb)")
    def Sender(self, *, call):
        sender = call.dup_sender()
        return sender.get_id() if sender else "", call.get_deadline() > 0

    @Geminga.command("", "s")
    def Later(self, *, call):
        GLib.idle_add(lambda: call.return_value(GLib.Variant("s", "late")))
        return Geminga.LATER

    @Geminga.command("h", "h")
    def Duplicate(self, fd):
        with os.fdopen(fd) as file:
            return os.dup(file.fileno())


class Scientific(Calc):
    interface = "org.example.Scientific1"

    @Geminga.command("d", "d")
    def Square(self, a):
        return a * a

    def Add(self, a, b):
        return -super().Add(a, b)


class ActorTest(unittest.TestCase):
    def setUp(self):
        Calc.seen.clear()
        log.clear()
        self.system = Geminga.System.new()

    def tearDown(self):
        Geminga.run(self.stop())
        system = weakref.ref(self.system)
        del self.system
        gc.collect()
        self.assertIsNone(system())

    async def stop(self):
        await self.system.stop()

    def run_with(self, function, cls=Calc, **options):
        async def main():
            await function(self.system.spawn(cls, "calc", **options))

        Geminga.run(main())

    def assert_error(self, code, message=""):
        test = self

        class Caught:
            def __enter__(self):
                return self

            def __exit__(self, kind, error, _traceback):
                test.assertTrue(Geminga.is_error(error, code), error)
                test.assertIn(message, error.message)
                return True

        return Caught()

    def test_ask(self):
        async def main(calc):
            self.assertTrue(await calc.wait_ready())
            self.assertEqual(await calc.ask("Add", 1, 2.125), 3.12)
            self.assertEqual(await calc.Add(1, 2), 3)
            self.assertEqual(await calc.Count(), 2)
            self.assertEqual(await calc.Divide(7, 2), (3, 1))
            self.assertEqual(await calc.Ping(), "pong")
            self.assertIsNone(await calc.ask("SetConfig", {"digits": 0}))
            self.assertEqual(await calc.GetConfig(), {"digits": 0})
            self.assertEqual(await asyncio.gather(calc.Add(1, 1), calc.Slow("x", timeout=5)), [2, "X"])
            self.assertEqual(await calc.Later(), "late")
            self.assertTrue(calc.tell("Add", 1, 2))
            self.assertEqual(await calc.Count(), 4)

        self.run_with(main)
        self.assertEqual(Calc.seen, ["calc started"])

    def test_types(self):
        async def main(calc):
            values = (-1, "text", b"\0\xff", ["a", "b"], {"n": 1, "list": [1, "x"], "data": b"ab"}, True)
            self.assertEqual(await calc.Echo2(*values), values)
            self.assertEqual(await calc.Echo2(1, "", b"", [], {}, False), (1, "", b"", [], {}, False))
            self.assertEqual(await calc.Echo([1.5, "x"]), [1.5, "x"])
            self.assertEqual(await calc.Add(GLib.Variant("(dd)", (1, 2))), 3)
            for arguments in (("1", 2), (1,), (True, 2), (None, 2)):
                with self.assertRaises(TypeError):
                    calc.Add(*arguments)
            with self.assertRaisesRegex(ValueError, "Divide, a: 4294967296 is out of range"):
                calc.Divide(1 << 32, 1)
            with self.assertRaises(AttributeError):
                calc.add(1, 2)

        self.run_with(main)

    def test_errors(self):
        async def main(calc):
            with self.assert_error(Geminga.Error.NOT_AUTHORIZED, "Not you"):
                await calc.Refuse()
            self.assertEqual(log, [])
            with self.assert_error(Geminga.Error.FAILED, "ValueError: it is broken"):
                await calc.Break()
            with self.assert_error(Geminga.Error.FAILED, "ValueError: it is broken"):
                await calc.BreakSlowly()
            with self.assert_error(Geminga.Error.FAILED, "result: 'text' is not of type “i”"):
                await calc.WrongResult()
            self.assertEqual(log, [GLib.LogLevelFlags.LEVEL_WARNING] * 3)
            with self.assert_error(Geminga.Error.NO_SUCH_COMMAND, "“Subtract”"):
                await calc.Subtract(1, 2)
            with self.assert_error(Geminga.Error.INVALID_ARGUMENTS, "“(dd)”"):
                await calc.ask("Add", GLib.Variant("(s)", ("x",)))
            with self.assert_error(Geminga.Error.TIMED_OUT):
                await calc.Wait(timeout=0.001)
            self.assertFalse(Geminga.is_error(ValueError()))

        self.run_with(main)

    def test_cancel(self):
        async def main(calc):
            task = calc.Wait()
            await calc.Ping()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            while "cancelled" not in Calc.seen:
                await calc.Ping()

        self.run_with(main)

    def test_coroutine_sends_as_actor(self):
        async def main(calc):
            other = self.system.spawn(Calc, "other")
            self.assertEqual(await calc.AskSender(other), ("calc", True))
            self.assertEqual(await other.Sender(), ("", True))
            self.assertEqual(other, self.system.ref_actor(other.get_path()))
            self.assertNotEqual(calc, other)

        self.run_with(main)

    def test_descriptors(self):
        async def main(calc):
            await calc.Slow("opens the loop")
            before = os.listdir("/proc/self/fd")
            reader, writer = os.pipe()
            with os.fdopen(reader) as pipe, os.fdopen(writer, "w") as file:
                with os.fdopen(await calc.Duplicate(file), "w") as copy:
                    copy.write("through\n")
                self.assertEqual(pipe.readline(), "through\n")
            gc.collect()
            self.assertEqual(os.listdir("/proc/self/fd"), before)

        self.run_with(main)

    def test_subclass(self):
        async def main(calc):
            self.assertEqual(await calc.Square(3), 9)
            self.assertEqual(await calc.Add(1, 2), -3)
            self.assertEqual(await calc.GetConfig(), {"digits": 5})

        self.run_with(main, Scientific, properties={"digits": 5})
        names = [interface.get_name() for interface in Scientific.list_interfaces()]
        self.assertEqual(names, ["org.example.Scientific1", "org.example.Calc1", "org.geminga1.Actor"])

    def test_declaration(self):
        interface = Calc.list_interfaces()[0]
        add, echo = interface.lookup_command("Add"), interface.lookup_command("Echo2")
        self.assertEqual(add.get_documentation(), "Adds two numbers")
        self.assertEqual(add.get_argument_names(), ["a", "b"])
        self.assertEqual(echo.get_argument_type().dup_string(), "(xsayasa{sv}b)")
        self.assertEqual(interface.lookup_event("Happened").get_argument_names(), ["what", "value"])
        self.assertEqual(interface.lookup_event("Happened").get_documentation(), "Something was computed")

    def test_wrong_declarations(self):
        def declare(*arguments, function=lambda self, a: None, **keywords):
            function.__name__ = "Do"
            decorate = Geminga.command(*arguments) if arguments else Geminga.command
            return type("Wrong", (Geminga.Actor,), {"Do": decorate(function), **keywords})

        def optional(self, a: typing.Optional[int]):
            pass

        def unknown(self, a: set):
            pass

        for error, message, arguments, keywords in (
            (TypeError, "1 parameters where “\\(ii\\)” has 2", ("(ii)",), {}),
            (ValueError, "not a signature", ("(mi)",), {}),
            (ValueError, "not a signature", ("(i",), {}),
            (TypeError, "no annotation", (), {}),
            (TypeError, "Optional", (), {"function": optional}),
            (TypeError, "no D-Bus type", (), {"function": unknown}),
            (TypeError, "cannot be an argument", ("(i)",), {"function": lambda self, *a: None}),
            (ValueError, "interface name", ("(i)",), {"interface": "Calc"}),
        ):
            with self.subTest(message), self.assertRaisesRegex(error, message):
                declare(*arguments, **keywords)

    def test_events(self):
        async def main(calc):
            await calc.Add(1, 2)

        self.run_with(main)
        self.assertEqual(log, [])
        with self.assertRaises(TypeError):
            Calc.Happened.pack(("only one",))

    def test_placement(self):
        with self.assert_error(Geminga.Error.UNSUPPORTED_PLACEMENT, "cannot run in a thread of their own"):
            self.system.spawn(Calc, "calc", THREAD)

        class Threaded(Geminga.Actor):
            main_thread_only = False

            @Geminga.command
            async def Thread(self) -> int:
                await asyncio.sleep(0.001)
                return threading.get_ident() % (1 << 62)

        async def main(actor):
            self.assertNotEqual(await actor.Thread(), threading.get_ident() % (1 << 62))

        self.run_with(main, Threaded, placement=THREAD)

    def test_failing_start(self):
        class Broken(Geminga.Actor):
            def do_started(self):
                raise ValueError("no start")

        class Unmade(Geminga.Actor):
            def __init__(self):
                super().__init__()
                raise ValueError("no start")

        async def main(actor):
            with self.assert_error(Geminga.Error.FAILED, "ValueError: no start"):
                await actor.wait_ready()

        for cls in (Broken, Unmade):
            with self.subTest(cls.__name__):
                self.run_with(main, cls)
                Geminga.run(self.stop())
        self.system = Geminga.System.new()

    def test_coroutines_at_start_and_end(self):
        class Slow(Geminga.Actor):
            async def do_started(self):
                await asyncio.sleep(0.001)
                Calc.seen.append("started")

            async def do_stopping(self):
                await asyncio.sleep(0.001)
                Calc.seen.append("stopped")

        async def main(actor):
            await actor.wait_ready()
            while not Calc.seen:
                await actor.Ping()
            actor.stop()
            await actor.wait_ended()

        self.run_with(main, Slow)
        self.assertEqual(Calc.seen, ["started", "stopped"])

    def test_stop(self):
        async def main(calc):
            waiting = asyncio.ensure_future(calc.Slow("text"))
            await calc.Ping()
            calc.stop()
            self.assertTrue(await calc.wait_ended())
            self.assertEqual(await waiting, "TEXT")
            with self.assert_error(Geminga.Error.NO_SUCH_ACTOR):
                await calc.Ping()

        self.run_with(main)
        self.assertEqual(Calc.seen, ["calc started", "calc stopping"])

    def test_own_handle(self):
        class Own(Calc):
            def do_handle(self, call):
                self.seen.append(call.get_command())
                super().do_handle(call)

        async def main(actor):
            self.assertEqual(await actor.Add(1, 2), 3)
            self.assertEqual(await actor.Ping(), "pong")

        self.run_with(main, Own)
        self.assertEqual(Calc.seen[1:], ["Add", "Ping"])

    def test_no_leaks(self):
        finalized = []

        class Short(Calc):
            def __init__(self):
                super().__init__()
                self.weak_ref(lambda: finalized.append(True))

        async def main(actor):
            before = len(gc.get_objects())
            for _ in range(300):
                await actor.Add(1, 2)
                await actor.Slow("text")
            gc.collect()
            self.assertLess(len(gc.get_objects()) - before, 100)
            actor.stop()
            await actor.wait_ended()

        self.run_with(main, Short)
        gc.collect()
        self.assertEqual(finalized, [True])


class RouterTest(unittest.TestCase):
    def test_routes(self):
        router = Geminga.Router.new()

        @router.route("GET", "/decorated")
        def hello(request):
            request.respond_text(200, "Hello World!\n")

        router.add_route("GET", "/added", lambda request: None)
        self.assertEqual(router.get_n_routes(), 2)
        self.assertTrue(callable(hello))


if __name__ == "__main__":
    GLib.log_set_writer_func(write_log, None)
    unittest.main()
