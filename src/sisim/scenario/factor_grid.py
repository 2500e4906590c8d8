"""Tables of factors over several features at once: their axes, and their values as an array."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, prod

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor

MOST_FEATURES = 3
"""Of a table."""
HEADS = ("age", "attribute", "state", "area", "calendar")
"""The heads of features that a table over several can have."""
_BAND = re.compile(
    r"(?P<under><|under )?\s*(?P<low>\d{1,6})\s*(?:(?P<open>\+)|[-\u2013]\s*(?P<high>\d{1,6}))?"
    r"\s*(?:years?|y|\u00e5r)?"
)


@dataclass(frozen=True)
class GridAxis:
    """One feature of a table: what it is looked up by, and where each value of it stands.

    Attributes:
        name: The feature.
        labels: The labels of the table, in the order of its values.
        categories: The place among the values of each category; None if it goes by bands.
        lows: The lower end of each band but the first, which holds for all that is lower.
    """

    name: str
    labels: list[str]
    categories: dict[str, int] | None
    lows: list[float]

    def at(self, value: str | float) -> int:
        """Return which of the values is that of a category or a number."""
        if self.categories is not None:
            return self.categories.get(str(value), 0)
        return int(np.searchsorted(self.lows, float(value), side="right"))


@dataclass(frozen=True)
class Grid:
    """A table over several features: its axes, and a value for each combination."""

    axes: list[GridAxis]
    values: Floats

    @property
    def strides(self) -> Ints:
        """What a step along each axis is in the values written one after the other."""
        sizes = self.values.shape
        return np.array([prod(sizes[n + 1 :]) for n in range(len(sizes))], np.int64)


def is_grid(factor: Factor) -> bool:
    """Return whether a factor is a table over several features, or is read from a file."""
    return bool(factor.features)


def band(label: str) -> tuple[float, float] | None:
    """Return where a band begins and where the next one does; None if it is none.

    Examples:
        >>> band("0"), band("1-4"), band("85+"), band("<1"), band("old")
        ((0.0, 1.0), (1.0, 5.0), (85.0, inf), (-inf, 1.0), None)
    """
    found = _BAND.fullmatch(label.strip().casefold())
    if found is None or (found["under"] and (found["open"] or found["high"])):
        return None
    low = float(found["low"])
    if found["under"]:
        return -inf, low
    if found["open"]:
        return low, inf
    high = float(found["high"] or low) + 1
    return (low, high) if high > low else None


def labels(factor: Factor) -> list[list[str]]:
    """Return the labels of each feature of a table."""
    if factor.content is not None:
        return factor.content.axes
    inner = dict.fromkeys(key for row in factor.table.values() for key in row)
    return [list(factor.table), list(inner)]


def grid(factor: Factor, features: Features) -> Grid:
    """Return the table of a factor over several features, which has been checked."""
    named = labels(factor)
    if factor.content is not None:
        raw = np.array(factor.content.values, float).reshape([len(one) for one in named])
    else:
        raw = np.array([[factor.table[a][b].value for b in named[1]] for a in named[0]])
    axes = []
    for place, (name, own) in enumerate(zip(factor.features, named, strict=True)):
        if features.is_categorical(name):
            at = {c: n for n, key in enumerate(own) for c in features.members(name, key)}
            axes.append(GridAxis(name, own, at, []))
        else:
            order = np.argsort([_begin(label) for label in own], kind="stable").tolist()
            raw = raw.take(order, axis=place)
            lows = [_begin(own[n]) for n in order[1:]]
            axes.append(GridAxis(name, [own[n] for n in order], None, lows))
    return Grid(axes, raw)


def _begin(label: str) -> float:
    found = band(label)
    return -inf if found is None else found[0]
