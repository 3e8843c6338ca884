// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Timers of actors written in JavaScript, by a clock that does not wait.

import Geminga from 'gi://Geminga?version=1';
import GemingaTesting from 'gi://GemingaTesting?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const HOUR = 3600 * 1000;
const {NONE, PERIODIC} = Geminga.TimerFlags;
const seen = [];

const Ticker = GObject.registerClass(class Ticker extends Geminga.Actor {
    static [Geminga.commands] = {
        Tick: [], Greet: ['s'], Stay: ['', 'b'], Pulse: [], Wrong: [],
    };

    vfunc_started() {
        this.ticks = this.add_timer(HOUR, PERIODIC, 'Tick', null);
        this.add_timer(HOUR / 2, NONE, 'Greet', new GLib.Variant('(s)', ['world']));
        this.add_timer_func(10, NONE, actor => seen.push(`function of ${actor.get_id()}`));
    }

    vfunc_periodic() {
        seen.push('periodic');
    }

    Tick() {
        seen.push(Math.floor(this.get_time() / (1000 * HOUR)));
    }

    Greet(name) {
        seen.push(`Hello, ${name}`);
    }

    Stay() {
        return this.remove_timer(this.ticks);
    }

    Pulse() {
        this.set_periodic_interval(HOUR);
    }

    Wrong() {
        this.add_timer(1, NONE, 'Nothing', null);
    }
});

const Door = GObject.registerClass(class Door extends Geminga.Actor {
    static [Geminga.commands] = {Open: [], Close: []};

    vfunc_started() {
        this.machine = Geminga.StateMachine.new(this);
        this.machine.add_state('closed', 0, ['Open'], ['moving']);
        this.machine.add_state('moving', Geminga.StateFlags.POSTPONE, [], ['open', 'closed']);
        this.machine.add_state('open', 0, ['Close'], ['moving']);
        this.machine.connect('entered', (_machine, state) => seen.push(state));
        this.machine.go('closed');
    }

    move(state) {
        this.machine.set_timeout('moving', 3000, state);
        this.machine.go('moving');
    }

    Open() {
        this.move('open');
    }

    Close() {
        this.move('closed');
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

const tests = {
    async timers(system, loop) {
        const ticker = system.spawn(Ticker, 'ticker');

        loop.advance(3 * HOUR);
        assertEqual(seen, ['function of ticker', 'Hello, world', 1, 2, 3]);
        assertEqual(await ticker.ask('Stay'), true);
        assertEqual(await ticker.ask('Stay'), false);
        loop.advance(3 * HOUR);
        assertEqual(seen.length, 5);
    },

    async periodic(system, loop) {
        const ticker = system.spawn(Ticker, 'ticker');

        await ticker.ask('Stay');
        loop.advance(HOUR);
        seen.length = 0;
        await ticker.ask('Pulse');
        loop.advance(2 * HOUR);
        assertEqual(seen, ['periodic', 'periodic']);
    },

    async stateMachine(system, loop) {
        const door = system.spawn(Door, 'door');
        const error = await door.ask('Close').catch(thrown => thrown);

        assertEqual(error.matches(Geminga.Error, Geminga.Error.INVALID_STATE), true);
        await door.ask('Open');
        await door.ask('Close');
        loop.advance(3000);
        assertEqual(seen, ['closed', 'moving', 'open', 'moving', 'closed']);
    },

    async wrong(system) {
        const ticker = system.spawn(Ticker, 'ticker');
        const error = await ticker.ask('Wrong').catch(thrown => thrown);

        assertEqual(error.matches(Geminga.Error, Geminga.Error.NO_SUCH_COMMAND), true);
    },
};

for (const [name, test] of Object.entries(tests)) {
    const loop = GemingaTesting.Loop.new(1);
    const system = Geminga.System.new();

    print(`# ${name}`);
    seen.length = 0;
    await test(system, loop);
    await system.stop();
    loop.run_dispose();
}
