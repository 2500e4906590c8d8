"""The few marks of Markdown that the writer's own words may have: headings, bold, lists, links.

Everything else is text. What comes out is a tree, not markup: what writes it escapes every text,
and an address is kept only if it is one of the web or of mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"']+", re.IGNORECASE)
SPAN = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\[\]]+)\]\((?P<address>[^()\s]+)\)")


@dataclass(frozen=True)
class MarkedText:
    """A piece of a line: plain, bold, or a link."""

    text: str
    bold: bool = False
    address: str = ""


@dataclass(frozen=True)
class MarkedBlock:
    """A heading, a paragraph or a list, line by line."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[tuple[MarkedText, ...], ...]


def marked(source: str) -> list[MarkedBlock]:
    """Return the blocks of a text.

    Examples:
        >>> [one.kind for one in marked("# Need" + chr(10) + "- a" + chr(10) + "- **b**")]
        ['heading', 'list']
        >>> marked("<b>[x](javascript:1)</b>")[0].lines[0][0].text
        '<b>[x](javascript:1)</b>'
    """
    found: list[MarkedBlock] = []
    for kind, lines in _grouped(source):
        found.append(MarkedBlock(kind, tuple(tuple(_spans(line)) for line in lines)))
    return found


def _grouped(source: str) -> Iterator[tuple[Literal["heading", "paragraph", "list"], list[str]]]:
    listed: list[str] = []
    running: list[str] = []

    def ended() -> Iterator[tuple[Literal["paragraph", "list"], list[str]]]:
        if running:
            yield "paragraph", [" ".join(running)]
            running.clear()
        if listed:
            yield "list", list(listed)
            listed.clear()

    for raw in source.splitlines():
        line = raw.strip()
        heading = re.match(r"#{1,6}\s+(.+)", line)
        item = re.match(r"[-*•]\s+(.+)", line)
        if heading:
            yield from ended()
            yield "heading", [heading[1].strip("# ")]
        elif item:
            if running:
                yield from ended()
            listed.append(item[1])
        elif not line:
            yield from ended()
        elif listed:  # a line below an item goes on with it
            listed[-1] += f" {line}"
        else:
            running.append(line)
    yield from ended()


def _spans(line: str) -> Iterator[MarkedText]:
    at = 0
    for match in SPAN.finditer(line):
        address = match["address"]
        if address is not None and not ADDRESS.fullmatch(address):
            continue
        if match.start() > at:
            yield MarkedText(line[at : match.start()])
        if match["bold"] is not None:
            yield MarkedText(match["bold"], bold=True)
        else:
            yield MarkedText(match["text"], address=address)
        at = match.end()
    if at < len(line):
        yield MarkedText(line[at:])
