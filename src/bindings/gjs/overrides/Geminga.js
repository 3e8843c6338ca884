// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What makes Geminga feel at home in JavaScript; see docs/javascript.md. GJS loads this file with the
// namespace. Only sugar is in here: what actors, calls and services do is in the library.

/* exported _init */

const {Gio, GLib, GObject} = imports.gi;

let Geminga = null;

const integers = {
    y: [0, 255], n: [-32768, 32767], q: [0, 65535], i: [-2147483648, 2147483647], u: [0, 4294967295],
    x: [-(2n ** 63n), 2n ** 63n - 1n], t: [0, 2n ** 64n - 1n],
};

// Values

// The file descriptors that travel with one message; handles in it are indexes into them.
class Descriptors {
    constructor(fds = null, takesNumbers = false) {
        this.fds = fds;
        this._takesNumbers = takesNumbers;
    }

    // Takes a duplicate; also the descriptor itself, if told so.
    add(fd) {
        this.fds ??= new Gio.UnixFDList();

        const index = this.fds.append(fd);
        if (this._takesNumbers)
            GLib.close(fd);
        return index;
    }

    // Gives a duplicate, which the receiver has to close.
    get(index) {
        return this.fds === null ? index : this.fds.get(index);
    }
}

// The signatures of a tuple's elements.
function split(signature) {
    const signatures = [''];
    let depth = 0;

    for (const character of signature.slice(1, -1)) {
        signatures[signatures.length - 1] += character;
        depth += '({'.includes(character) - ')}'.includes(character);
        if (depth === 0 && character !== 'a')
            signatures.push('');
    }

    return signatures.slice(0, -1);
}

function refuse(signature, value, where) {
    let text = String(value);

    if (typeof value === 'string')
        text = `“${value}”`;
    else if (value !== null && typeof value === 'object' && !(value instanceof GObject.Object))
        text = JSON.stringify(value);

    return new TypeError(`${where}: ${text} is not of type “${signature}”`);
}

function refuseCount(signature, wanted, given, where) {
    return new TypeError(`${where}: ${given} where “${signature}” wants ${wanted}`);
}

function packNumber(signature, value, where) {
    const isInteger = typeof value === 'bigint' || Number.isInteger(value);

    if (signature === 'd') {
        if (typeof value !== 'number')
            throw refuse(signature, value, where);
        return GLib.Variant.new_double(value);
    }
    if (!isInteger)
        throw refuse(signature, value, where);

    const [low, high] = integers[signature];
    if (value < low || value > high)
        throw new RangeError(`${where}: ${value} is out of range, allowed is ${low} to ${high}`);

    // Text keeps all digits of a BigInt.
    if (typeof value === 'bigint')
        return GLib.Variant.parse(new GLib.VariantType(signature), String(value), null, null);
    return new GLib.Variant(signature, value);
}

function packText(signature, value, where) {
    if (value instanceof Geminga.ActorRef && signature !== 'g')
        value = value.get_path();
    if (typeof value !== 'string')
        throw refuse(signature, value, where);
    if ((signature === 'o' && !GLib.Variant.is_object_path(value)) ||
        (signature === 'g' && !GLib.Variant.is_signature(value)))
        throw refuse(signature, value, where);

    return new GLib.Variant(signature, value);
}

// What has a key of a dictionary is text in JavaScript.
function packKey(signature, key, where) {
    return signature === 's' || signature === 'o' || signature === 'g'
        ? packText(signature, key, where)
        : pack(signature, signature === 'b' ? key === 'true' : Number(key), where, null);
}

function packDict(signature, value, where, descriptors) {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
        throw refuse(signature, value, where);

    const [keyType, valueType] = [signature[2], signature.slice(3, -1)];
    const entries = Object.entries(value).map(([key, item]) => GLib.Variant.new_dict_entry(
        packKey(keyType, key, where), pack(valueType, item, `${where}.${key}`, descriptors)));

    return GLib.Variant.new_array(new GLib.VariantType(signature.slice(1)), entries);
}

