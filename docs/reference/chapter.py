#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns a chapter of the book into a content file of gi-docgen: chapter.py INPUT OUTPUT."""
import re
import sys

FILE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)]*)?\)")
CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.S | re.M)


def page_link(match: re.Match) -> str:
    text, path, anchor = match[1], match[2], match[3] or ""
    # A chapter is the page of the same name; other files are not part of the reference.
    if path.endswith(".md") and "/" not in path:
        return f"[{text}]({path.removesuffix('.md')}.html{anchor})"
    return text


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as chapter:
        text = re.sub(r"<!--.*?-->\s*", "", chapter.read(), count=0, flags=re.S)
    heading = re.match(r"# (.+)\n", text)
    if heading is None:
        sys.exit(f"{source}: the first line is not a heading (# Title)")
    parts = CODE.split(text[heading.end():])
    text = "".join(part if CODE.fullmatch(part) else FILE_LINK.sub(page_link, part)
                   for part in parts)
    with open(target, "w", encoding="utf-8") as page:
        page.write(f"Title: {heading[1]}\n\n{text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
