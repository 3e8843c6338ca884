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