function packItems(signature, value, where, descriptors) {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value))
        throw refuse(signature, value, where);

    const items = Array.from(value);
    const isArray = signature[0] === 'a';
    const kinds = isArray ? items.map(() => signature.slice(1)) : split(signature);

    if (kinds.length !== items.length)
        throw refuseCount(signature, kinds.length, `${items.length} values`, where);

    const packed = items.map((item, i) => pack(kinds[i], item, `${where}[${i}]`, descriptors));

    return isArray
        ? GLib.Variant.new_array(new GLib.VariantType(signature.slice(1)), packed)
        : GLib.Variant.new_tuple(packed);
}

function packHandle(value, where, descriptors) {
    if (descriptors === null)
        throw new TypeError(`${where}: file descriptors cannot travel here`);
    if (!Number.isInteger(value))
        throw refuse('h', value, where);

    return GLib.Variant.new_handle(descriptors.add(value));
}

// A GVariant of that type, or an error that begins with where it is.
function pack(signature, value, where, descriptors) {
    if (signature === 'v')
        return GLib.Variant.new_variant(guess(value, where, descriptors));
    if (value instanceof GLib.Variant) {
        if (value.get_type_string() !== signature)
            throw refuse(signature, value.print(true), where);
        return value;
    }
    if (signature === 'd' || signature in integers)
        return packNumber(signature, value, where);
    if ('sog'.includes(signature))
        return packText(signature, value, where);
    if (signature === 'b') {
        if (typeof value !== 'boolean')
            throw refuse(signature, value, where);
        return GLib.Variant.new_boolean(value);
    }
    if (signature === 'h')
        return packHandle(value, where, descriptors);
    if (signature === 'ay' && value instanceof Uint8Array)
        return GLib.Variant.new_from_bytes(new GLib.VariantType('ay'), new GLib.Bytes(value), true);
    if (signature.startsWith('a{'))
        return packDict(signature, value, where, descriptors);

    return packItems(signature, value, where, descriptors);
}

function guessItems(value, where, descriptors) {
    const items = value.map((item, i) => guess(item, `${where}[${i}]`, descriptors));
    const isUniform = items.length > 0 &&
        items.every(item => item.get_type_string() === items[0].get_type_string());

    if (isUniform)
        return GLib.Variant.new_array(null, items);

    const boxes = items.map(item => GLib.Variant.new_variant(item));
    return GLib.Variant.new_array(new GLib.VariantType('v'), boxes);
}

// A GVariant of the type that fits the value best.
function guess(value, where, descriptors) {
    if (value instanceof GLib.Variant)
        return value;
    if (value instanceof Uint8Array)
        return pack('ay', value, where, descriptors);
    if (value instanceof Geminga.ActorRef)
        return packText('o', value, where);
    if (Array.isArray(value))
        return guessItems(value, where, descriptors);

    switch (typeof value) {
    case 'boolean':
        return GLib.Variant.new_boolean(value);
    case 'string':
        return GLib.Variant.new_string(value);
    case 'bigint':
        return packNumber(value < 2n ** 63n ? 'x' : 't', value, where);
    case 'number':
        return packNumber(Number.isSafeInteger(value) ? 'x' : 'd', value, where);
    case 'object':
        if (value !== null && Object.getPrototypeOf(value) === Object.prototype)
            return packDict('a{sv}', value, where, descriptors);
    }

    throw new TypeError(`${where}: there is no D-Bus type for ${value}`);
}

function packArguments(signature, values, where, names, descriptors) {
    const kinds = split(signature);

    if (kinds.length !== values.length)
        throw refuseCount(signature, kinds.length, `${values.length} arguments`, where);

    return GLib.Variant.new_tuple(kinds.map((kind, i) =>
        pack(kind, values[i], `${where}, ${names[i]}`, descriptors)));
}

// The tuple that a handler's value means: nothing, the one result or all of them.
function packResult(signature, value, descriptors) {
    const kinds = split(signature);

    if (kinds.length === 0) {
        if (value !== undefined && value !== null)
            throw new TypeError(`result: ${value} where nothing is declared`);
        return GLib.Variant.new_tuple([]);
    }
    if (kinds.length === 1)
        return GLib.Variant.new_tuple([pack(kinds[0], value, 'result', descriptors)]);

    return pack(signature, value, 'result', descriptors);
}

