#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// An actor with commands of its own, in a process of its own, on D-Bus:
//
//     busctl --user call org.example.Calculator /org/geminga1/Calculator/calculator \
//       org.example.Calculator1 Add dd 1 2
//     geminga call Calculator calculator Add 1 2

import Geminga from 'gi://Geminga?version=1';
import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import {exit, programArgs, programInvocationName} from 'system';

const Calculator = GObject.registerClass({
    Properties: {
        calculations: GObject.ParamSpec.uint64('calculations', null, null,
            GObject.ParamFlags.READABLE, 0, Number.MAX_SAFE_INTEGER, 0),
    },
}, class Calculator extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Calculator1';

    static [Geminga.commands] = {
        Add: ['(dd)', 'd', 'Adds two numbers'],
        Divide: ['(dd)', 'd', 'Divides one number by another'],
        Sum: ['ad', 'd', 'Adds any number of numbers, asking itself'],
    };

    static [Geminga.events] = {
        Calculated: ['(sd)', 'what value', 'Something was computed'],
    };

    get calculations() {
        return this._nCalculations ?? 0;
    }

    count(what, value) {
        this._nCalculations = this.calculations + 1;
        this.notify('calculations');
        this.Calculated(what, value);
        return value;
    }

    Add(a, b) {
        return this.count('sum', a + b);
    }

    Divide(a, b) {
        if (b === 0) {
            throw new Gio.IOErrorEnum({
                code: Gio.IOErrorEnum.INVALID_ARGUMENT,
                message: 'Cannot divide by zero',
            });
        }

        return this.count('quotient', a / b);
    }

    async Sum(numbers, call) {
        let total = 0;

        for (const number of numbers)
            total = await call.ask(this.get_address(), 'Add', total, number);
        return total;
    }
});

const service = Geminga.Service.new('org.example.Calculator');

service.add_actor(Calculator, 'calculator');
exit(service.run([programInvocationName, ...programArgs]));
