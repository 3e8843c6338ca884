# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Settings as a Python service uses them."""

import os
import tempfile
import unittest

import gi

gi.require_version("Geminga", "1")
from gi.repository import Geminga, GLib  # noqa: E402


def make_settings():
    settings = Geminga.Settings.new("org.example.Test")
    settings.add_standard()
    rate = Geminga.SettingInfo.new("rate", Geminga.SettingType.DOUBLE, "Requests a second")
    rate.set_default("10")
    rate.set_range(0.5, 1000)
    rate.set_short_flag("r")
    rate.set_flags(Geminga.SettingFlags.LIVE)
    settings.add(rate)
    return settings


class SettingsTest(unittest.TestCase):
    def assert_fails(self, code, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(Geminga.settings_error_quark(), code))
        return caught.exception.message

    def test_load(self):
        settings = make_settings()
        settings.set_default("bind", GLib.Variant("as", ["127.0.0.1:8060"]))
        settings.set_from_code("workers", GLib.Variant("i", 3))
        settings.load(["prog", "-r", "2.5", "--timeout", "500ms"])
        self.assertEqual(settings.get_double("rate"), 2.5)
        self.assertEqual(settings.get_origin("rate"), "--rate")
        self.assertEqual(settings.get_double("timeout"), 0.5)
        self.assertEqual(settings.get_int("workers"), 3)
        self.assertEqual(settings.get_origin("workers"), "code")
        self.assertEqual(settings.get_strv("bind"), ["127.0.0.1:8060"])
        self.assertFalse(settings.get_boolean("daemon"))
        self.assertEqual(settings.get_string("placement"), "process")
        self.assertEqual(settings.get_value("backlog").unpack(), 1024)
        self.assertEqual(settings.dup_text("timeout"), "500ms")
        self.assertIn("rate", settings.list_names())
        self.assertEqual(settings.get_arguments(), [])

    def test_describe(self):
        info = make_settings().describe("rate")
        self.assertEqual(info.get_name(), "rate")
        self.assertEqual(info.get_value_type(), Geminga.SettingType.DOUBLE)
        self.assertEqual(info.dup_allowed(), "a number from 0.5 to 1000")
        self.assertEqual(info.get_choices(), [])
        self.assertIsNone(make_settings().describe("nothing"))

    def test_errors(self):
        settings = make_settings()
        code = Geminga.SettingsError
        message = self.assert_fails(code.OUT_OF_RANGE, settings.load, ["prog", "--rate=0"])
        self.assertEqual(
            message,
            "Setting “rate” (--rate): “0” is out of range; allowed is a number from 0.5 to 1000",
        )
        self.assert_fails(code.UNKNOWN_SETTING, settings.load, ["prog", "--rat=1"])
        self.assertIn("--rate", self.assert_fails(code.HELP, settings.load, ["prog", "--help"]))
        self.assert_fails(code.VERSION, settings.load, ["prog", "--version"])
        self.assert_fails(code.READ_ONLY, settings.set_value, "bind", GLib.Variant("s", "x"))
        again = Geminga.SettingInfo.new("rate", Geminga.SettingType.INT, "Again")
        self.assert_fails(code.INVALID_SETTING, settings.add, again)

    def test_check(self):
        seen = []

        def is_even(value, *_data):
            seen.append(value.unpack())
            return value.unpack() % 2 == 0

        settings = Geminga.Settings.new("org.example.Test")
        info = Geminga.SettingInfo.new("even", Geminga.SettingType.INT, "Even")
        info.set_check(is_even)
        settings.add(info)
        del info
        settings.load(["prog", "--even=4"])
        self.assertIn(4, seen)
        self.assert_fails(Geminga.SettingsError.INVALID_VALUE, settings.load, ["prog", "--even=5"])
        self.assertEqual(settings.get_int("even"), 4)

    def test_changed(self):
        settings = make_settings()
        seen = []
        settings.connect("changed::rate", lambda _settings, name: seen.append(name))
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "test.conf")
            with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
                file.write("[service]\nrate=7\n")
            settings.load(["prog", "-c", path])
            self.assertEqual(settings.get_origin("rate"), path)
            self.assertEqual(settings.get_files(), [path])
            with open(path, "w") as file:
                file.write("[service]\nrate=8\nworkers=2\n")
            settings.reload()
            self.assertEqual(settings.get_changed(), ["workers", "rate"])
            self.assertEqual(settings.get_double("rate"), 8)
            with open(path, "w") as file:
                file.write("[service]\nrate=fast\n")
            self.assert_fails(Geminga.SettingsError.INVALID_VALUE, settings.reload)
            self.assertEqual(settings.get_double("rate"), 8)
        settings.set_value("rate", GLib.Variant("s", "9"))
        self.assertEqual(settings.get_origin("rate"), "runtime")
        self.assertEqual(seen, ["rate"] * 3)

    def test_worker(self):
        arbiter, worker = make_settings(), make_settings()
        arbiter.load(["prog", "--workers=4", "-b", "127.0.0.1:1", "-b", "127.0.0.1:2"])
        worker.from_variant(arbiter.to_variant())
        self.assertEqual(worker.to_variant().unpack(), arbiter.to_variant().unpack())
        self.assertEqual(worker.get_origin("bind"), "arbiter")

    def test_prefix(self):
        program, calc = Geminga.Settings(service_id="org.example.All"), make_settings()
        program.add_standard()
        program.add_prefixed("calc", calc)
        self.assertEqual(calc.props.prefix, "calc")
        self.assertEqual(calc.dup_variable("workers"), "GEMINGA_CALC_WORKERS")
        program.load(["prog", "--workers=2", "--calc-rate=3"])
        self.assertEqual(calc.get_int("workers"), 2)
        self.assertEqual(calc.get_double("rate"), 3)

    def test_docs(self):
        settings = make_settings()
        self.assertIn("### `rate`", settings.to_markdown())
        self.assertIn("#rate=10", settings.to_keyfile())


if __name__ == "__main__":
    unittest.main()
