// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What makes routes and requests feel at home in JavaScript: Geminga.js loads it.

/* exported init */

const {GLib} = imports.gi;

let Geminga = null;
let isPromise = null;
let pack = null;
let startOperation = null;

function refuseRequest(request, thrown) {
    if (!(thrown instanceof GLib.Error))
        request.fail(thrown instanceof Error ? `${thrown}\n${thrown.stack}`.trimEnd() : String(thrown));
    else if (!request.is_answered())
        request.respond_error(thrown);
}

function initRoutes(prototype) {
    const addRoute = prototype.add_route;

    prototype.add_route = function (method, path, handler, name = null) {
        const router = this instanceof Geminga.Router ? this : this.get_router();

        this.set_main_thread_only?.(true);
        router.check_route(method, path);
        const route = addRoute.call(this, method, path, request => {
            try {
                const value = handler(request);
                if (isPromise(value))
                    value.then(null, thrown => refuseRequest(request, thrown));
            } catch (thrown) {
                refuseRequest(request, thrown);
            }
        });

        if (name !== null)
            route.set_name(name);
        return route;
    };
}

// A function or an async function; true means that it calls next() or answers later.
function wrapMiddleware(func) {
    return (request, ...args) => {
        const goOn = waits => waits === true || request.next();

        try {
            const value = func(request, ...args);
            if (!isPromise(value))
                return value === true;
            value.then(goOn, thrown => {
                refuseRequest(request, thrown);
                request.next();
            });
            return true;
        } catch (thrown) {
            refuseRequest(request, thrown);
            return false;
        }
    };
}

function initMiddleware(prototype) {
    const {new_before_func: newBefore, new_after_func: newAfter} = Geminga.Middleware;

    prototype.before = function (func) {
        this.add_middleware(newBefore.call(Geminga.Middleware, wrapMiddleware(func)));
    };
    prototype.after = function (func) {
        this.add_middleware(newAfter.call(Geminga.Middleware, wrapMiddleware(func)));
    };
}

function initRequest(prototype) {
    const decoder = new TextDecoder();
    const {respond_json: respondJson} = prototype;

    // After the strict check of get_json().
    prototype.json = function () {
        this.get_json();
        return JSON.parse(decoder.decode(this.get_body().toArray()));
    };

    // Text is JSON already.
    prototype.respond_json = function (status, value) {
        respondJson.call(this, status, typeof value === 'string' ? value : JSON.stringify(value));
    };

    for (const name of ['set_cookie', 'remove_cookie', 'set_signed_cookie']) {
        const original = prototype[name];
        const length = {set_cookie: 2, remove_cookie: 1, set_signed_cookie: 3}[name];

        prototype[name] = function (...args) {
            return original.call(this, ...args.slice(0, length),
                pack('a{sv}', args[length] ?? {}, 'options', null));
        };
    }
}

function initTestClient() {
    const {Soup} = imports.gi;
    const encoder = new TextEncoder();

    Geminga.TestClient.prototype.send = function (method, target,
        {headers = {}, body = null, cancellable = null} = {}) {
        const packed = Soup.MessageHeaders.new(Soup.MessageHeadersType.REQUEST);

        for (const [name, values] of Object.entries(headers))
            [values].flat().forEach(value => packed.append(name, value));
        if (typeof body === 'string')
            body = encoder.encode(body);

        const bytes = body instanceof Uint8Array ? new GLib.Bytes(body) : body;
        return startOperation(
            callback => this.send_async(method, target, packed, bytes, cancellable, callback),
            result => this.send_finish(result));
    };
}

// Values that are not in the path make the query.
function initPaths(prototype) {
    const {build_path: buildPath} = prototype;

    prototype.build_path = function (name, values = {}) {
        return buildPath.call(this, name, pack('a{sv}', values, 'values', null));
    };
}

function init(namespace, helpers) {
    Geminga = namespace;
    ({isPromise, pack, startOperation} = helpers);

    initRoutes(Geminga.Router.prototype);
    initRoutes(Geminga.WebService.prototype);
    Geminga.WebService.prototype.add_middleware = function (middleware) {
        this.get_router().add_middleware(middleware);
    };
    [Geminga.Router, Geminga.WebService, Geminga.Route].forEach(type => initMiddleware(type.prototype));
    initRequest(Geminga.Request.prototype);
    initTestClient();
    initPaths(Geminga.Router.prototype);
    initPaths(Geminga.Request.prototype);
}
