#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns a chapter of the book into a content file of gi-docgen: chapter.py INPUT OUTPUT."""
import re
import sys

REPOSITORY_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")


def page_link(match: re.Match) -> str:
    path, anchor = match[1], match[2] or ""
    # A chapter is the page of the same name; other files are not part of the reference.
    if path.endswith(".md") and "/" not in path:
        return f"]({path.removesuffix('.md')}.html{anchor})"
    return "]"


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as chapter:
        text = re.sub(r"<!--.*?-->\s*", "", chapter.read(), count=0, flags=re.S)
    heading = re.match(r"# (.+)\n", text)
    if heading is None:
        sys.exit(f"{source}: the first line is not a heading (# Title)")
    text = REPOSITORY_LINK.sub(page_link, text[heading.end():])
    with open(target, "w", encoding="utf-8") as page:
        page.write(f"Title: {heading[1]}\n\n{text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
