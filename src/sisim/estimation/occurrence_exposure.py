"""Occurrence and exposure: moves and person-years by age and time in the state (a Lexis table).

Carstensen, B., "Epidemiology with R" (2020), ch. 8: each spell is split along the time scales, and
what happens in a cell is held against the time spent in it. Nobody counts before they are seen
(left truncation), though the time in the state goes back to when it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sisim.arrays import Flags, Floats, Ints

AGES = 121
"""One-year bands of age; the last is open."""
EDGES = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 5.0, np.inf])
"""Between which times in the state, in years, the bands lie."""
BANDS = len(EDGES) - 1
A_MOMENT = 1e-9
"""Years: what happens at the end of a spell happens in the cell that the spell ends in."""


@dataclass(frozen=True)
class ObservedSpells:
    """Spells of people on one track, each with what follows, in years.

    Attributes:
        person: Who, numbered from 0, (spells,).
        category: In which category, (spells,).
        start: When it begins, (spells,).
        end: When it ends, (spells,).
        born: When the person was born, (spells,).
        seen: From when and until when the person is seen, (spells, 2).
        to: Which category follows, (spells,); -1: none, or it is not known.
    """

    person: Ints
    category: Ints
    start: Floats
    end: Floats
    born: Floats
    seen: Floats
    to: Ints


@dataclass(frozen=True)
class LexisTable:
    """Moves and time by category, age and time in the category.

    Attributes:
        moves: How many go from a category to another, (from, to, ages, bands).
        years: Person-years, (categories, ages, bands).
        cells: Who has been seen in which category at which age: category, age and person, each
            once, (cells, 3).
    """

    moves: Floats
    years: Floats
    cells: Ints

    def persons(self, categories: Sequence[int], bands: Sequence[int]) -> Ints:
        """Return how many persons have been seen in some categories, in each band of age, (bands,).

        Args:
            categories: The categories.
            bands: The age at which each band begins, from 0.
        """
        own = self.cells[np.isin(self.cells[:, 0], categories)]
        band = np.searchsorted(bands, own[:, 1], "right") - 1
        once = np.unique(np.column_stack([band, own[:, 2]]), axis=0)
        return np.bincount(once[:, 0], minlength=len(bands)).astype(np.int64)


def following(person: Ints, category: Ints) -> Ints:
    """Return the category of each spell's next, of the same person; -1 after the last."""
    to = np.full(len(person), -1, np.int64)
    same = person[1:] == person[:-1]
    to[:-1][same] = category[1:][same]
    return to


def lexis_table(
    spells: ObservedSpells, categories: int, left_out: Flags | None = None
) -> LexisTable:
    """Return the occurrence-exposure table of some spells.

    Args:
        spells: The spells.
        categories: How many categories there are.
        left_out: ObservedSpells whose end is not counted as a move, (spells,).
    """
    low = np.maximum(spells.start, spells.seen[:, 0])
    high = np.minimum(spells.end, spells.seen[:, 1])
    some = low < high
    years = np.zeros((categories, AGES, BANDS))
    moves = np.zeros((categories, categories, AGES, BANDS))
    who, age, begins, ends = _by_age(low, high, spells.born, some)
    category, start = spells.category[who], spells.start[who]
    for band in range(BANDS):
        inside = np.minimum(ends, start + EDGES[band + 1]) - np.maximum(begins, start + EDGES[band])
        np.add.at(years[..., band], (category, age), np.maximum(inside, 0.0))
    moved = some & (spells.to >= 0) & (spells.end <= spells.seen[:, 1])
    if left_out is not None:
        moved &= ~left_out
    at = np.flatnonzero(moved)
    when = spells.end[at] - A_MOMENT
    ages = _age(when - spells.born[at])
    bands = np.searchsorted(EDGES, when - spells.start[at], "right") - 1
    np.add.at(moves, (spells.category[at], spells.to[at], ages, bands), 1.0)
    cells = np.unique(np.column_stack([category, age, spells.person[who]]), axis=0)
    return LexisTable(moves, years, cells)


def _by_age(
    low: Floats, high: Floats, born: Floats, some: Flags
) -> tuple[Ints, Ints, Floats, Floats]:
    """Split times along birthdays; return of which spell each part is, its age, start and end."""
    of = np.flatnonzero(some)
    first, last = _age(low[of] - born[of]), _age(high[of] - A_MOMENT - born[of])
    count = last - first + 1
    who = np.repeat(of, count)
    age = np.arange(len(who)) - np.repeat(np.cumsum(count) - count - first, count)
    end = np.where(age == AGES - 1, np.inf, born[who] + age + 1)
    begin = np.where(age == 0, -np.inf, born[who] + age)
    return who, age, np.maximum(low[who], begin), np.minimum(high[who], end)


def _age(years: Floats) -> Ints:
    """Return bands of age. A birth known to the year only may lie after what happens."""
    return np.clip(np.floor(years), 0, AGES - 1).astype(np.int64)


def rates_per_year(table: LexisTable, steps_per_year: float) -> Floats:
    """Return yearly rates of a table of lives lived in steps, (from, to, ages, bands).

    Of those there at a step a share moves: 1 - exp(-rate / steps). Where nobody has spent a year in
    a cell, that of all ages stands for it, and then that of all times in the state.
    """
    found = _hazards(table.moves, table.years, steps_per_year)
    for axes in ((2,), (2, 3)):
        moves = table.moves.sum(axis=axes, keepdims=True)
        years = table.years.sum(axis=tuple(one - 1 for one in axes), keepdims=True)
        wider = _hazards(moves, years, steps_per_year)
        found = np.where(np.isnan(found), wider, found)
    return np.nan_to_num(found)


def _hazards(moves: Floats, years: Floats, steps: float) -> Floats:
    """Return the rates of cells; NaN where less than a person-year has been spent."""
    leaving = moves.sum(axis=1)
    known = years >= 1
    share = np.divide(leaving, years * steps, out=np.zeros_like(leaving), where=known)
    # In a cell that everyone leaves at once the rate has no upper end.
    leave = -np.log1p(-np.minimum(share, 1 - 1e-9)) * steps
    part = np.divide(moves, leaving[:, None], out=np.zeros_like(moves), where=leaving[:, None] > 0)
    return np.where(known[:, None], leave[:, None] * part, np.nan)
