// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// An actor that reads what strangers send, in a sandbox. See docs/sandboxing.md.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {exit, programArgs, programInvocationName} from 'system';

const limits = Geminga.Sandbox.new();
limits.add_read_path('/usr');
limits.allow_system_calls(['@service']);

const Reader = GObject.registerClass(class Reader extends Geminga.Actor {
    static [Geminga.interface] = 'org.example.Reader1';
    static [Geminga.sandbox] = limits;

    static [Geminga.commands] = {
        Count: ['s', 't', 'Counts the bytes of a file'],
    };

    Count(path) {
        return GLib.file_get_contents(path)[1].length;
    }
});

const service = Geminga.Service.new('org.example.Reader');

service.add_actor(Reader, 'reader');
exit(service.run([programInvocationName, ...programArgs]));
