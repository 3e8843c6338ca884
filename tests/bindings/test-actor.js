// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Actors written in JavaScript.

import Geminga from 'gi://Geminga?version=1';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const {SHARED, THREAD} = Geminga.Placement;
const seen = [];

function sleep(milliseconds) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

const Calc = GObject.registerClass({
    Properties: {
        digits: GObject.ParamSpec.int('digits', null, null, GObject.ParamFlags.READWRITE, 0, 20, 2),
    },
}, class Calc extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Calc1';

    static [Geminga.commands] = {
        Add: ['(dd)', 'd', 'Adds two numbers'],
        Count: ['', 'x'],
        Divide: {arguments: '(ii)', result: '(ii)', method: 'divide'},
        Echo2: ['(xsayasa{sv}b)', '(xsayasa{sv}b)'],
        WrongResult: ['', 'i'],
        Refuse: [],
        Break: [],
        Slow: ['s', 's'],
        BreakSlowly: [],
        Wait: [],
        AskSender: ['o', '(sb)'],
        Sender: ['', '(sb)'],
        Later: ['', 's'],
        Duplicate: ['h', 'h'],
    };

    static [Geminga.events] = {
        Happened: ['(sd)', 'what value', 'Something was computed'],
    };

    _init(properties) {
        super._init(properties);
        this._nSums = 0;
    }

    vfunc_started() {
        seen.push(`${this.get_id()} started`);
    }

    vfunc_stopping() {
        seen.push(`${this.get_id()} stopping`);
    }

    Add(a, b) {
        this._nSums++;
        this.Happened('sum', a + b);
        return a + b;
    }

    Count() {
        return this._nSums;
    }

    divide(a, b) {
        return [Math.trunc(a / b), a % b];
    }

    Echo2(number, text, data, names, more, flag) {
        return [number, text, data, names, more, flag];
    }

    WrongResult() {
        return 'text';
    }

    Refuse() {
        throw new Geminga.Error({code: Geminga.Error.NOT_AUTHORIZED, message: 'Not you'});
    }

    Break() {
        throw new RangeError('it is broken');
    }

    async Slow(text) {
        await sleep(1);
        return text.toUpperCase();
    }

    async BreakSlowly() {
        await sleep(1);
        throw new RangeError('it is broken');
    }

    Wait(call) {
        call.get_cancellable().connect(() => {
            seen.push('cancelled');
            call.return_value(null);
        });
        return Geminga.LATER;
    }

    async AskSender(path, call) {
        await sleep(1);
        return call.ask(this.get_system().ref_actor(path), 'Sender');
    }

    Sender(call) {
        return [call.dup_sender()?.get_id() ?? '', call.get_deadline() > 0];
    }

    Later(call) {
        GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
            call.return_value(new GLib.Variant('s', 'late'));
            return GLib.SOURCE_REMOVE;
        });
        return Geminga.LATER;
    }

    Duplicate(fd) {
        const stream = Gio.UnixOutputStream.new(fd, true);
        const list = new Gio.UnixFDList();
        const index = list.append(stream.get_fd());
        stream.close(null);
        return list.steal_fds()[index];
    }
});

const Scientific = GObject.registerClass(class Scientific extends Calc {
    static [Geminga.commands] = {Square: ['d', 'd']};

    Square(a) {
        return a * a;
    }

    Add(a, b) {
        return -super.Add(a, b);
    }
});

const log = [];
GLib.log_set_writer_func((level, fields) => {
    log.push(level);
    return GLib.LogWriterOutput.HANDLED;
});

function assertEqual(found, wanted) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (a !== b)
        throw new Error(`found ${a}, wanted ${b}`);
}

function assert(condition) {
    if (!condition)
        throw new Error('this is not so');
}

async function assertFails(code, message, func) {
    try {
        await func();
    } catch (error) {
        if (!(error instanceof Geminga.Error) || error.code !== code || !error.message.includes(message))
            throw error;
        return;
    }
    throw new Error('nothing was thrown');
}

function assertThrows(type, message, func) {
    try {
        func();
    } catch (error) {
        if (!(error instanceof type) || !error.message.includes(message))
            throw error;
        return;
    }
    throw new Error('nothing was thrown');
}

