"""The years that an appraisal looks at: from the scenario's start to its end, and a stated tail."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.economics.discounting import discount_factors
from sisim.engine.counts import Result
from sisim.scenario.economy import Tail

Floats = NDArray[np.float64]


class Horizon:
    """The cycles that count, and what they are worth at the start.

    Args:
        result: Whose clock and economy.
        counted: How many cycles its flows have, history and all.
        tail: Whether the scenario's tail, if it has one, is reckoned with.
    """

    def __init__(self, result: Result, counted: int, *, tail: bool = False) -> None:
        self._result = result
        self._clock = clock = result.compiled.clock
        self._economy = result.scenario.economy
        self.before = clock.start - clock.history
        """The cycles of the history, which do not count."""
        self.simulated = counted - self.before
        self.tail: Tail | None = self._economy.tail if tail else None
        year = clock.steps(1)
        self._year = min(max(year, 1), self.simulated)
        after = 0 if self.tail is None else clock.steps(self.tail.years)
        self.cycles: int = self.simulated + after
        """How many cycles count."""
        self.length = self.cycles / clock.per_year
        """How long is looked at, in years."""
        self.years = clock.year(clock.start + np.arange(self.cycles))
        """The year of each cycle, (cycles,)."""

    def flows(self, differences: NDArray[Any]) -> Floats:
        """Return the cycles that count of (..., counted cycles), and those of the tail.

        What is given are differences between arms: levels do not go on in this way.
        """
        own = np.asarray(differences[..., self.before :], np.float64)
        if self.tail is None:
            return own
        steps = np.arange(self.cycles - self.simulated)
        # A point at the end is no cycle of a year: the last whole year ends before it.
        end = min(self.simulated, self._clock.end - self._clock.start)
        first = max(end - self._year, 0)
        last = own[..., first:end]
        goes_on = last[..., steps % last.shape[-1]] * self._left(steps)
        return np.concatenate([own, goes_on], axis=-1)

    def factors(self, rate: float) -> Floats:
        """Return the discount factor of each cycle, (cycles,)."""
        return discount_factors(self.cycles, rate, self._economy.exponent, self._clock.per_year)

    def present_value(self, flows: Floats, rate: float) -> Floats:
        """Return what (..., cycles) are worth at the start."""
        return np.asarray((flows * self.factors(rate)).sum(axis=-1))

    def yearly(self, flows: Floats) -> Floats:
        """Return the sums of (..., cycles) over each year."""
        firsts = np.flatnonzero(np.diff(self.years, prepend=self.years[0] - 1))
        return np.asarray(np.add.reduceat(flows, firsts, axis=-1))

    def instant(self, cycle: int) -> float:
        """Return when a cycle begins, as a decimal year."""
        return self._result.instant(self._clock.start + cycle)

    def _left(self, steps: NDArray[Any]) -> Floats:
        """Return how much of the last year's difference is left in each cycle of the tail."""
        assert self.tail is not None
        if self.tail.basis == "last_year":
            return np.ones(len(steps))
        if self.tail.basis == "fading" and self.tail.half_life is not None:
            # A whole year at a time, as the pattern of the year is kept.
            years = steps // self._year + 1
            return np.asarray(0.5 ** (years / self.tail.half_life.value))
        raise ValueError("a tail needs a basis: last_year, or fading with a half_life")