function unpack(variant, descriptors) {
    const kind = variant.get_type_string();

    if (kind === 'v')
        return unpack(variant.get_variant(), descriptors);
    if (kind === 'h')
        return descriptors.get(variant.get_handle());
    if (kind === 'ay' || !'a({'.includes(kind[0]))
        return variant.deepUnpack();

    const items = [];
    for (let i = 0; i < variant.n_children(); i++)
        items.push(variant.get_child_value(i));
    if (!kind.startsWith('a{'))
        return items.map(item => unpack(item, descriptors));

    return Object.fromEntries(items.map(item =>
        [item.get_child_value(0).unpack(), unpack(item.get_child_value(1), descriptors)]));
}

function packProperties(properties) {
    return properties === null || properties instanceof GLib.Variant
        ? properties
        : packDict('a{sv}', properties, 'properties', null);
}

// Errors

function log(where, error) {
    const text = error instanceof Error ? `${error}\n${error.stack}`.trimEnd() : String(error);

    GLib.log_structured('Geminga', GLib.LogLevelFlags.LEVEL_WARNING, {MESSAGE: `${where}: ${text}`});
}

// What the caller gets for what was thrown.
function asError(thrown) {
    if (thrown instanceof GLib.Error)
        return thrown;

    return new Geminga.Error({code: Geminga.Error.FAILED, message: String(thrown)});
}

function isPromise(value) {
    return typeof value?.then === 'function';
}

// Declarations

// [arguments, result, documentation], or an object with these.
function readDeclaration(klass, name, declared) {
    if (!Array.isArray(declared))
        return declared;

    const [args = '', result = '', documentation = ''] = declared;
    return {arguments: args, result, documentation};
}

function checkSignature(signature, where) {
    signature ??= '';
    if (signature !== '' && (!GLib.VariantType.string_is_valid(signature) || /[m*?r]/.test(signature)))
        throw new TypeError(`${where}: “${signature}” is not a signature of D-Bus types`);

    return signature.startsWith('(') ? signature : `(${signature})`;
}

// As the source has them: "Add(a, b)" takes a and b.
function readParameters(method) {
    const [, parameters = ''] = /^[^(]*\(([^)]*)\)/.exec(method.toString()) ?? [];
    const names = parameters.split(',').map(parameter => parameter.split('=')[0].trim());

    return names.every(name => /^\w+$/.test(name)) ? names : [];
}

function makeCommand(klass, name, declaration, handler) {
    const where = `${klass.name}.${name}`;

    if (!Gio.dbus_is_member_name(name))
        throw new TypeError(`${where}: “${name}” is not a name for a command or an event`);

    const signature = checkSignature(declaration.arguments, where);
    const command = Geminga.Command.new(name, signature, checkSignature(declaration.result, where));
    const names = declaration.names ?? (handler ? readParameters(handler) : []);

    command.set_argument_names(names.slice(0, split(signature).length));
    command.set_documentation(declaration.documentation ?? '');
    command.set_flags(declaration.flags ?? Geminga.CommandFlags.NONE);
    if (declaration.coalesceKey && !command.get_argument_names().includes(declaration.coalesceKey))
        throw new TypeError(`${where}: there is no argument “${declaration.coalesceKey}” to coalesce by`);
    command.set_coalesce_key(declaration.coalesceKey ?? null);

    return command;
}

