// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings as a JavaScript service uses them.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';

function assertEqual(found, wanted) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (a !== b)
        throw new Error(`found ${a}, wanted ${b}`);
}

function assertFails(code, func) {
    try {
        func();
    } catch (error) {
        if (!(error instanceof GLib.Error) || !error.matches(Geminga.settings_error_quark(), code))
            throw error;
        return error.message;
    }
    throw new Error('nothing was thrown');
}

function makeSettings() {
    const settings = Geminga.Settings.new('org.example.Test');
    const rate = new Geminga.SettingInfo('rate', Geminga.SettingType.DOUBLE, 'Requests a second');

    settings.add_standard();
    rate.set_default('10');
    rate.set_range(0.5, 1000);
    rate.set_flags(Geminga.SettingFlags.LIVE);
    settings.add(rate);
    return settings;
}

const tests = {
    load() {
        const settings = makeSettings();

        settings.set_default('bind', new GLib.Variant('as', ['127.0.0.1:8060']));
        settings.set_from_code('workers', new GLib.Variant('i', 3));
        settings.load(['prog', '--rate', '2.5', '--timeout=1m', '-D']);
        assertEqual(settings.get_double('rate'), 2.5);
        assertEqual(settings.get_double('timeout'), 60);
        assertEqual(settings.get_int('workers'), 3);
        assertEqual(settings.get_boolean('daemon'), true);
        assertEqual(settings.get_strv('bind'), ['127.0.0.1:8060']);
        assertEqual(settings.get_origin('rate'), '--rate');
        assertEqual(settings.describe('rate').get_help(), 'Requests a second');
        assertEqual(settings.get_value('backlog').deepUnpack(), 1024);
    },

    errors() {
        const settings = makeSettings();
        const code = Geminga.SettingsError;

        assertEqual(assertFails(code.INVALID_VALUE, () => settings.load(['prog', '--rate=fast'])),
            'Setting “rate” (--rate): “fast” is not valid; allowed is a number from 0.5 to 1000');
        assertFails(code.UNKNOWN_SETTING, () => settings.load(['prog', '--rats=1']));
        assertFails(code.HELP, () => settings.load(['prog', '-h']));
        assertFails(code.READ_ONLY, () => settings.set_value('user', new GLib.Variant('s', 'x')));
    },

    check() {
        const settings = Geminga.Settings.new('org.example.Test');
        const info = new Geminga.SettingInfo('even', Geminga.SettingType.INT, 'Even');

        info.set_check(value => value.deepUnpack() % 2 === 0);
        settings.add(info);
        settings.load(['prog', '--even=4']);
        assertEqual(settings.get_int('even'), 4);
        assertFails(Geminga.SettingsError.INVALID_VALUE, () => settings.load(['prog', '--even=5']));
    },

    changed() {
        const settings = makeSettings();
        const seen = [];

        settings.connect('changed::rate', (_settings, name) => seen.push(name));
        settings.load(null);
        settings.set_value('rate', new GLib.Variant('d', 4));
        settings.set_value('timeout', new GLib.Variant('s', '4s'));
        assertEqual(settings.get_changed(), ['timeout']);
        assertEqual(seen, ['rate']);
    },

    worker() {
        const [arbiter, worker] = [makeSettings(), makeSettings()];

        arbiter.load(['prog', '--workers=4']);
        worker.from_variant(arbiter.to_variant());
        assertEqual(worker.get_int('workers'), 4);
    },

    prefix() {
        const program = new Geminga.Settings({service_id: 'org.example.All'});
        const calc = makeSettings();

        program.add_standard();
        program.add_prefixed('calc', calc);
        program.load(['prog', '--calc-workers=2']);
        assertEqual(calc.get_int('workers'), 2);
        assertEqual(calc.prefix, 'calc');
    },
};

for (const [name, test] of Object.entries(tests)) {
    print(`# ${name}`);
    test();
}
