"""Who takes part in the exact cohort where that depends on what happens to people.

When a person has begun is remembered of them, as a time in a state is: a row for those who have
never taken part, and one for each step at which somebody may begin (and, where people drop out, for
each at which they may have left). At the start of a step those in the target group who are willing
move from the row of those who have not begun to that of those who begin, as `Enrolments` does for
people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.enrolment import EnrolmentPlan, eligible
from sisim.engine.tables import NEVER, Columns, Compiled


@dataclass(frozen=True)
class Taking:
    """An investment in an arm, and the places that a person can have in it.

    Attributes:
        plan: When it is given, and to whom.
        starts: The steps at which somebody may begin, in order.
        left: After how many steps somebody may have dropped out: none, 1 ... `left`.
    """

    plan: EnrolmentPlan
    starts: Ints
    left: int

    @classmethod
    def of(cls, plan: EnrolmentPlan, end: int) -> Taking:
        """Return the places of a plan in a run that ends at a step."""
        starts = np.flatnonzero(plan.reach[:, :end].any(axis=0))
        longest = end if plan.duration is None else plan.duration
        return cls(plan, starts, max(longest - 1, 0) if plan.drop_out > 0 else 0)

    @property
    def size(self) -> int:
        """How many places there are; the first is that of those who have never begun."""
        return 1 + len(self.starts) * (1 + self.left)

    def place(self, start: int, left: int = 0) -> int:
        """Return the place of those who began at the start of that number, and left so."""
        return 1 + start * (1 + self.left) + left

    def begun(self) -> tuple[Ints, Ints]:
        """Return when treatment began and ended in each place, before the first step."""
        begun, ended = np.full((2, self.size), int(NEVER))
        for n, step in enumerate(self.starts):
            for left in range(1 + self.left):
                begun[self.place(n, left)] = step
                ended[self.place(n, left)] = step + left if left else NEVER
        return begun, ended


class ExpectedEnrolments:
    """The places of some investments in one arm, of a cohort that flows between them.

    A row is a combination of places, then what else a row is.

    Args:
        compiled: The scenario.
        taking: The investments.
        willing: How willing those in a row are, by investment, (rows of one place,).
        rows: How many rows there are for one combination of places.
    """

    def __init__(
        self,
        compiled: Compiled,
        taking: Sequence[Taking],
        willing: dict[str, Floats],
        rows: int,
    ) -> None:
        self._compiled, self._taking, self._willing = compiled, taking, willing
        self._sizes, self._rows = [one.size for one in taking], rows
        self._found = np.empty(rows * prod(self._sizes), np.int64)

    def begin(self, columns: Columns) -> None:
        """Give every row its places."""
        columns.alive[: columns.n] = True
        for number, one in enumerate(self._taking):
            for name, values in zip(("start", "end"), one.begun(), strict=True):
                field = columns.treatment[name][one.plan.arm, one.plan.number]
                field[:] = NEVER
                self._view(field, number)[:] = values.reshape(-1, *[1] * len(self._taking))

    def step(self, step: int, columns: Columns, people: Floats) -> None:
        """End and begin treatments at the start of a step; people move between rows."""
        for number, one in enumerate(self._taking):
            end = self._view(columns.treatment["end"][one.plan.arm, one.plan.number], number)
            self._end(one, step, end, self._view(people, number), self._area(columns))
            self._begin(number, step, columns, people)

    def _end(
        self, one: Taking, step: int, end: NDArray[Any], people: Floats, area: NDArray[np.uint8]
    ) -> None:
        """End what is over, and let some drop out, of what has begun before."""
        stopped: Flags = ~one.plan.everywhere[step] & one.plan.stopped(area, step)
        for n, start in enumerate(one.starts):
            if start >= step:
                break
            within, place = step - int(start), one.place(n)
            inside = end[place] == NEVER
            over = np.broadcast_to(stopped, inside.shape).copy()
            if one.plan.duration is not None and within >= one.plan.duration:
                over[:] = True
            end[place][inside & over] = step
            if one.plan.drop_out > 0 and within <= one.left:
                going = np.where(inside & ~over, people[place] * one.plan.drop_out, 0.0)
                people[place] -= going
                people[one.place(n, within)] += going

    def _begin(self, number: int, step: int, columns: Columns, people: Floats) -> None:
        one = self._taking[number]
        reach = one.plan.reach[:, step]
        if not reach.any():
            return
        tables = self._compiled.tables
        count = eligible(
            tables.transitions,
            tables.features,
            columns,
            tables.target,
            tables.alternative,
            one.plan.arm + 1,
            one.plan.number,
            0,
            columns.n,
            step,
            one.plan.investment.repeat,
            self._found,
        )
        rows = self._found[:count]
        rows = rows[people[rows] > 0]
        area = columns.person["area"][rows]
        rows = rows[self._willing[one.plan.name][rows % self._rows] < reach[area]]
        stride = prod(self._sizes[number + 1 :]) * self._rows
        place = rows // stride % one.size
        to = one.place(int(np.searchsorted(one.starts, step)))
        np.add.at(people, rows + (to - place) * stride, people[rows])
        people[rows] = 0.0

    def _view(self, values: NDArray[Any], number: int) -> NDArray[Any]:
        """Return values by row with the places of one investment first."""
        shaped = values[: self._rows * prod(self._sizes)].reshape(*self._sizes, self._rows)
        return np.moveaxis(shaped, number, 0)

    def _area(self, columns: Columns) -> NDArray[np.uint8]:
        return columns.person["area"][: self._rows].astype(np.uint8)


def unsettled_targets(compiled: Compiled, names: Sequence[str]) -> Iterator[list[int]]:
    """Yield the references of the target groups of some investments."""
    tables = compiled.tables
    for name in names:
        number = compiled.investments.index(name)
        yield list(range(*tables.target[number]))
        for of, first, last in tables.alternative:
            if of == number:
                yield list(range(first, last))
