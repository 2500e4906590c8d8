"""The value of a number at which an outcome turns: how lasting must it be, how many reached?

On common random numbers the mean outcome is a function of the number and nothing else, so a root of
it can be found: where it changes sign between two points of a grid, by Brent's method (Brent,
"Algorithms for Minimization without Derivatives", 1973, ch. 4); whole numbers by bisection.
What the Green Book of HM Treasury calls a switching value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from sisim.analysis.one_way import standard_error
from sisim.analysis.question import Ask

Side = Literal["above", "below"]
POINTS = 9
"""Values at which the curve is computed; a root between two of equal sign is not seen."""
FINE = 1e-3
"""How near a root is found, as a share of the range."""


@dataclass(frozen=True)
class BreakEven:
    """Where an outcome is zero as a number goes from low to high.

    Attributes:
        key: Which number.
        value: What the scenario says.
        roots: Where the outcome is zero, in ascending order; of whole numbers the first of its
            sign.
        errors: The standard error of each root, from that of the outcome and its slope there.
        curve: The outcome along the range. Columns: value, mean, standard_error.
        side: If there is no root: whether the outcome is above or below zero all the way.
        nearest: If there is no root: the value at which the outcome is nearest zero.
    """

    key: str
    value: float
    roots: tuple[float, ...]
    errors: tuple[float, ...]
    curve: pd.DataFrame
    side: Side | None = None
    nearest: float | None = None

    @property
    def low(self) -> float:
        """The lowest value that was tried."""
        return float(self.curve["value"].iloc[0])

    @property
    def high(self) -> float:
        """The highest value that was tried."""
        return float(self.curve["value"].iloc[-1])

    @property
    def sure(self) -> bool:
        """Whether an outcome that never is zero keeps two standard errors off it all the way."""
        off = self.curve["mean"].abs() > 2 * self.curve["standard_error"].fillna(np.inf)
        return not self.roots and bool(off.all())

    @property
    def rises(self) -> bool:
        """Whether the outcome is higher at the highest value than at the lowest."""
        return bool(self.curve["mean"].iloc[-1] > self.curve["mean"].iloc[0])


def break_even(
    ask: Ask,
    key: str,
    value: float,
    low: float,
    high: float,
    *,
    whole: bool = False,
    points: int = POINTS,
) -> BreakEven:
    """Return where an outcome is zero as a number goes from low to high.

    Args:
        ask: The outcome.
        key: Which number.
        value: What the scenario says of it.
        low: The lowest value to try.
        high: The highest.
        whole: Whether it can only be a whole number, as the number of places.
        points: How many values the curve has.

    Raises:
        ValueError: If low is not below high.
    """
    if not low < high:
        raise ValueError(f"{key}: the lowest value ({low}) must be below the highest ({high})")
    grid = np.linspace(low, high, points)
    if whole:
        grid = np.unique(np.round(grid))
    found = ask([{key: _as(x, whole)} for x in grid])
    means = found.mean(axis=1)
    errors = [standard_error(one) for one in found]
    curve = pd.DataFrame({"value": grid, "mean": means, "standard_error": errors})

    def mean(x: float) -> float:
        return float(ask([{key: _as(x, whole)}])[0].mean())

    roots: list[float] = [float(x) for x, y in zip(grid, means, strict=True) if y == 0]
    for a, b, left, right in zip(grid, grid[1:], means, means[1:], strict=False):
        if left * right < 0:
            root = _bisect(mean, a, b) if whole else brentq(mean, a, b, xtol=FINE * (high - low))
            roots.append(float(root))
    roots.sort()
    if roots:
        sure = tuple(_error(root, curve) for root in roots)
        return BreakEven(key, value, tuple(roots), sure, curve)
    closest = int(np.argmin(np.abs(means)))
    side: Side = "above" if means[closest] > 0 else "below"
    return BreakEven(key, value, (), (), curve, side, float(grid[closest]))


def table(found: Sequence[BreakEven]) -> pd.DataFrame:
    """Return a row per root, or per number that has none.

    Columns: key, value, low, high, break_even (NaN if none), standard_error, side, nearest.
    """
    rows = []
    for one in found:
        own = {"key": one.key, "value": one.value, "low": one.low, "high": one.high}
        if not one.roots:
            rows.append(
                own
                | {
                    "break_even": np.nan,
                    "standard_error": np.nan,
                    "side": one.side,
                    "nearest": one.nearest,
                }
            )
        for root, error in zip(one.roots, one.errors, strict=True):
            rows.append(
                own | {"break_even": root, "standard_error": error, "side": None, "nearest": None}
            )
    return pd.DataFrame(rows)


def _as(x: float, whole: bool) -> float | int:
    return round(x) if whole else float(x)


def _bisect(mean: object, low: float, high: float) -> float:
    """Return the first whole number at which the sign is that of the high end."""
    assert callable(mean)
    sign = np.sign(mean(high))
    while high - low > 1:
        middle = float((round(low) + round(high)) // 2)
        if np.sign(mean(middle)) == sign:
            high = middle
        else:
            low = middle
    return high


def _error(root: float, curve: pd.DataFrame) -> float:
    """Return the error of a root: that of the outcome over the slope (the delta method)."""
    x, y = curve["value"].to_numpy(), curve["mean"].to_numpy()
    at = int(np.clip(np.searchsorted(x, root), 1, len(x) - 1))
    slope = (y[at] - y[at - 1]) / (x[at] - x[at - 1])
    error = float(np.interp(root, x, curve["standard_error"].to_numpy()))
    return abs(error / slope) if slope else float("nan")
