"""The calendar of a run: steps, moments, months and years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.draws import QUAD
from sisim.scenario.dates import months_until
from sisim.scenario.scenario import Scenario
from sisim.scenario.steps import whole_steps

S = TypeVar("S", int, NDArray[np.int32])


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a run stands in time.

    Step 0 is the first simulated step. The counts begin at step `history` and the scenario at step
    `start`, in the calendar year `start_year`; step `end` is the first one not simulated. A moment
    counts steps from year 0.
    """

    per_year: float
    first_moment: int
    history: int
    start: int
    end: int
    start_year: int

    @classmethod
    def of(cls, scenario: Scenario) -> Clock:
        """Return the calendar that `scenario` asks for."""
        per_year = scenario.pathway.steps_per_year
        time = scenario.time
        warm_up = scenario.warm_up
        history = whole_steps(warm_up * per_year)
        # Counted backwards, so that the years of the history are as whole as those that follow.
        start = history - whole_steps(-time.history * per_year)
        return cls(
            per_year=per_year,
            first_moment=whole_steps(months_until(time.start) / 12 * per_year) - start,
            history=history,
            start=start,
            end=start + whole_steps(time.years * per_year),
            start_year=time.first_year,
        )

    def steps(self, years: float) -> int:
        """Return a duration in whole steps."""
        return whole_steps(years * self.per_year)

    def steps_in_year(self, since: Ints) -> Ints:
        """Return how many steps the years have in which steps lie, counted from a beginning.

        A year of weeks has 52 or 53 of them: what is given per year is divided by so many, and
        adds up over every whole year.

        Args:
            since: Steps since the beginning, (n,).
        """
        year = self._year_since(since)
        first, after = (np.floor((year + more) * self.per_year + 0.5) for more in (0, 1))
        return np.asarray(after - first, np.int64)

    def lengths(self, step: Ints) -> Floats:
        """Return how long steps are when their years are whole, in steps of the mean length.

        A week is 1/52 or 1/53 of its year, so that ten years in a state are ten person-years; every
        other step has the length 1.
        """
        return np.asarray(self.per_year / self.steps_in_year(step - self.start))

    def months(self, months: float) -> int:
        """Return a duration in months as whole steps."""
        return whole_steps(months / 12 * self.per_year)

    def at(self, month: str) -> int:
        """Return the step of a calendar month "2026-01", or of the week nearest to a day."""
        return whole_steps(months_until(month) / 12 * self.per_year) - self.first_moment

    def lane(self, step: S) -> S:
        """Return the places of steps among the four that are drawn for together."""
        return (self.first_moment + step) % QUAD

    def moment(self, step: Ints) -> Ints:
        """Return the moments of steps."""
        return step + self.first_moment

    def years(self, step: Ints) -> Floats:
        """Return the time in years since the scenario's start."""
        return (step - self.start) / self.per_year

    def year(self, step: Ints) -> Ints:
        """Return years, whole from the scenario's start: what is counted and paid is told by them.

        A year is named by the calendar year in which it begins. It is as many steps as bring it
        nearest to its length, so that whole years end where a scenario of as many years does.
        """
        return self._year_since(step - self.start) + self.start_year

    def _year_since(self, since: Ints) -> Ints:
        """Return which year from a beginning steps lie in: the inverse of `steps`."""
        # Half a step, and not a hair: a year of weeks is 52 or 53 of them, whichever is nearest.
        return np.asarray(np.ceil((since + 0.5) / self.per_year), np.int64) - 1

    @property
    def first_calendar_year(self) -> int:
        """The calendar year of step 0."""
        return int(self.calendar_year(np.zeros(1, np.int64))[0])

    def calendar_year(self, step: Ints) -> Ints:
        """Return the calendar years in which steps begin."""
        # A hair is added because a week or a month is no binary fraction of a year.
        return np.asarray(np.floor((self.moment(step) + 1e-6) / self.per_year), np.int64)

    def month(self, step: Ints) -> Ints:
        """Return calendar months, 1 to 12 (that in which the step begins)."""
        part = (self.moment(step) + 1e-6) / self.per_year
        return np.asarray(np.floor((part - np.floor(part)) * 12 + 1e-6), np.int64) + 1

    def begins(self, step: Ints, month: int) -> Flags:
        """Return whether the first day of a calendar month lies in each step."""
        first, last = (
            np.floor((self.moment(step + more) - 1e-6) / self.per_year - (month - 1) / 12)
            for more in (0, 1)
        )
        return np.asarray(last > first)
