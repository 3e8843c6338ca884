# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Routes, middleware, requests and answers in Python, without a socket."""

import asyncio
import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402


class Stamp(Geminga.Middleware):
    """A subclass: it needs no answer from before(), and changes what goes back."""

    def do_before(self, request):
        request.set_attribute("stamp", GLib.Variant("s", "seen"))

    def do_after(self, request, response):
        response.set_header("X-Stamp", request.get_attribute("stamp").get_string())


class WebTest(unittest.TestCase):
    def setUp(self):
        self.router = Geminga.Router()
        self.client = Geminga.TestClient(router=self.router)

    def send(self, *arguments, **options):
        async def main():
            return await self.client.send(*arguments, **options)

        return Geminga.run(main())

    def test_routes(self):
        @self.router.route("GET", "/users/{id:int(min=1)}", name="user")
        def user(request):
            request.respond_text(200, request.build_path("user", id=request.get_param_int("id", 0) + 1))

        response = self.send("GET", "/users/7")
        self.assertEqual(response.get_status(), 200)
        self.assertEqual(response.get_body_text(), "/users/8")
        self.assertEqual(self.send("GET", "/users/0").get_status(), 404)
        self.assertEqual(self.send("PUT", "/users/1").get_header("Allow"), "GET, HEAD, OPTIONS")
        self.assertEqual(self.router.build_path("user", id=3, tag=["a", "b"]), "/users/3?tag=a&tag=b")
        with self.assertRaises(GLib.Error) as caught:
            self.router.build_path("user", id=0)
        self.assertIn("does not take the value", caught.exception.message)
        with self.assertRaises(GLib.Error) as caught:
            self.router.add_route("GET", "/users/{other:int(min=1)}", user)
        self.assertTrue(caught.exception.matches(Geminga.http_error_quark(),
                                                 Geminga.HttpError.DUPLICATE_ROUTE))

    def test_mount(self):
        inner = Geminga.Router()
        inner.add_route("GET", "/x", lambda request: request.respond_text(200, request.get_param("v")), "x")
        self.router.mount("/api/{v}", inner, "api")
        self.assertEqual(self.send("GET", "/api/2/x").get_body_text(), "2")
        self.assertEqual(self.router.build_path("api.x", v=2), "/api/2/x")

    def test_slashes(self):
        self.router.props.trailing_slash = Geminga.SlashPolicy.REDIRECT
        self.router.add_route("GET", "/x", lambda request: request.respond_text(200, "x"))
        response = self.send("GET", "/x/")
        self.assertEqual((response.get_status(), response.get_header("Location")), (308, "/x"))

    def test_middleware(self):
        seen = []

        @self.router.before
        async def wait(request):
            await asyncio.sleep(0)
            seen.append("waited")

        @self.router.after
        async def note(request, response):
            await asyncio.sleep(0)
            seen.append(response.get_status())

        @self.router.before
        def refuse(request):
            if request.get_header("X-Refuse"):
                request.respond_text(403, "no")

        def handle(request):
            seen.append("handled")
            request.respond_text(200, "x")

        route = self.router.add_route("GET", "/x", handle)
        route.add_middleware(Stamp())
        self.assertEqual(self.send("GET", "/x").get_header("X-Stamp"), "seen")
        self.assertEqual(self.send("GET", "/x", headers={"X-Refuse": "1"}).get_status(), 403)
        self.assertEqual(seen, ["waited", "handled", 200, "waited", 403])

    def test_middleware_raises(self):
        @self.router.before
        async def fail(request):
            raise Geminga.new_error(Geminga.Error.NOT_AUTHORIZED, "Not you")

        response = self.send("GET", "/x")
        self.assertEqual((response.get_status(), response.get_body_text()), (403, "Not you\n"))

    def test_json(self):
        self.router.add_route("POST", "/", lambda request: request.respond_json(200, [request.json(), 1]))
        headers = {"Content-Type": "application/json"}
        self.assertEqual(self.send("POST", "/", headers, '{"a": 1}').get_body_text(), '[{"a": 1}, 1]')
        self.assertEqual(self.send("POST", "/", headers, "{'a': 1}").get_status(), 400)
        self.assertEqual(self.send("POST", "/", None, "{}").get_status(), 415)

    def test_form(self):
        def handle(request):
            form = request.get_form()
            upload = form.get_upload("f")
            request.respond_text(200, f"{form.get_value('t')} {upload.dup_bytes().get_data()}")

        self.router.add_route("POST", "/", handle)
        body = ("--b\r\nContent-Disposition: form-data; name=t\r\n\r\ntext\r\n"
                "--b\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nfile\r\n--b--")
        response = self.send("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body)
        self.assertEqual(response.get_body_text(), "text b'file'")

    def test_cookies(self):
        signer = Geminga.Signer.new(GLib.Bytes.new(b"k" * 32))

        def handle(request):
            seen = request.get_cookie("a"), request.dup_signed_cookie(signer, "b", 60)
            request.set_cookie("a", "1", max_age=60, same_site="strict")
            request.set_signed_cookie(signer, "b", "two words")
            request.respond_json(200, seen)

        self.router.add_route("GET", "/", handle)
        self.assertEqual(self.send("GET", "/").get_body_text(), "[null, null]")
        response = self.send("GET", "/")
        self.assertEqual(response.get_body_text(), '["1", "two words"]')
        self.assertIn("Max-Age=60; HttpOnly; SameSite=Strict", response.get_header_list("Set-Cookie")[0])

    def test_choices(self):
        self.router.add_route("GET", "/", lambda request: request.respond_text(
            200, request.choose_type(["text/html", "application/json"])))
        response = self.send("GET", "/", {"Accept": "text/*;q=0.2, application/json"})
        self.assertEqual(response.get_body_text(), "application/json")

    def test_proxies(self):
        self.router.add_middleware(Geminga.TrustedProxies.new(["127.0.0.0/8"]))
        self.router.add_route("GET", "/", lambda request: request.respond_text(200, request.get_client_host()))
        self.assertEqual(self.send("GET", "/", {"X-Forwarded-For": "192.0.2.1"}).get_body_text(), "192.0.2.1")

    def test_cancel(self):
        kept = []
        self.router.add_route("GET", "/later", kept.append)

        async def main():
            task = asyncio.ensure_future(self.client.send("GET", "/later"))
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        Geminga.run(main())
        kept[0].respond_empty(204)


if __name__ == "__main__":
    unittest.main()
