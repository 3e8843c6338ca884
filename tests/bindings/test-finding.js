// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Names, groups and balancers from JavaScript.

import Geminga from 'gi://Geminga?version=1';
import Gio from 'gi://Gio';
import GObject from 'gi://GObject';

const Member = GObject.registerClass(class Member extends Geminga.Actor {
    static [Geminga.commands] = {Hear: ['(us)'], Heard: ['', 'as']};

    Hear(number, text) {
        this.heard = [...this.heard ?? [], `${number} ${text}`];
    }

    Heard() {
        return this.heard ?? [];
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

async function assertFails(promise, code) {
    const error = await promise.then(() => null, thrown => thrown);

    if (!error?.matches(Geminga.Error, code))
        throw new Error(`${error} is not error ${code}`);
}

const tests = {
    async names(system) {
        const one = system.spawn(Member, 'one');
        const two = system.spawn(Member, 'two');
        const waiting = system.wait_for_name('clock', {timeout: 20});

        await assertFails(system.lookup_name('clock'), Geminga.Error.NO_SUCH_ACTOR);
        await system.register_name('clock', one);
        assertEqual((await waiting).get_path(), one.get_path());
        assertEqual((await system.lookup_name('clock')).get_path(), one.get_path());
        assertEqual(await system.list_names(), {clock: one.get_path()});
        await assertFails(system.register_name('clock', two), Geminga.Error.ALREADY_EXISTS);
        await system.unregister_name('clock');
        await assertFails(system.wait_for_name('clock', {timeout: 0.001}), Geminga.Error.TIMED_OUT);
    },

    async group(system) {
        const group = Geminga.Group.new(system, 'room');
        const one = system.spawn(Member, 'one');
        const two = system.spawn(Member, 'two');

        await group.join(one);
        group.publish('Hear', 1, 'a');
        await group.join(two);
        group.publish('Hear', 2, 'b');
        assertEqual(await one.ask('Heard'), ['1 a', '2 b']);
        assertEqual(await two.ask('Heard'), ['2 b']);
        await group.wait_ready();
        assertEqual(group.get_n_items(), 2);
        assertEqual(group.get_item(1).get_path(), two.get_path());
        await group.leave(one);
        await assertFails(group.leave(one), Geminga.Error.NO_SUCH_ACTOR);
        assertEqual(group.list_members().length, 1);
    },

    async balancer(system) {
        const members = Gio.ListStore.new(Geminga.ActorRef);
        const balancer = Geminga.Balancer.new(members, Geminga.Balancing.ROUND_ROBIN);
        const hashing = Geminga.Balancer.new(members, Geminga.Balancing.CONSISTENT_HASH);

        await assertFails(balancer.ask('Heard'), Geminga.Error.NO_SUCH_ACTOR);
        for (const name of ['one', 'two'])
            members.append(system.spawn(Member, name));
        for (let number = 0; number < 4; number++)
            balancer.tell('Hear', number, 'x');
        assertEqual(await members.get_item(0).ask('Heard'), ['0 x', '2 x']);
        assertEqual(await balancer.ask('Heard'), ['0 x', '2 x']);
        assertEqual(await hashing.ask_with({key: 'Ada'}, 'Heard'),
            await hashing.choose('Ada').ask('Heard'));
    },
};

for (const [name, test] of Object.entries(tests)) {
    const system = Geminga.System.new();

    print(`# ${name}`);
    await test(system);
    await system.stop();
}
