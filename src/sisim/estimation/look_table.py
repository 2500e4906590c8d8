"""Extracts of looks: which state somebody was in when it was seen, as once a year.

As in extracts of spells, a message tells the number of a row and never who it is about.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.estimation.estimate_file import FIELDS, Extract
from sisim.estimation.reading_notes import ReadingNotes
from sisim.estimation.spell_table import (
    REGISTER,
    category_in,
    date_in,
    few_of_each,
    refuse_identities,
    without_sums,
)
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.errors import Problem, Reason, ScenarioError


@dataclass(frozen=True)
class RegisterLooks:
    """Pairs of looks at the same person, one after the other.

    Attributes:
        person: Who, numbered from 0, (pairs,).
        category: Which of the extract's categories, at first and then, (pairs, 2).
        years: How far apart the looks are, in whole months, (pairs,).
        notes: What was left out.
    """

    person: Ints
    category: Ints
    years: Floats
    notes: ReadingNotes = field(default_factory=ReadingNotes)


def read_looks(path: Path, extract: Extract) -> RegisterLooks:
    """Return the looks of an extract, in pairs.

    Args:
        path: A row for each time that it was seen which state a person was in. Dates as
            2019-05-01, 2019-05, 20190501 or 2019. Below the table there may be sums and footnotes.
        extract: What the estimation file says of it. What was seen outside the observation is left
            out.

    Raises:
        ScenarioError: With the rows that are wrong, told by number.
    """
    columns = extract.headings
    sheet = read_sheet(path, columns, FIELDS["looks"], mapping="columns", most=REGISTER)
    refuse_identities(path, sheet)
    found = _LookRows(extract)
    for row in without_sums(sheet.rows, found.notes):
        found.read(row)
    pairs = found.pairs()
    if found.problems:
        raise ScenarioError(few_of_each(found.problems))
    return pairs


@dataclass(frozen=True)
class _Look:
    row: Row
    category: int
    seen: float


class _LookRows:
    """The rows of an extract of looks as they are read, by person."""

    def __init__(self, extract: Extract) -> None:
        self.problems: list[Problem] = []
        self.notes = ReadingNotes()
        self._numbers, self._kept = extract.numbers, extract.years
        self._people: dict[str, list[_Look]] = defaultdict(list)

    def read(self, row: Row) -> None:
        """Read a row, or note what is wrong with it."""
        who = row.values["person"]
        if not who:
            self.problems.append(row.problem("person", Reason("Nothing stands here.")))
        category, seen = category_in(row, self._numbers), date_in(row, "seen")
        self.problems += [one for one in (category, seen) if isinstance(one, Problem)]
        if isinstance(category, Problem) or isinstance(seen, Problem):
            return
        if who and self._kept[0] <= seen <= self._kept[1]:
            self._people[who].append(_Look(row, category, seen))

    def pairs(self) -> RegisterLooks:
        """Return the pairs, and note where somebody is in two states at one look."""
        found: list[tuple[int, int, int, float]] = []
        for number, own in enumerate(self._people.values()):
            own.sort(key=lambda one: one.seen)
            for at, then in pairwise(own):
                months = round(12 * (then.seen - at.seen))
                if months:
                    found.append((number, at.category, then.category, months / 12))
                elif at.category != then.category:
                    reason = Reason(
                        'The person is in another state the same month in row {row} ("{other}"): '
                        "a track has one state at a time.",
                        row=at.row.place.line,
                        other=at.row.values["state"],
                    )
                    self.problems.append(then.row.problem("seen", reason))
        person, first, last, years = zip(*found, strict=True) if found else ([],) * 4
        return RegisterLooks(
            np.array(person, np.int64),
            np.column_stack([np.array(first, np.int64), np.array(last, np.int64)]),
            np.array(years, np.float64),
            self.notes,
        )
