"""Grid of levels of several numbers, as dense as a number of points allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod, sqrt

DIGITS = 9
"""Levels are told apart to so many decimals."""


@dataclass(frozen=True)
class LevelRange:
    """The range that the levels of a number lie in: its own value, both ends and the step."""

    own: float
    low: float
    high: float
    step: float

    @property
    def ends(self) -> list[float]:
        """Where the range begins, the number's own value, and where the range ends."""
        return sorted({round(x, DIGITS) for x in (self.low, self.own, self.high)})


def level_grid(ranges: Sequence[LevelRange], most: int) -> list[tuple[float, ...]]:
    """Return the levels of each number; none of those that are left out.

    Each has its ends and its own value; numbers that would make the grid larger than `most` points
    are left out, the last ones first, and so are those that can have one value alone. What room is
    left is used where levels are farthest apart, measured by the number's own value.
    """
    levels = {n: one.ends for n, one in enumerate(ranges) if len(one.ends) > 1}
    while prod(map(len, levels.values())) > most:
        levels.popitem()
    open_ = list(levels)
    while open_:
        n = max(open_, key=lambda n: _widest(ranges[n], levels[n])[0])
        middle = _widest(ranges[n], levels[n])[1]
        larger = prod(map(len, levels.values())) // len(levels[n]) * (len(levels[n]) + 1)
        if larger > most or middle in levels[n]:
            open_.remove(n)
        else:
            levels[n] = sorted({*levels[n], middle})
    return [tuple(levels.get(n, ())) for n in range(len(ranges))]


def _widest(one: LevelRange, levels: Sequence[float]) -> tuple[float, float]:
    """Return how wide the widest gap between levels is, and a position in the middle of it."""
    wide, low, high = max((high - low, low, high) for low, high in pairwise(levels))
    # What is halved and doubled, such as a half-life, has its middle where the ratios are equal.
    middle = sqrt(low * high) if low > 0 and high > 4 * low else (low + high) / 2
    on_step = one.low + one.step * round((middle - one.low) / one.step)
    return wide / (abs(one.own) or 1.0), round(on_step, DIGITS)
