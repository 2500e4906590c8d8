"""Who leaves more and who leaves fewer than without, times what each is expected to use later."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.engine.counts import Result
from sisim.engine.later_lives import LaterLives, later_lives


class LaterUnits(NamedTuple):
    """What those who leave are expected to use later, more than without.

    Attributes:
        lives: What each who leaves is expected to use.
        left: How many more leave than without, (replications, arms, points from the start, ways,
            ages, combinations); arm 0 is `without` and all 0.
        units: Units of each resource, (replications, arms, cycles from the start, ways, resources),
            to the end of the youngest one's life in the tail.
        weights: Outcome weights, likewise.
    """

    lives: LaterLives
    left: NDArray[np.int64]
    units: Floats
    weights: Floats


def later_units(result: Result) -> LaterUnits:
    """Return what those who leave the scenario's pathway are expected to use later.

    Only differences from `without` are told: nobody knows how many leave before the scenario
    begins, or after it ends. Raises as `later_lives` does.
    """
    return result.once("later_units", lambda: _computed(result))


def _computed(result: Result) -> LaterUnits:
    lives, clock = later_lives(result.scenario), result.compiled.clock
    before = clock.start - clock.history
    counted = np.stack([one.tally.left for one in result.replications])[:, :, before:]
    # An emulator's counts are shares of people, so that they need not be whole.
    left: NDArray[Any] = counted - counted[:, :1]
    years = lives.units.shape[2]
    cycles = left.shape[2] - 1 + clock.steps(years)
    found = []
    for each in (lives.units, lives.weights):
        amount = np.zeros((*left.shape[:2], cycles, left.shape[3], each.shape[-1]))
        flat = each.reshape(-1, years * each.shape[-1])
        for run, arm, way in np.ndindex(amount.shape[0], amount.shape[1], amount.shape[3]):
            own = left[run, arm, :, way].reshape(left.shape[2], -1)
            some = np.flatnonzero(own.any(axis=0))
            if len(some):
                by_year = (own[:, some] @ flat[some]).reshape(len(own), years, -1)
                amount[run, arm, :, way] = _spread(by_year, [*map(clock.steps, range(years + 1))])
        found.append(amount)
    return LaterUnits(lives, left, *found)


def _spread(by_year: Floats, starts: list[int]) -> Floats:
    """Return amounts by step (steps, names) of those by step of leaving and year since then.

    What is used in a year is shared equally over its steps.

    Args:
        by_year: (steps of leaving, years since, names).
        starts: How many steps after leaving each year begins, and the last ends.
    """
    steps, years, names = by_year.shape
    change = np.zeros((steps + starts[-1], names))
    for year in range(years):
        first, last = starts[year], starts[year + 1]
        each = by_year[:, year] / (last - first)
        change[first : first + steps] += each
        change[last : last + steps] -= each
    # What comes at the last point comes after it, which is no cycle of its own.
    return np.asarray(np.cumsum(change, axis=0)[:-1])