// The commands and events that the class itself declares, checked.
function collect(klass) {
    const own = symbol => Object.entries(Object.hasOwn(klass, symbol) ? klass[symbol] : {});
    const commands = own(Geminga.commands).map(([name, declared]) => {
        const declaration = readDeclaration(klass, name, declared);
        const method = declaration.method ?? name;
        const handler = klass.prototype[method];

        if (typeof handler !== 'function')
            throw new TypeError(`${klass.name}: there is no method for command “${name}”`);
        return {command: makeCommand(klass, name, declaration, handler), method};
    });
    const events = own(Geminga.events).map(([name, declared]) => {
        const [signature = '', words = '', documentation = ''] = [declared].flat();
        const names = words.split(' ').filter(Boolean);

        return makeCommand(klass, name, {arguments: signature, names, documentation});
    });
    const name = Object.hasOwn(klass, Geminga.interface) ? klass[Geminga.interface] : null;

    if (name !== null && !Gio.dbus_is_interface_name(name))
        throw new TypeError(`${klass.name}: “${name}” is not a D-Bus interface name`);

    return {commands, events, name};
}

function declareClass(klass, {commands, events, name}) {
    if (name !== null)
        klass.set_interface_name(name);

    klass[handlers] = new Map(klass[handlers]);
    for (const {command, method} of commands) {
        klass.add_command(command);
        klass[handlers].set(command.get_name(), {
            method,
            result: command.get_result_type().dup_string(),
        });
    }
    for (const event of events)
        klass.add_event(event);
    if (Object.hasOwn(klass, Geminga.sandbox))
        klass.set_sandbox(klass[Geminga.sandbox]);
    if (Object.hasOwn(klass, Geminga.stateEntries)) {
        for (const [entry, type] of Object.entries(klass[Geminga.stateEntries]))
            klass.add_state_entry(entry, type);
    }
    klass.set_main_thread_only(true);
}

function addEventMethods(klass, events) {
    for (const event of events) {
        const [name, names] = [event.get_name(), event.get_argument_names()];
        const signature = event.get_argument_type().dup_string();

        klass.prototype[name] = function (...args) {
            this.emit_event(name, packArguments(signature, args, name, names, null));
        };
    }
}

// Handling

const handlers = Symbol('Handlers');

function answer(call, handler, value) {
    if (value === Geminga.LATER || call.is_answered())
        return;

    const descriptors = new Descriptors(null, true);
    const result = packResult(handler.result, value, descriptors);
    call.return_value_with_fds(result, descriptors.fds);
}

function refuseCall(actor, call, thrown) {
    if (!(thrown instanceof GLib.Error))
        log(`Command ${call.get_command()} of actor “${actor.get_id()}”`, thrown);
    if (!call.is_answered())
        call.return_error(asError(thrown));
}

// Keeps the actor from ending until it is released, or until nobody waits for the call any more.
function hold(actor, call) {
    const cancellable = call?.get_cancellable() ?? null;
    let isHeld = true;
    let id = 0;

    const release = () => {
        if (isHeld)
            actor.release();
        isHeld = false;
        if (id > 0)
            GObject.signal_handler_disconnect(cancellable, id);
        id = 0;
    };

    actor.hold();
    if (cancellable !== null)
        id = GObject.signal_connect(cancellable, 'cancelled', release);

    return release;
}

// A promise cannot be cancelled; its handler may go on, but the actor does not wait for it.
async function finish(actor, promise, done, failed, call = null) {
    const release = hold(actor, call);

    try {
        done(await promise);
    } catch (thrown) {
        failed(thrown);
    } finally {
        release();
    }
}

function handle(call) {
    const handler = this.constructor[handlers].get(call.get_command());

    if (handler === undefined) {
        this.constructor[native].vfunc_handle.call(this, call);
        return;
    }

    const args = unpack(call.get_arguments(), new Descriptors(call.get_fds()));
    const value = this[handler.method](...args, call);
    const done = result => answer(call, handler, result);

    if (isPromise(value))
        finish(this, value, done, thrown => refuseCall(this, call, thrown), call);
    else
        done(value);
}

const native = Symbol('Native prototype');

// What C calls: GJS would log what is thrown and go on as if nothing had happened.
function guardHandle(func) {
    return function (call) {
        try {
            func.call(this, call);
        } catch (thrown) {
            refuseCall(this, call, thrown);
        }
    };
}

