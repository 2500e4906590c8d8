"""The region of assumptions in which an investment fails.

Scenario discovery (Bryant & Lempert 2010) by PRIM, the patient rule induction method (Friedman &
Fisher 1999): a box around all draws is peeled, a small share of its draws at a time, always off the
side that leaves the most failures per draw; then pasted back where that costs nothing. The box is a
list of intervals, which can be read aloud. The method is short, deterministic and needs no tuning
beyond the share peeled; the libraries that have it bring a whole workbench, so it is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sisim.arrays import Flags, Floats

PEEL = 0.05
"""The share of the draws in the box that is peeled at a time."""
SMALLEST = 0.05
"""The share of all draws that a box holds at least."""
CLEARLY = 0.05
"""A side is kept only if chance would do as well less often than this (Bryant & Lempert's qp)."""
SHUFFLES = 39
"""How often the failures are dealt out anew, to see how telling a region chance alone finds."""


@dataclass(frozen=True)
class BoxSide:
    """An interval that a number must lie in.

    Attributes:
        key: Which number.
        low: The lowest in the box; None if the box does not restrict it from below.
        high: The highest; None likewise.
        chance: How often chance alone would concentrate the failures as much as this side does.
    """

    key: str
    low: float | None
    high: float | None
    chance: float


@dataclass(frozen=True)
class Box:
    """A region of assumptions.

    Attributes:
        sides: Its intervals, the most telling first; empty: everything.
        density: The share of the draws in it that fail.
        coverage: The share of all failures that it holds.
        mass: The share of all draws that it holds.
        inside: Which draws lie in it, (draws,).
    """

    sides: tuple[BoxSide, ...]
    density: float
    coverage: float
    mass: float
    inside: Flags

    def table(self) -> pd.DataFrame:
        """Return a row per side. Columns: key, low, high, chance, density, coverage, mass."""
        columns = ["key", "low", "high", "chance"]
        rows = [vars(side) for side in self.sides]
        return pd.DataFrame(rows, columns=columns).assign(
            density=self.density, coverage=self.coverage, mass=self.mass
        )


def discover(drawn: Mapping[str, Floats], fails: Flags) -> tuple[Box, pd.DataFrame]:
    """Return the box in which an investment fails, and the trajectory of boxes to choose from.

    The box chosen has the highest (density - the share of all draws that fail) × coverage: it is
    neither a pure box of a few failures nor everything. As the best of many boxes always looks
    telling, it is everything (there is no region) unless chance finds one as telling in less than
    5 % of the cases: a permutation test of the whole search.

    Args:
        drawn: What each number is in each draw, (draws,).
        fails: Which draws fail, (draws,).

    Returns:
        The box, and a row per box of the trajectory. Columns: density, coverage, mass, sides,
        chosen.

    Raises:
        ValueError: If no draw fails, or all do: there is nothing to tell apart.
    """
    keys = list(drawn)
    x = np.column_stack([drawn[key] for key in keys])
    if not fails.any() or fails.all():
        raise ValueError("all draws come out alike: there is nothing to tell apart")
    path, scores = _scored(x, fails)
    chosen = int(np.argmax(scores))
    if not _beyond_chance(x, fails, scores[chosen]):
        chosen = 0
    limits = _shed(x, fails, _paste(x, fails, path[chosen]))
    inside = _inside(x, limits)
    rows = []
    for number, one in enumerate(path):
        held = _inside(x, one)
        rows.append(
            {
                "density": fails[held].mean(),
                "coverage": fails[held].sum() / fails.sum(),
                "mass": held.mean(),
                "sides": int(np.isfinite(one).any(axis=1).sum()),
                "chosen": number == chosen,
            }
        )
    sides = []
    for number, (low, high) in enumerate(limits):
        if np.isfinite([low, high]).any():
            sides.append(
                BoxSide(
                    keys[number],
                    float(low) if np.isfinite(low) else None,
                    float(high) if np.isfinite(high) else None,
                    _chance(x, fails, limits, number),
                )
            )
    sides.sort(key=lambda side: side.chance)
    box = Box(
        tuple(sides),
        float(fails[inside].mean()),
        float(fails[inside].sum() / fails.sum()),
        float(inside.mean()),
        inside,
    )
    return box, pd.DataFrame(rows)


def _scored(x: Floats, fails: Flags) -> tuple[list[Floats], list[float]]:
    """Return the boxes of the trajectory, from everything on, and how telling each is."""
    path = _peel(x, fails)
    share = float(fails.mean())
    scores = []
    for limits in path:
        inside = _inside(x, limits)
        scores.append(float((fails[inside].mean() - share) * fails[inside].sum() / fails.sum()))
    return path, scores


def _beyond_chance(x: Floats, fails: Flags, score: float) -> bool:
    """Return whether chance seldom finds a box as telling among failures dealt out at random."""
    rng = np.random.default_rng(len(fails))
    left = CLEARLY * (SHUFFLES + 1)
    for _ in range(SHUFFLES):
        left -= max(_scored(x, rng.permutation(fails))[1]) >= score
        # With the failures as they are, that is one case more.
        if left < 1:
            return False
    return True


def _inside(x: Floats, limits: Floats) -> Flags:
    return np.asarray(((x >= limits[:, 0]) & (x <= limits[:, 1])).all(axis=1))


def _everything(count: int) -> Floats:
    return np.column_stack([np.full(count, -np.inf), np.full(count, np.inf)])


def _peel(x: Floats, fails: Flags) -> list[Floats]:
    """Return boxes, each within the one before it: limits (numbers, low and high)."""
    limits = _everything(x.shape[1])
    path = [limits]
    inside = np.ones(len(x), bool)
    while True:
        found: tuple[float, Floats] | None = None
        for number in range(x.shape[1]):
            values = np.sort(x[inside, number])
            count = max(1, int(PEEL * len(values)))
            # Equal values go together, however many they are.
            above, below = values[values > values[count - 1]], values[values < values[-count]]
            edges = [(0, float(above[0]))] if len(above) else []
            edges += [(1, float(below[-1]))] if len(below) else []
            for side, edge in edges:
                smaller = limits.copy()
                smaller[number, side] = edge
                held = inside & (x[:, number] >= edge if side == 0 else x[:, number] <= edge)
                if held.mean() < SMALLEST:
                    continue
                # Of equal values more are peeled: what counts is the gain per draw given up.
                gain = (fails[held].mean() - fails[inside].mean()) / (inside.sum() - held.sum())
                if found is None or gain > found[0]:
                    found = (float(gain), smaller)
        if found is None or fails[inside].all():
            return path
        limits = found[1]
        inside = _inside(x, limits)
        path.append(limits)


def _paste(x: Floats, fails: Flags, limits: Floats) -> Floats:
    """Widen a box, a share of its draws at a time, as long as it does not get less dense."""
    while True:
        inside = _inside(x, limits)
        density, best = float(fails[inside].mean()), None
        count = max(1, int(PEEL * inside.sum()))
        for number, side in np.argwhere(np.isfinite(limits)):
            wider = limits.copy()
            wider[number, side] = -np.inf if side == 0 else np.inf
            near = np.sort(x[_inside(x, wider) & ~inside, number])
            if not len(near):
                return _paste(x, fails, wider)
            last = near[-min(count, len(near))] if side == 0 else near[min(count, len(near)) - 1]
            wider[number, side] = last
            dense = float(fails[_inside(x, wider)].mean())
            if dense >= density and (best is None or dense > best[0]):
                best = (dense, wider)
        if best is None:
            return limits
        limits = best[1]


def _shed(x: Floats, fails: Flags, limits: Floats) -> Floats:
    """Let go of the sides that say no more than chance does, the least telling first."""
    while True:
        bound = np.flatnonzero(np.isfinite(limits).any(axis=1))
        chances = [_chance(x, fails, limits, int(number)) for number in bound]
        if not chances or max(chances) <= CLEARLY:
            return limits
        limits = limits.copy()
        limits[bound[int(np.argmax(chances))]] = (-np.inf, np.inf)


def _chance(x: Floats, fails: Flags, limits: Floats, number: int) -> float:
    """Return how often as many failures would be inside if a side told nothing (binomial test)."""
    wider = limits.copy()
    wider[number] = (-np.inf, np.inf)
    without, inside = _inside(x, wider), _inside(x, limits)
    share = float(fails[without].mean())
    return float(stats.binom.sf(fails[inside].sum() - 1, inside.sum(), share))
