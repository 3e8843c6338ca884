// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Routes, middleware, requests and answers in JavaScript, without a socket.

import Geminga from 'gi://Geminga?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';

const Stamp = GObject.registerClass(class Stamp extends Geminga.Middleware {
    vfunc_before(request) {
        request.set_attribute('stamp', new GLib.Variant('s', 'seen'));
        return false;
    }

    vfunc_after(request, response) {
        response.set_header('X-Stamp', request.get_attribute('stamp').unpack());
        return false;
    }
});

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

function assertThrows(func, part) {
    try {
        func();
    } catch (error) {
        assertEqual(String(error).includes(part), true);
        return;
    }
    throw new Error(`nothing was thrown where “${part}” should be`);
}

const tests = {
    async routes(router, client) {
        const user = request => request.respond_text(200,
            request.build_path('user', {id: request.get_param_int('id', 0) + 1}));

        router.add_route('GET', '/users/{id:int(min=1)}', user, 'user');
        const response = await client.send('GET', '/users/7');
        assertEqual([response.get_status(), response.get_body_text()], [200, '/users/8']);
        assertEqual((await client.send('GET', '/users/0')).get_status(), 404);
        assertEqual(router.build_path('user', {id: 3, tag: ['a', 'b']}), '/users/3?tag=a&tag=b');
        assertThrows(() => router.build_path('user', {id: 0}), 'does not take the value');
        assertThrows(() => router.add_route('GET', '/users/{x:int(min=1)}', user), 'already');
    },

    async mount(router, client) {
        const inner = new Geminga.Router();

        inner.add_route('GET', '/x', request => request.respond_text(200, request.get_param('v')), 'x');
        router.mount('/api/{v}', 'api', inner);
        assertEqual((await client.send('GET', '/api/2/x')).get_body_text(), '2');
        assertEqual(router.build_path('api.x', {v: 2}), '/api/2/x');
    },

    async middleware(router, client) {
        const seen = [];

        router.before(async () => {
            await null;
            seen.push('waited');
        });
        router.after(async (_request, response) => {
            await null;
            seen.push(response.get_status());
        });
        router.before(request => {
            if (request.get_header('X-Refuse'))
                request.respond_text(403, 'no');
        });
        const route = router.add_route('GET', '/x', request => request.respond_text(200, 'x'));
        route.add_middleware(new Stamp());

        assertEqual((await client.send('GET', '/x')).get_header('X-Stamp'), 'seen');
        const refused = await client.send('GET', '/x', {headers: {'X-Refuse': '1'}});
        assertEqual(refused.get_status(), 403);
        assertEqual(seen, ['waited', 200, 'waited', 403]);
    },

    async bodies(router, client) {
        const signer = Geminga.Signer.new(new GLib.Bytes(new Uint8Array(32)));

        router.add_route('POST', '/json', request => request.respond_json(200, [request.json()]));
        const headers = {'Content-Type': 'application/json'};
        const good = await client.send('POST', '/json', {headers, body: '{"a": 1}'});
        assertEqual(good.get_body_text(), '[{"a":1}]');
        const bad = await client.send('POST', '/json', {headers, body: '{]'});
        assertEqual(bad.get_status(), 400);

        router.add_route('GET', '/cookies', request => {
            const seen = [request.get_cookie('a'), request.dup_signed_cookie(signer, 'b', 60)];
            request.set_cookie('a', '1', {'max-age': GLib.Variant.new_int32(60)});
            request.set_signed_cookie(signer, 'b', 'two words');
            request.respond_json(200, seen);
        });
        assertEqual((await client.send('GET', '/cookies')).get_body_text(), '[null,null]');
        assertEqual((await client.send('GET', '/cookies')).get_body_text(), '["1","two words"]');
    },
};

const loop = new GLib.MainLoop(null, false);
let failure = null;

async function main() {
    for (const [name, test] of Object.entries(tests)) {
        const router = new Geminga.Router();

        print(`# ${name}`);
        await test(router, Geminga.TestClient.new(router));
    }
}

main().catch(error => (failure = error)).finally(() => loop.quit());
loop.run();
if (failure !== null)
    throw failure;
