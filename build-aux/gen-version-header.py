#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes geminga-version.h: version numbers and one availability macro for each released minor."""
import sys

# Every minor version that has added API, oldest first.
RELEASED = ["0.1"]


def availability(released: str) -> str:
    return f"#define GEMINGA_AVAILABLE_IN_{released.replace('.', '_')} _GEMINGA_EXTERN"


def main(version: str, template: str, output: str) -> None:
    major, minor, micro = version.split(".")
    values = {
        "MAJOR": major,
        "MINOR": minor,
        "MICRO": micro,
        "VERSION": version,
        "AVAILABILITY": "\n".join(availability(released) for released in RELEASED),
    }
    with open(template, encoding="utf-8") as source:
        text = source.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    with open(output, "w", encoding="utf-8") as target:
        target.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
