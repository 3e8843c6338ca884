#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
import Geminga from 'gi://Geminga?version=1';
import {exit, programArgs, programInvocationName} from 'system';

const web = Geminga.WebService.new('org.example.Hello');

web.add_route('GET', '/', request => {
    request.respond_text(200, 'Hello World!\n');
});

exit(web.run([programInvocationName, ...programArgs]));
