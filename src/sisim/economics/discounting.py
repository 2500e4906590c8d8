"""When rewards are counted, and what a later one is worth now.

A cohort model knows how many are in each state at the points between its cycles; what they use or
gain in a cycle lies somewhere between its start and its end (Siebert et al., "State-transition
modeling", Medical Decision Making 32(5), 2012; Elbasha & Chhatwal, "Theoretical foundations and
practical applications of within-cycle correction methods", Medical Decision Making 36(1), 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.engine.clock import Clock
from sisim.scenario.scenario import Scenario

Counting = Literal["start", "end", "both", "point", "weights"]


def counted(
    points: NDArray[Any], counting: Counting, weights: Sequence[float] = (), axis: int = -1
) -> Floats:
    """Return the rewards of each cycle, given those at the points around the cycles.

    Args:
        points: Rewards at points 0...n along `axis`.
        counting: A cycle's reward is that at its `start`, at its `end`, or the mean of `both`; or
            every `point` counts by itself with weight 1, or with `weights` of one's own.
        weights: One weight per point.
        axis: The axis of time.

    Returns:
        n cycles along `axis`; n + 1 with `point` and `weights`.

    Examples:
        >>> [counted(np.array([4, 2, 1]), how).tolist() for how in ("start", "end", "both")]
        [[4.0, 2.0], [2.0, 1.0], [3.0, 1.5]]
    """
    along = np.moveaxis(np.asarray(points, np.float64), axis, -1)
    match counting:
        case "start":
            found = along[..., :-1]
        case "end":
            found = along[..., 1:]
        case "both":
            found = (along[..., :-1] + along[..., 1:]) / 2
        case "point":
            found = along
        case "weights":
            size = along.shape[-1]
            if len(weights) != size:
                raise ValueError(f"{size} points need as many weights, not {len(weights)}")
            found = along * np.asarray(weights)
    return np.moveaxis(found, -1, axis)


def cycle_weights(scenario: Scenario) -> Floats:
    """Return how much the state at each counted point counts in each cycle, (points, cycles)."""
    clock, economy = Clock.of(scenario), scenario.economy
    points = np.eye(clock.end - clock.history + 1)
    weights = counted(points, economy.counting, economy.weights, axis=1)
    return weights * clock.lengths(clock.history + np.arange(weights.shape[1]))


def discount_factors(cycles: int, rate: float, exponent: int = 0, per_year: float = 1.0) -> Floats:
    """Return what one unit in each cycle is worth at the start, (cycles,).

    The factor of cycle k = 0, 1, 2... is (1 + rate)^-((k + exponent) / per_year).

    Args:
        cycles: How many.
        rate: The discount rate per year.
        exponent: The exponent of the first cycle, in cycles: 0 if it is not discounted.
        per_year: Cycles in a year.
    """
    years = (np.arange(cycles) + exponent) / per_year
    return np.asarray((1.0 + rate) ** -years)


def present_value(
    flows: NDArray[Any],
    rate: float,
    exponent: int = 0,
    per_year: float = 1.0,
    axis: int = -1,
) -> Floats:
    """Return the sum of discounted flows along an axis.

    Examples:
        >>> round(float(present_value(np.array([-100.0, 60.0, 60.0]), 0.05)), 3)
        11.565
    """
    along = np.moveaxis(np.asarray(flows, np.float64), axis, -1)
    factors = discount_factors(along.shape[-1], rate, exponent, per_year)
    return np.asarray((along * factors).sum(axis=-1))
