#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the benchmarks of a build: run-benchmarks.py BUILD [--json] [NAME...].

What a benchmark prints is described in docs/performance.md.
"""
import argparse
import json
import operator
import pathlib
import re
import subprocess
import sys

FIELDS = ["name", "value", "unit", "cpu_per_op", "peer", "peer_value", "peer_cpu_per_op", "ratio",
          "gate", "holds"]
REQUIRED = ["name", "value", "unit"]
GATE = re.compile(r"(value|ratio|cpu_per_op) (<=|>=|<|>) ([0-9.]+)")
COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
SECONDS = 600


class Failed(Exception):
    """A benchmark that could not measure, with the reason."""


def completed(figure: dict) -> dict:
    """A figure with all fields: what the benchmark left out is worked out or null."""
    missing = [field for field in REQUIRED if figure.get(field) is None]
    if missing:
        raise Failed(f"a figure has no {', '.join(missing)}: {figure}")
    unknown = set(figure) - set(FIELDS) - {"better"}
    if unknown:
        raise Failed(f"a figure has fields nobody knows: {', '.join(sorted(unknown))}")
    result = {field: figure.get(field) for field in FIELDS}
    if result["ratio"] is None and result["peer_value"] and result["value"]:
        better_less = figure.get("better") == "less"
        ratio = (result["peer_value"] / result["value"] if better_less
                 else result["value"] / result["peer_value"])
        result["ratio"] = round(ratio, 3)
    # A bare number is the least ratio.
    if isinstance(result["gate"], (int, float)):
        result["gate"] = f"ratio >= {result['gate']:g}"
    result["holds"] = holds(result)
    return result


def holds(figure: dict) -> bool | None:
    if figure["gate"] is None:
        return None
    gate = GATE.fullmatch(figure["gate"])
    if gate is None:
        raise Failed(f"the gate \"{figure['gate']}\" is not of the kind \"ratio >= 1.5\"")
    measured = figure[gate[1]]
    return measured is not None and COMPARE[gate[2]](measured, float(gate[3]))


def run(command: list[str]) -> list[dict]:
    """The figures of one benchmark, in its order."""
    try:
        process = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                 text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"it took more than {SECONDS} s") from error
    if process.returncode != 0:
        raise Failed(f"it ended with status {process.returncode}")
    try:
        return [completed(json.loads(line)) for line in process.stdout.splitlines() if line]
    except json.JSONDecodeError as error:
        raise Failed(f"it printed a line that is not JSON: {error.doc}") from error


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def row(figure: dict) -> list[str]:
    verdict = {None: "", True: "holds", False: "DOES NOT HOLD"}[figure["holds"]]
    return [figure["name"], number(figure["value"]), figure["unit"], number(figure["cpu_per_op"]),
            figure["peer"] or "-", number(figure["peer_value"]), number(figure["peer_cpu_per_op"]),
            number(figure["ratio"]),
            " ".join(filter(None, [figure["gate"], verdict]))]


def print_table(figures: list[dict]) -> None:
    rows = [["NAME", "VALUE", "UNIT", "CPU us/op", "PEER", "PEER VALUE", "CPU us/op", "RATIO",
             "GATE"]]
    rows += [row(figure) for figure in figures]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for cells in rows:
        padded = [cell.rjust(width) if 0 < index < 8 and index not in (2, 4) else cell.ljust(width)
                  for index, (cell, width) in enumerate(zip(cells, widths))]
        print("  ".join(padded).rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(prog="build-aux/bench")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_intermixed_args()

    listed = pathlib.Path(arguments.build, "tests/bench/benchmarks.json")
    benchmarks = json.loads(listed.read_text(encoding="utf-8"))
    for name in arguments.names:
        if name not in benchmarks:
            known = ", ".join(sorted(benchmarks)) or "none"
            print(f'bench: there is no benchmark "{name}"; there are: {known}', file=sys.stderr)
            return 2

    figures, failed = [], False
    for name in arguments.names or benchmarks:
        try:
            found = run(benchmarks[name])
        except Failed as error:
            print(f"bench: {name}: {error}", file=sys.stderr)
            failed = True
            continue
        figures += found
        if arguments.json:
            for figure in found:
                print(json.dumps(figure), flush=True)
    if not arguments.json:
        print_table(figures)
    return 1 if failed or any(figure["holds"] is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
