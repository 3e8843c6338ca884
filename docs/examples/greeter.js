#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Handlers of all kinds: with parameters, asynchronous, and such that throw.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import {exit, programArgs, programInvocationName} from 'system';

const web = Geminga.WebService.new('org.example.Greeter');

function sleep(milliseconds) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

web.add_route('GET', '/hello/{name}', request => {
    request.respond_text(200, `Hello ${request.get_param('name')}!\n`);
});

web.add_route('GET', '/slow', async request => {
    await sleep(50);
    request.respond_text(200, 'Good things take time\n');
});

web.add_route('GET', '/secret', async () => {
    throw new Geminga.Error({code: Geminga.Error.NOT_AUTHORIZED, message: 'This is not for you'});
});

web.add_route('GET', '/broken', () => {
    throw new RangeError('division by zero');
});

web.add_route('GET', '/broken-later', async () => {
    await sleep(1);
    throw new RangeError('division by zero');
});

exit(web.run([programInvocationName, ...programArgs]));
