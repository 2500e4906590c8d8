"""Extracts without persons: moves and person-years by age, as they may leave a secure room.

Such a table has counts that are hidden, as they are small or would give a small one away. Their
cells are left out, moves and person-years alike, and it is said how many.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sisim.estimation.estimate_file import Extract
from sisim.estimation.occurrence_exposure import AGES
from sisim.loading.key_figure import status_of
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.errors import MOST_PROBLEMS, Place, Problem, Reason, ScenarioError, nearest

TOGETHER = "+"
"""Between transitions that are told by their sum alone."""


@dataclass(frozen=True)
class AggregatedCell:
    """What came of transitions among people of some ages.

    Attributes:
        transitions: The transitions, told by their sum alone.
        ages: From which age, and below which, in whole years.
        events: How many moves; None if the cell is hidden.
        years: Person-years in the states that they leave; None if the cell is hidden.
        persons: How many persons have been seen there; None if that is not told.
    """

    transitions: frozenset[str]
    ages: tuple[int, int]
    events: float | None
    years: float | None
    persons: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether it tells nothing."""
        return self.events is None or self.years is None


def read_aggregated(
    path: Path, name: str, extract: Extract, together: Collection[frozenset[str]]
) -> tuple[AggregatedCell, ...]:
    """Return the cells of an aggregated table.

    Args:
        path: A row for each set of transitions and band of age, as `sisim estimate` writes them.
            Where it has a column `extract`, the rows of other extracts are left out.
        name: What the extract is called.
        extract: What the estimation file says of it.
        together: The sets of transitions that an extract with these states tells of.

    Raises:
        ScenarioError: With the rows that are wrong.
    """
    required = [column for column in extract.headings if column != "persons"]
    numbers = dict.fromkeys([one for one in extract.headings if one != "transition"], ())
    columns = {**extract.headings, "extract": ("extract",)}
    every = read_sheet(path, columns, required, numbers, mapping="columns").rows
    rows = [row for row in every if row.values["extract"] in ("", name)]
    if not rows:
        others = sorted({row.values["extract"] for row in every})
        reason = Reason('There are no rows of the extract "{name}".', name=name)
        raise ScenarioError([Problem(Place(str(path), 0), "extract", reason, None, tuple(others))])
    found = _AggregatedRows(together)
    cells = [found.cell(row) for row in rows]
    found.check_ages()
    if found.problems:
        raise ScenarioError(found.problems[:MOST_PROBLEMS])
    return tuple(cell for cell in cells if cell is not None)


class _AggregatedRows:
    """The rows of an aggregated table as they are read."""

    def __init__(self, together: Collection[frozenset[str]]) -> None:
        self.problems: list[Problem] = []
        self._together = {TOGETHER.join(sorted(names)): names for names in together}
        self._rows: list[tuple[Row, AggregatedCell]] = []

    def cell(self, row: Row) -> AggregatedCell | None:
        """Return the cell of a row; None, with what is wrong noted, if it cannot be read."""
        before = len(self.problems)
        transitions = frozenset(
            name.strip() for name in row.values["transition"].split(TOGETHER) if name.strip()
        )
        if transitions not in self._together.values():
            text, known = TOGETHER.join(sorted(transitions)), tuple(self._together)
            reason = Reason(
                '"{text}" is not what an extract with these states tells of: the transitions that '
                "have a rate and leave the same states for the same others, with + between.",
                text=text,
            )
            self.problems.append(row.problem("transition", reason, nearest(text, known), known))
        low, high = self._age(row, "age_from", 0), self._age(row, "age_below", AGES)
        if low >= high:
            reason = Reason("The ages end before they begin.")
            self.problems.append(row.problem("age_below", reason))
        events, years = self._count(row, "events"), self._count(row, "person_years")
        persons = self._count(row, "persons")
        if events and years == 0:
            reason = Reason("There are moves, but no person-years.")
            self.problems.append(row.problem("person_years", reason))
        if len(self.problems) > before:
            return None
        cell = AggregatedCell(
            transitions, (low, high), events, years, None if persons is None else int(persons)
        )
        self._rows.append((row, cell))
        return cell

    def _count(self, row: Row, column: str) -> float | None:
        """Return a number that is 0 or more; None where it is hidden."""
        amount = row.amounts.get(column)
        if amount is None or status_of(row.values[column]) is not None:
            return None
        if isinstance(amount, Reason):
            self.problems.append(row.problem(column, amount))
        elif not 0 <= amount < float("inf"):
            self.problems.append(row.problem(column, Reason("The number must be 0 or more.")))
        else:
            return amount
        return None

    def _age(self, row: Row, column: str, unset: int) -> int:
        age = self._count(row, column)
        if age is None:
            return unset
        if age % 1:
            self.problems.append(row.problem(column, Reason("An age is in whole years.")))
        return min(int(age), AGES)

    def check_ages(self) -> None:
        """Note where an age of the same transitions stands in two rows."""
        ordered = sorted(self._rows, key=lambda one: (sorted(one[1].transitions), one[1].ages))
        for (row, cell), (after, other) in pairwise(ordered):
            if cell.transitions == other.transitions and other.ages[0] < cell.ages[1]:
                reason = Reason(
                    "Some of these ages stand in row {row}, too: a move counts once.",
                    row=row.place.line,
                )
                self.problems.append(after.problem("age_from", reason))
