#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a testlog.json of meson.

tests-log.py count LOG     how many tests passed, failed and were skipped
tests-log.py failed LOG    the names of those that failed, a line each
tests-log.py unsteady LOG  the same, or nothing if a second try could hide what failed: a report of a
                           sanitizer, or so many that it is no accident
"""
import json
import sys
from typing import Any

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}
# A whole suite that fails is not unsteady.
ACCIDENTS = 3
REPORTS = ("Sanitizer", "runtime error:")


def read(path: str) -> list[dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as log:
            return [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        # Nothing was selected.
        return []


def failed(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result for result in results if result["result"] not in PASSED | SKIPPED]


def has_report(result: dict[str, Any]) -> bool:
    text = result.get("stdout", "") + result.get("stderr", "")
    return any(report in text for report in REPORTS)


def names(results: list[dict[str, Any]]) -> str:
    # "project:suite / name"
    return "\n".join(result["name"].rpartition(" / ")[2] for result in results)


def main(verb: str, path: str) -> None:
    results = read(path)
    bad = failed(results)
    if verb == "count":
        skipped = sum(result["result"] in SKIPPED for result in results)
        print(len(results) - len(bad) - skipped, len(bad), skipped)
    elif verb == "failed":
        print(names(bad))
    elif len(bad) <= ACCIDENTS and not any(map(has_report, bad)):
        print(names(bad))


if __name__ == "__main__":
    main(*sys.argv[1:])
