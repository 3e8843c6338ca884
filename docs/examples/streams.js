#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import {exit, programArgs, programInvocationName} from 'system';

const web = Geminga.WebService.new('org.example.Streams');

web.set_body_handler(request => {
    if (request.get_path() === '/count') {
        request.set_max_body(10 * 1024 ** 3);
        request.set_body_streamed(true);
    }
});

web.add_route('POST', '/count', request => {
    let total = 0;
    const read = stream => {
        stream.read_bytes_async(65536, 0, null, (_stream, result) => {
            const size = stream.read_bytes_finish(result).get_size();

            total += size;
            if (size > 0)
                read(stream);
            else
                request.respond_text(200, `${total} bytes\n`);
        });
    };

    read(request.get_body_stream());
});

web.add_route('GET', '/numbers', request => {
    const stream = request.respond_stream(200, 'text/plain', -1);
    const write = number => {
        if (number === 1000) {
            stream.close(null);
            return;
        }
        stream.write_bytes_async(new GLib.Bytes(`${number}\n`), 0, null, (_stream, result) => {
            stream.write_bytes_finish(result);
            write(number + 1);
        });
    };

    write(0);
});

web.add_route('GET', '/ticks', request => {
    const events = request.respond_events();
    let number = Number(events.get_last_event_id() ?? 0);

    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10, () => {
        number++;
        events.send('tick', `tick ${number}`, `${number}`);
        if (number < 3)
            return GLib.SOURCE_CONTINUE;
        events.close();
        return GLib.SOURCE_REMOVE;
    });
});

const directory = GLib.path_get_dirname(GLib.filename_from_uri(import.meta.url)[0]);

web.add_static('/files/', new Geminga.StaticFiles({
    root: directory, cache_control: 'max-age=60',
}));

exit(web.run([programInvocationName, ...programArgs]));
