#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Actors in one process, without a service around them.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const Counter = GObject.registerClass({
    Properties: {
        step: GObject.ParamSpec.int('step', null, null, GObject.ParamFlags.READWRITE, 1, 100, 1),
    },
}, class Counter extends Geminga.Actor {
    static [Geminga.commands] = {
        Count: ['', 'x', 'Counts one step on'],
        CountLater: ['d', 'x', 'Counts after some time'],
        Reset: ['', '', 'Begins anew, unless an actor asks for it'],
    };

    _init(properties) {
        super._init(properties);
        this._value = 0;
    }

    Count() {
        this._value += this.step ?? 1;
        return this._value;
    }

    async CountLater(seconds) {
        await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, seconds * 1000, () => {
            resolve();
            return GLib.SOURCE_REMOVE;
        }));
        return this.Count();
    }

    Reset(call) {
        if (call.dup_sender() !== null) {
            throw new Geminga.Error({
                code: Geminga.Error.NOT_AUTHORIZED,
                message: 'Only people may reset it',
            });
        }

        this._value = 0;
    }
});

const system = Geminga.System.new();
const counter = system.spawn(Counter, 'counter', Geminga.Placement.SHARED, {step: 2});

counter.tell('Count');
print(await counter.ask('Count'));
print(await Promise.all([counter.ask('CountLater', 0.01), counter.ask('CountLater', 0.01)]));
print(await counter.ask_with({timeout: 5}, 'CountLater', 0));

await counter.ask('SetConfig', {step: 10});
await counter.ask('Reset');
print(await counter.ask('Count'));

try {
    await counter.ask_with({timeout: 0.01}, 'CountLater', 60);
} catch (error) {
    if (!(error instanceof Geminga.Error) || error.code !== Geminga.Error.TIMED_OUT)
        throw error;
    print('That takes too long');
}

await system.stop();