function guardStep(func) {
    return function () {
        const failed = thrown => {
            log(`Actor “${this.get_id()}”`, thrown);
            this.fail(asError(thrown));
        };

        try {
            const value = func.call(this);
            if (isPromise(value))
                finish(this, value, () => {}, failed);
        } catch (thrown) {
            failed(thrown);
        }
    };
}

function guardMethods(klass) {
    const prototype = klass.prototype;
    const own = name => Object.hasOwn(prototype, name);
    const isFirst = Object.getPrototypeOf(klass)[handlers] === undefined;

    if (isFirst) {
        klass[native] = Object.getPrototypeOf(prototype);
        if (!own('vfunc_handle'))
            prototype.vfunc_handle = handle;
    }
    if (own('vfunc_handle'))
        prototype.vfunc_handle = guardHandle(prototype.vfunc_handle);
    for (const name of ['vfunc_started', 'vfunc_stopping', 'vfunc_periodic']) {
        if (own(name))
            prototype[name] = guardStep(prototype[name]);
    }
}

function initActor() {
    const registerClass = Geminga.Actor._classInit;

    Geminga.commands = Symbol('Commands');
    Geminga.events = Symbol('Events');
    Geminga.interface = Symbol('Interface');
    Geminga.LATER = Symbol('Later');
    Geminga.sandbox = Symbol('Sandbox');
    Geminga.stateEntries = Symbol('StateEntries');

    Geminga.Actor._classInit = function (klass) {
        // Mistakes are found before the type is registered, which cannot be undone.
        const declared = collect(klass);

        guardMethods(klass);
        addEventMethods(klass, declared.events);
        klass = registerClass.call(this, klass);
        declareClass(klass, declared);

        return klass;
    };
}

function initSpawn(prototype) {
    const {spawn} = prototype;
    const {SHARED} = Geminga.Placement;

    prototype.spawn = function (klass, id = null, placement = SHARED, properties = null) {
        return spawn.call(this, klass, id, placement, packProperties(properties));
    };
}

// Refs

// One tuple with all arguments is sent as it is.
function isPacked(args, wanted) {
    if (args.length !== 1 || !(args[0] instanceof GLib.Variant))
        return false;

    const given = args[0].get_type();
    return given.is_tuple() && (wanted === null || wanted.n_items() !== 1 || given.equal(wanted));
}

function packAsk(ref, name, args, descriptors) {
    return packDeclared(ref.lookup_command(name), name, args, descriptors);
}

function listRefs(model) {
    return Array.from({length: model.get_n_items()}, (_value, i) => model.get_item(i));
}

// As the command of the first of these actors whose class is known here declares it.
function packFor(refs, name, args) {
    const known = refs.find(ref => ref.lookup_command(name) !== null);

    return packDeclared(known?.lookup_command(name) ?? null, name, args, null);
}

function packDeclared(declared, name, args, descriptors) {
    if (isPacked(args, declared?.get_argument_type() ?? null))
        return args[0];
    if (declared === null) {
        return GLib.Variant.new_tuple(args.map((value, i) =>
            guess(value, `${name}, argument ${i + 1}`, descriptors)));
    }

    const signature = declared.get_argument_type().dup_string();
    return packArguments(signature, args, name, declared.get_argument_names(), descriptors);
}

function milliseconds(seconds) {
    if (seconds === undefined || seconds === null)
        return -1;
    if (!(seconds >= 0))
        throw new RangeError(`timeout: ${seconds} is not a time`);

    return Math.min(Math.ceil(seconds * 1000), GLib.MAXINT32);
}

// A promise of what an asynchronous function of C gives.
function startOperation(start, end) {
    return new Promise((resolve, reject) => {
        start((_source, result) => {
            try {
                resolve(end(result));
            } catch (error) {
                reject(error);
            }
        });
    });
}

function ask({timeout, cancellable = null}, name, ...args) {
    const descriptors = new Descriptors();
    const packed = packAsk(this, name, args, descriptors);

    return startOperation(
        callback => this.ask_with_fds_async(name, packed, descriptors.fds, milliseconds(timeout),
            cancellable, callback),
        result => {
            const [results, fds] = this.ask_with_fds_finish(result);
            const values = unpack(results, new Descriptors(fds));

            return values.length > 1 ? values : values[0];
        });
}

