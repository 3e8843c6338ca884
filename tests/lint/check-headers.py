#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each header compiles alone: public ones in C and C++, private ones in C.

check-headers.py BUILD: flags are those the build itself compiles with, from its
compile_commands.json. <geminga.h> is also compiled as a program sees it.
"""
import concurrent.futures
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

KEPT = re.compile(r"-I|-D|-isystem|-f|-m|-std=|-pthread")
C_ONLY = re.compile(r"-std=|-DGEMINGA_COMPILATION$|-DG_LOG_DOMAIN")


def library_flags(build: pathlib.Path) -> list[str]:
    """The flags one C file of the library is compiled with, as absolute paths."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    command = next(entry["command"] for entry in commands
                   if entry["file"].endswith("geminga-error.c"))
    flags = [word for word in shlex.split(command) if KEPT.match(word)]
    return ["-I" + str((build / word[2:]).resolve()) if word.startswith("-I") else word
            for word in flags]


def compile_alone(arguments: tuple[str, list[str]]) -> str:
    text, command = arguments
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else f"{shlex.join(command[:4])} of {text}{result.stderr}"


def jobs(source: pathlib.Path, flags: list[str]) -> list[tuple[str, list[str]]]:
    in_c = ["gcc", "-fsyntax-only", "-Werror", "-xc", *flags, "-"]
    in_cxx = ["g++", "-fsyntax-only", "-Werror", "-xc++",
              *[flag for flag in flags if not flag.startswith("-std=")], "-"]
    as_user = ["-xc++", *[flag for flag in flags if not C_ONLY.match(flag)], "-"]

    found = [("#include <geminga.h>\n", ["g++", "-fsyntax-only", "-Werror", *as_user])]
    for header in sorted((source / "src/geminga").rglob("*.h")):
        text = f'#include "{header.name}"\n'
        found.append((text, in_c))
        if not header.name.endswith("-private.h"):
            found.append((text, in_cxx))
    return found


def main(build: str) -> int:
    if shutil.which("g++") is None or shutil.which("gcc") is None:
        print("gcc and g++ are not installed")
        return 77
    source = pathlib.Path(__file__).resolve().parents[2]
    flags = library_flags(pathlib.Path(build))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        problems = [problem for problem in pool.map(compile_alone, jobs(source, flags)) if problem]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
