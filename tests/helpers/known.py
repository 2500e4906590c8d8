"""Functions whose answers are known in closed form, asked as a scenario is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sisim.analysis.question import Ask, Point
from sisim.analysis.varied import VariedNumber
from sisim.arrays import Floats

LUCK = np.array([-1.0, 0.0, 1.0])
"""What each replication adds: the same at every point."""


def asked(function: Callable[..., Any], names: Sequence[str], start: Sequence[float]) -> Ask:
    """Return a function of some numbers as something to ask, with the luck of replications."""

    def ask(points: Sequence[Point]) -> Floats:
        values = [[point.get(n, x) for n, x in zip(names, start, strict=True)] for point in points]
        return np.array([function(*row) for row in values], float)[:, None] + LUCK

    return ask


def factor(key: str, low: float, high: float, value: float | None = None) -> VariedNumber:
    """Return a number that lies evenly between low and high."""
    return VariedNumber(key, (low + high) / 2 if value is None else value, low, high)
