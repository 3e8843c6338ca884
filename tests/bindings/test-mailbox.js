// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Full mailboxes, priorities, calls put aside and dead letters, from JavaScript.

import Geminga from 'gi://Geminga?version=1';
import GObject from 'gi://GObject';

const {URGENT} = Geminga.CommandFlags;

const Writer = GObject.registerClass(class Writer extends Geminga.Actor {
    static [Geminga.commands] = {
        Add: ['x'],
        Hurry: {arguments: 'x', flags: URGENT},
        Read: {result: 'ax', flags: URGENT},
    };

    _init(properties) {
        super._init(properties);
        this._seen = [];
    }

    Add(number) {
        this._seen.push(number);
    }

    Hurry(number) {
        this._seen.push(number);
    }

    Read() {
        return this._seen;
    }
});
Writer.set_mailbox_limit(2);
Writer.set_mailbox_policy(Geminga.MailboxPolicy.CREDIT);

const Display = GObject.registerClass(class Display extends Geminga.Actor {
    static [Geminga.commands] = {
        Show: {arguments: '(sx)', coalesceKey: 'where'},
        Shown: ['', 'as'],
    };

    _init(properties) {
        super._init(properties);
        this._shown = [];
    }

    Show(where, value) {
        this._shown.push(`${where}${value}`);
    }

    Shown() {
        return this._shown;
    }
});
Display.set_mailbox_policy(Geminga.MailboxPolicy.COALESCE);

const Door = GObject.registerClass(class Door extends Geminga.Actor {
    static [Geminga.commands] = {
        Pass: ['s'],
        Open: [],
        Only: ['as'],
        State: ['', '(asu)'],
    };

    _init(properties) {
        super._init(properties);
        this._isOpen = false;
        this._passed = [];
    }

    Pass(name, call) {
        if (this._isOpen)
            this._passed.push(name);
        else
            call.stash();
    }

    Open() {
        this._isOpen = true;
        this.unstash_all();
    }

    Only(names) {
        this.receive_only(names.length > 0 ? names : null);
    }

    State() {
        return [this._passed, this.get_n_stashed()];
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

const tests = {
    async credit(system) {
        const writer = system.spawn(Writer, 'writer');
        let isRefused = false;

        writer.tell('Add', 1);
        writer.tell('Add', 2);
        try {
            writer.tell('Add', 3);
        } catch (error) {
            isRefused = error.matches(Geminga.Error, Geminga.Error.MAILBOX_FULL);
        }
        assertEqual(isRefused, true);
        writer.tell('Hurry', 4);
        assertEqual(await writer.deliver('Add', 5), true);
        await writer.ask('Add', 6);
        assertEqual(await writer.ask('Read'), [4, 1, 2, 5, 6]);
    },

    async coalesce(system) {
        const display = system.spawn(Display, 'display');

        for (let value = 0; value < 5; value++) {
            display.tell('Show', 'a', value);
            display.tell('Show', 'b', -value);
        }
        assertEqual(await display.ask('Shown'), ['a4', 'b-4']);
    },

    async stash(system) {
        const door = system.spawn(Door, 'door');

        for (const name of 'abc')
            door.tell('Pass', name);
        assertEqual(await door.ask('State'), [[], 3]);
        await door.ask('Open');
        assertEqual(await door.ask('State'), [['a', 'b', 'c'], 0]);
        await door.ask('Only', ['Only', 'State']);
        door.tell('Pass', 'd');
        assertEqual(await door.ask('State'), [['a', 'b', 'c'], 1]);
        await door.ask('Only', []);
        assertEqual(await door.ask('State'), [['a', 'b', 'c', 'd'], 0]);
    },

    async deadLetters(system) {
        const door = system.spawn(Door, 'door');
        const letters = Geminga.DeadLetters.new(system);
        const arrived = [];

        letters.connect('arrived', (_letters, target, command, args, reason, sender) => {
            arrived.push([target, command, args.recursiveUnpack(), reason, sender]);
        });
        door.tell('Knock', 'x');
        await door.ask('Ping');
        await door.ask('Ping');
        assertEqual(arrived, [
            [door.get_path(), 'Knock', ['x'], Geminga.DeadLetterReason.UNHANDLED, null],
        ]);
        assertEqual(system.get_n_dead_letters(), 1);
    },
};

for (const [name, test] of Object.entries(tests)) {
    const system = Geminga.System.new();

    print(`# ${name}`);
    await test(system);
    await system.stop();
}
