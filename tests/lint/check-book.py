#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The book quotes only code that is built and run, and its links lead somewhere.

A block of code stands under a comment that names its file, <!-- from: docs/examples/hello.c -->, and is a
part of it, line by line. Only what a person types, and what programs print, is free.
"""
import pathlib
import re
import sys

FREE = {"", "console", "json", "sh", "text"}
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.M | re.S)
SOURCE = re.compile(r"<!-- from: (\S+) -->\n\Z")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def slug(heading: str) -> str:
    """The name that a heading has in links."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: pathlib.Path) -> set[str]:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def check_block(chapter: pathlib.Path, text: str, block: re.Match) -> str | None:
    language, code = block.group(1), block.group(2)
    line = text.count("\n", 0, block.start()) + 1
    named = SOURCE.search(text, 0, block.start())
    if named is None:
        return None if language in FREE else f"{chapter}:{line}: no comment says where this is from"
    path = pathlib.Path(named.group(1))
    if not path.is_file():
        return f"{chapter}:{line}: {path} is not there"
    if "\n" + code not in "\n" + path.read_text(encoding="utf-8"):
        return f"{chapter}:{line}: this is not a part of {path}"
    return None


def check_link(chapter: pathlib.Path, target: str) -> str | None:
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    path = chapter.parent / name if name else chapter
    if not path.exists():
        return f"{chapter}: links {target}, which is not there"
    if anchor and path.suffix == ".md" and anchor not in anchors(path):
        return f"{chapter}: links {target}, which has no such heading"
    return None


def check(chapter: pathlib.Path) -> list[str]:
    text = chapter.read_text(encoding="utf-8")
    found = [check_block(chapter, text, block) for block in FENCE.finditer(text)]
    prose = FENCE.sub("", text)
    found += [check_link(chapter, target) for target in LINK.findall(prose)]
    return [problem for problem in found if problem]


def main() -> int:
    chapters = [*sorted(pathlib.Path("docs").glob("*.md")),
                *sorted(pathlib.Path("docs/decisions").glob("*.md"))]
    problems = [problem for chapter in chapters for problem in check(chapter)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
