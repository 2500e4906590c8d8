"""Extracts of spells as registers give them: read, held against the file, and never let out.

A message about a row tells its number and the column, and of its content at most a state or a date:
never who it is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.estimation.estimate_file import FIELDS, Extract
from sisim.estimation.occurrence_exposure import A_MOMENT
from sisim.estimation.reading_notes import ReadingNotes
from sisim.loading.cells import SizeLimit
from sisim.loading.identity_numbers import look_like_identities
from sisim.loading.spreadsheet import Row, Sheet, read_sheet, without_footnotes
from sisim.scenario.dates import is_date, months_through, months_until
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest

DATE = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\+0[12]:?00)?)?)?"
    r"|(\d{4})(\d{2})(\d{2})"
)
"""A day, with or without its time in Sweden, or a month."""
TWO_DIGITS = re.compile(r"\d{2}(?:-?\d{2}-?\d{2})?")
"""A date whose year lacks its century."""
SERIAL = re.compile(r"[1-6]\d{4}(?:[.,]\d+)?")
"""A day as spreadsheets count them, from 1927 to 2091: others have five digits for nothing else."""
REGISTER = SizeLimit(bytes=200_000_000, cells=6_000_000)
"""How large a register may be: a million rows of five columns take a minute and 2 GB."""
MOST_ALIKE = 10
"""So many problems of a kind are told one by one."""
NOTHING = frozenset({"-", "–", "—", ".", "null", "none", "nan", "nat", "na", "n/a"})
"""What systems write where a spell has no end."""
SUMS = frozenset({"summa", "totalt", "total", "sum", "antal", "samtliga", "alla"})
"""What a row below the table is called that sums it up."""
OPEN = 1e9
"""A spell without an end goes on until the observation ends."""


@dataclass(frozen=True)
class RegisterSpells:
    """Spells on one track, sorted by person and start; nobody is in two at once.

    Attributes:
        person: Who, numbered from 0.
        category: Which of the extract's categories.
        start: When it begins, in years.
        end: When it ends; `OPEN` if it had not.
        born: When the person was born, in years.
        notes: What was put right.
    """

    person: Ints
    category: Ints
    start: Floats
    end: Floats
    born: Floats
    notes: ReadingNotes = field(default_factory=ReadingNotes)


def read_spells(path: Path, extract: Extract) -> RegisterSpells:
    """Return the spells of an extract.

    Args:
        path: A row for each time that a person is in a state. Dates as 2019-05-01, 2019-05 or
            20190501; a year is enough of a birth. Without `to`, the spell had not ended. Below the
            table there may be sums and footnotes.
        extract: What the estimation file says of it.

    Raises:
        ScenarioError: With the rows that are wrong, told by number.
    """
    columns = extract.headings
    sheet = read_sheet(path, columns, FIELDS["spells"], mapping="columns", most=REGISTER)
    refuse_identities(path, sheet)
    found = _ExtractRows(extract)
    for row in without_sums(sheet.rows, found.notes):
        found.read(row)
    found.check_order()
    if found.problems:
        raise ScenarioError(few_of_each(found.problems))
    return found.spells()


def few_of_each(problems: Sequence[Problem]) -> list[Problem]:
    """Return the first problems of each kind in each column; of more, in which rows they are.

    A column in which every row is written otherwise than it should is one mistake.
    """
    kinds: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for one in problems:
        kinds[one.key, one.reason.message].append(one)
    found = []
    for own in kinds.values():
        found += own[:MOST_ALIKE]
        more = own[MOST_ALIKE:]
        if more:
            rows = ", ".join(str(one.place.line) for one in more[:MOST_ALIKE])
            reason = Reason(
                "The same in more rows: {n} ({rows}).",
                n=len(more),
                rows=rows + (" …" if more[MOST_ALIKE:] else ""),
            )
            found.append(Problem(more[0].place, more[0].key, reason))
    return found


def refuse_identities(path: Path, sheet: Sheet) -> None:
    """Refuse an extract with personal identity numbers in any of its columns, read or not.

    Raises:
        ScenarioError: If it is one.
    """
    known = sheet.rows[0].values if sheet.rows else {}
    columns = [(name, [row.values[name] for row in sheet.rows]) for name in known]
    unread = zip(sheet.unread, sheet.elsewhere, strict=True)
    for name, texts in (*columns, *unread):
        count = look_like_identities(texts)
        if count:
            reason = Reason(
                "This looks like personal identity numbers (rows: {n} of {all}). Give running "
                "numbers instead, and leave such a column out: nothing more has been read.",
                n=count,
                all=len(sheet.rows),
            )
            raise ScenarioError([Problem(Place(str(path), 0), name, reason)])


def without_sums(rows: Sequence[Row], notes: ReadingNotes) -> Sequence[Row]:
    """Return the rows of a table without sums and footnotes below it, which are noted."""
    table, below = without_footnotes(rows)
    end = len(table)
    while end and table[end - 1].values["person"].casefold().rstrip(":") in SUMS:
        end -= 1
    for row in (*table[end:], *below):
        notes.add("below", row.place.line)
    return table[:end]


def date_in(row: Row, column: str, *, through: bool = False) -> float | Problem:
    """Return a date in years, or what is wrong with it; a year is enough of a birth or a look.

    Args:
        row: The row.
        column: Where the date stands.
        through: Whether the end of the day or the month is meant, and not its beginning.
    """
    text = row.values[column]
    if column in ("born", "seen") and re.fullmatch(r"\d{4}", text):
        return int(text) + 0.5
    found = DATE.fullmatch(text)
    date = "-".join(part for part in found.groups() if part) if found else ""
    if not date or not "01" <= date[5:7] <= "12" or not is_date(date):
        return row.problem(column, _no_date("…" if column == "born" else text, text))
    return (months_through(date) if through else months_until(date)) / 12


def _no_date(shown: str, text: str) -> Reason:
    """Return why a text is no date, and what to do about it."""
    if SERIAL.fullmatch(text):
        return Reason(
            '"{text}" is a day as spreadsheets count them: show the column as dates (2019-05-01) '
            "and save the file again.",
            text=shown,
        )
    if TWO_DIGITS.fullmatch(text):
        return Reason(
            '"{text}" has a year of two digits: write all four, as in 2019-05-01.', text=shown
        )
    return Reason('"{text}" is no date: write 2019-05-01 or 2019-05.', text=shown)


def category_in(row: Row, numbers: Mapping[str, int]) -> int | Problem:
    """Return the number of the category that a row is in, or what is wrong with its state."""
    state = row.values["state"]
    if state in numbers:
        return numbers[state]
    reason = Reason('The state "{state}" is not among `states` of the file.', state=state)
    return row.problem("state", reason, nearest(state, numbers), tuple(numbers))


LEFT_OUT = -1
"""The category of a state that is left out."""


@dataclass
class _Spell:
    row: Row
    category: int
    start: float
    end: float
    born: float


class _ExtractRows:
    """The rows of an extract as they are read, by person."""

    def __init__(self, extract: Extract) -> None:
        self.problems: list[Problem] = []
        self.notes = ReadingNotes()
        self._extract = extract
        self._numbers = extract.numbers | dict.fromkeys(extract.left_out, LEFT_OUT)
        self._gap = -1
        if extract.unregistered:
            self._gap = extract.categories.index(frozenset(extract.unregistered))
        self._until = extract.years[1]
        self._people: dict[str, list[_Spell]] = defaultdict(list)

    def read(self, row: Row) -> None:
        """Read a row, or note what is wrong with it."""
        who = row.values["person"]
        if not who:
            self.problems.append(row.problem("person", Reason("Nothing stands here.")))
        category = category_in(row, self._numbers)
        if isinstance(category, Problem):
            self.problems.append(category)
        start, born = self._date(row, "from"), self._date(row, "born")
        through = self._extract.to_included
        open_ = not row.values["to"] or row.values["to"].casefold() in NOTHING
        end = OPEN if open_ else self._date(row, "to", through=through)
        if start is None or born is None or end is None or not who:
            return
        if isinstance(category, Problem):
            return
        if category == LEFT_OUT:
            self.notes.add("left_out", row.place.line)
        if end < start:
            self.problems.append(row.problem("to", Reason("It ends before it begins.")))
            return
        if born > start + 1:
            self.problems.append(row.problem("born", Reason("It begins before the birth.")))
        elif start < end:
            self._people[who].append(_Spell(row, category, start, end, born))
        else:
            self.notes.add("timeless", row.place.line)

    def _date(self, row: Row, column: str, *, through: bool = False) -> float | None:
        found = date_in(row, column, through=through)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found

    def check_order(self) -> None:
        """Sort everyone's spells, and settle or note where somebody is in two states at once."""
        for own in self._people.values():
            own.sort(key=lambda one: (one.start, one.row.place.line))
            for before, after in pairwise(own):
                if after.start >= before.end - A_MOMENT:
                    # A day after the last of the month is the first of the next, but for rounding.
                    if after.start < before.end + A_MOMENT:
                        before.end = after.start
                    continue
                line = after.row.place.line
                if after.category == before.category:
                    same = (after.start, after.end) == (before.start, before.end)
                    self.notes.add("repeated" if same else "joined", line)
                    after.start, after.end = before.start, max(before.end, after.end)
                    before.end = before.start
                elif self._extract.overlap == "ended":
                    self.notes.add("shortened", before.row.place.line)
                    before.end = after.start
                else:
                    reason = Reason(
                        'The person is in another state since row {row} ("{other}"), which has not '
                        "ended: a track has one state at a time. Mend the rows, or let the earlier "
                        'one end here (overlap = "ended").',
                        row=before.row.place.line,
                        other=before.row.values["state"],
                    )
                    self.problems.append(after.row.problem("from", reason))

    def spells(self) -> RegisterSpells:
        """Return the spells, with those of the same state that touch joined, and gaps filled."""
        rows: list[tuple[int, int, float, float, float]] = []
        for number, own in enumerate(self._people.values()):
            rows += self._joined(number, own)
        person, category, start, end, born = zip(*rows, strict=True) if rows else ([],) * 5
        return RegisterSpells(
            np.array(person, np.int64),
            np.array(category, np.int64),
            np.array(start, np.float64),
            np.array(end, np.float64),
            np.array(born, np.float64),
            self.notes,
        )

    def _joined(self, number: int, own: list[_Spell]) -> list[tuple[int, int, float, float, float]]:
        gap = self._gap
        found: list[tuple[int, int, float, float, float]] = []

        def add(category: int, start: float, end: float) -> None:
            if found and found[-1][1] == category and found[-1][3] >= start - A_MOMENT:
                start = found[-1][2]
                end = max(end, found.pop()[3])
            if start < end:
                found.append((number, category, start, end, own[0].born))

        for one in own:
            if gap >= 0 and found and found[-1][3] < one.start - A_MOMENT:
                add(gap, found[-1][3], one.start)
            add(one.category, one.start, one.end)
        if gap >= 0 and found and found[-1][3] < self._until:
            add(gap, found[-1][3], OPEN)
        return [one for one in found if one[1] != LEFT_OUT]
