"""The years that an appraisal looks at: from the scenario's start to its end, and a stated tail."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats
from sisim.economics.discounting import discount_factors
from sisim.economics.later_units import later_units
from sisim.engine.counts import Result
from sisim.scenario.economy import Tail


def last_year(result: Result, counted: int) -> slice:
    """Return the cycles of the last whole year, or all since the start where that is less.

    Args:
        result: Whose clock.
        counted: How many cycles there are, history and all.
    """
    clock = result.compiled.clock
    # A point at the end is no cycle of a year: the last whole year ends before it.
    end = min(counted, clock.end - clock.history)
    return slice(max(end - clock.steps(1), clock.start - clock.history), end)


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
        self.last_year = last_year(result, counted)
        """The cycles, history and all, whose difference goes on in a tail."""
        self.continued = tail and result.scenario.continuation is not None
        """Whether those who leave the pathway go on in another: their later lives count."""
        after = 0 if self.tail is None else clock.steps(self.tail.years)
        if self.continued:
            after = later_units(result).units.shape[2] - self.simulated
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
        return self.with_tail(own, own[..., self.last_year.start - self.before :])

    def with_tail(self, own: Floats, last: Floats, goes_on: Flags | bool = True) -> Floats:
        """Return (..., cycles that count): what was simulated, and the tail that repeats a year.

        Args:
            own: What was simulated, (..., simulated cycles).
            last: The last whole year, (..., its cycles).
            goes_on: Whether it goes on in each cycle of the tail, (..., cycles of the tail).
        """
        if self.continued:  # what is simulated ends; what comes after stands by itself
            ends = [*own.shape[:-1], self.cycles - self.simulated]
            return np.concatenate([own, np.zeros(ends)], axis=-1)
        if self.tail is None:
            return own
        steps = np.arange(self.cycles - self.simulated)
        length = self.last_year.stop - self.last_year.start
        return np.concatenate(
            [own, last[..., steps % length] * self._left(steps) * goes_on], axis=-1
        )

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
            years = steps // (self.last_year.stop - self.last_year.start) + 1
            return np.asarray(0.5 ** (years / self.tail.half_life.value))
        raise ValueError("a tail needs a basis: last_year, or fading with a half_life")