const tests = {
    async ask(system) {
        const calc = system.spawn(Calc, 'calc');

        assert(await calc.wait_ready());
        assertEqual(await calc.ask('Add', 1, 2.125), 3.125);
        assertEqual(await calc.ask('Count'), 1);
        assertEqual(await calc.ask('Divide', 7, 2), [3, 1]);
        assertEqual(await calc.ask('Ping'), 'pong');
        assertEqual(await calc.ask('SetConfig', {digits: 7}), undefined);
        assertEqual(await calc.ask('GetConfig'), {digits: 7});
        assertEqual(await Promise.all([calc.ask('Add', 1, 1), calc.ask_with({timeout: 5}, 'Slow', 'x')]), [2, 'X']);
        assertEqual(await calc.ask('Later'), 'late');
        assert(calc.tell('Add', 1, 2));
        assertEqual(await calc.ask('Count'), 3);
        assertEqual(seen, ['calc started']);
    },

    async types(system) {
        const calc = system.spawn(Calc, 'calc');
        const values = [-1, 'text', new Uint8Array([0, 255]), ['a', 'b'], {n: 1, list: [1, 'x'], o: {}}, true];

        assertEqual(await calc.ask('Echo2', ...values), values);
        assertEqual(await calc.ask('Echo', [1.5, 'x']), [1.5, 'x']);
        assertEqual(await calc.ask('Echo', 2n ** 40n), 2 ** 40);
        assertEqual(await calc.ask('Add', new GLib.Variant('(dd)', [1, 2])), 3);
        for (const args of [['1', 2], [1], [true, 2], [null, 2]])
            assertThrows(TypeError, 'Add', () => calc.ask('Add', ...args));
        assertThrows(RangeError, 'Divide, a: 4294967296 is out of range', () => calc.ask('Divide', 2 ** 32, 1));
        assertThrows(TypeError, 'no D-Bus type', () => calc.ask('Echo', null));
    },

    async errors(system) {
        const calc = system.spawn(Calc, 'calc');
        const code = Geminga.Error;

        await assertFails(code.NOT_AUTHORIZED, 'Not you', () => calc.ask('Refuse'));
        assertEqual(log, []);
        await assertFails(code.FAILED, 'RangeError: it is broken', () => calc.ask('Break'));
        await assertFails(code.FAILED, 'RangeError: it is broken', () => calc.ask('BreakSlowly'));
        await assertFails(code.FAILED, 'result: “text” is not of type “i”', () => calc.ask('WrongResult'));
        assertEqual(log, [16, 16, 16]);
        await assertFails(code.NO_SUCH_COMMAND, '“Subtract”', () => calc.ask('Subtract', 1, 2));
        await assertFails(code.INVALID_ARGUMENTS, '“(dd)”', () => calc.ask('Add', new GLib.Variant('(s)', ['x'])));
        await assertFails(code.TIMED_OUT, '', () => calc.ask_with({timeout: 0.001}, 'Wait'));
    },

    async cancel(system) {
        const calc = system.spawn(Calc, 'calc');
        const cancellable = new Gio.Cancellable();
        const waiting = calc.ask_with({cancellable}, 'Wait');

        await calc.ask('Ping');
        cancellable.cancel();
        try {
            await waiting;
            throw new Error('nothing was thrown');
        } catch (error) {
            assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
        }
        while (!seen.includes('cancelled'))
            await calc.ask('Ping');
    },

    async sender(system) {
        const [calc, other] = [system.spawn(Calc, 'calc'), system.spawn(Calc, 'other')];

        assertEqual(await calc.ask('AskSender', other), ['calc', true]);
        assertEqual(await other.ask('Sender'), ['', true]);
    },

    async descriptors(system) {
        const calc = system.spawn(Calc, 'calc');
        const [, name] = GLib.file_open_tmp('geminga-XXXXXX');
        const file = Gio.File.new_for_path(name);
        const out = file.append_to(Gio.FileCreateFlags.NONE, null);
        const copy = Gio.UnixOutputStream.new(await calc.ask('Duplicate', out.get_fd()), true);

        copy.write_all('through', null);
        copy.close(null);
        assertEqual(new TextDecoder().decode(file.load_contents(null)[1]), 'through');
        file.delete(null);
    },

    async subclass(system) {
        const calc = system.spawn(Scientific, 'calc', SHARED, {digits: 5});

        assertEqual(await calc.ask('Square', 3), 9);
        assertEqual(await calc.ask('Add', 1, 2), -3);
        assertEqual(await calc.ask('GetConfig'), {digits: 5});
    },

    declaration() {
        const [own] = Calc.list_interfaces();
        const add = own.lookup_command('Add');

        assertEqual(own.get_name(), 'org.example.Calc1');
        assertEqual(add.get_documentation(), 'Adds two numbers');
        assertEqual(add.get_argument_names(), ['a', 'b']);
        assertEqual(own.lookup_event('Happened').get_argument_names(), ['what', 'value']);

        const declare = (name, declared) => GObject.registerClass({GTypeName: name}, class extends Geminga.Actor {
            static [Geminga.commands] = declared;
            Do() {}
        });
        assertThrows(TypeError, 'no method', () => declare('WrongA', {Nothing: []}));
        assertThrows(TypeError, 'not a signature', () => declare('WrongB', {Do: ['(mi)']}));
        assertThrows(TypeError, 'not a signature', () => declare('WrongC', {Do: ['(i']}));
    },

    async placement(system) {
        const Named = GObject.registerClass({GTypeName: 'NamedByHand'}, class extends Geminga.Actor {});

        for (const klass of [Calc, Named]) {
            await assertFails(Geminga.Error.UNSUPPORTED_PLACEMENT, 'cannot run in a thread of their own',
                () => system.spawn(klass, 'calc', THREAD));
        }
    },

    async start(system) {
        const Broken = GObject.registerClass(class Broken extends Geminga.Actor {
            vfunc_started() {
                throw new RangeError('no start');
            }
        });

        await assertFails(Geminga.Error.FAILED, 'no start', () => system.spawn(Broken, 'broken').wait_ready());
    },

    async stop(system) {
        const calc = system.spawn(Calc, 'calc');
        const waiting = calc.ask('Slow', 'text');

        await calc.ask('Ping');
        calc.stop();
        assert(await calc.wait_ended());
        assertEqual(await waiting, 'TEXT');
        assertEqual(seen, ['calc started', 'calc stopping']);
        await assertFails(Geminga.Error.NO_SUCH_ACTOR, '', () => calc.ask('Ping'));
    },

    routes() {
        const router = Geminga.Router.new();

        router.add_route('GET', '/', request => request.respond_text(200, 'Hello World!\n'));
        assertEqual(router.get_n_routes(), 1);
    },
};

for (const [name, test] of Object.entries(tests)) {
    const system = Geminga.System.new();

    print(`# ${name}`);
    seen.length = log.length = 0;
    await test(system);
    await system.stop();
}
