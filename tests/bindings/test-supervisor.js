// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Supervisors and watchers written in JavaScript.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const seen = [];
const ends = [];

const Child = GObject.registerClass(class Child extends Geminga.Actor {
    static [Geminga.commands] = {Break: []};

    vfunc_started() {
        seen.push(`+${this.get_id()}`);
    }

    vfunc_stopping() {
        seen.push(`-${this.get_id()}`);
    }

    Break() {
        this.fail(new Geminga.Error({code: Geminga.Error.FAILED, message: 'broken'}));
    }
});

const Boss = GObject.registerClass(class Boss extends Geminga.Supervisor {
    vfunc_started() {
        this.add_child('a', Child.$gtype, null);
        this.add_child('b', Child.$gtype, new GLib.Variant('a{sv}', {
            restart: new GLib.Variant('s', 'transient'),
        }));
    }
});

const Watcher = GObject.registerClass(class Watcher extends Geminga.Actor {
    static [Geminga.commands] = {Watch: ['o']};

    vfunc_peer_ended(peer, reason, error) {
        ends.push(`${peer.get_id()} ${reason} ${error?.message ?? ''}`);
    }

    Watch(path) {
        this.watch(this.get_system().ref_actor(path));
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

async function breakChild(child) {
    child.tell('Break');
    await child.wait_ended().catch(() => {});
}

const tests = {
    async subclass(system) {
        const boss = system.spawn(Boss, 'boss');

        await boss.wait_ready();
        assertEqual(seen, ['+a', '+b']);
        await breakChild(system.ref_actor('a'));
        await boss.ask('Ping');
        const records = await boss.ask('GetRestarts');

        assertEqual(records.length, 1);
        await boss.ask('RestartChild', 'b', {});
        assertEqual(seen, ['+a', '+b', '-a', '+a', '-b', '+b']);
    },

    async watch(system) {
        const watcher = system.spawn(Watcher, 'watcher');
        const child = system.spawn(Child, 'child');
        const other = system.spawn(Child, 'other');

        await watcher.ask('Watch', child.get_path());
        await watcher.ask('Watch', other.get_path());
        child.stop();
        await child.wait_ended();
        await breakChild(other);
        await watcher.ask('Ping');
        await watcher.ask('Ping');
        assertEqual(ends, [
            `child ${Geminga.ExitReason.NORMAL} `,
            `other ${Geminga.ExitReason.FAILED} broken`,
        ]);
    },
};

for (const [name, test] of Object.entries(tests)) {
    const system = Geminga.System.new();

    print(`# ${name}`);
    seen.length = ends.length = 0;
    await test(system);
    await system.stop();
}
