"""The value of a number at which an outcome turns: how lasting must it be, how many reached?

On common random numbers the mean outcome is a function of the number and nothing else. Where it
goes through zero (a ratio through 1) between two points of a grid is found by Brent's method
(Brent, "Algorithms for Minimization without Derivatives", 1973, ch. 4); whole numbers by bisection.
What the Green Book of HM Treasury calls a switching value.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from sisim.analysis.question import Ask, count_undefined, mean_defined, standard_error

Side = Literal["above", "below"]
POINTS = 9
"""Values at which the curve is computed; a root between two of equal sign is not seen."""
FINE = 1e-3
"""How near a root is found, as a share of the range."""


class _UndefinedError(ValueError):
    """An outcome that is undefined where a root is looked for."""


@dataclass(frozen=True)
class BreakEven:
    """Where an outcome turns as a number goes from low to high.

    Attributes:
        key: Which number.
        value: What the scenario says.
        roots: Where the outcome turns, in ascending order; of whole numbers the first on the other
            side.
        errors: The standard error of each root, from that of the outcome and its slope there.
        curve: The outcome along the range. Columns: value, mean, standard_error, undefined (in how
            many replications it is).
        side: If there is no root: whether the outcome is above or below it wherever it is defined;
            None if it is defined nowhere.
        nearest: If there is no root: the value at which the outcome is nearest to turning.
        turn: The value at which the outcome turns from loss to gain.
    """

    key: str
    value: float
    roots: tuple[float, ...]
    errors: tuple[float, ...]
    curve: pd.DataFrame
    side: Side | None = None
    nearest: float | None = None
    turn: float = 0.0

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
        """Whether an outcome that never turns keeps two standard errors off it all the way."""
        known = self.curve[self.curve["mean"].notna()]
        off = (known["mean"] - self.turn).abs() > 2 * known["standard_error"].fillna(np.inf)
        return not self.roots and self.side is not None and bool(off.all())

    @property
    def rises(self) -> bool:
        """Whether the outcome is higher at the highest value than at the lowest."""
        known = self.curve["mean"].dropna()
        return len(known) > 1 and bool(known.iloc[-1] > known.iloc[0])


def break_even(
    ask: Ask,
    key: str,
    value: float,
    low: float,
    high: float,
    *,
    whole: bool = False,
    points: int = POINTS,
    turn: float = 0.0,
) -> BreakEven:
    """Return where an outcome turns as a number goes from low to high.

    Args:
        ask: The outcome.
        key: Which number.
        value: What the scenario says of it.
        low: The lowest value to try.
        high: The highest.
        whole: Whether it can only be a whole number, as the number of places.
        points: How many values the curve has.
        turn: The value at which the outcome turns from loss to gain.

    Raises:
        ValueError: If low is not below high.
    """
    if not low < high:
        raise ValueError(f"{key}: the lowest value ({low}) must be below the highest ({high})")
    grid = np.linspace(low, high, points)
    if whole:
        grid = np.unique(np.round(grid))
    found = ask([{key: _as(x, whole)} for x in grid])
    curve = pd.DataFrame(
        {
            "value": grid,
            "mean": mean_defined(found),
            "standard_error": [standard_error(one) for one in found],
            "undefined": [count_undefined(one) for one in found],
        }
    )
    beyond = curve["mean"].to_numpy() - turn

    def mean(x: float) -> float:
        here = float(mean_defined(ask([{key: _as(x, whole)}])[0]))
        if np.isnan(here):
            raise _UndefinedError(key)
        return here - turn

    roots: list[float] = [float(x) for x, y in zip(grid, beyond, strict=True) if y == 0]
    for a, b, left, right in zip(grid, grid[1:], beyond, beyond[1:], strict=False):
        if left * right < 0:
            with suppress(_UndefinedError):
                root = (
                    _bisect(mean, a, b) if whole else brentq(mean, a, b, xtol=FINE * (high - low))
                )
                roots.append(float(root))
    roots.sort()
    if roots:
        sure = tuple(_error(root, curve) for root in roots)
        return BreakEven(key, value, tuple(roots), sure, curve, turn=turn)
    if np.isnan(beyond).all():
        return BreakEven(key, value, (), (), curve, turn=turn)
    closest = int(np.nanargmin(np.abs(beyond)))
    side: Side = "above" if beyond[closest] > 0 else "below"
    return BreakEven(key, value, (), (), curve, side, float(grid[closest]), turn)


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
