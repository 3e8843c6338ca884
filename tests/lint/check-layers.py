#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dependencies point one way: each folder includes its own headers and those of the folders before.

Also: core knows neither the bus nor HTTP nor JSON, only http knows libsoup, and programs outside
the library use its public header alone.
"""
import pathlib
import re
import sys

LAYERS = ["core", "peer", "supervise", "bus", "service", "http"]
LIBRARY = pathlib.Path("src/geminga")
OUTSIDE = [pathlib.Path("src/cli"), pathlib.Path("src/manager"), pathlib.Path("docs/examples")]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# What the text of a folder may not contain, and why.
FORBIDDEN = {
    "core": [
        (re.compile(r"<libsoup/|<json-glib/"), "core needs GIO only"),
        (re.compile(r"\bg_dbus_connection_|\bg_bus_(get|own|watch)"), "core does not know the bus"),
    ],
    "peer": [
        (re.compile(r"<libsoup/"), "only http knows libsoup"),
        (re.compile(r"\bg_dbus_connection_"), "a peer link is not a GDBusConnection"),
    ],
    "supervise": [(re.compile(r"<libsoup/"), "only http knows libsoup")],
    "bus": [(re.compile(r"<libsoup/"), "only http knows libsoup")],
    "service": [(re.compile(r"<libsoup/"), "only http knows libsoup")],
    "http": [],
}


def sources(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".c", ".h"))


def layer_of_headers() -> dict[str, str]:
    """The folder of each header of the library, by base name; generated enums too."""
    found = {f"geminga-{layer}-enums.h": layer for layer in LAYERS}
    for layer in LAYERS:
        found.update({path.name: layer for path in (LIBRARY / layer).rglob("*.h")})
    return found


def check_layer(layer: str, headers: dict[str, str]) -> list[str]:
    problems = []
    for path in sources(LIBRARY / layer):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and "/" in match[2] and match[1] == '"':
                problems.append(f"{path}:{number}: include {match[2]} by its base name")
            other = headers.get(match[2]) if match else None
            if other and LAYERS.index(other) > LAYERS.index(layer):
                problems.append(f"{path}:{number}: {layer} may not include {match[2]} of {other}")
            problems += [f"{path}:{number}: {why}"
                         for pattern, why in FORBIDDEN[layer] if pattern.search(line)]
    return problems


def check_outside(folder: pathlib.Path, headers: dict[str, str]) -> list[str]:
    problems = []
    for path in sources(folder):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match[2] in headers:
                problems.append(f"{path}:{number}: include <geminga.h> instead of {match[2]}")
    return problems


def main() -> int:
    headers = layer_of_headers()
    problems = [problem for layer in LAYERS for problem in check_layer(layer, headers)]
    problems += [problem for folder in OUTSIDE for problem in check_outside(folder, headers)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
