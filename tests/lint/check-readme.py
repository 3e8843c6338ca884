#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""README.md quotes the examples word for word, and every link to a file leads to one.

A block that quotes a file stands under a line that links it: [docs/examples/hello.c](...). The two
licence lines and leading comments of the file are not quoted.
"""
import pathlib
import re
import sys

BLOCK = re.compile(r"\[(docs/examples/[^\]]+)\][^\n]*\n+```\w+\n(.*?)```", re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def body(path: pathlib.Path) -> str:
    """The text of an example without its licence lines and what comes before the first code."""
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines and (not lines[0].strip() or "SPDX-" in lines[0] or lines[0].startswith("#!/")):
        lines.pop(0)
    return "\n".join(lines).strip()


def main() -> int:
    readme = pathlib.Path("README.md").read_text(encoding="utf-8")
    problems = [f"README.md links {link}, which is not there"
                for link in LINK.findall(readme) if not (pathlib.Path(link).exists() or link.startswith("docs/examples/"))]
    for name, quoted in BLOCK.findall(readme):
        path = pathlib.Path(name)
        if path.exists() and body(path) != quoted.strip():
            problems.append(f"README.md does not quote {name} word for word")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
