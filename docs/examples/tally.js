// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// An actor whose count goes on when the service is reloaded or upgraded. See docs/upgrades.md.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {exit, programArgs, programInvocationName} from 'system';

const Tally = GObject.registerClass(class Tally extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Tally1';
    static [Geminga.stateEntries] = {count: 't'};

    static [Geminga.commands] = {
        Add: ['u', 't', 'Counts on, and tells how far it has come'],
    };

    _init(properties) {
        super._init(properties);
        this.count = 0;
    }

    Add(n) {
        this.count += n;
        return this.count;
    }

    vfunc_save_state() {
        return new GLib.Variant('a{sv}', {count: new GLib.Variant('t', this.count)});
    }

    vfunc_restore_state(state) {
        this.count = state.deepUnpack().count.deepUnpack();
        return true;
    }
});

const service = Geminga.Service.new('org.example.Tally');

service.add_actor(Tally, 'tally');
exit(service.run([programInvocationName, ...programArgs]));
