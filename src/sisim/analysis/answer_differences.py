"""Where two answers to the same command differ: in which file first, and where in it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from sisim.scenario.errors import Reason, shortened

COMPARED = (".csv", ".txt", ".html")
"""Numbers, words and pages. What a file holds beside them is made from these."""
NOT_COMPARED = ("README.txt",)
"""It tells of all answers in a folder."""


class Difference(NamedTuple):
    """Where a file differs first: what stood there before, and what stands there now."""

    file: str
    place: Reason
    before: str
    now: str


def compared(names: Sequence[str]) -> list[str]:
    """Return which of some files are compared."""
    return [name for name in names if name.endswith(COMPARED) and name not in NOT_COMPARED]


def differences(names: Sequence[str], before: Path, now: Path) -> list[Difference]:
    """Return where the files of two folders differ, a place for each file.

    Args:
        names: The files, in order.
        before: The folder that was there.
        now: The folder that has been made again.
    """
    found = [_difference(name, before / name, now / name) for name in compared(names)]
    return [one for one in found if one is not None]


def _difference(name: str, before: Path, now: Path) -> Difference | None:
    """Return where two files differ first; None if they are the same to the last bit."""
    if not before.is_file() or not now.is_file():
        there, none = str(before.is_file()), str(now.is_file())
        return Difference(name, Reason("which only one of them has"), there, none)
    old, new = before.read_bytes(), now.read_bytes()
    if old == new:
        return None
    return _in_table(name, old, new) if name.endswith(".csv") else _in_text(name, old, new)


def _in_text(name: str, old: bytes, new: bytes) -> Difference:
    """Return where two texts that are not the same differ first."""
    pairs = zip_longest(_lines(old), _lines(new), fillvalue="")
    line, (was, now) = next(one for one in enumerate(pairs, 1) if one[1][0] != one[1][1])
    return Difference(name, Reason("line {line}", line=str(line)), shortened(was), shortened(now))


def _in_table(name: str, old: bytes, new: bytes) -> Difference:
    """Return where two tables that are not the same differ first."""
    before, after = _rows(old), _rows(new)
    heading = dict(enumerate(before[0] if before else []))
    nothing: list[str] = []
    for line, (row, other) in enumerate(zip_longest(before, after, fillvalue=nothing), 1):
        for column, (was, now) in enumerate(zip_longest(row, other, fillvalue="")):
            if was != now:
                at = heading.get(column, str(column + 1))
                place = Reason("line {line}, column {column}", line=str(line), column=at)
                return Difference(name, place, shortened(was), shortened(now))
    # The same cells, otherwise written: as by a spreadsheet program.
    return _in_text(name, old, new)


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").split("\n")


def _rows(content: bytes) -> list[list[str]]:
    lines = content.decode("utf-8-sig", "replace").split("\n")
    return list(csv.reader(lines, delimiter=";" if ";" in lines[0] else ","))