function initRefs() {
    const {tell} = Geminga.ActorRef.prototype;

    for (const name of ['wait_ready', 'wait_ended']) {
        Geminga.ActorRef.prototype[name] = function (cancellable = null) {
            return startOperation(callback => this[`${name}_async`](cancellable, callback),
                result => this[`${name}_finish`](result));
        };
    }

    Object.assign(Geminga.ActorRef.prototype, {
        ask_with: ask,

        ask(name, ...args) {
            return this.ask_with({}, name, ...args);
        },

        tell(name, ...args) {
            return tell.call(this, name, packAsk(this, name, args, null));
        },

        // Done when the actor's mailbox has accepted it.
        deliver(name, ...args) {
            const packed = packAsk(this, name, args, null);

            return startOperation(
                callback => this.tell_async(name, packed, milliseconds(), null, callback),
                result => this.tell_finish(result));
        },
    });

    // After an await, what a handler sends no longer comes from its actor by itself.
    Geminga.Call.prototype.ask = function (ref, name, ...args) {
        let promise = null;

        this.resume(() => (promise = ref.ask(name, ...args)));
        return promise;
    };
    Geminga.Call.prototype.tell = function (ref, name, ...args) {
        this.resume(() => ref.tell(name, ...args));
    };

    Geminga.System.prototype.stop = function () {
        return startOperation(callback => this.stop_async(null, callback),
            result => this.stop_finish(result));
    };
}

// The operations whose promise gives what C gives.
function promisify(prototype, names) {
    for (const name of names) {
        prototype[name] = function (...args) {
            return startOperation(callback => this[`${name}_async`](...args, null, callback),
                result => this[`${name}_finish`](result));
        };
    }
}

function initFinding() {
    const {publish} = Geminga.Group.prototype;
    const {tell} = Geminga.Balancer.prototype;

    promisify(Geminga.System.prototype, ['register_name', 'unregister_name', 'lookup_name']);
    promisify(Geminga.Group.prototype, ['join', 'leave', 'wait_ready']);

    Object.assign(Geminga.System.prototype, {
        wait_for_name(name, {timeout, cancellable = null} = {}) {
            return startOperation(
                callback => this.wait_for_name_async(name, milliseconds(timeout), cancellable, callback),
                result => this.wait_for_name_finish(result));
        },

        async list_names() {
            const names = await startOperation(callback => this.list_names_async(null, callback),
                result => this.list_names_finish(result));

            return names.deepUnpack();
        },
    });

    Geminga.Group.prototype.publish = function (name, ...args) {
        return publish.call(this, name, packFor(this.list_members(), name, args));
    };

    Object.assign(Geminga.Balancer.prototype, {
        ask_with({key = null, timeout, cancellable = null}, name, ...args) {
            return startOperation(
                callback => this.ask_async(key, name, packFor(listRefs(this.get_members()), name, args),
                    milliseconds(timeout), cancellable, callback),
                result => {
                    const values = unpack(this.ask_finish(result), null);

                    return values.length > 1 ? values : values[0];
                });
        },

        ask(name, ...args) {
            return this.ask_with({}, name, ...args);
        },

        tell_with({key = null}, name, ...args) {
            return tell.call(this, key, name, packFor(listRefs(this.get_members()), name, args));
        },

        tell(name, ...args) {
            return this.tell_with({}, name, ...args);
        },
    });
}

function initService(prototype) {
    const addActor = prototype.add_actor;
    const {PROCESS} = Geminga.Placement;

    prototype.add_actor = function (klass, id, placement = PROCESS, properties = null) {
        return addActor.call(this, klass, id, placement, packProperties(properties));
    };
}

function _init() {
    Geminga = this;

    initActor();
    initSpawn(Geminga.Actor.prototype);
    initSpawn(Geminga.System.prototype);
    initRefs();
    initFinding();
    imports.overrides.GemingaWeb.init(Geminga, {isPromise, pack, startOperation});
    initService(Geminga.Service.prototype);
}
