// SPDX-FileCopyrightText: 2026 The Geminga authors
// SPDX-License-Identifier: LGPL-2.1-or-later
int main (string[] args) {
    var web = new Geminga.WebService ("org.example.Hello");

    web.add_route ("GET", "/", (request) => request.respond_text (200, "Hello World!\n"));
    return web.run (args);
}
