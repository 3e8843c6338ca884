#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints how many tests of a testlog.json of meson passed, failed and were skipped."""
import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


def main(path: str) -> None:
    passed = failed = skipped = 0
    try:
        with open(path, encoding="utf-8") as log:
            results = [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        # Nothing was selected.
        results = []
    for result in results:
        if result["result"] in PASSED:
            passed += 1
        elif result["result"] in SKIPPED:
            skipped += 1
        else:
            failed += 1
    print(passed, failed, skipped)


if __name__ == "__main__":
    main(*sys.argv[1:])
