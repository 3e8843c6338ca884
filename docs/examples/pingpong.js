#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Two actors in two processes play ping-pong. The ball counts the messages: one there and one back in each
// round. pingpong.c and pingpong.py do the same.
//
//     busctl --user call org.example.PingPong /org/geminga1/PingPong/ping org.example.Ping1 Play u 1000

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {exit, programArgs, programInvocationName} from 'system';

const Pong = GObject.registerClass(class Pong extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Pong1';

    static [Geminga.commands] = {
        Hit: ['t', 't', 'Returns the ball'],
    };

    async vfunc_started() {
        await this.get_system().register_name('pong', this.get_address());
    }

    Hit(ball) {
        return ball + 1;
    }
});

const Ping = GObject.registerClass(class Ping extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Ping1';

    static [Geminga.commands] = {
        Play: ['u', '(tt)',
            'Plays so many rounds, and tells how many messages it took and how many microseconds'],
    };

    async Play(rounds, call) {
        const pong = await this.get_system().wait_for_name('pong');
        const begin = this.get_time();
        let ball = 0;

        for (let i = 0; i < rounds; i++)
            ball = await call.ask(pong, 'Hit', new GLib.Variant('(t)', [ball + 1]));
        return [ball, this.get_time() - begin];
    }
});

const service = Geminga.Service.new('org.example.PingPong');

service.add_actor(Ping, 'ping');
service.add_actor(Pong, 'pong');
exit(service.run([programInvocationName, ...programArgs]));
