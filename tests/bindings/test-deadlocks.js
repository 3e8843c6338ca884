// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Actors that wait for each other, written in JavaScript.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const log = [];

const Friend = GObject.registerClass(class Friend extends Geminga.Actor {
    static [Geminga.commands] = {
        WaitShut: ['s', 's'],
        WaitOpen: ['s', 's'],
        Ask: ['s', 's'],
        Name: ['', 's'],
    };

    async WaitShut(path, call) {
        const other = this.get_system().ref_actor(path);

        this.receive_only([]);
        try {
            return await call.ask(other, 'Ask', this.get_address().get_path());
        } finally {
            this.receive_only(null);
        }
    }

    async WaitOpen(path, call) {
        const other = this.get_system().ref_actor(path);

        return await call.ask(other, 'Ask', this.get_address().get_path());
    }

    async Ask(path, call) {
        return await call.ask(this.get_system().ref_actor(path), 'Name');
    }

    Name() {
        return this.get_id();
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

const tests = {
    async shut(a, b) {
        let failure = null;

        try {
            await a.ask('WaitShut', b.get_path());
        } catch (error) {
            failure = error;
        }
        assertEqual(failure.matches(Geminga.Error, Geminga.Error.DEADLOCK), true);
        assertEqual(failure.message, 'Deadlock: a.WaitShut waits for b.Ask, which waits for a.Name, ' +
            'which waits for a.WaitShut');
        assertEqual(log.length, 1);
        assertEqual(await a.ask('Name'), 'a');
    },

    async open(a, b) {
        assertEqual(await a.ask('WaitOpen', b.get_path()), 'a');
        assertEqual(log.length, 0);
    },
};

GLib.log_set_handler('Geminga', GLib.LogLevelFlags.LEVEL_WARNING, (_domain, _level, message) => {
    log.push(message);
});
for (const [name, test] of Object.entries(tests)) {
    const system = Geminga.System.new();

    print(`# ${name}`);
    log.length = 0;
    system.set_deadlock_interval(20);
    assertEqual(system.get_deadlock_interval(), 20);
    await test(system.spawn(Friend, 'a'), system.spawn(Friend, 'b'));
    await system.stop();
}
